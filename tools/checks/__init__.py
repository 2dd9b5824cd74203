"""House rules that no ready-made tool knows: `python -m tools.checks`, a part of `make check`."""

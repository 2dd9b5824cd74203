"""Benches: they drive the real programs and print medians, spreads and ratios. Run by `make bench`."""

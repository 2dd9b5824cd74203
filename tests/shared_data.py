"""Where the real data lie that some tests read: never part of the project."""

import os
from pathlib import Path

import pytest

_ROOT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("OFFICINE_SHARED", _ROOT.parent / "shared"))


def shared_path(name: str) -> Path:
    """A file or directory of the real data; skips the test where it is not there."""
    path = SHARED / "data" / name
    if not path.exists():
        pytest.skip(f"real data are not here: {name} (set OFFICINE_SHARED)")
    return path

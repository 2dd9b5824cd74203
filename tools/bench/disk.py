"""What the disk alone takes to make a page durable: no purchase is answered before one such sync."""

import os
import time
from pathlib import Path
from typing import Final

from tools.bench.figures import Figures, figures

SYNCS: Final = 300
PAGE_BYTES: Final = 4096


def measure_syncs(folder: Path) -> Figures:
    """Milliseconds of a page appended to a file and synced, one after the other, nothing else asked for."""
    path = folder / "syncs"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    sample: list[float] = []
    try:
        for _ in range(SYNCS):
            began_s = time.perf_counter()
            os.write(handle, bytes(PAGE_BYTES))
            os.fdatasync(handle)
            sample.append((time.perf_counter() - began_s) * 1000)
    finally:
        os.close(handle)
        path.unlink()
    return figures(sample)

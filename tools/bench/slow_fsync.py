"""A slower disk for one process: a small library before libc's that lets every fsync take longer."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

ADDED_US: Final = 2_000
_SOURCE: Final = Path(__file__).with_suffix(".c")


def environ(folder: Path, added_us: int = ADDED_US) -> dict[str, str] | None:
    """What a process is started with so that each fsync takes `added_us` more; None without a C compiler."""
    compiler = shutil.which("cc")
    if compiler is None:
        return None
    library = folder / "slow_fsync.so"
    if not library.exists():
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603  -- our own source, our own arguments
    return {"LD_PRELOAD": str(library), "SLOW_FSYNC_US": str(added_us)}

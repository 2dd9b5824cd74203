"""Fsync that fails for one process for a while: a small library before libc's, compiled here."""

import shutil
import subprocess
from pathlib import Path
from typing import Final

_SOURCE: Final = Path(__file__).with_suffix(".c")


class NoCompiler(Exception):
    """There is no C compiler."""


class FailingFsync:
    """What is started with `environ` gets EIO from fsync and fdatasync between `begin` and `end`."""

    def __init__(self, folder: Path) -> None:
        """Compile the library into `folder`. Raises: NoCompiler."""
        compiler = shutil.which("cc")
        if compiler is None:
            raise NoCompiler("no cc")
        self._library = folder / "failing_fsync.so"
        self._flag = folder / "fsync-fails"
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(self._library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603  -- our own source, our own arguments

    @property
    def environ(self) -> dict[str, str]:
        """Variables for a program that is to live on such a disk."""
        return {"LD_PRELOAD": str(self._library), "FAILING_FSYNC": str(self._flag)}

    def begin(self) -> None:
        """From now on nothing can be promised."""
        self._flag.touch()

    def end(self) -> None:
        """The disk is well again."""
        self._flag.unlink()

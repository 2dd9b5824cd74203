"""Hours that pass at once for running programs: a small library before libc's, compiled here."""

import mmap
import os
import shutil
import struct
import subprocess
from pathlib import Path
from typing import Final

from tools.faults.failing_fsync import NoCompiler

_SOURCE: Final = Path(__file__).with_suffix(".c")
_AHEAD: Final = struct.Struct("=q")
_NS_PER_S: Final = 1_000_000_000


class LeapingClock:
    """All clocks, wall and monotonic, of what is started with `environ`; they leap together.

    A leap makes due what waits for a time; a program sees it when it next wakes, as after a suspend.
    """

    def __init__(self, folder: Path) -> None:
        """Compile the library into `folder`. Raises: NoCompiler."""
        compiler = shutil.which("cc")
        if compiler is None:
            raise NoCompiler("no cc")
        self._library = folder / "leaping_clock.so"
        self._file = folder / "clock-ahead"
        command = [compiler, "-shared", "-fPIC", "-O2", "-o", str(self._library), str(_SOURCE), "-ldl"]
        subprocess.run(command, check=True)  # noqa: S603  (our own source, our own arguments)
        self._file.write_bytes(bytes(_AHEAD.size))
        descriptor = os.open(self._file, os.O_RDWR | os.O_CLOEXEC)
        self._page = mmap.mmap(descriptor, _AHEAD.size)
        os.close(descriptor)
        self.ahead_ns = 0

    @property
    def environ(self) -> dict[str, str]:
        """Variables for a program that is to live by this clock."""
        return {"LD_PRELOAD": str(self._library), "LEAPING_CLOCK": str(self._file)}

    def leap(self, seconds: float) -> None:
        """So much time has passed, for all of them."""
        self.ahead_ns += round(seconds * _NS_PER_S)
        _AHEAD.pack_into(self._page, 0, self.ahead_ns)

"""How far a measurement is: one line written over on a terminal, a plain line now and then on a pipe."""

import time
from collections.abc import Callable
from typing import Final, TextIO

OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: nobody knows)."""

WRITTEN_OVER_EACH_S: Final = 0.2
LINE_EACH_S: Final = 30
"""Where no line can be written over; and one each time a kind of work is done."""


class Progress:
    """How far the work is, on `out` (standard error: results go elsewhere)."""

    def __init__(self, out: TextIO, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._clock = clock
        self._is_terminal = out.isatty()
        self._began_s = self._told_s = clock()
        self._width = 0

    def __call__(self, what: str, done: int, total: int | None) -> None:
        """So many of so many are done; told if nothing was told just now, or if it was the last."""
        now_s = self._clock()
        each_s = WRITTEN_OVER_EACH_S if self._is_terminal else LINE_EACH_S
        if now_s - self._told_s < each_s and done != total:
            return
        self._told_s = now_s
        of = f" of {total:,}, {done * 100 // total} %" if total else ""
        self._tell(f"  {what}: {done:,}{of}, {now_s - self._began_s:,.0f} s")

    def stage(self, text: str) -> None:
        """Begin something."""
        self.end()
        self._began_s = self._told_s = self._clock()
        self._out.write(f"{text} …\n")
        self._out.flush()

    def end(self) -> None:
        """Leave the line that was written over as it is."""
        if self._width:
            self._out.write("\n")
            self._width = 0

    def _tell(self, line: str) -> None:
        if self._is_terminal:
            self._out.write(f"\r{line:<{self._width}}")
            self._width = len(line)
        else:
            self._out.write(f"{line}\n")
        self._out.flush()

"""A program's clock set wrong and right again while it runs, by libfaketime (Debian: libfaketime)."""

import os
from pathlib import Path
from typing import Final

LIBRARIES: Final = "*/faketime/libfaketimeMT.so.1"
PLACES: Final = (Path("/usr/lib"), Path("/usr/local/lib"))
RIGHT: Final = "+0"


class NoFaketime(Exception):
    """libfaketime is not installed."""


class WrongClock:
    """The wall clock of the programs started with `environ`; monotonic clocks go on as they are."""

    def __init__(self, file: Path) -> None:
        """`file` holds the offset; it is written here.

        Raises: NoFaketime.
        """
        self._file = file
        self._library = _find_library()
        self.set(RIGHT)

    def set(self, offset: str) -> None:
        """Jump: `+365d`, `-20h`, `+0`."""
        beside = self._file.with_suffix(".new")
        beside.write_text(f"{offset}\n", encoding="ascii")
        beside.replace(self._file)

    @property
    def environ(self) -> dict[str, str]:
        """Variables for a program that is to live by this clock."""
        return {
            "LD_PRELOAD": str(self._library),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "DONT_FAKE_MONOTONIC": "1",
        }


def _find_library() -> Path:
    for place in PLACES:
        for path in sorted(place.glob(LIBRARIES)):
            if os.access(path, os.R_OK):
                return path
    raise NoFaketime("libfaketime is not installed (Debian: apt-get install libfaketime)")

"""What leaves the shop: slips on paper, e-mails and SMS. Files in two folders, which the page looks at."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

import msgspec

from terminal.printer.simulated import slips_in

SHOWN_MAX: Final = 6


class ShownLetter(msgspec.Struct, frozen=True, kw_only=True):
    """A message as its file has it."""

    name: str
    address: str
    text: str
    subject: str = ""


class Outside(msgspec.Struct, frozen=True, kw_only=True):
    """The last of each, newest first; slips by the name of their picture."""

    slips: Sequence[str] = ()
    letters: Sequence[ShownLetter] = ()


class OutsideFolders:
    """The two folders; either may not be there yet."""

    def __init__(self, *, slips: Path, messages: Path) -> None:
        self._slips = slips
        self._messages = messages

    def look(self) -> Outside:
        """What lies there now. Reads files."""
        newest = sorted(self._messages.glob("*.json"), key=lambda each: each.stat().st_mtime_ns, reverse=True)
        slips = [each.name for each in reversed(slips_in(self._slips))]
        letters = [_letter(path) for path in newest[:SHOWN_MAX]]
        return Outside(slips=slips[:SHOWN_MAX], letters=[each for each in letters if each is not None])

    def slip(self, name: str) -> bytes | None:
        """The picture of a slip; None: there is none of that name. Reads a file."""
        found = next((each for each in slips_in(self._slips) if each.name == name), None)
        return None if found is None else found.read_bytes()


def _letter(path: Path) -> ShownLetter | None:
    try:
        letter = msgspec.json.decode(path.read_bytes(), type=_Letter)
    except (OSError, msgspec.DecodeError):
        return None  # another program's file, or one that just went
    return ShownLetter(name=path.name, address=letter.address, subject=letter.subject, text=letter.text)


class _Letter(msgspec.Struct):
    """Of a letter's file, what is shown."""

    address: str
    text: str
    subject: str = ""

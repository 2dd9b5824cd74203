"""What was approved of each scene: a file with the fingerprint of every picture of it, and how one approves.

After a change look at the pictures (`officine kiosk contact-sheet --scene NAME`, or what a failed test drew):

    OFFICINE_PICTURES=write .venv/bin/pytest tests/unit/kiosk/test_pictures.py -k NAME

without -k: everything, and what is no more drawn goes. A picture that is alike keeps what was approved of it,
so that only files of what changed are written. Two people changed one scene: take either file, approve again.
"""

import lzma
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pygame

from tests.unit.kiosk.fingerprint import Size, changed_parts, fingerprint, length_of

APPROVED: Final = Path(__file__).parent / "approved"
DRAWN: Final = Path(__file__).parents[3] / ".state" / "pictures"
"""Where a failing test puts what it drew; git does not see it."""
COMMAND: Final = "OFFICINE_PICTURES=write .venv/bin/pytest tests/unit/kiosk/test_pictures.py -k"
DRAWN_MAX: Final = 6
"""So many pictures of a scene are put there: a colour that changed is seen in all ninety."""

_FILTERS: Final = [{"id": lzma.FILTER_LZMA2, "preset": 9, "lc": 0, "lp": 0, "pb": 0}]


def is_writing() -> bool:
    """Whether whoever runs the tests approves what they draw."""
    return os.environ.get("OFFICINE_PICTURES") == "write"


@dataclass(frozen=True, slots=True, order=True)
class Combination:
    """Which of the pictures of a scene."""

    size: Size
    mode: str
    language: str

    def __str__(self) -> str:
        return f"{self.size[0]}x{self.size[1]} {self.mode} {self.language}"

    @classmethod
    def of(cls, text: str) -> "Combination":
        size, mode, language = text.split(" ")
        width, height = size.split("x")
        return cls((int(width), int(height)), mode, language)


Fingerprints = dict[Combination, bytes]


def packed(fingerprints: Fingerprints) -> bytes:
    """The file: which pictures, a line each, an empty line, their fingerprints one after the other."""
    names = "".join(f"{combination}\n" for combination in fingerprints)
    return lzma.compress(
        names.encode() + b"\n" + b"".join(fingerprints.values()), check=lzma.CHECK_CRC32, filters=_FILTERS
    )


def unpacked(content: bytes) -> Fingerprints:
    """What `packed` made a file of; of any other file nothing: then all of it is to be approved."""
    try:
        return _unpacked(lzma.decompress(content))
    except (lzma.LZMAError, ValueError):
        return {}


def _unpacked(plain: bytes) -> Fingerprints:
    names, _, rest = plain.partition(b"\n\n")
    found: Fingerprints = {}
    for combination in map(Combination.of, names.decode().splitlines()):
        length = length_of(combination.size)
        found[combination], rest = rest[:length], rest[length:]
    if rest or any(len(each) != length_of(combination.size) for combination, each in found.items()):
        raise ValueError("fingerprints of another kind")
    return found


@dataclass(slots=True)
class Approval:
    """One scene beside what was approved of it: `look` at each picture, then ask what is `wrong`."""

    name: str
    approved_in: Path = APPROVED
    drawn_in: Path = DRAWN
    drawn: Fingerprints = field(default_factory=dict)
    _approved: Fingerprints = field(default_factory=dict)
    _changed: dict[Combination, list[pygame.Rect]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.path.exists():
            self._approved = unpacked(self.path.read_bytes())
        shutil.rmtree(self.drawn_in / self.name, ignore_errors=True)

    @property
    def path(self) -> Path:
        return self.approved_in / f"{self.name}.xz"

    def look(self, combination: Combination, surface: pygame.Surface) -> None:
        """Compare a picture; one that is another than approved is put into `.state/pictures`."""
        seen, known = fingerprint(surface), self._approved.get(combination)
        parts = [surface.get_rect()] if known is None else changed_parts(known, seen, combination.size)
        self.drawn[combination] = seen if parts or known is None else known
        if parts:
            self._changed[combination] = parts
            if len(self._changed) <= DRAWN_MAX and self.path.exists() and not is_writing():
                self._keep(combination, surface, parts)

    def approve(self) -> None:
        """From now on the pictures are to look as they were drawn."""
        if self.drawn != self._approved:
            self.approved_in.mkdir(exist_ok=True)
            self.path.write_bytes(packed(self.drawn))
        self._approved, self._changed = dict(self.drawn), {}

    def wrong(self) -> Iterator[str]:
        """What is not as approved, and what to do."""
        if not self.path.exists():
            yield f"No picture of {self.name} is approved. Look at them, then: {COMMAND} {self.name}"
            return
        for combination, parts in self._changed.items():
            if combination in self._approved:
                yield f"{combination}: not as approved {_where(parts, combination.size)}"
            else:
                yield f"{combination}: is not approved"
        for combination in sorted(self._approved.keys() - self.drawn.keys()):
            yield f"{combination}: is approved, but no more drawn"
        if self.drawn.keys() != self._approved.keys() or self._changed:
            yield f"Look at {self.drawn_in / self.name}; if that is what is wanted: {COMMAND} {self.name}"

    def _keep(self, combination: Combination, surface: pygame.Surface, parts: list[pygame.Rect]) -> None:
        """The picture, and the same with all but what changed in the dark."""
        place = self.drawn_in / self.name
        place.mkdir(parents=True, exist_ok=True)
        name = str(combination).replace(" ", "-")
        pygame.image.save(surface, place / f"{name}.png")
        dark = surface.copy()
        dark.fill((70, 70, 70), special_flags=pygame.BLEND_RGB_MULT)
        for part in parts:
            dark.blit(surface, part, part)
        pygame.image.save(dark, place / f"{name}-changed.png")


def _where(parts: list[pygame.Rect], size: Size) -> str:
    """In words and in pixels: "at the top left (40,80 to 120,160)"."""
    box = parts[0].unionall(parts[1:])
    if box.width * 10 > size[0] * 9 and box.height * 10 > size[1] * 9:
        return "all over"
    rows, columns = ("top", "middle", "bottom"), ("left", "centre", "right")
    row, column = rows[box.centery * 3 // size[1]], columns[box.centerx * 3 // size[0]]
    return f"at the {row} {column} ({box.left},{box.top} to {box.right},{box.bottom})"


def of_nothing_drawn(names: list[str], approved_in: Path = APPROVED) -> list[Path]:
    """Files of scenes that are no more."""
    return sorted(path for path in approved_in.glob("*") if path.suffix != ".xz" or path.stem not in names)

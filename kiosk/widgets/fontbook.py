"""Loaded fonts: per weight and size one Latin and one Chinese cut, chosen glyph by glyph."""

import json
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Final, Literal, get_args

import pygame

from kiosk.assets.fonts import COVERAGE_FILE
from kiosk.widgets.kept import Kept, bytes_of
from kiosk.widgets.metrics import Metrics
from kiosk.widgets.palette import Colour
from loyalty.limits.kiosk import (
    KIOSK_FONT_SIZES_MAX,
    KIOSK_GLYPHS_BYTES_MAX,
    KIOSK_LINES_BYTES_MAX,
    KIOSK_WIDTHS_MAX,
)

Weight = Literal[400, 600, 700]
Face = Literal["own", "latin", "han"]
"""The group's family, Inter, Chinese: the first that has the letter."""

CAP_HEIGHT_PERMILLE = 727
"""Inter's capitals and digits, of the size: what the eye centres on. Source: the font's OS/2 table."""


HUNG_SIZE_MIN: Final = 30
"""From this size on the side bearing of the first letter shows as a crooked edge."""


_ROUGH_SIZE: Final = 25
"""The plain design's texts: their letters are loaded anyway."""
_ROUGH_PERMILLE: Final = 985
"""Rather too narrow: what is told to be too wide is too wide."""
_SQUARE_SIZE: Final = 20
"""Any size shows which characters are squares."""


def oversample(size: int) -> int:
    """How many times larger text of `size` is drawn before it is scaled down."""
    return 4 if size < HUNG_SIZE_MIN else 2


class FontBook:
    """The fonts of one directory that `kiosk.assets.fonts.build` made; text is drawn by runs of one font."""

    def __init__(self, directory: Path) -> None:
        if not pygame.font.get_init():
            pygame.font.init()
        self._directory = directory
        coverage = json.loads((directory / COVERAGE_FILE).read_text(encoding="ascii"))
        self._latin = frozenset(chr(code) for code in coverage)
        self._own: frozenset[str] = frozenset()
        self._own_directory: Path | None = None
        self._fonts: dict[tuple[Face, Weight], Kept[int, _Open]] = {}
        self._drawn: Kept[tuple[str, Weight, int, Colour], tuple[pygame.Surface, int]] = Kept(
            KIOSK_LINES_BYTES_MAX, size_of=lambda drawn: bytes_of(drawn[0])
        )
        self._inkings = 0
        self._squares: dict[str, bool] = {}
        self._widths: Kept[tuple[str, Weight, int], int] = Kept(KIOSK_WIDTHS_MAX)
        self._rough: Kept[tuple[str, Weight], int] = Kept(KIOSK_WIDTHS_MAX // 4)

    def use(self, directory: Path | None, letters: frozenset[str]) -> None:
        """Draw these letters with the group's own family from now on, which lies there; None: with Inter."""
        self._own, self._own_directory = letters, directory
        self._drawn.clear()
        self._widths.clear()
        self._rough.clear()
        for weight in get_args(Weight):
            self._fonts.pop(("own", weight), None)

    def load(self, metrics: Metrics) -> None:
        """Open the fonts of all sizes of a screen now, not within its first frames."""
        sizes = (metrics.number, metrics.headline, metrics.title, metrics.body, metrics.note)
        for size in sizes:
            for weight in get_args(Weight):
                self._open("latin", weight, size)
                self._open("han", weight, size)

    @property
    def opened(self) -> int:
        """How many fonts are open."""
        return sum(len(sizes) for sizes in self._fonts.values())

    @property
    def glyphs_bytes(self) -> int:
        """Memory of the letters that the open fonts keep drawn, estimated."""
        return sum(each.bytes for each in self._all())

    def _all(self) -> list["_Open"]:
        return [each for sizes in self._fonts.values() for _, each in sizes.items()]

    @property
    def lines_bytes(self) -> int:
        """Memory of the lines that are kept drawn."""
        return self._drawn.size

    def width(self, text: str, weight: Weight, size: int) -> int:
        """Width of `text` in pixels, rounded up."""
        key = (text, weight, size)
        known = self._widths.find(key)
        if known is None:
            large = sum(self._run_width(face, run, weight, size) for face, run in self._runs(text))
            known = self._widths.keep(key, -(-large // oversample(size)))
        return known

    def rough_width(self, text: str, weight: Weight, size: int) -> int:
        """The least width, from that at one size for all: loading letters at a new size takes a millisecond.

        Sizes differ by how the width of each letter is rounded, by about a hundredth.
        """
        key = (text, weight)
        known = self._rough.find(key)
        if known is None:
            known = sum(self._run_width(face, run, weight, _ROUGH_SIZE) for face, run in self._runs(text))
            self._rough.keep(key, known)
        return known * size * _ROUGH_PERMILLE // (1_000 * _ROUGH_SIZE * oversample(_ROUGH_SIZE))

    def _run_width(self, face: Face, run: str, weight: Weight, size: int) -> int:
        """Width in pixels of the oversampled text."""
        if face == "han" and all(self._is_square(char) for char in run):
            return len(run) * size * oversample(size)
        return self._open(face, weight, size).font.size(run)[0]

    def _is_square(self, char: str) -> bool:
        """Whether a Chinese character is as wide as its size: asked once for all sizes, for loading costs."""
        known = self._squares.get(char)
        if known is None:
            font = self._open("han", 400, _SQUARE_SIZE).font
            first = next(iter(font.metrics(char)), None)
            is_square = first is not None and first[4] == _SQUARE_SIZE * oversample(_SQUARE_SIZE)
            known = self._squares[char] = is_square
        return known

    def bearing(self, text: str, weight: Weight, size: int) -> int:
        """The empty pixels left of the first glyph's ink: large type is hung by them, flush with the edge."""
        if not text or size < HUNG_SIZE_MIN:
            return 0
        metrics = self._open(self._face(text[0]), weight, size).font.metrics(text[0])
        return metrics[0][0] // oversample(size) if metrics and metrics[0] else 0

    def draw(
        self,
        surface: pygame.Surface,
        text: str,
        left: int,
        baseline: int,
        *,
        weight: Weight,
        size: int,
        colour: Colour,
    ) -> None:
        """Draw one line with its baseline at `baseline`."""
        key = (text, weight, size, colour)
        picture, ascent = self._drawn.get(key, lambda: self._render(text, weight, size, colour))
        surface.blit(picture, (left, baseline - ascent))

    def _render(self, text: str, weight: Weight, size: int, colour: Colour) -> tuple[pygame.Surface, int]:
        """The text drawn large and scaled down, and its ascent: SDL_ttf would round every letter's width."""
        scale = oversample(size)
        opened = [(self._open(face, weight, size), run) for face, run in self._runs(text)]
        self._note_ink(opened)
        runs = [(each.font, run) for each, run in opened]
        ascent = -(-max(font.get_ascent() for font, _ in runs) // scale) * scale
        descent = max(font.get_height() - font.get_ascent() for font, _ in runs)
        width = -(-sum(font.size(run)[0] for font, run in runs) // scale) * scale
        height = -(-(ascent + descent) // scale) * scale
        large = pygame.Surface((max(width, scale), height), pygame.SRCALPHA)
        large.fill((*colour, 0))
        left = 0
        for font, run in runs:
            drawn = font.render(run, True, colour)
            # Not blended: both carry the colour, and blending onto nothing would thin the edges.
            large.blit(drawn, (left, ascent - font.get_ascent()), special_flags=pygame.BLEND_RGBA_MAX)
            left += font.size(run)[0]
        small = pygame.transform.smoothscale(large, (large.get_width() // scale, height // scale))
        return small, ascent // scale

    def missing(self, text: str) -> set[str]:
        """The characters that no font of ours has: they would be drawn as boxes. Reads a font: for checks."""
        from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

        with TTFont(self._directory / "han-400.ttf", lazy=True) as han:
            codes = han.getBestCmap()
            return {char for char in text if char not in self._latin and ord(char) not in codes}

    def _face(self, char: str) -> Face:
        return "own" if char in self._own else "latin" if char in self._latin else "han"

    def _runs(self, text: str) -> list[tuple[Face, str]]:
        return [(face, "".join(run)) for face, run in groupby(text, key=self._face)]

    def _note_ink(self, runs: list[tuple["_Open", str]]) -> None:
        """Fonts that have not drawn for longest forget their letters where all of them keep too many."""
        self._inkings += 1
        if not sum([each.note_ink(run, at=self._inkings) for each, run in runs]):
            return
        over = self.glyphs_bytes - KIOSK_GLYPHS_BYTES_MAX
        if over <= 0:
            return
        for each in sorted(self._all(), key=lambda each: each.inked_at):
            if over <= 0:
                return
            over -= each.forget_ink()

    def _open(self, face: Face, weight: Weight, size: int) -> "_Open":
        """The font at this size. Where enough sizes are open, what was used longest ago takes this one:
        that costs a fiftieth of opening the file anew, and memory is not torn by fonts that come and go.
        """
        sizes = self._fonts.get((face, weight))
        if sizes is None:
            sizes = self._fonts[face, weight] = Kept(KIOSK_FONT_SIZES_MAX)
        known = sizes.find(size)
        if known is None:
            if len(sizes) < KIOSK_FONT_SIZES_MAX:
                known = _Open(self._opened(face, weight, size), is_square=face == "han")
            else:
                known = sizes.take_oldest()
                known.resize(size * oversample(size))
            sizes.keep(size, known)
        return known

    def _opened(self, face: Face, weight: Weight, size: int) -> pygame.font.Font:
        directory = self._own_directory if face == "own" and self._own_directory else self._directory
        name = f"{'han' if face == 'han' else 'latin'}-{weight}.ttf"
        return pygame.font.Font(directory / name, size * oversample(size))


@dataclass(slots=True)
class _Open:
    """An open font, and the letters that SDL_ttf keeps drawn of it, a byte for each pixel: at large sizes
    they are what takes memory, and it never lets them go by itself.
    """

    font: pygame.font.Font
    is_square: bool
    inked: set[str] = field(default_factory=set)
    inked_at: int = 0
    """By the count of all that was drawn."""

    @property
    def bytes(self) -> int:
        """Of the letters it keeps, estimated."""
        em = self.font.point_size**2
        return len(self.inked) * (em if self.is_square else em // 2)

    def note_ink(self, text: str, *, at: int) -> int:
        """These letters are drawn now; returns how many of them are new."""
        self.inked_at, known = at, len(self.inked)
        self.inked.update(text)
        return len(self.inked) - known

    def forget_ink(self) -> int:
        """Let the letters go; returns how many bytes that were. Setting a size does it, the same too."""
        freed = self.bytes
        self.resize(self.font.point_size)
        return freed

    def resize(self, point_size: int) -> None:
        """Be of another size, as if newly opened."""
        self.inked.clear()
        self.font.point_size = point_size

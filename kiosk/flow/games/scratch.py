"""The scratch card: where it was rubbed. What lies under it was told before the first touch."""

from dataclasses import dataclass
from typing import Final

BRUSH: Final = 75
"""Half the width of a finger, in per mille of the card's width."""
HEIGHT: Final = 500
"""The card's height, in per mille of its width."""
ENOUGH_PERCENT: Final = 50
"""Once so much is rubbed off, the rest goes by itself."""
STROKES_MAX: Final = 800
"""More than a patient finger makes: then it is enough too."""
_COLUMNS: Final = 20
_ROWS: Final = 10
_STEP: Final = 40

Point = tuple[int, int]
"""Per mille of the card's width, both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Foil:
    """What was rubbed off: the points in order, and the cells of a coarse grid that they cover."""

    points: tuple[Point, ...] = ()
    cells: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether the rest may go."""
        return len(self.points) >= STROKES_MAX or (
            self.cells.bit_count() * 100 >= ENOUGH_PERCENT * _COLUMNS * _ROWS
        )


WHOLE: Final = Foil()
"""Nobody rubbed yet."""


def rub(foil: Foil, at: Point, *, is_first: bool = False) -> Foil:
    """A finger at a point; it came from the last one, unless it was just put down."""
    last = foil.points[-1] if foil.points and not is_first else at
    steps = max(1, max(abs(at[0] - last[0]), abs(at[1] - last[1])) // _STEP)
    way = tuple(
        (last[0] + (at[0] - last[0]) * step // steps, last[1] + (at[1] - last[1]) * step // steps)
        for step in range(1, steps + 1)
    )
    cells = foil.cells
    for point in way:
        cells |= _covered(point)
    return Foil(points=(*foil.points, *way)[:STROKES_MAX], cells=cells)


def _covered(at: Point) -> int:
    cells = 0
    for row in range(_ROWS):
        y = (2 * row + 1) * HEIGHT // (2 * _ROWS)
        for column in range(_COLUMNS):
            x = (2 * column + 1) * 1000 // (2 * _COLUMNS)
            if (x - at[0]) ** 2 + (y - at[1]) ** 2 <= BRUSH**2:
                cells |= 1 << (row * _COLUMNS + column)
    return cells

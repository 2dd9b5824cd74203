"""Pictures for the cards of the memory: six things of a healthy day, drawn smooth, told apart by shape."""

from collections.abc import Callable
from typing import Final

import pygame

from kiosk.widgets.palette import Colour, Palette, mix
from kiosk.widgets.shapes import Point, Sprites, arc, smooth, stroke

_GRID: Final = 100

_Paint = Callable[[pygame.Surface, float, Palette], None]


def _at(unit: float, *points: Point) -> list[Point]:
    return [(x * unit, y * unit) for x, y in points]


def _leaf(large: pygame.Surface, unit: float, p: Palette) -> None:
    tip = [*arc((20, 20), 62, 0, 90), *arc((82, 82), 62, 180, 270)]
    pygame.draw.polygon(large, p.brand, _at(unit, *tip))
    stroke(large, _at(unit, (18, 84), (66, 36)), 5 * unit, mix(p.brand, p.card, 45))
    for x in (36, 50):
        stroke(large, _at(unit, (x, 102 - x), (x, 82 - x)), 4 * unit, mix(p.brand, p.card, 45))
        stroke(large, _at(unit, (x, 102 - x), (x + 20, 102 - x)), 4 * unit, mix(p.brand, p.card, 45))


def _sun(large: pygame.Surface, unit: float, p: Palette) -> None:
    pygame.draw.circle(large, p.soon, (50 * unit, 50 * unit), 22 * unit)
    inner, outer = arc((50, 50), 30, 0, 360), arc((50, 50), 42, 0, 360)
    for index in range(0, len(inner) - 1, max(1, len(inner) // 9)):
        stroke(large, _at(unit, inner[index], outer[index]), 7 * unit, p.soon)


def _drop(large: pygame.Surface, unit: float, p: Palette) -> None:
    blue = mix(p.brand, (40, 110, 190), 25)
    outline = [(50, 10), *arc((50, 60), 28, -28, 208)]
    pygame.draw.polygon(large, blue, _at(unit, *outline))
    stroke(large, _at(unit, *arc((50, 60), 17, 80, 170)), 5 * unit, mix(blue, (255, 255, 255), 40))


def _heart(large: pygame.Surface, unit: float, p: Palette) -> None:
    shape = [*arc((32, 38), 20, 150, 335), *arc((68, 38), 20, 205, 390), (50, 86)]
    pygame.draw.polygon(large, p.stop, _at(unit, *shape))
    for x in (32, 68):
        pygame.draw.circle(large, p.stop, (x * unit, 38 * unit), 20 * unit)
    stroke(large, _at(unit, *arc((32, 38), 11, 180, 265)), 5 * unit, mix(p.stop, (255, 255, 255), 45))


def _cup(large: pygame.Surface, unit: float, p: Palette) -> None:
    dark = mix(p.soon, p.ink, 55)
    stroke(large, _at(unit, *arc((70, 56), 13, -80, 80)), 7 * unit, dark)
    body = [(20, 40), (72, 40), *arc((58, 68), 14, 0, 90), *arc((34, 68), 14, 90, 180)]
    pygame.draw.polygon(large, dark, _at(unit, *body))
    stroke(large, _at(unit, (14, 90), (78, 90)), 6 * unit, dark)
    for x in (34, 50):
        steam = [*arc((x, 26), 5, 90, 270), *arc((x, 16), 5, 90, -90)]
        stroke(large, _at(unit, *steam), 4 * unit, mix(dark, p.card, 60))


def _flower(large: pygame.Surface, unit: float, p: Palette) -> None:
    violet = mix(p.stop, (90, 70, 200), 35)
    petals = arc((50, 50), 23, -90, 270)
    for index in range(0, len(petals) - 1, max(1, len(petals) // 6)):
        x, y = petals[index]
        pygame.draw.circle(large, violet, (x * unit, y * unit), 16 * unit)
    pygame.draw.circle(large, p.soon, (50 * unit, 50 * unit), 15 * unit)


MOTIFS: Final[tuple[_Paint, ...]] = (_leaf, _sun, _drop, _heart, _cup, _flower)


def motif(number: int, size: int, palette: Palette, *, sprites: Sprites) -> pygame.Surface:
    """The picture of a card, `size` pixels wide and high."""
    ground: Colour = palette.card

    def draw(large: pygame.Surface, scale: int) -> None:
        MOTIFS[number](large, size * scale / _GRID, palette)

    return sprites.get(("motif", number, size, palette), lambda: smooth((size, size), ground, draw))

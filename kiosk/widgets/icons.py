"""Our icons: strokes on a grid of 24, drawn smooth at any size."""

import math
from collections.abc import Callable
from typing import Final, Literal

import pygame

from kiosk.widgets.palette import Colour
from kiosk.widgets.shapes import Point, Sprites, arc, smooth, stroke

Icon = Literal[
    "receipt", "lock", "check", "globe", "left", "older", "newer", "card", "no_link", "plug", "clock",
    "more", "question", "spark", "eye", "hand", "tool", "hourglass", "block", "search",
    "grid", "notice", "points", "voucher", "pin", "letter", "heart", "swap",
    "access", "type", "contrast", "hand_left", "lower", "speaker", "calm", "undo",
    "star", "gift", "printer", "shield", "wheel", "cards", "scratch",
    "shift", "erase", "pen", "person", "phone", "barcode", "minus", "plus",
    "at", "bubble", "bubbles",
]  # fmt: skip

Strokes = list[list[Point]]

_GRID: Final = 24
_THICKNESS: Final = 2.1


def _ring(x: float, y: float, radius: float) -> list[Point]:
    return arc((x, y), radius, 0, 360)


def _box(left: float, top: float, right: float, bottom: float, radius: float) -> list[Point]:
    return [
        *arc((left + radius, top + radius), radius, 180, 270),
        *arc((right - radius, top + radius), radius, 270, 360),
        *arc((right - radius, bottom - radius), radius, 0, 90),
        *arc((left + radius, bottom - radius), radius, 90, 180),
        (left, top + radius),
    ]


_STROKES: Final[dict[Icon, Callable[[], Strokes]]] = {
    "receipt": lambda: [
        [(5, 21), (5, 5), *arc((7, 5), 2, 180, 270), (17, 3), *arc((17, 5), 2, 270, 360), (19, 21),
         (16.6, 19.2), (14.3, 21), (12, 19.2), (9.7, 21), (7.4, 19.2), (5, 21)],
        [(9, 8), (15, 8)],
        [(9, 12.5), (15, 12.5)],
    ],
    "lock": lambda: [
        _box(4.5, 10.5, 19.5, 21, 2.5),
        [(8, 10.5), (8, 7), *arc((12, 7), 4, 180, 360), (16, 10.5)],
        [(12, 14.8), (12, 16.6)],
    ],
    "notice": lambda: [[(12, 4), (12, 14)], [(12, 19.5), (12, 19.6)]],
    "check": lambda: [[(4.5, 12.5), (9.8, 17.8), (19.5, 7)]],
    "globe": lambda: [
        _ring(12, 12, 9),
        [(3, 12), (21, 12)],
        [(12 + 4 * (p[0] - 12) / 9, p[1]) for p in _ring(12, 12, 9)],
    ],
    "left": lambda: [[(19.5, 12), (5, 12)], [(11, 5.5), (4.5, 12), (11, 18.5)]],
    "minus": lambda: [[(5, 12), (19, 12)]],
    "plus": lambda: [[(5, 12), (19, 12)], [(12, 5), (12, 19)]],
    "barcode": lambda: [
        [(3, 5), (3, 19)],
        [(7, 5), (7, 19)],
        [(10, 5), (10, 19)],
        [(14.5, 5), (14.5, 19)],
        [(17.5, 5), (17.5, 19)],
        [(21, 5), (21, 19)],
    ],
    "more": lambda: [[(9, 5), (16, 12), (9, 19)]],
    "older": lambda: [[(5.5, 9), (12, 15.5), (18.5, 9)]],
    "newer": lambda: [[(5.5, 15), (12, 8.5), (18.5, 15)]],
    "swap": lambda: [
        [(4, 8.5), (19, 8.5)],
        [(14.5, 4), (19.5, 8.5), (14.5, 13)],
        [(20, 15.5), (5, 15.5)],
        [(9.5, 11), (4.5, 15.5), (9.5, 20)],
    ],
    "letter": lambda: [_box(2.5, 5, 21.5, 19, 2.5), [(3.5, 7), (12, 13.5), (20.5, 7)]],
    "pin": lambda: [
        [(12, 21.5), (6, 13.5), *arc((12, 9.5), 7, 150, 390), (12, 21.5)],
        _ring(12, 9.5, 2.4),
    ],
    "card": lambda: [_box(2.5, 5, 21.5, 19, 2.5), [(2.5, 9.8), (21.5, 9.8)], [(6.5, 15), (10, 15)]],
    "no_link": lambda: [
        arc((12, 18.5), 14, 225, 256),
        arc((12, 18.5), 14, 293, 315),
        arc((12, 18.5), 9, 225, 246),
        arc((12, 18.5), 9, 305, 315),
        arc((12, 18.5), 4.2, 225, 315),
        [(12, 19.2), (12, 19.3)],
        [(12, 3.2), (12, 11)],
    ],
    "plug": lambda: [
        [(9, 3), (9, 8)],
        [(15, 3), (15, 8)],
        [(6, 8), (18, 8), (18, 11), *arc((12, 11), 6, 0, 180), (6, 8)],
        [(12, 17), (12, 21)],
    ],
    "clock": lambda: [_ring(12, 12, 9), [(12, 7), (12, 12), (15.2, 14)]],
    "question": lambda: [
        [*arc((12, 8.4), 4.4, 180, 380), (14.4, 11.8), (12, 13.8), (12, 15.6)],
        [(12, 20), (12, 20.1)],
    ],
    "spark": lambda: [
        [(12, 3), (14.2, 9.8), (21, 12), (14.2, 14.2), (12, 21), (9.8, 14.2), (3, 12), (9.8, 9.8), (12, 3)]
    ],
    "eye": lambda: [
        [*arc((12, 19.5), 12.5, 217, 323), *arc((12, 4.5), 12.5, 37, 143), (2.02, 11.98)],
        _ring(12, 12, 2.8),
    ],
    "hand": lambda: [
        [(7, 13), (7, 7.2), *arc((8.3, 7.2), 1.3, 180, 360), (9.6, 11.4), (9.6, 4.8),
         *arc((10.9, 4.8), 1.3, 180, 360), (12.2, 11), (12.2, 5.8), *arc((13.5, 5.8), 1.3, 180, 360),
         (14.8, 11.6), (14.8, 8.2), *arc((16.1, 8.2), 1.3, 180, 360), (17.4, 15), *arc((12, 15), 5.4, 0, 150),
         (4, 13.2), *arc((5.2, 12.6), 1.3, 160, 330), (7, 13.6)],
    ],
    "tool": lambda: [
        [*arc((16, 8), 5, -20, -70), (15.6, 5.4), (16.4, 7.6), (18.6, 8.4), arc((16, 8), 5, -20, -21)[0]],
        arc((16, 8), 5, 340, 180),
        [(11, 8.6), (4, 15.6), *arc((6, 17.8), 2.9, 215, 55), (15.4, 13)],
    ],
    "hourglass": lambda: [
        [(6, 3), (18, 3)],
        [(6, 21), (18, 21)],
        [(7.5, 3), (7.5, 6.5), (12, 12), (16.5, 6.5), (16.5, 3)],
        [(7.5, 21), (7.5, 17.5), (12, 12), (16.5, 17.5), (16.5, 21)],
    ],
    "block": lambda: [_ring(12, 12, 9), [(5.7, 5.7), (18.3, 18.3)]],
    "grid": lambda: [
        _box(3.5, 3.5, 10, 10, 1.6), _box(14, 3.5, 20.5, 10, 1.6),
        _box(3.5, 14, 10, 20.5, 1.6), _box(14, 14, 20.5, 20.5, 1.6),
    ],
    "points": lambda: [
        _ring(9.5, 9.5, 6.5), [(17.2, 9.6), *arc((14.5, 14.5), 6.5, -60, 150)], [(9.5, 6.6), (9.5, 12.4)],
    ],
    "voucher": lambda: [
        [(3, 6.5), (21, 6.5), (21, 9.6), *reversed(arc((21, 12), 2.4, 90, 270)), (21, 17.5), (3, 17.5),
         *reversed(arc((3, 12), 2.4, -90, 90)), (3, 6.5)],
        [(9.5, 10), (9.5, 10.1)], [(9.5, 14), (9.5, 14.1)],
    ],
    "access": lambda: [
        _ring(12, 3.6, 1.5),
        [(4.2, 8.2), (9.2, 9.4), (14.8, 9.4), (19.8, 8.2)],
        [(9.4, 9.4), (9.4, 14.2), (7.4, 21)],
        [(14.6, 9.4), (14.6, 14.2), (16.6, 21)],
        [(9.4, 14.6), (14.6, 14.6)],
    ],
    "type": lambda: [
        [(2.5, 19), (8, 5), (13.5, 19)],
        [(4.5, 14.3), (11.5, 14.3)],
        [(18.5, 19), (18.5, 11)],
        [(15.4, 14.2), (18.5, 11), (21.6, 14.2)],
    ],
    "shift": lambda: [
        [(12, 4), (4.5, 12), (8.5, 12), (8.5, 19.5), (15.5, 19.5), (15.5, 12), (19.5, 12), (12, 4)]
    ],
    "erase": lambda: [
        [(2.5, 12), (8.5, 5.5), (21.5, 5.5), (21.5, 18.5), (8.5, 18.5), (2.5, 12)],
        [(11.5, 9), (17.5, 15)],
        [(17.5, 9), (11.5, 15)],
    ],
    "pen": lambda: [
        [(4, 20), (5.2, 15), (16, 4.2), (19.8, 8), (9, 18.8), (4, 20)],
        [(13.4, 6.8), (17.2, 10.6)],
    ],
    "phone": lambda: [_box(6.5, 2.5, 17.5, 21.5, 2.5), [(11, 18.4), (13, 18.4)]],
    "at": lambda: [
        _ring(12, 12, 3.8),
        [(15.8, 8.4), (15.8, 13.2), *arc((18.2, 13.2), 2.4, 180, 0), *arc((12, 12), 9, 0, -300)],
    ],
    "bubble": lambda: [[*_box(3, 4.5, 21, 16.5, 3), (3, 7.5)], [(8, 16.5), (8, 20.5), (12.5, 16.5)]],
    "bubbles": lambda: [
        _box(2.5, 4, 16, 13.5, 3),
        [(6.5, 13.5), (6.5, 17), (10, 13.5)],
        [(18.8, 9.5), (21.5, 12), (21.5, 16), (18.5, 18.2), (18.5, 21), (15, 18.2), (12.5, 18.2)],
    ],
    "person": lambda: [_ring(12, 8, 4), [(4, 20.5), *arc((12, 20.5), 8, 180, 360)]],
    "contrast": lambda: [
        _ring(12, 12, 9),
        *[[(12.0, float(y)), (12 + (81 - (y - 12) ** 2) ** 0.5, float(y))] for y in range(4, 21, 2)],
    ],
    "hand_left": lambda: [[(24 - x, y) for x, y in line] for line in _STROKES["hand"]()],
    "lower": lambda: [
        _box(3.5, 3, 20.5, 21, 2.5),
        [(12, 6.4), (12, 16)],
        [(8, 12.4), (12, 16.6), (16, 12.4)],
    ],
    "speaker": lambda: [
        [(3.5, 9.5), (7, 9.5), (12, 5), (12, 19), (7, 14.5), (3.5, 14.5), (3.5, 9.5)],
        arc((12, 12), 4.2, -42, 42),
        arc((12, 12), 8, -45, 45),
    ],
    "calm": lambda: [_ring(12, 12, 9), [(9.6, 8.6), (9.6, 15.4)], [(14.4, 8.6), (14.4, 15.4)]],
    "undo": lambda: [
        [(8.5, 4), (4, 8.5), (8.5, 13)],
        [(4, 8.5), (14.5, 8.5), *arc((14.5, 14), 5.5, -90, 90), (9, 19.5)],
    ],
    "star": lambda: [[
        (12 + (9.4 if point % 2 == 0 else 4.2) * math.sin(math.pi * point / 5),
         12.6 - (9.4 if point % 2 == 0 else 4.2) * math.cos(math.pi * point / 5))
        for point in range(11)
    ]],
    "gift": lambda: [
        _box(4.5, 11, 19.5, 21, 1.6), _box(3, 7, 21, 11, 1.2), [(12, 7), (12, 21)],
        [(12, 7), (8.2, 6.6), *arc((8.2, 4.6), 2, 90, 300), (12, 7)],
        [(12, 7), (15.8, 6.6), *arc((15.8, 4.6), 2, 90, -120), (12, 7)],
    ],
    "printer": lambda: [
        [(7, 8), (7, 3), (17, 3), (17, 8)],
        [(7, 17), (5.2, 17), *arc((5.2, 15), 2, 90, 180), (3.2, 10), *arc((5.2, 10), 2, 180, 270), (18.8, 8),
         *arc((18.8, 10), 2, 270, 360), (20.8, 15), *arc((18.8, 15), 2, 0, 90), (17, 17)],
        _box(7, 14, 17, 21, 0.8),
    ],
    "shield": lambda: [
        [(12, 2.8), (19.6, 5.6), (19.6, 11.4), (17.8, 16.4), (12, 21.2), (6.2, 16.4), (4.4, 11.4), (4.4, 5.6),
         (12, 2.8)],
        [(8.6, 11.8), (11.2, 14.4), (15.6, 9.4)],
    ],
    "wheel": lambda: [
        _ring(12, 12.6, 8.6), _ring(12, 12.6, 1.6),
        *([(12 + 2.6 * math.cos(at), 12.6 + 2.6 * math.sin(at)),
           (12 + 8.6 * math.cos(at), 12.6 + 8.6 * math.sin(at))]
          for at in (math.pi * turn / 3 + 0.52 for turn in range(6))),
        [(12, 1.6), (12, 4)],
    ],
    "cards": lambda: [
        _box(3.5, 6.5, 13.5, 21, 1.8),
        [(9, 3), (18.6, 3), *arc((18.6, 4.8), 1.8, 270, 360), (20.4, 17.5)],
        [(8.5, 11.4), (10.6, 13.8), (8.5, 16.2), (6.4, 13.8), (8.5, 11.4)],
    ],
    "scratch": lambda: [
        _box(2.5, 6, 21.5, 19, 2),
        [(6.5, 14.5), (9, 10), (11, 14.5), (13.5, 10), (15.2, 13)],
    ],
    "heart": lambda: [
        [(12, 20.5), (4.2, 12.6), *arc((7.8, 8.9), 4.9, 135, 330), (12, 7.4),
         *arc((16.2, 8.9), 4.9, 210, 405), (12, 20.5)],
    ],
    "search": lambda: [_ring(10.5, 10.5, 6.5), [(15.4, 15.4), (20.5, 20.5)]],
}  # fmt: skip


def draw_icon(  # placed by its centre
    surface: pygame.Surface,
    icon: Icon,
    centre: tuple[int, int],
    size: int,
    colour: Colour,
    *,
    sprites: Sprites,
    thickness_percent: int = 100,
) -> None:
    """Draw an icon of `size` pixels around `centre`."""

    def draw(large: pygame.Surface, scale: int) -> None:
        unit = size * scale / _GRID
        for points in _STROKES[icon]():
            thickness = _THICKNESS * unit * thickness_percent / 100
            stroke(large, [(x * unit, y * unit) for x, y in points], thickness, colour)

    picture = sprites.get(
        ("icon", icon, size, colour, thickness_percent), lambda: smooth((size, size), colour, draw)
    )
    surface.blit(picture, (centre[0] - size // 2, centre[1] - size // 2))

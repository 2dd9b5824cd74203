"""A picture in some hundred bytes: enough to see that a word, a colour, a sign or a place is another one.

Each square of 80 pixels (larger screens: 128) has three *patterns*: sums of its pixels, added or taken away
by chance, but always the same. Where anything changes its form or its place the sums become others. Of four
neighbours two are added and two taken away, so that what is a little lighter everywhere changes nothing.
Each square of 80 pixels has a *colour*, its mean in steps of 4.

Processors blend and scale differently by one or two of 256 (SDL has code of its own for each): such pictures
are alike. What is seen and what is overlooked is shown in test_fingerprint.py.
"""

from array import array
from dataclasses import dataclass
from functools import cache
from hashlib import shake_256
from typing import Final

import pygame
from PIL import Image, ImageMath

from tests.unit.kiosk.drawing import SMALL

Size = tuple[int, int]

REDUCED: Final = 2
"""Both numbers are taken of a picture of half the size: four pixels are one."""
COLOUR_SIDE: Final = 40
COLOUR_STEP: Final = 4
PATTERNS: Final = 3
"""Of each square, for by chance one sum in five stays the same when a short word becomes another one."""
STEPS_ALIKE: Final = 1
"""A pattern's step is twice its square's side: noise in every pixel makes less of it, a letter some steps."""

_SIGNS: Final = (
    (1, 1, -1, -1),
    (1, -1, 1, -1),
    (1, -1, -1, 1),
    (-1, -1, 1, 1),
    (-1, 1, -1, 1),
    (-1, 1, 1, -1),
)


@dataclass(frozen=True, slots=True)
class _Grid:
    """Squares of so many reduced pixels, side by side; the last ones may be narrower."""

    size: Size
    side: int

    @property
    def columns(self) -> int:
        return -(-self.size[0] // (REDUCED * self.side))

    @property
    def count(self) -> int:
        return self.columns * -(-self.size[1] // (REDUCED * self.side))

    def place(self, index: int) -> pygame.Rect:
        row, column = divmod(index, self.columns)
        side = REDUCED * self.side
        square = pygame.Rect(column * side, row * side, side, side)
        return square.clip(pygame.Rect((0, 0), self.size))


def _patterns(size: Size) -> _Grid:
    return _Grid(size, 40 if size == SMALL else 64)


def _colours(size: Size) -> _Grid:
    return _Grid(size, COLOUR_SIDE)


def length_of(size: Size) -> int:
    """How many bytes the fingerprint of a picture of this size has."""
    return PATTERNS * _patterns(size).count + 3 * _colours(size).count


def fingerprint(surface: pygame.Surface) -> bytes:
    """The patterns, then the colours, of a picture. Numbers past 255 begin again at 0."""
    size = surface.get_size()
    whole = Image.frombuffer("RGBX", size, surface.get_buffer(), "raw", "RGBX", 0, 1)
    small = whole.reduce(REDUCED)  # blue first, as SDL has it, and a fourth channel of nothing
    weights = _weights(size)
    mixed, *others = small.split()
    for channel, mask in zip(others[:2], weights.masks, strict=True):
        mixed.paste(channel, mask=mask)
    patterns, side, mixed = bytearray(), _patterns(size).side, mixed.convert("I")
    for signed in weights.signed:
        weighed = ImageMath.lambda_eval(
            lambda parts: parts["weights"] * parts["mixed"], weights=signed, mixed=mixed
        )
        sums = array("i", weighed.reduce(side).tobytes())
        patterns += bytes((one + side) // (2 * side) % 256 for one in sums)
    colours = small.reduce(COLOUR_SIDE).convert("RGB").tobytes()
    return bytes(patterns) + bytes(one // COLOUR_STEP for one in colours)


def changed_parts(one: bytes, other: bytes, size: Size) -> list[pygame.Rect]:
    """The parts of a picture in which two fingerprints of it are not alike."""
    assert len(one) == len(other) == length_of(size)
    if one == other:
        return []
    patterns, colours = _patterns(size), _colours(size)
    different = [at for at, (a, b) in enumerate(zip(one, other, strict=True)) if not _is_alike(a, b)]
    first_colour = PATTERNS * patterns.count
    places = [
        patterns.place(at % patterns.count) if at < first_colour else colours.place((at - first_colour) // 3)
        for at in different
    ]
    return [place for at, place in enumerate(places) if place not in places[:at]]


def _is_alike(one: int, other: int) -> bool:
    return min((one - other) % 256, (other - one) % 256) <= STEPS_ALIKE


@dataclass(frozen=True, slots=True)
class _Weights:
    """What a reduced pixel counts, and whether it counts by its green or its red instead of its blue."""

    signed: tuple[Image.Image, ...]
    masks: tuple[Image.Image, Image.Image]


@cache
def _weights(size: Size) -> _Weights:
    """Four pixels look at one channel. Each counts as often as its square has pixels: the mean is the sum."""
    width, height = size[0] // REDUCED, size[1] // REDUCED
    fours = width * height // 4
    chance = shake_256(b"officine kiosk pictures").digest((1 + PATTERNS) * fours)
    masks = [bytearray(width * height) for _ in range(2)]
    for four, byte in enumerate(chance[:fours]):
        if channel := byte % 3:
            for pixel in _pixels(four, width):
                masks[channel - 1][pixel] = 255
    green, red = (Image.frombytes("L", (width, height), bytes(mask)) for mask in masks)
    each = (chance[fours * (1 + at) : fours * (2 + at)] for at in range(PATTERNS))
    return _Weights(tuple(_signed(size, one) for one in each), (green, red))


def _signed(size: Size, chance: bytes) -> Image.Image:
    width, height = size[0] // REDUCED, size[1] // REDUCED
    side = _patterns(size).side
    signed = array("i", bytes(4 * width * height))
    for four, byte in enumerate(chance):
        pixels = _pixels(four, width)
        top, left = divmod(pixels[0], width)
        full = min(side, width - left // side * side) * min(side, height - top // side * side)
        for pixel, sign in zip(pixels, _SIGNS[byte % 6], strict=True):
            signed[pixel] = sign * full
    return Image.frombytes("I", (width, height), signed.tobytes())


def _pixels(four: int, width: int) -> tuple[int, int, int, int]:
    """Where the four pixels of a small square are, rows one after the other."""
    row, column = divmod(four, width // 2)
    first = 2 * row * width + 2 * column
    return first, first + 1, first + width, first + width + 1

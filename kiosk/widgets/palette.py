"""Colours: the house's calm greys, the group's brand, and contrast that is computed, not hoped for."""

from dataclasses import dataclass
from typing import Final

from wire.messages import Theme

Colour = tuple[int, int, int]

CONTRAST_MIN: Final = 4.5
"""WCAG 2.2, 1.4.3 (AA)."""


def from_hex(text: str, fallback: str = "#0B6B4F") -> Colour:
    """The colour of `#RRGGBB`; the fallback for anything else, for a theme must never stop a kiosk."""
    digits = text.removeprefix("#")
    try:
        value = int(digits, 16) if len(digits) == 6 else None
    except ValueError:
        value = None
    if value is None:
        return from_hex(fallback)
    return value >> 16, value >> 8 & 255, value & 255


def luminance(colour: Colour) -> float:
    """Relative luminance, 0 (black) to 1 (white). Source: WCAG 2.2."""

    def linear(channel: int) -> float:
        part = channel / 255
        return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)

    red, green, blue = colour
    return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio, 1 to 21. Source: WCAG 2.2."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mix(one: Colour, other: Colour, percent: int) -> Colour:
    """`percent` of `one`, the rest of `other`."""
    red, green, blue = ((a * percent + b * (100 - percent)) // 100 for a, b in zip(one, other, strict=True))
    return red, green, blue


def legible(colour: Colour, *grounds: Colour) -> Colour:
    """The colour, darkened as little as needed to be read on all of these light grounds."""
    for percent in range(100, -1, -5):
        darker = mix(colour, (0, 0, 0), percent)
        if all(contrast(darker, ground) >= CONTRAST_MIN for ground in grounds):
            return darker
    return 0, 0, 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Palette:
    """Every colour of the screen by its meaning; `on_x` and `x_text` are proved legible where they stand."""

    ground: Colour = (246, 248, 245)
    card: Colour = (255, 255, 255)
    hairline: Colour = (223, 231, 226)
    outline: Colour = (205, 217, 211)
    ink: Colour = (15, 36, 28)
    muted: Colour = (82, 100, 92)
    brand: Colour
    brand_pressed: Colour
    on_brand: Colour
    brand_text: Colour
    tint: Colour
    tint_deep: Colour
    soon: Colour = (232, 163, 61)
    on_soon: Colour = (15, 36, 28)
    soon_tint: Colour = (253, 243, 225)
    soon_text: Colour = (133, 79, 10)
    stop: Colour = (179, 54, 43)
    stop_tint: Colour = (251, 234, 231)
    stop_text: Colour = (168, 46, 36)
    stop_outline: Colour = (236, 200, 195)
    on_stop: Colour = (255, 255, 255)

    @classmethod
    def of(cls, theme: Theme | None, *, is_contrast: bool = False) -> "Palette":
        """The palette of a group; text takes the brand darkened where the brand itself is not legible.

        is_contrast: light on black for whoever needs it, whatever the group's colours are.
        """
        if is_contrast:
            return HIGH_CONTRAST
        brand = from_hex(theme.brand if theme else "")
        tint = from_hex(theme.brand_tint if theme else "", "#E4F2EC")
        if luminance(tint) < 0.6:  # a dark tint would swallow the ink
            tint = mix(brand, (255, 255, 255), 12)
        white, ink = (255, 255, 255), (15, 36, 28)
        inks: tuple[Colour, ...] = (white, ink, (0, 0, 0))
        on_brand = next(one for one in inks if contrast(one, brand) >= CONTRAST_MIN)  # white or black does
        return cls(
            brand=brand,
            brand_pressed=mix(brand, (0, 0, 0), 82),
            on_brand=on_brand,
            brand_text=legible(brand, white, tint, (246, 248, 245)),
            tint=tint,
            tint_deep=mix(brand, tint, 12),
        )


_BLACK: Final[Colour] = (0, 0, 0)
_WHITE: Final[Colour] = (255, 255, 255)
_YELLOW: Final[Colour] = (255, 222, 64)

HIGH_CONTRAST: Final = Palette(
    ground=_BLACK,
    card=_BLACK,
    hairline=(150, 150, 150),
    outline=_WHITE,
    ink=_WHITE,
    muted=(222, 222, 222),
    brand=_YELLOW,
    brand_pressed=(214, 184, 40),
    on_brand=_BLACK,
    brand_text=_YELLOW,
    tint=(46, 46, 40),
    tint_deep=(70, 68, 48),
    soon=(255, 190, 92),
    on_soon=_BLACK,
    soon_tint=(58, 38, 0),
    soon_text=(255, 214, 150),
    stop=(255, 150, 140),
    stop_tint=(72, 14, 10),
    stop_text=(255, 190, 182),
    stop_outline=(255, 150, 140),
    on_stop=_BLACK,
)
"""At least 7:1 for every text (WCAG 2.2, 1.4.6, AAA); what is filled bears black."""

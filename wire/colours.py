"""Colours and their contrast, computed: what central holds a theme to and what the kiosk draws with."""

from typing import Final

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


def hundredths(ratio: float) -> str:
    """A ratio as it is told, rounded down: 4.499 does not read as the 4.5 that it is not."""
    whole = int(ratio * 100)
    return f"{whole // 100}.{whole % 100:02d}"


def to_hex(colour: Colour) -> str:
    """`#RRGGBB`."""
    red, green, blue = colour
    return f"#{red:02X}{green:02X}{blue:02X}"


def legible(colour: Colour, *grounds: Colour) -> Colour:
    """The colour, darkened as little as needed to be read on all of these light grounds."""
    for percent in range(100, -1, -5):
        darker = mix(colour, (0, 0, 0), percent)
        if all(contrast(darker, ground) >= CONTRAST_MIN for ground in grounds):
            return darker
    return 0, 0, 0

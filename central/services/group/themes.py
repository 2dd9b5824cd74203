"""A group's colours: held to what people can read when they are saved, never mended behind one's back."""

import re
from collections.abc import Callable
from typing import Final

from loyalty.errors import LoyaltyError, Trouble
from wire.colours import CONTRAST_MIN, Colour, contrast, from_hex, hundredths, mix, to_hex

_WHITE: Final[Colour] = (255, 255, 255)
_BLACK: Final[Colour] = (0, 0, 0)
_HEX: Final = re.compile(r"#[0-9A-Fa-f]{6}")
_TINT_PERCENT: Final = 12
"""How much of the brand is in a tint that nobody chose; less where the brand is pale."""


class ColourInvalid(LoyaltyError):
    """A group's colour is not written as colours are."""

    code = "colour_invalid"
    text = "{colour} is no colour. Write it as #RRGGBB, such as #0B6B4F."


class ThemeIllegible(LoyaltyError):
    """A group's colours cannot be read on each other (WCAG 2.2, 1.4.3)."""

    code = "theme_illegible"
    trouble = Trouble.REFUSED
    text = "{pair} has a contrast of {ratio}:1; 4.5:1 is the least that can be read. {proposal}"


def derive_tint(brand: str) -> str:
    """A pale ground out of the brand: as much of it as lets the brand itself be read on it."""
    colour = from_hex(brand)
    tints = (mix(colour, _WHITE, percent) for percent in range(_TINT_PERCENT, 0, -1))
    return to_hex(next((tint for tint in tints if contrast(colour, tint) >= CONTRAST_MIN), _WHITE))


def require_legible(brand: str, tint: str) -> None:
    """White on the brand and the brand on its tint can be read. Raises: ColourInvalid, ThemeIllegible."""
    for colour in (brand, tint):
        if not _HEX.fullmatch(colour):
            raise ColourInvalid(colour=colour[:32])
    pairs = (
        (f"White text on the brand {brand}", _WHITE),
        (f"Text in the brand {brand} on the tint {tint}", from_hex(tint)),
    )
    for pair, ground in pairs:
        ratio = contrast(from_hex(brand), ground)
        if ratio < CONTRAST_MIN:
            raise ThemeIllegible(pair=pair, ratio=hundredths(ratio), proposal=_proposal(brand, tint))


def _proposal(brand: str, tint: str) -> str:
    ground = from_hex(tint)
    both = _darker(brand, lambda one: min(contrast(one, _WHITE), contrast(one, ground)) >= CONTRAST_MIN)
    if both is not None:
        return f"Take {both}, the nearest darker brand that passes."
    alone = _darker(brand, lambda one: contrast(one, _WHITE) >= CONTRAST_MIN)
    return f"No darker brand can be read on this tint: take the brand {alone} and leave the tint out."


def _darker(brand: str, is_read: Callable[[Colour], bool]) -> str | None:
    """The brand, or the nearest darker one in steps of a hundredth."""
    shades = (mix(from_hex(brand), _BLACK, percent) for percent in range(100, -1, -1))
    return next((to_hex(shade) for shade in shades if is_read(shade)), None)

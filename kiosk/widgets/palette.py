"""Colours: the house's calm greys, the group's brand, and contrast that is computed, not hoped for."""

from dataclasses import dataclass
from typing import Final

from wire.colours import CONTRAST_MIN, Colour, contrast, from_hex, legible, luminance, mix
from wire.face import Theme

__all__ = [
    "CONTRAST_MIN",
    "HIGH_CONTRAST",
    "Colour",
    "Palette",
    "contrast",
    "from_hex",
    "legible",
    "luminance",
    "mix",
]


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

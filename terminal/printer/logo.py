"""The group's logo on paper: black dots on white, in the middle of the roll."""

import io
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

_WIDE_PERCENT: Final = 62
_HIGH: Final = 112
"""Dots: 14 mm."""
_INK: Final = 168
"""Thermal paper knows no grey: darker than this is black."""


@lru_cache(maxsize=2)
def dots_of(content: bytes, dots: int) -> "Image":
    """The logo of a file as a row of the paper, as wide as that. Raises: OSError, ValueError: no picture."""
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(content), formats=("PNG",)) as opened:
        logo = opened.convert("RGBA")
    fitted = ImageOps.contain(logo, (dots * _WIDE_PERCENT // 100, _HIGH))
    row = Image.new("L", (dots, fitted.height + _HIGH // 8), 255)
    row.paste(fitted.convert("L"), ((dots - fitted.width) // 2, 0), fitted.getchannel("A"))
    return row.point(lambda value: 255 if value < _INK else 0).convert("1")

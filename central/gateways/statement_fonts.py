"""The fonts of printed statements: Inter and Noto Sans SC out of locked packages, cut to what a page needs.

A PDF holds its fonts, so that it looks the same everywhere and in ten years; only the letters that are used.
"""

import io
from collections.abc import Iterable
from typing import Final

from fontTools import subset  # type: ignore[import-untyped]
from fontTools.ttLib import TTFont  # type: ignore[import-untyped]
from fontTools.varLib import instancer  # type: ignore[import-untyped]

from wire import font_files

REGULAR: Final = 400
BOLD: Final = 700
_LATIN: Final = range(0x20, 0x250)
_NAMES: Final = (1, 3, 4, 6, 16, 25)
"""Family, unique, full, PostScript, typographic family, prefix of variations (OpenType, name table)."""
_SIGNS: Final = frozenset("–—‘’“”…€")


def is_latin(letter: str) -> bool:
    """Whether Inter has it; everything else is drawn in Noto Sans SC."""
    return ord(letter) in _LATIN or letter in _SIGNS


def cut(letters: Iterable[str], *, weight: int, is_chinese: bool, name: str) -> bytes:
    """A font with these letters alone, at one weight, as a TrueType file.

    `name` must be of these letters alone: who draws with it takes two fonts of one inner name for one.
    """
    source = font_files.noto_sans_sc() if is_chinese else font_files.inter()
    font = TTFont(source, recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["kern"]
    options.notdef_outline = True
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(sorted({*letters, " ", "?"})))
    subsetter.subset(font)  # before the weight: fewer outlines to work out
    axes = {"wght": weight} if is_chinese else {"wght": weight, "opsz": 14}
    font = instancer.instantiateVariableFont(font, axes)
    for record in font["name"].names:
        if record.nameID in _NAMES:
            record.string = name
    out = io.BytesIO()
    font.save(out)
    return out.getvalue()

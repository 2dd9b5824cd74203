"""Where the fonts lie that come in locked packages; screens, papers and slips are drawn with them."""

from importlib.resources import files
from pathlib import Path


def inter() -> Path:
    """Inter, variable in weight and optical size."""
    return Path(str(files("fontpkg_inter"))) / "files" / "Inter[opsz,wght].ttf"


def nunito() -> Path:
    """Nunito, variable in weight: rounded and friendly."""
    return Path(str(files("fontpkg_nunito"))) / "files" / "Nunito[wght].ttf"


def source_serif() -> Path:
    """Source Serif 4, variable in weight and optical size: calm, with serifs."""
    return Path(str(files("fontpkg_source_serif_4"))) / "files" / "SourceSerif4[opsz,wght].ttf"


def noto_sans_sc() -> Path:
    """Noto Sans SC, variable in weight: simplified Chinese."""
    return Path(str(files("justmytype_intl_cjk"))) / "fonts" / "ofl" / "notosanssc" / "NotoSansSC[wght].ttf"


def jetbrains_mono() -> Path:
    """JetBrains Mono, variable in weight: letters of one width, as receipt printers have them."""
    return Path(str(files("fontpkg_jetbrains_mono"))) / "files" / "JetBrainsMono[wght].ttf"

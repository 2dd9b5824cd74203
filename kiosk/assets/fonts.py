"""The kiosk's fonts: static cuts of Inter and Noto Sans SC, built once per machine from the variable fonts.

SDL_ttf cannot choose an instance of a variable font, so each weight we use is cut out with fontTools. The
subset comes first, because instancing all 18 MB of Chinese would take minutes. Inter's digits become its
tabular ones, so that a counting balance does not tremble.
"""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from pathlib import Path
from typing import Any, Final
from zlib import crc32

from wire import font_files
from wire.face import Font

RECIPE: Final = 2
"""Raised when this module cuts differently, so that older caches are left behind."""

PACKAGES: Final = ("fontpkg-inter", "justmytype-intl-cjk")
COVERAGE_FILE: Final = "latin.json"

Progress = Callable[[int, int, str], None]
"""Called with steps done, steps in all, and what is being made."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One static font file: its name, and its place on the axes of the variable font."""

    name: str
    is_han: bool
    axes: tuple[tuple[str, int], ...]


CUTS: Final = (
    Cut("latin-400", False, (("opsz", 14), ("wght", 420))),
    Cut("latin-600", False, (("opsz", 14), ("wght", 600))),
    Cut("latin-700", False, (("opsz", 28), ("wght", 720))),
    Cut("han-400", True, (("wght", 400),)),
    Cut("han-600", True, (("wght", 600),)),
    Cut("han-700", True, (("wght", 700),)),
)


@dataclass(frozen=True, slots=True)
class Family:
    """Letters that a group may choose instead of Inter's: the package, its file, the cuts of it."""

    package: str
    source: Callable[[], Path]
    axes: tuple[tuple[tuple[str, int], ...], ...]
    """Of the weights 400, 600 and 700."""


FAMILIES: Final[dict[Font, Family]] = {
    "nunito": Family(
        "fontpkg-nunito", font_files.nunito, ((("wght", 430),), (("wght", 620),), (("wght", 660),))
    ),
    "source-serif": Family(
        "fontpkg-source-serif-4",
        font_files.source_serif,
        (
            (("opsz", 20), ("wght", 410)),
            (("opsz", 20), ("wght", 570)),
            (("opsz", 36), ("wght", 640)),
        ),
    ),
}
"""Beside Inter, which always is there. Chinese is drawn in one font for all."""


def default_directory() -> Path:
    """Where the fonts are kept when the settings name no place."""
    cache = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(cache) / "officine" / "fonts"


def cut_directory(directory: Path) -> Path:
    """The sub-directory of these package versions and this recipe."""
    key = "-".join(version(package) for package in PACKAGES)
    drawn = crc32(",".join(str(c) for c in sorted(set(_han_characters()))).encode("ascii"))
    return directory / f"{key}-r{RECIPE}-{drawn:08x}"


def is_built(directory: Path) -> bool:
    """Whether `build` has nothing left to do there."""
    return (cut_directory(directory) / COVERAGE_FILE).is_file()


def build(directory: Path, on_progress: Progress | None = None) -> Path:
    """Cut all fonts, about 15 s on a small machine; at once when they are there.

    Written beside and renamed, so that a broken build is never taken for fonts; of two builders one wins.
    Returns: the directory that `FontBook` reads.
    """
    done = cut_directory(directory)
    if is_built(directory):
        return done
    directory.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".cutting-", dir=directory))
    try:
        _cut_all(work, on_progress or (lambda _done, _total, _what: None))
        work.chmod(0o755)
        try:
            work.rename(done)
        except OSError:
            if not is_built(directory):
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


def build_family(directory: Path, font: Font) -> Path | None:
    """Cut the letters of a group's choice, a few seconds; at once when they are there.

    Returns: their directory; None: Inter, or a family whose package is not on this machine.
    """
    family = FAMILIES.get(font)
    if family is None:
        return None
    try:
        done = directory / f"{family.package}-{version(family.package)}-r{RECIPE}"
    except PackageNotFoundError:
        return None
    if (done / COVERAGE_FILE).is_file():
        return done
    directory.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".cutting-", dir=directory))
    try:
        latin = _subset(family.source(), work / "latin.src", set(_latin_characters()))
        for weight, axes in zip((400, 600, 700), family.axes, strict=True):
            _instance(work / "latin.src", work / f"latin-{weight}.ttf", Cut(f"latin-{weight}", False, axes))
        (work / "latin.src").unlink()
        (work / COVERAGE_FILE).write_text(json.dumps(sorted(latin)), encoding="ascii")
        work.chmod(0o755)
        with contextlib.suppress(OSError):  # another builder was first
            work.rename(done)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return done


def letters_of(directory: Path) -> frozenset[str]:
    """Which letters a family has that `build_family` made."""
    return frozenset(map(chr, json.loads((directory / COVERAGE_FILE).read_text(encoding="ascii"))))


def _cut_all(work: Path, on_progress: Progress) -> None:
    total = len(CUTS) + 2
    on_progress(0, total, "Inter")
    latin = _subset(font_files.inter(), work / "latin.src", set(_latin_characters()))
    on_progress(1, total, "Noto Sans SC")
    _subset(font_files.noto_sans_sc(), work / "han.src", set(_han_characters()) - latin)
    for index, cut in enumerate(CUTS):
        on_progress(2 + index, total, cut.name)
        _instance(work / ("han.src" if cut.is_han else "latin.src"), work / f"{cut.name}.ttf", cut)
    (work / "latin.src").unlink()
    (work / "han.src").unlink()
    # Last, because its presence says that all is there.
    (work / COVERAGE_FILE).write_text(json.dumps(sorted(latin)), encoding="ascii")
    on_progress(total, total, "")


def _latin_characters() -> Iterator[int]:
    yield from range(0x20, 0x7F)
    yield from range(0xA0, 0x250)  # Latin-1 to Latin Extended-B
    yield from range(0x370, 0x530)  # Greek, Cyrillic: names and shops
    yield from range(0x1E00, 0x1F00)  # Latin Extended Additional
    yield from range(0x2000, 0x2070)  # punctuation and the thin spaces
    yield from (0x20AC, 0x2116, 0x2122, 0x2190, 0x2191, 0x2192, 0x2193, 0x2212, 0x2248, 0x2264, 0x2265)


def _han_characters() -> Iterator[int]:
    """GB 2312: every character of everyday mainland Chinese, its punctuation; what the catalogue adds."""
    for lead in range(0xA1, 0xF8):
        for trail in range(0xA1, 0xFF):
            try:
                yield ord(bytes((lead, trail)).decode("gb2312"))
            except UnicodeDecodeError:
                continue
    catalogue = files("kiosk.locales") / "zh.po"
    yield from (ord(c) for c in catalogue.read_text(encoding="utf-8") if ord(c) > 0x2E00)


def _subset(source: Path, target: Path, characters: set[int]) -> set[int]:
    from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    options = Options()
    options.layout_features = ["kern", "mark", "mkmk", "ccmp", "locl"]
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=characters)
    with TTFont(source, lazy=True) as font:
        _take_tabular_digits(font)
        subsetter.subset(font)
        font.save(target)
        return set(font.getBestCmap())


def _take_tabular_digits(font: Any) -> None:
    """Point the digits' code points at the `tnum` glyphs, where the font has them (Inter: `one.tf`)."""
    glyphs = set(font.getGlyphOrder())
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            name = table.cmap.get(code)
            if name and f"{name}.tf" in glyphs:
                table.cmap[code] = f"{name}.tf"


def _instance(source: Path, target: Path, cut: Cut) -> None:
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer  # type: ignore[import-untyped]

    overlap = instancer.OverlapMode.KEEP_AND_DONT_SET_FLAGS  # pathops is not needed for pixels
    with TTFont(source) as font:
        static = instancer.instantiateVariableFont(font, dict(cut.axes), inplace=True, overlap=overlap)
        static.save(target)

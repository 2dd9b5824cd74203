"""Sizes: two designs (a 7-inch panel of 800x480, a 10-inch one of 1280x800), scaled for anything else."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

_UPRIGHT_TEXT: Final = 1.3
"""Times the scale of an upright screen, which is narrow but high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metrics:
    """Every length of the screen, in pixels; spaces go in steps of 8 on the large design."""

    width: int
    height: int
    is_small: bool
    is_portrait: bool
    margin: int
    gap: int
    pad: int
    radius: int
    header: int
    bar: int
    touch: int
    """The least height of a touch target."""
    key: int
    """The least width and height of a key of the keyboard: ten stand beside each other."""
    number: int
    headline: int
    title: int
    body: int
    note: int
    icon: int
    line: int
    """Thickness of outlines and hairlines."""
    growth: int = 100
    """Of the small texts, in percent of the design: large type. The figures are large as they are."""

    @property
    def bar_top(self) -> int:
        """Where the bottom bar begins."""
        return self.height - self.margin - self.bar if not self.is_small else self.height - 20 - self.bar

    @classmethod
    @lru_cache(maxsize=64)
    def of(cls, size: tuple[int, int], growth: int = 100) -> "Metrics":
        """The metrics of a screen of `size` (width, height) pixels, its texts grown to `growth` percent."""
        plain = cls._of(size)
        if growth == 100:
            return plain
        return replace(
            plain,
            growth=growth,
            headline=plain.headline * (200 + growth) // 300,
            title=plain.title * growth // 100,
            body=plain.body * growth // 100,
            note=plain.note * growth // 100,
            icon=plain.icon * growth // 100,
            line=plain.line + 1,
        )

    @classmethod
    def _of(cls, size: tuple[int, int]) -> "Metrics":
        width, height = size
        if height > width:
            return _large(width, height, min(width / 1000, height / 1280), is_portrait=True)
        if min(width / 1280, height / 800) < 0.8:
            return _small(width, height, max(0.5, min(width / 800, height / 480)))
        return _large(width, height, min(width / 1280, height / 800), is_portrait=False)


def _large(width: int, height: int, scale: float, *, is_portrait: bool) -> Metrics:
    def px(value: int) -> int:
        return max(1, round(value * scale))

    def text(value: int) -> int:
        """Upright there is room: type is as large as on the same panel held wide, or larger."""
        return max(1, round(value * scale * _UPRIGHT_TEXT)) if is_portrait else px(value)

    return Metrics(
        width=width,
        height=height,
        is_small=False,
        is_portrait=is_portrait,
        margin=px(48),
        gap=px(20),
        pad=px(32),
        radius=px(28),
        header=max(96, px(100)),
        bar=max(96, px(104)),
        touch=96,
        key=60,
        number=px(136),
        headline=text(60),
        title=text(27) if is_portrait else px(25),
        body=text(27) if is_portrait else px(25),
        note=text(20),
        icon=text(34),
        line=max(1, px(1)),
    )


def _small(width: int, height: int, scale: float) -> Metrics:
    def px(value: int) -> int:
        return max(1, round(value * scale))

    return Metrics(
        width=width,
        height=height,
        is_small=True,
        is_portrait=False,
        margin=px(24),
        gap=px(14),
        pad=px(20),
        radius=px(20),
        header=px(72),
        bar=max(72, px(72)),
        touch=72,
        key=44,
        number=px(86),
        headline=px(38),
        title=px(20),
        body=px(19),
        note=px(16),
        icon=px(24),
        line=max(1, px(1)),
    )

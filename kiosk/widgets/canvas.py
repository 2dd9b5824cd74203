"""One frame being drawn: surface, sizes, colours, fonts and words together; it notes targets and labels.

What is noted (`targets`, `labels`, `shortened`) is what touch needs and what the tests measure.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import pygame

from kiosk.flow.mode import PLAIN, Mode
from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.widgets.fontbook import CAP_HEIGHT_PERMILLE, FontBook, Weight
from kiosk.widgets.group_pictures import GroupPictures
from kiosk.widgets.kept import Kept, bytes_of
from kiosk.widgets.metrics import Metrics
from kiosk.widgets.palette import Colour, Palette
from kiosk.widgets.shapes import Sprites, rounded
from kiosk.widgets.textflow import (
    ELLIPSIS,
    Line,
    Measure,
    Span,
    Spans,
    balance_lines,
    break_lines,
    cut,
    line_width,
)
from loyalty.limits.games import KIOSK_PICTURES_BYTES_MAX
from loyalty.limits.kiosk import KIOSK_SPRITES_BYTES_MAX, KIOSK_TEXT_CACHE_MAX

Align = Literal["left", "centre", "right"]
_GROWN_MAX: Final = 32
_USUAL_MAX: Final = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a text looks. `strong` is the colour and weight of the strong spans in it."""

    size: int
    weight: Weight = 400
    colour: Colour
    strong: Colour | None = None
    strong_weight: Weight = 600
    line_percent: int = 132
    least_percent: int = 75
    """What does not fit may shrink this far; past it the label-fit test fails."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A place to touch, and what it means; `name` says it where no word stands in it."""

    action: Action
    rect: pygame.Rect
    name: str = ""
    is_rubbed: bool = False
    """A finger that moves over it is told of all the way."""
    is_key: bool = False
    """One of the keyboard: smaller than other targets, and never read out with the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A line that was drawn: its ink, the colours it is read by, and whether it had to be cut."""

    text: str
    rect: pygame.Rect
    colour: Colour
    size: int
    weight: Weight
    block: int = 0
    """Lines of one text have the same number: the spoken screen reads them as one."""
    is_key: bool = False
    """It stands on a key of the keyboard: it is read when the key is meant, not with the page."""

    @property
    def box(self) -> pygame.Rect:
        """The ink with what hangs below the line; figures hang nothing there."""
        below = self.size // 5 if any(char.isalpha() for char in self.text) else 0
        return pygame.Rect(self.rect.left, self.rect.top, self.rect.width, self.rect.height + below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Text broken into lines, ready to be drawn."""

    lines: tuple[Line, ...]
    style: Style
    width: int
    line_height: int

    @property
    def height(self) -> int:
        """Height in pixels."""
        return self.line_height * len(self.lines)

    @property
    def is_cut(self) -> bool:
        """Whether it ends in an ellipsis: it was too long, or says itself that it goes on."""
        return bool(self.lines) and self.lines[-1][-1].text.endswith(ELLIPSIS)


def _sprites() -> Sprites:
    return Kept(KIOSK_SPRITES_BYTES_MAX, size_of=bytes_of)


def _pictures() -> Sprites:
    return Kept(KIOSK_PICTURES_BYTES_MAX, size_of=bytes_of)


def _blocks() -> Kept[tuple[object, ...], tuple[Block, bool]]:
    return Kept(KIOSK_TEXT_CACHE_MAX)


def _grown() -> Kept[tuple[object, ...], int]:
    return Kept(_GROWN_MAX)


def _usual() -> Kept[tuple[object, ...], int]:
    return Kept(_USUAL_MAX)


@dataclass(slots=True, kw_only=True)
class Kit:
    """What lives longer than a frame."""

    metrics: Metrics
    fonts: FontBook
    sprites: Sprites = field(default_factory=_sprites)
    """Small pictures: icons and corners."""
    pictures: Sprites = field(default_factory=_pictures)
    """Large ones, which come and go with the games."""
    group_pictures: GroupPictures = field(default_factory=GroupPictures)
    blocks: Kept[tuple[object, ...], tuple[Block, bool]] = field(default_factory=_blocks)
    """Texts that were broken into lines lately, and whether they had to be cut."""
    grown: Kept[tuple[object, ...], int] = field(default_factory=_grown)
    """How large the type of a screen that is shown could be: `kiosk.screens.paint`."""
    usual: Kept[tuple[object, ...], int] = field(default_factory=_usual)
    """How large it was on each screen last: what another visit tries first."""

    def forget_growth(self) -> None:
        """Begin anew with how large type can be, as if nothing had been shown."""
        self.grown.clear()
        self.usual.clear()


@dataclass(slots=True, kw_only=True)
class Canvas:
    """One frame. Text is placed by the top of its block; a block's height is its lines' height."""

    surface: pygame.Surface
    kit: Kit
    palette: Palette
    words: Words
    metrics: Metrics
    mode: Mode = PLAIN
    corners: tuple[Action, ...] = ()
    """The square buttons of the screen itself, at the end of the bottom bar."""
    pressed: Action | None = None
    is_rehearsal: bool = False
    """Only to see what fits: no text is drawn, which is what costs."""
    is_rough: bool = False
    """Texts are measured roughly, rather too narrow: what does not fit so does not fit."""
    targets: list[Target] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    panels: list[pygame.Rect] = field(default_factory=list)
    """What was drawn as a surface of its own: a text stands within or without, never across its edge."""
    seen: list[str] = field(default_factory=list)
    """What pictures show, in words: read aloud."""
    shortened: list[str] = field(default_factory=list)
    """Our own labels that did not fit. Always empty: the label-fit test proves it."""

    @property
    def bar(self) -> pygame.Rect:
        """Where the bottom bar's own buttons go, beside the square ones of the screen itself."""
        m = self.metrics
        taken = len(self.corners) * (m.bar + m.gap)
        left = m.margin + (taken if self.mode.is_left_handed else 0)
        return pygame.Rect(left, m.bar_top, m.width - 2 * m.margin - taken, m.bar)

    @property
    def is_grown(self) -> bool:
        """Whether this is large type that was made larger than the design's."""
        return self.metrics.growth > 100

    def sided(self, rect: pygame.Rect) -> pygame.Rect:
        """The place of one of two columns: for the left hand they change sides."""
        if not self.mode.is_left_handed:
            return rect
        return pygame.Rect(self.metrics.width - rect.right, rect.top, rect.width, rect.height)

    def clear(self) -> None:
        """The ground."""
        self.surface.fill(self.palette.ground)

    def panel(
        self,
        rect: pygame.Rect,
        *,
        fill: Colour | None = None,
        border: Colour | None = None,
        radius: int | None = None,
        thickness: int = 0,
    ) -> None:
        """A card: white, with a hairline, unless told otherwise."""
        self.panels.append(pygame.Rect(rect))
        rounded(
            self.surface,
            rect,
            self.metrics.radius if radius is None else radius,
            fill or self.palette.card,
            sprites=self.kit.sprites,
            border=border or (None if fill else self.palette.hairline),
            thickness=thickness or self.metrics.line,
        )

    def hairline(self, left: int, right: int, y: int) -> None:
        """A line between two rows."""
        pygame.draw.line(self.surface, self.palette.hairline, (left, y), (right, y), self.metrics.line)

    def measure(self, style: Style) -> Measure:
        """How wide a span is in this style."""
        fonts = self.kit.fonts
        return self._measured_by(fonts.rough_width if self.is_rough else fonts.width, style)

    def _measured_by(self, width_of: Callable[[str, Weight, int], int], style: Style) -> Measure:
        def width(span: Span) -> int:
            return width_of(span.text, style.strong_weight if span.is_strong else style.weight, style.size)

        return width

    def block(
        self,
        text: str | Spans,
        style: Style,
        width: int,
        *,
        lines: int = 1,
        room: int = 0,
        is_even: bool = False,
        may_cut: bool = False,
    ) -> Block:
        """Break `text` into at most `lines` lines of `width` pixels, smaller if it must be.

        room: the height that the lines share: smaller type may take more of them.
        may_cut: the text comes from outside (a shop's name, a notice) and may end in an ellipsis.
        """
        spans = (Span(text),) if isinstance(text, str) else text
        block, is_cut = self._known(
            spans, style, width, lines=lines, room=room, is_even=is_even, may_cut=may_cut
        )
        if is_cut and (not may_cut or self._is_whole_by_design(spans, style, width, lines=lines, room=room)):
            self.shortened.append("".join(span.text for span in spans))
        return block

    def is_whole(self, text: str, style: Style, width: int, *, lines: int = 1) -> bool:
        """Whether a text of ours fits there, at the least size it may shrink to."""
        spans = (Span(text),)
        return not self._known(spans, style, width, lines=lines, room=0, is_even=False, may_cut=False)[1]

    def common(
        self, texts: Iterable[tuple[str, int]], style: Style, *, lines: int = 1, is_even: bool = False
    ) -> tuple[Style, bool]:
        """What stands side by side is equally large: the style at the size at which the longest is whole.

        texts: each with its width in pixels. Returns: the style, and whether it holds all of them; what has
        to be cut makes the others no smaller.
        """
        size, is_whole = style.size, True
        for text, width in texts:
            block, is_cut = self._known(
                (Span(text),), style, width, lines=lines, room=0, is_even=is_even, may_cut=False
            )
            is_whole = is_whole and not is_cut
            size = size if is_cut else min(size, block.style.size)
        return _sized(style, size), is_whole

    def _is_whole_by_design(self, spans: Spans, style: Style, width: int, *, lines: int, room: int) -> bool:
        """Whether it is large type that cuts a text: then it is too large."""
        if not self.is_grown:
            return False
        sized = _sized(style, style.size * 100 // self.metrics.growth)
        return not self._known(spans, sized, width, lines=lines, room=room, is_even=False, may_cut=True)[1]

    def _known(
        self, spans: Spans, style: Style, width: int, *, lines: int, room: int, is_even: bool, may_cut: bool
    ) -> tuple[Block, bool]:
        """The text broken, and whether it had to be cut; kept, for the next frame asks for the same."""
        key = (spans, style, width, lines, room, is_even, may_cut, self.metrics.growth, self.is_rough)
        return self.kit.blocks.get(
            key,
            lambda: self._break(
                spans, style, width, lines=lines, room=room, is_even=is_even, may_cut=may_cut
            ),
        )

    def _break(
        self, spans: Spans, style: Style, width: int, *, lines: int, room: int, is_even: bool, may_cut: bool
    ) -> tuple[Block, bool]:
        least = self._least(style)
        rough_width, ink = self.kit.fonts.rough_width, 0
        for size in range(style.size, least - 1, -1):
            tried = _sized(style, size)
            most = _lines_in(room, tried, lines)
            if size < style.size:  # a size that is seen to be too large costs less than its letters do
                ink = ink or self._least_ink(spans, style)
                if ink * size > (width + size) * most * style.size:
                    continue
                rough = self._measured_by(rough_width, tried)
                if _broken(spans, width, rough, most=most, is_rough=True) is None:
                    continue
            broken = _broken(
                spans, width, self.measure(tried), most=most, is_even=is_even, is_rough=self.is_rough
            )
            if broken is not None:
                return _block(broken, tried, width), False
        tried = _sized(style, style.size if may_cut else least)
        measure = self.measure(tried)
        broken = break_lines(spans, width, measure)
        kept = [cut(line, width, measure) if line_width(line, measure) > width else line for line in broken]
        lines = _lines_in(room, tried, lines)
        if len(kept) > lines:
            kept = [*kept[: lines - 1], cut(kept[lines - 1], width, measure)]
        return _block(kept, tried, width), True

    def _least_ink(self, spans: Spans, style: Style) -> int:
        """What all of a text is wide at least; smaller sizes are in proportion, but for rounding."""
        rough = self.kit.fonts.rough_width
        weights = {True: style.strong_weight, False: style.weight}
        widths = (
            rough(span.text, weights[span.is_strong], style.size) for span in spans if "\n" not in span.text
        )
        return sum(widths) * 96 // 100

    def _least(self, style: Style) -> int:
        """How small a text may become. Large type: as the design's, but nothing below its smallest."""
        growth = self.metrics.growth
        if not self.is_grown:
            return style.size * style.least_percent // 100
        smallest = self.metrics.note * 100 // growth
        return min(style.size, max(style.size * style.least_percent // growth, smallest))

    def put(self, block: Block, left: int, top: int, *, align: Align = "left", is_key: bool = False) -> int:
        """Draw a block; returns the y below it."""
        measure = self.measure(block.style)
        number = self.labels[-1].block + 1 if self.labels else 1
        for line in block.lines:
            width = line_width(line, measure)
            x = left
            if align == "centre":
                x = left + (block.width - width) // 2
            elif align == "right":
                x = left + block.width - width
            self._put_line(line, block, x, top, width, number=number, is_hung=align == "left")
            if is_key:
                self.labels[-1] = replace(self.labels[-1], is_key=True)
            top += block.line_height
        return top

    def text(
        self,
        text: str | Spans,
        style: Style,
        rect: pygame.Rect,
        *,
        align: Align = "left",
        lines: int = 1,
        may_cut: bool = False,
        is_middle: bool = False,
        is_even: bool = False,
        is_key: bool = False,
    ) -> int:
        """Break and draw a text into a place; returns the y below it."""
        block = self.block(text, style, rect.width, lines=lines, may_cut=may_cut, is_even=is_even)
        top = rect.top + (rect.height - block.height) // 2 if is_middle else rect.top
        return self.put(block, rect.left, top, align=align, is_key=is_key)

    def target(
        self,
        action: Action,
        rect: pygame.Rect,
        *,
        name: str = "",
        is_rubbed: bool = False,
        is_key: bool = False,
    ) -> None:
        """Make a place touchable. name: what it is called where no word of the screen stands in it."""
        self.targets.append(Target(action=action, rect=rect, name=name, is_rubbed=is_rubbed, is_key=is_key))

    def _put_line(
        self, line: Line, block: Block, left: int, top: int, width: int, *, number: int, is_hung: bool
    ) -> None:
        style, fonts = block.style, self.kit.fonts
        cap = style.size * CAP_HEIGHT_PERMILLE // 1000
        baseline = top + (block.line_height + cap) // 2
        x = left
        for index, span in enumerate(() if self.is_rehearsal else line):
            weight = style.strong_weight if span.is_strong else style.weight
            colour = style.strong if span.is_strong and style.strong else style.colour
            if index == 0 and is_hung:
                x -= fonts.bearing(span.text, weight, style.size)
            fonts.draw(self.surface, span.text, x, baseline, weight=weight, size=style.size, colour=colour)
            x += fonts.width(span.text, weight, style.size)
        self.labels.append(
            Label(
                text="".join(span.text for span in line),
                rect=pygame.Rect(left, baseline - cap, width, cap),
                colour=style.colour,
                size=style.size,
                weight=style.weight,
                block=number,
            )
        )


def _broken(
    spans: Spans, width: int, measure: Measure, *, most: int, is_even: bool = False, is_rough: bool = False
) -> list[Line] | None:
    """The text in at most so many lines of that width; None: it has no room.

    is_rough: words measured roughly come out too narrow one by one, so that a line may be a little too wide.
    """
    broken = (balance_lines if is_even else break_lines)(spans, width, measure)
    if len(broken) > most or any(_is_too_wide(line, width, measure, is_rough=is_rough) for line in broken):
        return None
    return broken


def _is_too_wide(line: Line, width: int, measure: Measure, *, is_rough: bool) -> bool:
    slack = sum(span.text.count(" ") for span in line) if is_rough else 0
    return line_width(line, measure) > width + slack


def _sized(style: Style, size: int) -> Style:
    if size == style.size:
        return style
    return replace(style, size=size)


def _lines_in(room: int, style: Style, most: int) -> int:
    """How many lines of this size share the room, if there is one to share."""
    return max(1, min(most, room // (style.size * style.line_percent // 100))) if room else most


def _block(lines: list[Line], style: Style, width: int) -> Block:
    line_height = style.size * style.line_percent // 100
    return Block(lines=tuple(lines), style=style, width=width, line_height=line_height)

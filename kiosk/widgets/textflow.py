"""Breaking text into lines: between words, never within one; between any two Chinese characters."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

NO_BREAK_SPACES: Final = "\u00a0\u202f\u2007"
ELLIPSIS: Final = "…"
_NOT_AT_START: Final = frozenset("，。！？；：、）》」』”’%…·,.!?;:)")
_NOT_AT_END: Final = frozenset("（《「『“‘(")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text, strong (the figure that matters in a sentence) or plain."""

    text: str
    is_strong: bool = False


Spans = tuple[Span, ...]
Line = tuple[Span, ...]
Measure = Callable[[Span], int]


def is_wide(char: str) -> bool:
    """Whether a line may break beside this character: Chinese, and full-width forms."""
    code = ord(char)
    return 0x2E80 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0xFF00 <= code <= 0xFF60


def _atoms(spans: Spans) -> Iterator[Line]:
    """What must stay together: words with their punctuation, single Chinese characters, single spaces."""
    pieces: list[Span] = []

    def flush() -> Iterator[Line]:
        if pieces:
            yield tuple(_merge(pieces))
            pieces.clear()

    previous = ""
    for span in spans:
        for char in span.text:
            if char in " \n":
                yield from flush()
                yield (Span(char, span.is_strong),)
            else:
                if previous and _may_break(previous, char):
                    yield from flush()
                pieces.append(Span(char, span.is_strong))
            previous = char if char not in " \n" else ""
    yield from flush()


def _may_break(before: str, after: str) -> bool:
    if after in _NOT_AT_START or before in _NOT_AT_END:
        return False
    if before in NO_BREAK_SPACES or after in NO_BREAK_SPACES:
        return False
    return is_wide(before) or is_wide(after)


def _merge(pieces: list[Span]) -> Iterator[Span]:
    text, is_strong = "", pieces[0].is_strong
    for piece in pieces:
        if piece.is_strong != is_strong:
            yield Span(text, is_strong)
            text, is_strong = "", piece.is_strong
        text += piece.text
    yield Span(text, is_strong)


def break_lines(spans: Spans, width: int, measure: Measure) -> list[Line]:
    """Fill lines of at most `width` pixels; a single word wider than that stands alone, too wide."""
    lines: list[list[Span]] = [[]]
    used = 0
    for atom in _atoms(spans):
        if atom[0].text == "\n":
            lines.append([])
            used = 0
            continue
        atom_width = sum(measure(piece) for piece in atom)
        is_space = atom[0].text == " "
        if lines[-1] and not is_space and used + atom_width > width:
            lines.append([])
            used = 0
        if is_space and not lines[-1]:
            continue
        lines[-1].extend(atom)
        used += atom_width
    return [tuple(_merge(_trim(line))) for line in lines if _trim(line)]


def balance_lines(spans: Spans, width: int, measure: Measure) -> list[Line]:
    """As `break_lines`, in as few lines, but of as even a length as that allows."""
    lines = break_lines(spans, width, measure)
    if len(lines) < 2:
        return lines
    low, high = width // 2, width
    while high - low > 4:
        middle = (low + high) // 2
        tried = break_lines(spans, middle, measure)
        is_fine = len(tried) == len(lines) and all(line_width(one, measure) <= middle for one in tried)
        low, high = (low, middle) if is_fine else (middle, high)
    return break_lines(spans, high, measure)


def line_width(line: Line, measure: Measure) -> int:
    """Width of one line in pixels."""
    return sum(measure(piece) for piece in line)


def cut(line: Line, width: int, measure: Measure) -> Line:
    """The line with an ellipsis, short enough for `width`; for names from outside, never for our labels."""
    text = list(line)
    while text and line_width((*text, Span(ELLIPSIS, text[-1].is_strong)), measure) > width:
        last = text.pop()
        if len(last.text) > 1:
            text.append(Span(last.text[:-1].rstrip(), last.is_strong))
    return (*text, Span(ELLIPSIS, text[-1].is_strong if text else False))


def _trim(line: list[Span]) -> list[Span]:
    end = len(line)
    while end and line[end - 1].text == " ":
        end -= 1
    return line[:end]

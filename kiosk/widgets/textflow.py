"""Breaking text into lines: between words, never within one. Chinese, which has no spaces, breaks after
punctuation first, else between words we know of, and into lines of like length.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from kiosk.widgets.chinese import WORD_CHARACTERS_MAX, WORDS

NO_BREAK_SPACES: Final = "\u00a0\u202f\u2007"
ELLIPSIS: Final = "…"
_NOT_AT_START: Final = frozenset("，。！？；：、）》」』”’%…·,.!?;:)")
_CLAUSE_ENDS: Final = frozenset("，。！？；：…·")
_NOT_AT_END: Final = frozenset("（《「『“‘(")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of text, strong (the figure that matters in a sentence) or plain."""

    text: str
    is_strong: bool = False


_UNEVEN: Final = 1_000
"""What a line costs that differs from the mean by a whole width; smaller differences cost their square."""
_WITHIN_CLAUSE: Final = 250
"""What a line end costs that stands at no punctuation; dearer ones follow."""
_WITHIN_WORD: Final = 5_000
_LONE_CHARACTER: Final = 20_000

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
    """Fill lines of at most `width` pixels; a single word wider than that stands alone, too wide.

    Chinese takes no more lines than if every line were filled, but breaks them where a reader would.
    """
    lines: list[Line] = []
    for paragraph in _paragraphs(spans):
        filled = _fill(paragraph, width, measure)
        if len(filled) > 1 and any(is_wide(char) for atom in paragraph for char in _text(atom)):
            filled = _arrange(paragraph, width, measure, count=len(filled))
        lines.extend(filled)
    return lines


def _paragraphs(spans: Spans) -> Iterator[list[Line]]:
    atoms: list[Line] = []
    for atom in _atoms(spans):
        if atom[0].text == "\n":
            yield atoms
            atoms = []
        else:
            atoms.append(atom)
    yield atoms


def _fill(atoms: list[Line], width: int, measure: Measure) -> list[Line]:
    lines: list[list[Span]] = [[]]
    used = 0
    for atom in atoms:
        atom_width = line_width(atom, measure)
        is_space = atom[0].text == " "
        if lines[-1] and not is_space and used + atom_width > width:
            lines.append([])
            used = 0
        if is_space and not lines[-1]:
            continue
        lines[-1].extend(atom)
        used += atom_width
    return [tuple(_merge(_trim(line))) for line in lines if _trim(line)]


def _arrange(atoms: list[Line], width: int, measure: Measure, *, count: int) -> list[Line]:
    """The cheapest way to set `atoms` in `count` lines, which filling them has shown to be possible."""
    widths = [line_width(atom, measure) for atom in atoms]
    mean = sum(widths) // count
    costs = _break_costs(atoms)
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for line in range(1, count + 1):
        reached: dict[int, tuple[int, tuple[int, ...]]] = {}
        for start, (cost, breaks) in best.items():
            used, ink = 0, 0
            for end in range(start + 1, len(atoms) + 1):
                is_space = _text(atoms[end - 1]) == " "
                used += 0 if is_space and not ink else widths[end - 1]
                ink = ink if is_space else used
                if ink > width and end > start + 1:
                    break
                if (end == len(atoms)) != (line == count):
                    continue
                off = abs(ink - mean) * 1_000 // max(1, width)
                total = cost + off * off * _UNEVEN // 1_000_000 + costs[end]
                if end not in reached or total < reached[end][0]:
                    reached[end] = (total, (*breaks, end))
        best = reached
    if len(atoms) not in best:
        return _fill(atoms, width, measure)
    ends = best[len(atoms)][1]
    lines = [atoms[start:end] for start, end in pairwise((0, *ends))]
    return [line for atoms_of_line in lines for line in _fill(atoms_of_line, sum(widths), measure)]


def _break_costs(atoms: list[Line]) -> list[int]:
    """What a line end before each atom costs, by the atom's index; nothing after the last."""
    text = "".join(_text(atom) for atom in atoms)
    within = _within_words(text)
    costs, at = [0], 0
    for atom in atoms[:-1]:
        at += len(_text(atom))
        is_clause_end = text[:at].rstrip(" ")[-1:] in _CLAUSE_ENDS
        cost = 0 if is_clause_end else _WITHIN_CLAUSE
        if at in within:
            cost += _WITHIN_WORD
        rest = [char for char in text[at:] if char != " " and char not in _NOT_AT_START]
        if len(rest) < 2:
            cost += _LONE_CHARACTER
        costs.append(cost)
    return [*costs, 0]


def _within_words(text: str) -> set[int]:
    """The places within words of our vocabulary: the longest word first, as a reader takes them."""
    within: set[int] = set()
    at = 0
    while at < len(text):
        longest = min(WORD_CHARACTERS_MAX, len(text) - at)
        length = next((size for size in range(longest, 1, -1) if text[at : at + size] in WORDS), 1)
        within.update(range(at + 1, at + length))
        at += length
    return within


def balance_lines(spans: Spans, width: int, measure: Measure) -> list[Line]:
    """As `break_lines`, in as few lines, but of as even a length as that allows."""
    lines = break_lines(spans, width, measure)
    if len(lines) < 2 or any(is_wide(char) for line in lines for char in _text(line)):
        return lines
    low, high = width // 2, width
    while high - low > 4:
        middle = (low + high) // 2
        tried = break_lines(spans, middle, measure)
        is_fine = len(tried) == len(lines) and all(line_width(one, measure) <= middle for one in tried)
        low, high = (low, middle) if is_fine else (middle, high)
    return break_lines(spans, high, measure)


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


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

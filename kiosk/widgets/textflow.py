"""Breaking text into lines: between words, never within one. Chinese, which has no spaces, breaks after
punctuation first, else between words we know of, and into lines of like length.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import Final

from kiosk.widgets.chinese import COUNTED, WORD_CHARACTERS_MAX, WORDS
from loyalty.limits.kiosk import KIOSK_TEXT_CACHE_MAX

NO_BREAK_SPACES: Final = "\u00a0\u202f\u2007"
ELLIPSIS: Final = "…"
_NOT_AT_START: Final = frozenset("，。！？；：、）》」』”’%…·,.!?;:)")
_CLAUSE_ENDS: Final = frozenset("，。！？；：…·")
_NOT_AT_END: Final = frozenset("（《「『“‘(")
_FRENCH_AFTER_SPACE: Final = frozenset("?!:;»%")
_FRENCH_BEFORE_SPACE: Final = "«"


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
    text = "".join(span.text for span in spans)
    at = 0

    def flush() -> Iterator[Line]:
        if pieces:
            yield tuple(_merge(pieces))
            pieces.clear()

    previous = ""
    for span in spans:
        for char in span.text:
            at += 1
            if char == "\n" or (char == " " and not _is_tied(text, at - 1)):
                yield from flush()
                yield (Span(char, span.is_strong),)
            else:
                if previous and _may_break(previous, char):
                    yield from flush()
                pieces.append(Span(char, span.is_strong))
            previous = char if char not in " \n" else ""
    yield from flush()


def _is_tied(text: str, at: int) -> bool:
    """Whether a line may not end at this space: a mark of French stands on its other side. Our own sentences
    have narrow no-break spaces there; texts of the group are typed with the space bar.
    """
    return text[at + 1 : at + 2] in _FRENCH_AFTER_SPACE or text[:at].endswith(_FRENCH_BEFORE_SPACE)


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


@dataclass(frozen=True, eq=False)
class _Paragraph:
    """What stays together, whatever the size and the width: made once for a text."""

    atoms: tuple[Line, ...]

    @cached_property
    def is_wide(self) -> bool:
        """Whether there is Chinese in it."""
        return any(is_wide(char) for atom in self.atoms for char in _text(atom))

    @cached_property
    def spaces(self) -> tuple[bool, ...]:
        """Which atoms are spaces."""
        return tuple(_text(atom) == " " for atom in self.atoms)

    @cached_property
    def costs(self) -> list[int]:
        """What a line end before each atom costs."""
        return _break_costs(self.atoms)


Measured = list[tuple[_Paragraph, list[int]]]
"""The paragraphs of a text, and how wide each atom is in one style."""


def break_lines(spans: Spans, width: int, measure: Measure) -> list[Line]:
    """Fill lines of at most `width` pixels; a single word wider than that stands alone, too wide.

    Chinese takes no more lines than if every line were filled, but breaks them where a reader would.
    """
    return _broken(_measured(spans, measure), width)


def _measured(spans: Spans, measure: Measure) -> Measured:
    return [(each, [line_width(atom, measure) for atom in each.atoms]) for each in _paragraphs(spans)]


def _broken(measured: Measured, width: int) -> list[Line]:
    lines: list[Line] = []
    for paragraph, widths in measured:
        filled = _fill(paragraph, widths, width)
        if len(filled) > 1 and paragraph.is_wide:
            filled = _arrange(paragraph, widths, width, count=len(filled))
        lines.extend(filled)
    return lines


@lru_cache(maxsize=KIOSK_TEXT_CACHE_MAX)
def _paragraphs(spans: Spans) -> tuple[_Paragraph, ...]:
    paragraphs: list[_Paragraph] = []
    atoms: list[Line] = []
    for atom in _atoms(spans):
        if atom[0].text == "\n":
            paragraphs.append(_Paragraph(tuple(atoms)))
            atoms = []
        else:
            atoms.append(atom)
    return (*paragraphs, _Paragraph(tuple(atoms)))


def _fill(paragraph: _Paragraph, widths: Sequence[int], width: int) -> list[Line]:
    lines: list[list[Line]] = [[]]
    used = 0
    for atom, atom_width, is_space in zip(paragraph.atoms, widths, paragraph.spaces, strict=True):
        if lines[-1] and not is_space and used + atom_width > width:
            lines.append([])
            used = 0
        if is_space and not lines[-1]:
            continue
        lines[-1].append(atom)
        used += atom_width
    return [line for atoms in lines if (line := _joined(atoms))]


def _joined(atoms: Sequence[Line]) -> Line:
    """The atoms of one line as its pieces, without the spaces at its ends."""
    first = next((at for at, atom in enumerate(atoms) if _text(atom) != " "), len(atoms))
    pieces = _trim([piece for atom in atoms[first:] for piece in atom])
    return tuple(_merge(pieces)) if pieces else ()


def _arrange(paragraph: _Paragraph, widths: Sequence[int], width: int, *, count: int) -> list[Line]:
    """The cheapest way to set it in `count` lines, which filling them has shown to be possible."""
    atoms, costs = paragraph.atoms, paragraph.costs
    mean = sum(widths) // count
    best: dict[int, tuple[int, tuple[int, ...]]] = {0: (0, ())}
    for line in range(1, count + 1):
        reached: dict[int, tuple[int, tuple[int, ...]]] = {}
        for start, (cost, breaks) in best.items():
            used, ink = 0, 0
            for end in range(start + 1, len(atoms) + 1):
                is_space = paragraph.spaces[end - 1]
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
        return _fill(paragraph, widths, width)
    ends = best[len(atoms)][1]
    lines = (_joined(atoms[start:end]) for start, end in pairwise((0, *ends)))
    return [line for line in lines if line]


def _break_costs(atoms: Sequence[Line]) -> list[int]:
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
    """The places within words of our vocabulary, the longest word first, as a reader takes them, and those
    between a number and what it counts.
    """
    pairs = enumerate(pairwise(text), start=1)
    within = {at for at, (before, after) in pairs if before.isdigit() and after in COUNTED}
    at = 0
    while at < len(text):
        longest = min(WORD_CHARACTERS_MAX, len(text) - at)
        length = next((size for size in range(longest, 1, -1) if text[at : at + size] in WORDS), 1)
        within.update(range(at + 1, at + length))
        at += length
    return within


def parts_a_word(lines: Sequence[Line]) -> bool:
    """Whether a line ends within a Chinese word that we know of."""
    said = [_text(line) for line in lines]
    within = _within_words("".join(said))
    return any(len("".join(said[:at])) in within for at in range(1, len(said)))


def balance_lines(spans: Spans, width: int, measure: Measure) -> list[Line]:
    """As `break_lines`, in as few lines, but of as even a length as that allows."""
    measured = _measured(spans, measure)
    lines = _broken(measured, width)
    if len(lines) < 2 or any(paragraph.is_wide for paragraph, _ in measured):
        return lines
    low, high = width // 2, width
    while high - low > 4:
        middle = (low + high) // 2
        tried = _broken(measured, middle)
        is_fine = len(tried) == len(lines) and all(line_width(one, measure) <= middle for one in tried)
        low, high = (low, middle) if is_fine else (middle, high)
    return _broken(measured, high)


def _text(line: Line) -> str:
    return "".join(span.text for span in line)


def line_width(line: Line, measure: Measure) -> int:
    """Width of one line in pixels."""
    return sum(measure(piece) for piece in line)


def cut(line: Line, width: int, measure: Measure) -> Line:
    """The line with an ellipsis, short enough for `width`; for names from outside, never for our labels."""
    fits, count = 0, sum(len(span.text) for span in line)
    while fits < count:
        middle = (fits + count + 1) // 2
        if line_width(_beginning(line, middle), measure) <= width:
            fits = middle
        else:
            count = middle - 1
    return _beginning(line, fits)


def _beginning(line: Line, count: int) -> Line:
    """So many characters of a line, and the ellipsis."""
    kept: list[Span] = []
    for span in line:
        text = span.text[:count].rstrip() if len(span.text) >= count else span.text
        if text:
            kept.append(Span(text, span.is_strong))
        count -= len(span.text)
        if count <= 0:
            break
    return (*kept, Span(ELLIPSIS, kept[-1].is_strong if kept else False))


def _trim(line: list[Span]) -> list[Span]:
    end = len(line)
    while end and line[end - 1].text == " ":
        end -= 1
    return line[:end]

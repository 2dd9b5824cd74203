from hypothesis import given
from hypothesis import strategies as st

from kiosk.widgets.textflow import Line, Span, balance_lines, break_lines, cut, line_width


def measure(span: Span) -> int:
    return 10 * len(span.text)


def lines_of(text: str, width: int) -> list[str]:
    return [plain(line) for line in break_lines((Span(text),), width, measure)]


def plain(line: Line) -> str:
    return "".join(span.text for span in line)


def test_lines_break_between_words() -> None:
    assert lines_of("Posez votre carte sur le lecteur", 170) == ["Posez votre carte", "sur le lecteur"]


def test_a_word_is_never_broken() -> None:
    assert lines_of("Unerschütterlichkeit ja", 50) == ["Unerschütterlichkeit", "ja"]


def test_a_number_or_an_amount_is_never_split() -> None:
    assert lines_of("soit CHF\u00a012.00 pour 1\u202f248 points", 100) == [
        "soit", "CHF\u00a012.00", "pour 1\u202f248", "points",
    ]  # fmt: skip


def test_chinese_breaks_between_characters_but_not_before_punctuation() -> None:
    lines = lines_of("积分和代金券，一目了然。", 60)
    assert len(lines) == 3
    assert not any(line.startswith(("，", "。")) for line in lines)


def test_a_latin_name_in_chinese_stays_whole() -> None:
    assert "Nyon" in lines_of("今天在Nyon的药房", 50)[1]


def test_even_lines_are_as_few_and_more_alike() -> None:
    text = "Vos points, vos bons et les nouvelles de votre pharmacie"
    greedy = break_lines((Span(text),), 500, measure)
    even = balance_lines((Span(text),), 500, measure)
    assert len(even) == len(greedy) == 2
    spread = [abs(line_width(lines[0], measure) - line_width(lines[1], measure)) for lines in (greedy, even)]
    assert spread[1] < spread[0]


def test_what_is_cut_ends_in_an_ellipsis_and_fits() -> None:
    line = cut((Span("Pharmacie de la Grand-Rue"),), 120, measure)
    assert plain(line).endswith("…")
    assert line_width(line, measure) <= 120


@given(st.text(alphabet="ab \u00a0积分，。1,", max_size=40), st.integers(10, 200))
def test_breaking_loses_and_invents_nothing(text: str, width: int) -> None:
    assert "".join(lines_of(text, width)).replace(" ", "") == text.replace(" ", "")


@given(st.text(alphabet="abc 积分", max_size=40), st.integers(40, 200))
def test_a_line_is_too_wide_only_where_one_word_is(text: str, width: int) -> None:
    for line in lines_of(text, width):
        assert 10 * len(line) <= width or " " not in line

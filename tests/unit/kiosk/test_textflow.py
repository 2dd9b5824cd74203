import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk import locales, scenes
from kiosk.widgets.chinese import WORDS
from kiosk.widgets.textflow import Line, Span, balance_lines, break_lines, cut, line_width, parts_a_word


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


@pytest.mark.parametrize("space", [" ", "\u202f"], ids=["typed with the space bar", "narrow no-break"])
def test_a_mark_of_french_stays_with_its_word_whichever_space_stands_between(space: str) -> None:
    text = f"Quoi{space}? «{space}Oui{space}»{space}: voici{space}; fin{space}!"
    for width in range(20, 300, 10):
        for line in lines_of(text, width):
            assert not line.startswith(tuple("?:;!»")), line
            assert not line.endswith("«"), line


def test_chinese_breaks_between_characters_but_not_before_punctuation() -> None:
    lines = lines_of("积分和代金券，一目了然。", 60)
    assert len(lines) == 3
    assert not any(line.startswith(("，", "。")) for line in lines)


@pytest.mark.parametrize("mark", list("。，、！？；：）」"))
def test_no_line_starts_with_a_mark_that_ends_something(mark: str) -> None:
    for width in range(30, 130, 10):
        lines = lines_of(f"取走会员卡{mark}放上会员卡{mark}", width)
        assert not any(line.startswith(mark) for line in lines), lines


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("如需再次查询，请取走会员卡后重新放上。", 130, ["如需再次查询，", "请取走会员卡后重新放上。"]),
        (
            "本次查询已结束。如需再次查询，请取走会员卡。",
            150,
            ["本次查询已结束。", "如需再次查询，请取走会员卡。"],
        ),
        ("未识别这张卡您的积分安全无损", 100, ["未识别这张卡", "您的积分安全无损"]),
        ("请告知柜台我们会立即为您服务", 100, ["请告知柜台我们", "会立即为您服务"]),
        ("每满 1 瑞郎积 1 分 · 额外积分 +2", 160, ["每满 1 瑞郎积 1 分 ·", "额外积分 +2"]),
    ],
)  # fmt: skip
def test_chinese_breaks_after_marks_first_else_between_words_into_even_lines(
    text: str, width: int, lines: list[str]
) -> None:
    assert lines_of(text, width) == lines
    assert [plain(line) for line in balance_lines((Span(text),), width, measure)] == lines


@given(st.text(alphabet="积分会员卡查询，。", min_size=1, max_size=40), st.integers(50, 200))
def test_chinese_leaves_no_single_character_on_the_last_line_and_takes_no_more_lines(
    text: str, width: int
) -> None:
    lines = lines_of(text, width)
    said = [char for char in text if char not in "，。"]
    longest_run = max(len(run) for run in re.findall("[，。]*", text))
    if len(lines) > 1 and len(said) > 2 and not longest_run > 1:
        assert len([char for char in lines[-1] if char not in "，。"]) > 1, lines
    count, used = 1, 0
    for together in re.findall("^[，。]+|.[，。]*", text):
        used += 10 * len(together)
        if used > width and used > 10 * len(together):
            count, used = count + 1, 10 * len(together)
    assert len(lines) == count


def test_a_word_wider_than_its_line_is_parted_rather_than_cut() -> None:
    assert lines_of("会员卡", 20) == ["会", "员卡"]


def test_every_word_kept_whole_is_in_our_sentences() -> None:
    said = Path(locales.__file__).with_name("zh.po").read_text()
    said += "".join(each.read_text() for each in Path(scenes.__file__).parent.glob("*.py"))
    assert [word for word in sorted(WORDS) if word not in said] == []


def test_a_number_stays_with_what_it_counts() -> None:
    assert lines_of("该卡将冻结24小时", 60) == ["该卡将冻结", "24小时"]
    assert lines_of("可换3张代金券", 30) == ["可换", "3张", "代金券"]


def test_a_line_that_ends_within_a_word_is_noticed() -> None:
    assert parts_a_word([(Span("返回游"),), (Span("戏列表"),)])
    assert not parts_a_word([(Span("返回"),), (Span("游戏列表"),)])
    assert not parts_a_word([(Span("Retour"),), (Span("aux jeux"),)])


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

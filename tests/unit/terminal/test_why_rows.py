"""Central's explanation as a screen takes it: alike lines together, bounded messages, and nothing lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.kiosk import KIOSK_WHY_LINES_PER_FRAME, KIOSK_WHY_NUMBERS_MAX, KIOSK_WHY_RULES_MAX
from loyalty.limits.sockets import FRAME_BYTES_MAX
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.limits.tickets import BASKET_LINES_MAX
from terminal.why import why_of
from wire.api_value import Nothing, RulePointsView, ToldLineView, ToldWhyView
from wire.frames import encode
from wire.why import WhyLine, WhyRule

NAMES = {"base": {"fr": "1 point par franc", "zh": "每满1瑞郎积1分"}}


def a_rule(points: int, rule_id: str = "base", code: str = "points_per_amount") -> RulePointsView:
    return RulePointsView(rule_id=rule_id, rule_version=1, code=code, points=points)


def a_line(line_no: int, *rules: RulePointsView, nothing: Nothing = "") -> ToldLineView:
    points = sum(rule.points for rule in rules)
    return ToldLineView(line_no=line_no, points=points, rules=list(rules), nothing=nothing)


def a_view(*lines: ToldLineView) -> ToldWhyView:
    rules = [rule for line in lines for rule in line.rules]
    points = sum(line.points for line in lines)
    return ToldWhyView(sale_id="s", points=points, is_known=True, rules=rules, lines=list(lines))


def test_a_line_is_told_by_its_number_its_points_and_the_groups_name_of_the_rule() -> None:
    (why,) = why_of("r1", a_view(a_line(1, a_rule(37))), NAMES)
    assert why.rules == (WhyRule(code="points_per_amount", points=37, names=NAMES["base"]),)
    assert why.lines == (WhyLine(numbers=((1, 1),), points=37, parts=((0, 37),)),)
    assert (why.request_id, why.points, why.is_known, why.is_last, why.trouble) == ("r1", 37, True, True, "")


def test_lines_that_came_out_alike_are_told_together_at_the_first_of_them() -> None:
    double = a_rule(12, "double", "points_multiplier")
    lines = [
        a_line(1, a_rule(12)),
        a_line(2, nothing="law"),
        a_line(3, a_rule(12)),
        a_line(4, a_rule(12), double),
        a_line(5, nothing="programme"),
        *(a_line(no, nothing="law") for no in (6, 7, 8, 10)),
    ]
    (why,) = why_of("r1", a_view(*lines), NAMES)
    assert why.lines == (
        WhyLine(numbers=((1, 1), (3, 3)), count=2, points=12, parts=((0, 12),)),
        WhyLine(numbers=((2, 2), (6, 8), (10, 10)), count=5, nothing="law"),
        WhyLine(numbers=((4, 4),), points=24, parts=((0, 12), (1, 12))),
        WhyLine(numbers=((5, 5),), nothing="programme"),
    )
    assert [rule.points for rule in why.rules] == [36, 12]


def test_where_nothing_is_kept_only_that_is_told() -> None:
    view = ToldWhyView(sale_id="s", points=5, is_known=False, rules=[], lines=[])
    (why,) = why_of("r1", view, NAMES)
    assert (why.is_known, why.points, why.rules, why.lines) == (False, 5, (), ())


@pytest.mark.parametrize("rules", [1, KIOSK_WHY_RULES_MAX, KIOSK_WHY_RULES_MAX + 1, 60])
def test_the_longest_ticket_with_the_longest_names_fits_its_frames(rules: int) -> None:
    """Every line is unlike the others, every rule gave each points, every name is as long as it may be."""
    names = {
        f"rule-{at}": dict.fromkeys(("fr", "de", "it", "en", "zh", "rm"), "𝄞" * (NAME_CHARS_MAX + 1))
        for at in range(rules)
    }
    view = a_view(
        *(
            a_line(7 * no, *(a_rule(1_000_000 + no, f"rule-{at}") for at in range(rules)))
            for no in range(1, BASKET_LINES_MAX + 1)
        )
    )
    told = why_of("r" * 64, view, names)
    assert all(len(encode(why)) <= FRAME_BYTES_MAX for why in told)
    assert all(len(why.lines) <= KIOSK_WHY_LINES_PER_FRAME for why in told)
    assert [why.is_last for why in told] == [*([False] * (len(told) - 1)), True]
    assert len(told[0].rules) == min(rules, KIOSK_WHY_RULES_MAX)
    assert sum(rule.points for rule in told[0].rules) == view.points
    lines = [line for why in told for line in why.lines]
    assert sum(line.points * line.count for line in lines) == view.points
    assert all(sum(points for _, points in line.parts) == line.points for line in lines)


REASONS: st.SearchStrategy[Nothing] = st.sampled_from(["law", "programme", "used_up", "too_little"])
LINES = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(1, 4), st.integers(0, 11)), max_size=3, unique_by=lambda one: one[1]),
        REASONS,
    ),
    min_size=1,
    max_size=60,
)


@given(LINES)
def test_no_point_and_no_line_is_lost(told: list[tuple[list[tuple[int, int]], Nothing]]) -> None:
    view = a_view(
        *(
            a_line(no, *(a_rule(points, f"rule-{at}") for points, at in rules), nothing="" if rules else why)
            for no, (rules, why) in enumerate(told, start=1)
        )
    )
    (why,) = why_of("r1", view, NAMES)
    assert sum(line.count for line in why.lines) == len(told)
    assert sum(line.count * line.points for line in why.lines) == view.points
    assert sum(rule.points for rule in why.rules) == view.points
    for line in why.lines:
        assert sum(points for _, points in line.parts) == line.points
        assert all(at < len(why.rules) for at, _ in line.parts)
        assert len(line.numbers) <= KIOSK_WHY_NUMBERS_MAX
        numbered = sum(last - first + 1 for first, last in line.numbers)
        assert numbered == line.count or (
            numbered < line.count and len(line.numbers) == KIOSK_WHY_NUMBERS_MAX
        )

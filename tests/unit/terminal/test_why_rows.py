"""Central's explanation in the few rows that a screen has; bounded, and nothing of it lost."""

import pytest

from loyalty.limits import FRAME_BYTES_MAX, KIOSK_WHY_ROWS_MAX
from terminal.kiosk_link import why_of
from wire.api import ReasonView
from wire.api_value import RulePointsView, WhyLineView, WhyView
from wire.frames import encode
from wire.messages import WhyRow

LAW = "CH-3: OPuM/AWV art. 21 https://example.org/21\nCH-1: another https://example.org/1"


def a_rule(points: int, rule_id: str = "one-point-per-franc") -> RulePointsView:
    return RulePointsView(rule_id=rule_id, rule_version=1, code="points_per_amount", points=points)


def a_line(line_no: int, points: int, *reasons: tuple[str, str]) -> WhyLineView:
    told = [ReasonView("law.CH", 1, code, 0, law) for code, law in reasons]
    return WhyLineView(line_no=line_no, sent_minor=0, amount_minor=0, points=points, reasons=told)


def a_view(rules: list[RulePointsView], lines: list[WhyLineView] | None = None) -> WhyView:
    points = sum(rule.points for rule in rules)
    return WhyView(
        sale_id="s",
        currency="CHF",
        points=points,
        ruleset_version=1,
        is_known=True,
        sent_minor=0,
        steps=[],
        rules=rules,
        lines=lines or [],
    )


def test_a_rule_is_told_by_its_readable_name() -> None:
    why = why_of("r1", a_view([a_rule(37)]))
    assert why.rows == (WhyRow(about="rule", name="One point per franc", points=37),)
    assert (why.request_id, why.points, why.is_known, why.trouble) == ("r1", 37, True, "")


def test_lines_without_points_are_counted_by_their_reason_and_the_law_speaks_first() -> None:
    lines = [
        a_line(1, 37, ("points_per_amount", "")),
        a_line(2, 0, ("denied_by_law", LAW), ("rule_not_met", "")),
        a_line(3, 0, ("denied_by_law", LAW)),
        a_line(4, 0, ("rule_not_met", ""), ("limit_reached", "")),
    ]
    assert why_of("r1", a_view([a_rule(37)], lines)).rows[1:] == (
        WhyRow(about="nothing", lines=2, code="denied_by_law", citation="OPuM/AWV art. 21"),
        WhyRow(about="nothing", lines=1, code="limit_reached"),
    )


@pytest.mark.parametrize(("rules", "kinds"), [(1, 0), (4, 0), (5, 0), (300, 0), (3, 2), (300, 300), (0, 300)])
def test_rows_are_few_and_no_point_and_no_line_is_lost(rules: int, kinds: int) -> None:
    view = a_view(
        [a_rule(at + 1, f"rule-{at}" * 20) for at in range(rules)],
        [a_line(at, 0, (f"code_{at}", "CH-3: law " * 50)) for at in range(kinds)],
    )
    why = why_of("r1", view)
    assert len(why.rows) <= KIOSK_WHY_ROWS_MAX
    assert sum(row.points for row in why.rows) == view.points
    assert sum(row.lines for row in why.rows) == kinds
    assert len(encode(why)) < FRAME_BYTES_MAX

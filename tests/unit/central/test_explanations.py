"""Explanations as they are kept and told: the order of the acts, older tickets, the reason that says most."""

import msgspec
import pytest

from central.services.tickets.explanations import (
    StoredReason,
    StoredWhy,
    parse_reasons,
    steps_of,
    why_nothing,
)


def reason(code: str, stage: str = "accrual", step: int = 1, points: int = 0) -> StoredReason:
    return StoredReason("rule", 1, code, points, "", 0, stage, step)


def test_an_act_on_several_lines_is_one_step_and_steps_stand_in_the_order_of_the_acts() -> None:
    off = StoredReason("sun", 1, "percent_off", 0, "", -259, "promotion", 1)
    why = (
        StoredWhy(1, 12, 1240, (reason("points_per_amount", step=2, points=12),)),
        StoredWhy(2, 23, 2590, (reason("points_per_amount", step=2, points=23), off)),
    )
    first, second = steps_of(why)
    assert (first.stage, first.lines, first.amount_minor, first.amount_after_minor) == (
        "promotion", 1, -259, 3571,
    )  # fmt: skip
    assert (second.stage, second.lines, second.points, second.points_after) == ("accrual", 2, 35, 35)


def test_points_that_pay_are_a_matter_of_tender_after_all_that_is_priced() -> None:
    why = (StoredWhy(1, 12, 1240, (reason("points_per_amount", points=12),)),)
    earned, paid = steps_of(why, redeemed_minor=200)
    assert (earned.amount_after_minor, paid.amount_after_minor) == (1240, 1040)
    assert (paid.stage, paid.rule_id, paid.amount_minor, paid.points_after) == (
        "tender", "redemption", -200, 12,
    )  # fmt: skip


def test_a_ticket_kept_before_the_order_was_is_still_told() -> None:
    kept = msgspec.json.encode([[1, 37, 3780, [["base", 1, "points_per_amount", 37, ""]]]]).decode()
    why = parse_reasons(kept)
    assert [(step.stage, step.points_after, step.amount_after_minor) for step in steps_of(why)] == [
        ("", 37, 3780)
    ]


@pytest.mark.parametrize(
    ("spoken", "told"),
    [
        ([reason("rule_not_met"), reason("denied_by_law")], "denied_by_law"),
        ([reason("rule_not_met"), reason("limit_reached")], "limit_reached"),
        ([reason("points_per_amount"), reason("rule_not_met")], "points_per_amount"),
        ([reason("unsourced", stage="promotion"), reason("points_per_amount")], "points_per_amount"),
        ([reason("restricted", stage="restriction"), reason("not_best")], "restricted"),
        ([], None),
    ],
)
def test_of_several_reasons_the_one_that_says_most_is_told(
    spoken: list[StoredReason], told: str | None
) -> None:
    found = why_nothing(StoredWhy(1, 0, 100, tuple(spoken)))
    assert (found.code if found else None) == told

"""What is allowed and looks like a slip is told; what can never act, or cannot be compared, is refused."""

from datetime import date
from typing import Any

import pytest

from loyalty.limits.rules import BEST_OF_TRIED_MAX
from loyalty.programme.best_of import require_comparable
from loyalty.programme.never_gives import require_rules_give
from loyalty.programme.programme import parse_programme
from loyalty.programme.slips import slips_of
from loyalty.rules.reading import ProgrammeInvalid
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, mint, percent_off, points

TODAY = date(2026, 11, 26)
FIFTY = {"ge": [{"fact": "basket.total_minor"}, 5000]}
NOT_AGAIN = {"not": {"has": [{"fact": "basket.vouchers"}, "v"]}}
RATE = {"effect": "price_rate", "rate_bp": 9000, "rounding": "floor"}
UNIT = {"effect": "unit_price", "unit_price_minor": 900}
FIXED = {"effect": "points_fixed", "points": 5, "per": "ticket"}
TIMES = {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}
BONUS = {"effect": "points_threshold", "at_points": 100, "points": 5}


def slips(*rules: dict[str, Any], **settings: Any) -> list[tuple[str, str]]:
    programme = parse_programme(a_programme_of(*rules, **settings), ruleset_version=1)
    return [(slip.code, slip.rule_id) for slip in slips_of(programme, TODAY)]


@pytest.mark.parametrize(
    ("last", "told"), [("2026-11-25", [("period_past", "old")]), ("2026-11-26", []), ("2026-11-27", [])]
)
def test_a_period_that_is_over_is_told(last: str, told: list[tuple[str, str]]) -> None:
    period = {"from": "2026-11-01", "to": last}
    assert slips(a_rule("promotion", percent_off(), id="old", period=period)) == told


def test_a_rule_with_one_of_two_periods_to_come_is_not_over() -> None:
    def until(day: str) -> dict[str, Any]:
        return {"le": [{"fact": "basket.local_day"}, day]}

    either = {"or": [until("2025-01-01"), until("2027-01-01")]}
    assert slips(a_rule("promotion", percent_off(), when=either)) == []
    assert slips(a_rule("promotion", percent_off(), when={"or": [until("2025-01-01"), True]})) == []


@pytest.mark.parametrize(("rate", "told"), [(10_000, []), (10_001, [("price_above_central", "own")])])
def test_a_price_above_centrals_is_told(rate: int, told: list[tuple[str, str]]) -> None:
    assert slips(a_rule("price", RATE | {"rate_bp": rate}, id="own")) == told


def voucher(worth: int, **members: Any) -> dict[str, Any]:
    return a_rule("promotion", mint("v", worth_minor=worth), **({"id": "voucher", "when": FIFTY} | members))


def half(rate: int = 5000, **members: Any) -> dict[str, Any]:
    return a_rule("promotion", percent_off(rate), id="half", **members)


BESIDE = [("voucher_beside_discount", "voucher")]


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ((voucher(2500), half()), BESIDE),
        ((voucher(2499), half()), []),
        ((voucher(2500) | {"kind": "campaign"}, half()), []),
        ((voucher(2500), half(4999)), []),
        ((voucher(5000 - 1), half(1)), []),
        ((voucher(2500), half(when={"ge": [{"fact": "basket.total_minor"}, 5001]})), []),
        ((voucher(2500), half(when={"ge": [{"fact": "basket.total_minor"}, 4000]})), BESIDE),
        ((voucher(2500, limits=[{"per": "member", "window": "ever", "times": 1}]), half()), []),
        (
            (
                voucher(2500, when={"and": [FIFTY, {"not": {"has": [{"fact": "basket.vouchers"}, "v"]}}]}),
                half(),
            ),
            [],
        ),
        ((voucher(2500), half(lines={"eq": [{"fact": "line.brand"}, "Sol"]})), []),
        ((voucher(2500), half(max_discount_minor=100)), []),
        ((voucher(2500), half(min_quantity=2)), []),
        ((voucher(2500), half(budget=1000)), []),
        ((voucher(2500), half(stacking={"exclusive": True})), []),
        ((voucher(2500), half(consumes=True)), []),
        ((voucher(2500, stacking={"exclusive": True}), half()), []),
        ((voucher(2500, stacking={"group": "best"}), half(stacking={"group": "best"})), []),
        ((voucher(2500, stacking={"group": "best"}), half()), BESIDE),
        (
            (
                voucher(2500, when={"and": [FIFTY, {"eq": [{"fact": "member.tier"}, "gold"]}]}),
                half(when={"eq": [{"fact": "member.tier"}, "silver"]}),
            ),
            [],
        ),
    ],
)
def test_a_voucher_that_a_discount_lets_pay_for_its_successor_is_told(
    rules: tuple[dict[str, Any], ...], told: list[tuple[str, str]]
) -> None:
    assert slips(*rules, stacking={"best": "best_of"}) == told


def test_the_slip_says_what_the_ticket_costs_and_gives() -> None:
    programme = parse_programme(a_programme_of(voucher(2600), half()), ruleset_version=1)
    (slip,) = slips_of(programme, TODAY)
    assert "Beside half a ticket of 5000 costs 2500 and gives vouchers of 2600" in slip.detail


@pytest.mark.parametrize(
    ("effects", "at"),
    [
        ([UNIT, UNIT], 1),
        ([UNIT, RATE], 1),
        ([RATE, RATE], 1),
        ([RATE, UNIT, UNIT], 2),
        ([RATE, UNIT], None),
        ([UNIT], None),
        ([RATE], None),
    ],
)
def test_a_price_behind_one_that_always_counts_is_refused(effects: list[Any], at: int | None) -> None:
    rules = parse_programme(a_programme_of(a_rule("price", *effects)), ruleset_version=1).rules
    if at is None:
        require_rules_give(rules)
        return
    with pytest.raises(ProgrammeInvalid) as caught:
        require_rules_give(rules)
    assert caught.value.params["path"] == f"programme.rules.0.effects.{at}"


def compare(*rules: dict[str, Any], step: bool = False, how: str = "best_of") -> None:
    programme = parse_programme(a_programme_of(*rules, stacking={"best": how}), ruleset_version=1)
    require_comparable(programme.stacking, programme.rules, points_have_worth=step)


def campaign(name: str, *effects: dict[str, Any], group: str = "best") -> dict[str, Any]:
    return a_rule("campaign", *effects, id=name, stacking={"group": group})


def test_points_against_vouchers_need_what_points_are_worth() -> None:
    both = campaign("points", FIXED), campaign("voucher", mint("v"))
    with pytest.raises(ProgrammeInvalid, match="voucher_step must be given"):
        compare(*both)
    sponsor = {"effect": "points_sponsor", "sponsor_points": 5, "sponsored_points": 5}
    with pytest.raises(ProgrammeInvalid, match="voucher_step must be given"):
        compare(campaign("friends", sponsor), both[1])
    compare(*both, step=True)
    compare(*both, how="all")
    compare(both[0], campaign("voucher", mint("v"), group="other"))
    compare(both[0])
    compare(both[1])


@pytest.mark.parametrize(
    ("effects", "is_tried"),
    [
        ([FIXED, points()], False),
        ([TIMES], False),
        ([BONUS], False),
        ([FIXED, TIMES], True),
        ([FIXED, BONUS], True),
        ([mint("v")], True),
    ],
)
def test_groups_in_which_each_rule_is_tried_on_every_ticket_are_small(
    effects: list[dict[str, Any]], is_tried: bool
) -> None:
    def group(size: int) -> list[dict[str, Any]]:
        return [campaign(f"r{at}", effects[at % len(effects)]) for at in range(size)]

    compare(*group(BEST_OF_TRIED_MAX), step=True)
    if not is_tried:
        compare(*group(BEST_OF_TRIED_MAX + 1), step=True)
        return
    with pytest.raises(ProgrammeInvalid, match="at most 50 campaigns") as caught:
        compare(*group(BEST_OF_TRIED_MAX + 1), step=True)
    assert caught.value.params["path"] == "programme.stacking.best"

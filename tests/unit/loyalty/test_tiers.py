"""Tiers by purchases: thresholds on both sides, up at once, down at the end, what is refused and where."""

from datetime import date
from typing import Any

import pytest

from loyalty.errors import LoyaltyError
from loyalty.programme.programme import parse_programme
from loyalty.programme.tiers import Bought, TierPolicy, TierUnknown, parse_tiers, require_tier, tier_of
from loyalty.rules.reading import ProgrammeInvalid

STEPS = [{"tier": "silver", "at": 30_000}, {"tier": "gold", "at": 100_000}]
YEAR: dict[str, Any] = {"count": "spent", "period": "calendar", "months": 12, "steps": STEPS}
ROLLING = YEAR | {"period": "rolling"}


def policy(document: dict[str, Any]) -> TierPolicy:
    found = parse_tiers(document)
    assert found is not None
    return found


def spent(*tickets: tuple[str, int]) -> list[Bought]:
    return [Bought(date.fromisoformat(day), amount, amount // 100, 1) for day, amount in tickets]


@pytest.mark.parametrize(
    ("amount", "tier", "following", "missing"),
    [
        (0, None, "silver", 30_000),
        (29_999, None, "silver", 1),
        (30_000, "silver", "gold", 70_000),
        (99_999, "silver", "gold", 1),
        (100_000, "gold", None, 0),
    ],
)
def test_a_tier_is_reached_with_its_very_amount(
    amount: int, tier: str | None, following: str | None, missing: int
) -> None:
    found = tier_of(policy(YEAR), spent(("2026-03-01", amount)), date(2026, 3, 1))
    assert (found.tier, found.next_tier, found.missing, found.counted) == (tier, following, missing, amount)


@pytest.mark.parametrize(
    ("day", "tier"),
    [
        ("2026-06-30", "silver"),
        ("2026-07-01", "gold"),
        ("2026-12-31", "gold"),
        ("2027-12-31", "gold"),
        ("2028-01-01", None),
    ],
)
def test_a_calendar_tier_goes_up_at_once_and_down_when_the_year_after_is_over(
    day: str, tier: str | None
) -> None:
    tickets = spent(("2026-01-01", 30_000), ("2026-07-01", 70_000))
    assert tier_of(policy(YEAR), tickets, date.fromisoformat(day)).tier == tier


def test_a_year_that_came_to_less_leaves_less_for_the_next() -> None:
    tickets = spent(("2026-05-01", 100_000), ("2027-05-01", 30_000))
    at = {
        day: tier_of(policy(YEAR), tickets, date.fromisoformat(day)) for day in ("2027-12-31", "2028-01-01")
    }
    assert [found.tier for found in at.values()] == ["gold", "silver"]
    assert (at["2027-12-31"].counted, at["2027-12-31"].before) == (30_000, 100_000)


@pytest.mark.parametrize(("day", "tier"), [("2026-12-31", "gold"), ("2027-01-01", None)])
def test_down_at_once_ends_with_the_year_itself(day: str, tier: str | None) -> None:
    tickets = spent(("2026-07-01", 100_000))
    assert tier_of(policy(YEAR | {"down": "at_once"}), tickets, date.fromisoformat(day)).tier == tier


@pytest.mark.parametrize(
    ("down", "day", "tier"),
    [
        ("at_once", "2027-03-31", "gold"),
        ("at_once", "2027-04-01", "silver"),
        ("at_once", "2027-06-30", "silver"),
        ("at_once", "2027-07-01", None),
        # Gold was met until 31 March 2027, silver until 30 June: each is kept for twelve months more.
        ("period_end", "2028-03-31", "gold"),
        ("period_end", "2028-04-01", "silver"),
        ("period_end", "2028-06-30", "silver"),
        ("period_end", "2028-07-01", None),
    ],
)
def test_a_rolling_tier_ends_day_by_day(down: str, day: str, tier: str | None) -> None:
    tickets = spent(("2026-03-31", 70_000), ("2026-06-30", 30_000))
    assert tier_of(policy(ROLLING | {"down": down}), tickets, date.fromisoformat(day)).tier == tier


@pytest.mark.parametrize(
    ("count", "at", "tier"),
    [("points", 450, "one"), ("points", 451, None), ("visits", 2, "one"), ("visits", 3, None)],
)
def test_points_and_visits_count_as_well(count: str, at: int, tier: str | None) -> None:
    document = {"count": count, "period": "rolling", "months": 3, "steps": [{"tier": "one", "at": at}]}
    tickets = [Bought(date(2026, 5, 1), 100, 400, 1), Bought(date(2026, 5, 2), 0, 0, 0)]
    tickets.append(Bought(date(2026, 5, 3), 100, 50, 1))
    assert tier_of(policy(document), tickets, date(2026, 5, 3)).tier == tier


@pytest.mark.parametrize(
    ("changed", "place", "said"),
    [
        ({"steps": []}, "programme.tiers.steps", "1"),
        ({"steps": [STEPS[1], STEPS[0]]}, "programme.tiers.steps.1.at", "List the steps from low to high"),
        ({"steps": [STEPS[0], STEPS[0] | {"at": 40_000}]}, "programme.tiers.steps.1.tier", "Rename one"),
        ({"steps": [{"tier": "a|b", "at": 1}]}, "programme.tiers.steps.0.tier", "no |"),
        ({"steps": [{"tier": "gold", "at": 10.5}]}, "programme.tiers.steps.0.at", "whole number"),
        ({"months": 5}, "programme.tiers.months", "make the period rolling"),
        ({"months": 0, "period": "rolling"}, "programme.tiers.months", "1"),
        ({"count": "turnover"}, "programme.tiers.count", "spent"),
        ({"down": "never"}, "programme.tiers.down", "period_end"),
        ({"until": "x"}, "programme.tiers.until", "months"),
    ],
)
def test_tiers_that_make_no_sense_are_refused_with_the_place(
    changed: dict[str, Any], place: str, said: str
) -> None:
    with pytest.raises(ProgrammeInvalid) as refused:
        parse_tiers(YEAR | changed)
    assert refused.value.params["path"] == place
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "when",
    [
        {"eq": [{"fact": "member.tier"}, "golld"]},
        {"not": {"in": [{"fact": "member.tier"}, ["gold", "golld"]]}},
        {"and": [{"ne": ["golld", {"fact": "member.tier"}]}, {"fact": "member.is_known"}]},
    ],
)
def test_a_rule_for_a_tier_that_is_none_is_refused_where_tiers_are_worked_out(when: Any) -> None:
    effects = [{"effect": "percent_off", "rate_bp": 500, "rounding": "floor"}]
    rule = {"id": "r", "version": 1, "kind": "promotion", "when": when, "effects": effects}
    with pytest.raises(ProgrammeInvalid, match=r"programme\.rules\.0\.when.*Did you mean gold\?"):
        parse_programme({"rules": [rule], "tiers": YEAR}, ruleset_version=1)
    assert parse_programme({"rules": [rule]}, ruleset_version=1).tiers is None, "by hand there is any tier"


def test_a_tier_is_given_by_hand_only_if_the_programme_has_it() -> None:
    require_tier(policy(YEAR), "gold")
    require_tier(None, "anything")
    with pytest.raises(TierUnknown, match="It has silver, gold") as refused:
        require_tier(policy(YEAR), "golld")
    assert isinstance(refused.value, LoyaltyError)

"""Corners of reading, describing and counting rules that only one value tells apart."""

from typing import Any

import pytest

from loyalty.errors import LoyaltyError
from loyalty.limits.rules import RULE_STEPS_MAX, RULE_TEXT_CHARS_MAX
from loyalty.limits.tickets import BASKET_LINES_MAX
from loyalty.programme.programme import parse_programme
from loyalty.rules.explain import describe
from loyalty.rules.reading import invalid
from loyalty.rules.rule import parse_rule
from loyalty.rules.validate import parse_condition, parse_line_condition
from tests.unit.loyalty.rule_samples import EVERY_RULE, a_programme_of, a_rule, percent_off, points


def refusal_of(rule: dict[str, Any]) -> LoyaltyError:
    with pytest.raises(LoyaltyError) as refusal:
        parse_programme(a_programme_of(rule), ruleset_version=1)
    return refusal.value


@pytest.mark.parametrize("rule", EVERY_RULE, ids=lambda rule: str(rule["id"]))
def test_the_same_document_is_the_same_rule(rule: dict[str, Any]) -> None:
    """What is compiled from it is not compared: two functions are never equal."""
    assert parse_rule(rule) == parse_rule(rule)


def test_facts_that_effects_read_by_themselves_are_looked_up() -> None:
    effects = {
        "member.visits": {"effect": "points_nth_visit", "every": 10, "points": 100},
        "member.points": {"effect": "points_threshold", "at_points": 1000, "points": 100},
        "member.is_sponsored": {"effect": "points_sponsor", "sponsor_points": 2, "sponsored_points": 1},
    }
    for fact, effect in effects.items():
        programme = parse_programme(a_programme_of(a_rule("campaign", effect)), ruleset_version=1)
        assert programme.member_facts == {fact}
    plain = parse_programme(a_programme_of(a_rule("campaign", points())), ruleset_version=1)
    assert plain.member_facts == frozenset()


@pytest.mark.parametrize("operation", ["eq", "ne", "lt", "in", "has"])
def test_operations_of_two_take_two(operation: str) -> None:
    bodies = {
        "in": [{"fact": "member.visits"}, [1], [2]],
        "has": [{"fact": "member.segments"}, "gold", "gold"],
    }
    body = bodies.get(operation, [{"fact": "member.visits"}, 1, 2])
    assert parse_condition({operation: body[:2]})
    with pytest.raises(LoyaltyError) as refusal:
        parse_condition({operation: body})
    assert str(refusal.value.params["path"]).startswith("when")


@pytest.mark.parametrize(("budget", "is_refused"), [(None, False), (100, True)])
def test_a_rule_with_a_budget_needs_an_id_that_can_name_its_account(
    budget: int | None, is_refused: bool
) -> None:
    rule = a_rule("promotion", percent_off(), id="été") | ({} if budget is None else {"budget": budget})
    if is_refused:
        assert refusal_of(rule).params["path"] == "programme.rules.0.id"
    else:
        assert parse_programme(a_programme_of(rule), ruleset_version=1).rules


def test_a_fact_of_a_text_is_no_day() -> None:
    """Only a text that is written out can be read as a day or a time."""
    with pytest.raises(LoyaltyError) as refusal:
        parse_condition({"ge": [{"fact": "member.tier"}, {"fact": "basket.local_day"}]})
    assert refusal.value.code == "no_order"


@pytest.mark.parametrize(("flag", "told"), [(True, "true"), (False, "false")])
def test_a_truth_value_is_described_by_its_word(flag: bool, told: str) -> None:
    assert told in describe(parse_condition({"eq": [{"fact": "member.is_known"}, flag]}))


@pytest.mark.parametrize(("chars", "is_cut"), [(58, False), (59, True)])
def test_a_wrong_value_is_shown_whole_up_to_60_characters(chars: int, is_cut: bool) -> None:
    """With its quotes a text of 58 characters has 60."""
    shown = invalid("x", "a number", "y" * chars).params["found"]
    assert shown == (("'" + "y" * chars)[:60] + "..." if is_cut else "'" + "y" * chars + "'")


def test_a_line_condition_is_weighed_for_every_line_of_a_basket() -> None:
    """What one line may cost is the whole over the lines there may be."""
    brand = {"eq": [{"fact": "line.brand"}, "Sol"]}
    most = RULE_STEPS_MAX // BASKET_LINES_MAX
    parse_line_condition({"or": [brand] * ((most - 1) // 3)})
    with pytest.raises(LoyaltyError) as refusal:
        parse_line_condition({"or": [brand] * most})
    assert refusal.value.code == "rule_too_costly"


def test_a_sponsor_is_rewarded_once_whatever_else_the_rule_gives() -> None:
    brought = {"effect": "points_sponsor", "sponsor_points": 2, "sponsored_points": 1}
    fixed = {"effect": "points_fixed", "points": 5, "per": "ticket"}
    for effects in ((brought,), (brought, fixed), (fixed, brought)):
        (limit,) = parse_rule(a_rule("campaign", *effects)).limits
        assert (limit.per, limit.window, limit.times) == ("member", "ever", 1)
    assert parse_rule(a_rule("campaign", fixed)).limits == ()


@pytest.mark.parametrize(("funder", "is_good"), [("supplier/sol", True), ("shop", True), ("sol", False)])
def test_who_pays_for_a_rule_is_a_party(funder: str, is_good: bool) -> None:
    rule = a_rule("campaign", points(), funder=funder)
    if is_good:
        assert parse_rule(rule).funder == funder
    else:
        assert refusal_of(rule).params["path"] == "programme.rules.0.funder"


@pytest.mark.parametrize(("more", "is_good"), [(0, True), (1, False)])
def test_a_text_of_a_rule_has_a_longest_length(more: int, is_good: bool) -> None:
    condition = {"eq": [{"fact": "line.brand"}, "x" * (RULE_TEXT_CHARS_MAX + more)]}
    if is_good:
        assert parse_line_condition(condition)
    else:
        with pytest.raises(LoyaltyError):
            parse_line_condition(condition)

"""What a simulation says rule by rule: which met on a line, what nobody decided, whose budget ran out."""

from datetime import date
from typing import Any

import pytest

from central.services.drafts.tally import Tally
from central.services.drafts.ticket_benefits import RecordedTicket
from loyalty.programme.programme import Programme, parse_programme
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, mint, percent_off, points
from tests.unit.loyalty.vector_basket import basket_of
from wire import api_value

STEP = {"points": 100, "worth_minor": 500}
BASE = a_rule("campaign", points(), id="base")
DOUBLE = a_rule(
    "campaign", {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}, id="double"
)
TEN = a_rule("promotion", percent_off(1000), id="ten")
SOL = {"eq": [{"fact": "line.brand"}, "Sol"]}


def a_programme(*rules: dict[str, Any], **settings: Any) -> Programme:
    return parse_programme(a_programme_of(*rules, **settings), ruleset_version=1)


def a_ticket(*amounts: int, member: str | None = "m-1", at_ms: int = 1, **facts: Any) -> RecordedTicket:
    lines = [
        {"quantity": 1, "amount_minor": each, "class": "cosmetic", "price_minor": 1000} for each in amounts
    ]
    basket = {"country": "CH", "currency": "CHF", "day": date(2026, 11, 22).isoformat(), "lines": lines}
    return RecordedTicket(
        shop_id="s-1", member_id=member, at_ms=at_ms, basket=basket_of(basket), member_facts=facts
    )


def simulated(draft: Programme, *tickets: RecordedTicket, today: Programme | None = None) -> Tally:
    tally = Tally(draft, today or a_programme())
    for ticket in tickets:
        tally.add(ticket)
    return tally


def pairs(tally: Tally) -> list[tuple[str, str, int, int, int]]:
    return [
        (each.rule_id, each.other_rule_id, each.tickets, each.points, each.discount_minor)
        for each in tally.rules.pairs(10)
    ]


def rule_of(tally: Tally, rule_id: str) -> api_value.RuleOutcomeView:
    return next(each for each in tally.rules.rules(99) if each.rule_id == rule_id)


def test_a_price_a_discount_points_and_their_multiplier_on_one_line_do_not_meet() -> None:
    price = a_rule("price", {"effect": "unit_price", "unit_price_minor": 900}, id="own-price")
    tally = simulated(a_programme(price, TEN, BASE, DOUBLE), a_ticket(1000))
    total, _ = tally.outcomes()
    assert (total.discount_minor, total.points) == (190, 16), "all four spoke"
    assert (tally.rules.stacked, pairs(tally)) == (0, [])


def test_two_promotions_on_one_line_are_named_with_what_both_took_off_there() -> None:
    five = a_rule("promotion", percent_off(500), id="five", lines=SOL)
    sol = {"quantity": 1, "amount_minor": 2000, "class": "cosmetic", "brand": "Sol"}
    plain = {"quantity": 1, "amount_minor": 1000, "class": "cosmetic"}
    document = {"country": "CH", "currency": "CHF", "day": "2026-11-22", "lines": [sol, plain]}
    ticket = RecordedTicket(
        shop_id="s-1", member_id="m-1", at_ms=1, basket=basket_of(document), member_facts={}
    )
    tally = simulated(a_programme(TEN, five), ticket, a_ticket(1000), ticket)
    assert tally.rules.stacked == 2
    assert pairs(tally) == [("five", "ten", 2, 0, 2 * (200 + 90))]


def test_points_of_one_sort_meet_and_the_pair_of_most_tickets_comes_first() -> None:
    gift = a_rule(
        "campaign",
        {"effect": "points_fixed", "points": 7, "per": "ticket"},
        id="gift",
        when={"ge": [{"fact": "basket.total_minor"}, 2000]},
    )
    other = a_rule("campaign", points(), id="other")
    tally = simulated(a_programme(BASE, gift, other), a_ticket(1000), a_ticket(1000, 1000))
    assert tally.rules.stacked == 2
    assert pairs(tally) == [
        ("base", "other", 2, 20 + 40, 0),
        ("base", "gift", 1, 20 + 7, 0),
        ("gift", "other", 1, 20 + 7, 0),
    ]
    assert len(tally.rules.pairs(1)) == 1


def test_pairs_are_kept_within_a_limit_and_tickets_counted_beyond(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.services.drafts.tally_rules.SIMULATION_PAIRS_KEPT_MAX", 1)
    rules = [a_rule("promotion", percent_off(1000), id=f"r{at}") for at in range(3)]
    tally = simulated(a_programme(*rules), a_ticket(1000), a_ticket(1000))
    assert (tally.rules.stacked, [each[:3] for each in pairs(tally)]) == (2, [("r0", "r1", 2)])


def test_of_many_rules_on_a_line_only_the_first_are_paired(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central.services.drafts.tally_rules.SIMULATION_RULES_PAIRED_MAX", 2)
    rules = [a_rule("promotion", percent_off(1000), id=f"r{at}") for at in range(3)]
    assert [each[:2] for each in pairs(simulated(a_programme(*rules), a_ticket(1000)))] == [("r0", "r1")]


def test_a_ticket_of_nobody_is_undecided_only_where_no_member_is_asked_about() -> None:
    gold = a_rule("promotion", percent_off(1000), id="gold", when={"eq": [{"fact": "member.tier"}, "gold"]})
    evening = a_rule(
        "promotion", percent_off(1000), id="evening", when={"ge": [{"fact": "basket.local_time"}, "17:00"]}
    )
    draft = a_programme(gold, evening)
    nobody = simulated(draft, a_ticket(1000, member=None))
    assert (nobody.rules.undecided, rule_of(nobody, "gold").undecided) == (1, 0)
    assert rule_of(nobody, "evening").undecided == 1, "the hour is not known, whoever buys"
    assert simulated(a_programme(gold), a_ticket(1000, member=None)).rules.undecided == 0
    assert simulated(a_programme(gold), a_ticket(1000), a_ticket(1000)).rules.undecided == 2


def test_a_budget_that_runs_out_says_when_and_what_it_no_longer_gave() -> None:
    tally = simulated(
        a_programme(a_rule("promotion", percent_off(1000), id="ten", budget=250)),
        a_ticket(2000, at_ms=10),
        a_ticket(1000, at_ms=20),
        a_ticket(3000, at_ms=30),
    )
    told = rule_of(tally, "ten")
    assert (told.budget, told.budget_used, told.discount_minor) == (250, 250, 250)
    assert (told.budget_out_ms, told.budget_refused_tickets) == (20, 2)
    assert told.budget_refused == (100 - 50) + 300


def test_a_budget_of_points_counts_points_and_one_that_lasts_says_nothing() -> None:
    short = a_rule("campaign", points(), id="short", budget=15)
    voucher = a_rule("promotion", mint("v", worth_minor=500), id="voucher", budget=1000)
    tally = simulated(a_programme(short, voucher), a_ticket(1000, at_ms=1), a_ticket(1000, at_ms=2))
    told, lasting = rule_of(tally, "short"), rule_of(tally, "voucher")
    assert (told.budget_used, told.budget_out_ms, told.budget_refused) == (15, 2, 5)
    assert (lasting.budget_used, lasting.budget_out_ms, lasting.budget_refused) == (1000, None, 0)
    assert rule_of(simulated(a_programme(TEN), a_ticket(1000)), "ten").budget_used is None


@pytest.mark.parametrize(
    ("own", "other", "better", "worse"),
    [(None, None, 0, 0), (STEP, None, 0, 0), (None, STEP, 0, 0), (STEP, STEP, 0, 1)],
)
def test_points_are_weighed_against_money_only_where_both_programmes_say_their_worth(
    own: dict[str, int] | None, other: dict[str, int] | None, better: int, worse: int
) -> None:
    """Ten per cent off 10.00 less, ten points (0.50 at the step) more."""
    draft = a_programme(BASE, voucher_step=own)
    tally = simulated(draft, a_ticket(1000), today=a_programme(TEN, voucher_step=other))
    assert (tally.changed, tally.better, tally.worse) == (1, better, worse)


@pytest.mark.parametrize("step", [None, STEP])
def test_more_of_both_is_better_and_less_of_both_worse_whatever_points_are_worth(
    step: dict[str, int] | None,
) -> None:
    none, both = a_programme(voucher_step=step), a_programme(BASE, TEN, voucher_step=step)
    gained = simulated(both, a_ticket(1000), today=none)
    lost = simulated(none, a_ticket(1000), today=both)
    assert (gained.better, gained.worse, lost.better, lost.worse) == (1, 0, 0, 1)


def test_points_without_a_worth_are_told_to_have_none() -> None:
    unvalued, _ = simulated(a_programme(BASE, TEN), a_ticket(10_000)).outcomes()
    assert (unvalued.points, unvalued.points_minor, unvalued.cost_minor) == (90, None, 1000)
    valued, _ = simulated(a_programme(BASE, voucher_step=STEP), a_ticket(10_000)).outcomes()
    assert (valued.points, valued.points_minor, valued.cost_minor) == (100, 500, 500)

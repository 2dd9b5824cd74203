"""Gifts, vouchers for later, contest entries: what a quote offers and promises."""

from typing import Any

import pytest

from loyalty.pricing.outcome import Counts, Gift
from loyalty.rules.effects import PointsSponsor
from tests.unit.loyalty.asking import SOL, a_line, a_quote, codes, limit
from tests.unit.loyalty.rule_samples import a_rule, mint

GIFT = {"effect": "free_article", "article_id": "gift", "article_class": "medicine_ch_e", "quantity": 2}


def a_gift_line(quantity: int, amount: int, **facts: Any) -> dict[str, Any]:
    return {
        "quantity": quantity,
        "amount_minor": amount,
        "class": "medicine_ch_e",
        "article": "gift",
        **facts,
    }


@pytest.mark.parametrize(
    ("lines", "gifts", "total"),
    [
        ([a_line()], [Gift("free-article", "gift", 2)], 1000),
        ([a_line(), a_gift_line(1, 300)], [Gift("free-article", "gift", 1)], 1000),
        ([a_line(), a_gift_line(2, 600)], [], 1000),
        ([a_line(), a_gift_line(3, 900)], [], 1300),
    ],
)
def test_a_gift_is_free_in_the_basket_and_offered_for_what_is_missing(
    lines: Any, gifts: list[Gift], total: int
) -> None:
    quote = a_quote(a_rule("promotion", GIFT), lines=lines)
    assert (list(quote.gifts), quote.total_minor) == (gifts, total)


def test_a_gift_the_law_denies_is_neither_free_nor_offered() -> None:
    cosmetic = {**GIFT, "article_class": "cosmetic"}
    assert a_quote(a_rule("promotion", cosmetic)).gifts == ()
    quote = a_quote(a_rule("promotion", cosmetic), lines=[a_line(), a_line(500, article="gift")])
    assert (quote.gifts, quote.total_minor) == ((), 1500)
    assert codes(quote, 1) == [("law.CH", "unsourced")]


def test_a_gift_under_a_restriction_is_not_free() -> None:
    deny = a_rule("restriction", {"effect": "deny", "acts": ["discount"]})
    quote = a_quote(deny, a_rule("promotion", GIFT), lines=[a_gift_line(2, 600)])
    assert (quote.total_minor, quote.gifts) == (600, ())


@pytest.mark.parametrize(
    ("rule", "lines", "is_promised"),
    [
        (a_rule("promotion", mint("v")), [a_line()], True),
        (a_rule("promotion", mint("v")), [a_line(**{"class": "medicine_ch_d"})], False),
        (a_rule("promotion", mint("v"), lines=SOL), [a_line(brand="Sol")], True),
        (a_rule("promotion", mint("v"), lines=SOL), [a_line(brand="Sol", **{"class": "service"})], False),
        (a_rule("campaign", {"effect": "contest_entry", "contest": "c", "entries": 1}), [a_line()], True),
        (
            a_rule("campaign", {"effect": "contest_entry", "contest": "c", "entries": 1}, lines=SOL),
            [a_line(brand="Sol", **{"class": "medicine_ch_e"})],
            False,
        ),
        (a_rule("campaign", mint("v")), [a_line(**{"class": "unknown"})], False),
        (
            a_rule("campaign", {"effect": "points_sponsor", "sponsor_points": 1, "sponsored_points": 0}),
            [a_line(**{"class": "medicine_ch_b"})],
            True,
        ),
    ],
)
def test_a_promise_needs_a_line_that_may_lead_to_it(rule: Any, lines: Any, is_promised: bool) -> None:
    quote = a_quote(rule, lines=lines, member_facts={"member.is_sponsored": True})
    assert bool(quote.promises) is is_promised
    name = rule["effects"][0]["effect"]
    assert ((rule["id"], name) in codes(quote)) is is_promised


def test_a_promise_claims_its_limit() -> None:
    rule = a_rule("campaign", mint("v"), limits=[limit("member", "year", 1)])
    (claim,) = a_quote(rule).claims
    assert (claim.key, claim.amount) == ("next-purchase-voucher/member/year/2026", 1)
    promotion = a_rule("promotion", mint("v"), limits=[limit("member", "year", 1)])
    assert len(a_quote(promotion).claims) == 1


def test_a_campaign_promises_nothing_to_nobody() -> None:
    assert a_quote(a_rule("campaign", mint("v")), is_member=False).promises == ()
    assert a_quote(a_rule("promotion", mint("v")), is_member=False).promises != ()


def a_sponsor_rule(**options: Any) -> dict[str, Any]:
    return a_rule(
        "campaign", {"effect": "points_sponsor", "sponsor_points": 200, "sponsored_points": 100}, **options
    )


BROUGHT = {"member.is_sponsored": True}


def test_the_sponsored_earn_on_the_lines_and_the_sponsor_is_promised() -> None:
    lines = [a_line(300), a_line(100), a_line(500, **{"class": "unknown"}), a_line(0)]
    quote = a_quote(a_sponsor_rule(), lines=lines, member_facts=BROUGHT)
    assert [line.points for line in quote.lines] == [75, 25, 0, 0]
    (promise,) = quote.promises
    assert isinstance(promise.effect, PointsSponsor)
    assert promise.effect.sponsor_points == 200


@pytest.mark.parametrize(
    ("facts", "code"),
    [({}, "rule_unknown"), ({"member.is_sponsored": False}, "rule_not_met")],
)
def test_who_is_not_known_to_be_sponsored_earns_nothing(facts: dict[str, bool], code: str) -> None:
    quote = a_quote(a_sponsor_rule(), member_facts=facts)
    assert (quote.points, quote.promises) == (0, ())
    assert ("points-sponsor", code) in codes(quote)


def test_a_ticket_that_costs_nothing_rewards_nobody() -> None:
    quote = a_quote(a_sponsor_rule(), lines=[a_line(0)], member_facts=BROUGHT)
    assert (quote.points, quote.promises, quote.claims) == (0, (), ())


def test_a_sponsor_is_rewarded_once_also_when_the_rule_does_not_say_so() -> None:
    for options in ({}, {"limits": [limit("member", "ever", 1)]}):
        rule = a_sponsor_rule(**options)
        (claim,) = a_quote(rule, member_facts=BROUGHT).claims
        assert (claim.key, claim.limit) == ("points-sponsor/member/ever/", 1)
        spent = a_quote(rule, member_facts=BROUGHT, usage={claim.key: 1})
        assert (spent.points, spent.promises) == (0, ())
    more = a_quote(a_sponsor_rule(limits=[limit("member", "ever", 5)]), member_facts=BROUGHT)
    assert min(claim.limit for claim in more.claims) == 1


@pytest.mark.parametrize(("budget", "given"), [(300, (100, 200)), (150, (100, 50)), (60, (60, 0))])
def test_a_budget_gives_the_sponsored_first(budget: int, given: tuple[int, int]) -> None:
    quote = a_quote(a_sponsor_rule(budget=budget), member_facts=BROUGHT)
    (promise,) = quote.promises
    assert isinstance(promise.effect, PointsSponsor)
    assert (quote.points, promise.effect.sponsor_points) == given
    (claim,) = (claim for claim in quote.claims if claim.counts is Counts.POINTS)
    assert claim.amount == sum(given)

"""Programmes that are taken give, for tickets that vouchers pay for, no vouchers without an end."""

import itertools
from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.pricing.basket import ArticleFacts, Basket, BasketLine
from loyalty.pricing.outcome import Voucher
from loyalty.pricing.quote import quote_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.programme import Programme, parse_programme
from loyalty.programme.voucher_circles import require_vouchers_end
from loyalty.rules.effects import NextPurchaseVoucher
from loyalty.rules.reading import ProgrammeInvalid

WORTH = {"a": 500, "b": 300, "c": 200}
NAMES = tuple(WORTH)
HELD_MAX = 6
Held = tuple[int, ...]
PURSES = [purse for size in (1, 2, 3) for purse in itertools.combinations_with_replacement(NAMES, size)]


def has(voucher: str) -> dict[str, Any]:
    return {"has": [{"fact": "basket.vouchers"}, voucher]}


TOTALS = st.sampled_from([201, 301, 501, 701, 801, 1001]).map(
    lambda least: {"ge": [{"fact": "basket.total_minor"}, least]}
)
KEPT_OUT = st.sets(st.sampled_from(NAMES), min_size=1).map(
    lambda names: {"not": {"or": [has(name) for name in sorted(names)]}}
)
ASKED = st.sampled_from(NAMES).map(has)
CONDITIONS = st.one_of(
    TOTALS.map(lambda total: [total]),
    st.lists(st.one_of(TOTALS, KEPT_OUT, KEPT_OUT, ASKED), min_size=1, max_size=3),
)
RULES = st.lists(st.tuples(st.sampled_from(NAMES), CONDITIONS), min_size=2, max_size=4)


def document_of(rules: list[tuple[str, list[Any]]]) -> dict[str, Any]:
    listed = []
    for at, (voucher, conditions) in enumerate(rules):
        effect = {"effect": "next_purchase_voucher", "voucher": voucher, "worth_minor": WORTH[voucher]}
        head = {"id": f"rule-{at}", "version": 1, "kind": "promotion", "when": {"and": conditions}}
        listed.append(head | {"effects": [effect | {"valid_days": 30}]})
    return {"rules": listed}


def given_for(programme: Programme, purse: tuple[str, ...]) -> list[str]:
    """The vouchers that a ticket gives which these vouchers pay for to the last."""
    total = sum(WORTH[name] for name in purse)
    article = ArticleFacts("cream", ArticleClass("parapharmacy"), "", "")
    basket = Basket(
        (BasketLine(1, "1", article, 1, total, None),), "CHF", "shop", "CH", date(2026, 11, 22), "12:00"
    )
    presented = [Voucher(str(at), name, WORTH[name]) for at, name in enumerate(purse)]
    quote = quote_basket(basket, programme, is_member=True, member_facts={}, vouchers=presented)
    assert quote.total_minor == 0
    effects = [promise.effect for promise in quote.promises]
    return [effect.voucher for effect in effects if isinstance(effect, NextPurchaseVoucher)]


def goes_on(moves: list[tuple[Held, Held]], held: Held, before: list[Held], seen: set[Held]) -> bool:
    """Whether some row of free tickets leads back to as many vouchers as there were."""
    for used, got in moves:
        if any(have < need for have, need in zip(held, used, strict=True)):
            continue
        after = tuple(
            min(HELD_MAX, have - need + more) for have, need, more in zip(held, used, got, strict=True)
        )
        path = [*before, held]
        if any(all(now >= then for now, then in zip(after, each, strict=True)) for each in path):
            return True
        if after not in seen:
            seen.add(after)
            if goes_on(moves, after, path, seen):
                return True
    return False


@settings(max_examples=600, deadline=None)
@given(RULES)
def test_a_programme_that_is_taken_pays_for_no_row_of_tickets_for_ever(
    rules: list[tuple[str, list[Any]]],
) -> None:
    try:
        programme = parse_programme(document_of(rules), ruleset_version=1)
        require_vouchers_end(programme.rules)
    except ProgrammeInvalid:
        return
    answers = [(purse, given_for(programme, purse)) for purse in PURSES]
    moves = [
        (tuple(map(purse.count, NAMES)), tuple(map(gained.count, NAMES)))
        for purse, gained in answers
        if gained
    ]
    assert not goes_on(moves, (3, 3, 3), [], set())

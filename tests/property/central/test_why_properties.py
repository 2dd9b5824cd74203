"""Explanations of random quotes: lines sum to the ticket, steps lead to it, and the paper says the same."""

import re
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from central.services.tickets.explanations import (
    parse_reasons,
    points_by_rule,
    steps_of,
    stored_reasons,
    why_of,
)
from central.services.tickets.receipt.receipt import Receipt, receipt_rows
from loyalty.limits.tickets import RECEIPT_COLUMNS_MAX, RECEIPT_COLUMNS_MIN
from loyalty.pricing.basket import Basket
from loyalty.pricing.outcome import PipelineStage
from loyalty.printed.rows import columns_of
from loyalty.printed.words import LANGUAGES
from loyalty.programme.programme import Programme
from tests.property.loyalty.test_promotion_properties import (
    MEMBERS,
    USAGES,
    VOUCHERS,
    a_quote,
    baskets,
    programmes,
)
from tests.unit.central.test_receipt import printed_points

ORDER = {stage.value: at for at, stage in enumerate(PipelineStage)}


@settings(max_examples=200, deadline=None)
@given(basket=baskets(), programme=programmes(), facts=MEMBERS, vouchers=VOUCHERS)
def test_steps_lead_from_the_price_asked_to_what_is_paid_and_earned_in_the_order_of_the_stages(
    basket: Basket, programme: Programme, facts: Any, vouchers: Any
) -> None:
    quote = a_quote(basket, programme, facts, vouchers)
    why = parse_reasons(stored_reasons(why_of(quote.lines)))
    steps = steps_of(why)
    assert [line.amount_minor for line in why] == [line.amount_minor for line in quote.lines]
    assert sum(line.points for line in why) == quote.points == sum(r.points for r in points_by_rule(why))
    if steps:
        assert (steps[-1].amount_after_minor, steps[-1].points_after) == (quote.total_minor, quote.points)
    assert all(ORDER[one.stage] <= ORDER[two.stage] for one, two in pairwise(steps))
    for one, two in pairwise(steps):
        assert two.amount_after_minor - one.amount_after_minor == two.amount_minor
        assert two.points_after - one.points_after == two.points


@settings(max_examples=100, deadline=None)
@given(
    basket=baskets(),
    programme=programmes(has_triple=True),
    facts=MEMBERS,
    vouchers=VOUCHERS,
    usage=USAGES,
    language=st.sampled_from(LANGUAGES),
    columns=st.integers(RECEIPT_COLUMNS_MIN, RECEIPT_COLUMNS_MAX),
)
def test_what_is_printed_line_by_line_sums_to_the_ticket(
    basket: Basket,
    programme: Programme,
    facts: Any,
    vouchers: Any,
    usage: dict[str, int],
    language: str,
    columns: int,
) -> None:
    quote = a_quote(basket, programme, facts, vouchers, usage)
    receipt = Receipt(language=language, columns=columns, currency="CHF", rule_names={})
    rows = receipt_rows(parse_reasons(stored_reasons(why_of(quote.lines))), receipt)
    assert printed_points(rows, language) == (quote.points, quote.points, quote.points)
    assert all(columns_of(row) <= columns for row in rows)
    changes = [int(cents[0].replace(".", "")) for row in rows if (cents := _MONEY.findall(row))]
    assert sum(changes) == quote.total_minor - sum(line.sent_minor for line in quote.lines)


_MONEY = re.compile(r"^ .* ([-+]\d+\.\d\d)$")
"""What a rule's row under a line says that it changed."""


@settings(max_examples=200, deadline=None)
@given(
    basket=baskets(), programme=programmes(has_triple=True), facts=MEMBERS, vouchers=VOUCHERS, usage=USAGES
)
def test_a_printed_factor_is_what_the_points_beside_it_were_multiplied_by(
    basket: Basket, programme: Programme, facts: Any, vouchers: Any, usage: dict[str, int]
) -> None:
    quote = a_quote(basket, programme, facts, vouchers, usage)
    names = {"base": {"en": "Base"}, "triple": {"en": "Triple"}}
    receipt = Receipt(language="en", columns=RECEIPT_COLUMNS_MAX, currency="CHF", rule_names=names)
    rows = receipt_rows(parse_reasons(stored_reasons(why_of(quote.lines))), receipt)
    base = sum(int(row.split()[-1]) for row in rows if row.startswith("  Base "))
    factor = [int(row.split()[-1]) for row in rows if row.startswith("  Triple (x3) ")]
    cut = [int(row.split()[-1]) for row in rows if row.startswith("  Triple (budget used up) ")]
    assert not (factor and cut)
    assert not factor or sum(factor) == 2 * base
    assert not cut or 0 < sum(cut) < 2 * base

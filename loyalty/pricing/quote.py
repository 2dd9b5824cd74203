"""Quotes: what a basket costs this member and what it earns, and why. Never writes.

The pipeline: restriction, price, promotion, counter, voucher, tender, accrual. The rules of a stage look at
the basket as it enters the stage.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loyalty.limits.rules import BASKET_VOUCHERS_MAX
from loyalty.pricing import accrual_stage, counter_stage, price_stage, promotion_stage, voucher_stage
from loyalty.pricing.basket import Basket, validate_basket
from loyalty.pricing.claims import claims_of
from loyalty.pricing.outcome import (
    Claim,
    Counts,
    Gift,
    Promise,
    Quote,
    QuotedLine,
    Reason,
    ReasonCode,
    UsedVoucher,
    Voucher,
)
from loyalty.pricing.ticket import NO_FACTS, NO_USAGE, Asked, Ticket, begin
from loyalty.programme.programme import Programme
from loyalty.rules.language import Value

__all__ = [
    "NO_FACTS",
    "NO_USAGE",
    "Claim",
    "Counts",
    "Gift",
    "Promise",
    "Quote",
    "QuotedLine",
    "Reason",
    "ReasonCode",
    "UsedVoucher",
    "Voucher",
    "possible_claims",
    "quote_basket",
]


def quote_basket(
    basket: Basket,
    programme: Programme,
    *,
    is_member: bool,
    member_facts: Mapping[str, Value | None] = NO_FACTS,
    vouchers: Sequence[Voucher] = (),
    usage: Mapping[str, int] = NO_USAGE,
    earns_minor: int | None = None,
) -> Quote:
    """What a basket costs and what it earns under a programme, and why; nothing is written.

    Points and discounts are counted on the lines the law lets them reach, then split over those lines so that
    the lines' shares sum to the ticket's.

    Args:
        member_facts: `member.*` facts by full name; what is missing is unknown to the rules.
        vouchers: those presented, at most BASKET_VOUCHERS_MAX, in the order they are to be used.
        usage: how much of limits and budgets is used already, by the key of their claim; what is missing
            counts as 0 here and is guarded when the sale is committed.
        earns_minor: of a member who is known too weakly for more (C-02): so much of the ticket earns, by its
            amount alone, at the prices of everybody; None: all of it.
    Raises: the errors of `validate_basket`; of a discount of the counter: ReasonMissing, NothingToDiscount,
        LatitudeExceeded.
    """
    validate_basket(basket)
    assert len(vouchers) <= BASKET_VOUCHERS_MAX, "the caller refuses more vouchers than a ticket takes"
    ticket = begin(Asked(basket, programme, is_member, member_facts, vouchers, usage, earns_minor))
    known = ticket.asked, ticket.head
    if earns_minor is not None:
        _hide_member(ticket)
    price_stage.restrict(ticket)
    price_stage.set_prices(ticket)
    promotion_stage.promote(ticket)
    counter_stage.take_off(ticket)
    voucher_stage.redeem(ticket)
    ticket.asked, ticket.head = known
    eligible_minor = accrual_stage.accrue(ticket)
    total_minor = sum(ticket.amounts)
    return Quote(
        lines=_lines(ticket),
        total_minor=total_minor,
        eligible_minor=eligible_minor,
        points=sum(ticket.points),
        ruleset_version=programme.ruleset_version,
        vouchers=tuple(ticket.used_vouchers),
        promises=tuple(ticket.promises),
        gifts=tuple(ticket.gifts),
        claims=tuple(ticket.claims),
        cash_total_minor=voucher_stage.cash_total(total_minor, programme.cash_rounding_minor),
    )


def _hide_member(ticket: Ticket) -> None:
    """Anybody can say a name: what a ticket costs is what it costs everybody."""
    ticket.asked = replace(ticket.asked, is_member=False, member_facts=NO_FACTS)
    shown = {name: value for name, value in ticket.head.items() if not name.startswith("member.")}
    ticket.head = shown | {"member.is_known": False}


def possible_claims(
    basket: Basket,
    programme: Programme,
    *,
    is_member: bool,
    member_facts: Mapping[str, Value | None] = NO_FACTS,
    vouchers: Sequence[Voucher] = (),
) -> list[Claim]:
    """Every limit and budget (with amount 0) this quote may ask about: whose usage must be known for it.

    Raises: the errors of `validate_basket`.
    """
    discounts = []
    if basket.discount is not None:
        discounts.append(counter_stage.day_claim(basket, programme.latitudes, 0))
    if not programme.has_bounds:
        return discounts
    validate_basket(basket)
    ticket = begin(Asked(basket, programme, is_member, member_facts, vouchers, NO_USAGE))
    bounded = (rule for rules in ticket.rules.values() for rule in rules if rule.is_bounded)
    return discounts + [claim for rule in bounded for claim in claims_of(rule, basket, 0)]


def _lines(ticket: Ticket) -> tuple[QuotedLine, ...]:
    return tuple(
        QuotedLine(
            line_no=line.line_no,
            code=line.code,
            quantity=line.quantity,
            amount_minor=ticket.amounts[at],
            points=ticket.points[at],
            reasons=tuple(ticket.reasons[at]),
            sent_minor=line.amount_minor,
        )
        for at, line in enumerate(ticket.lines)
    )

"""What is allowed and yet looks like a slip: told when a programme is saved or checked, never refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from loyalty.limits.rules import RATE_BP_MAX
from loyalty.programme.programme import Programme
from loyalty.programme.rule_set import Stack
from loyalty.programme.voucher_circles import goes_on, least_total
from loyalty.rules.apart import are_apart, last_day
from loyalty.rules.effects import NextPurchaseVoucher, PercentOff, PriceRate
from loyalty.rules.kinds import RuleKind
from loyalty.rules.rounding import divide
from loyalty.rules.rule import Rule

_COMPARED_MAX = 8
"""So many discounts, the largest, are held against each voucher; looking at fewer only tells less."""


@dataclass(frozen=True, slots=True)
class Slip:
    """One of them: its code, the rule it is in, and what to look at."""

    code: str
    rule_id: str
    detail: str


def slips_of(programme: Programme, day: date) -> list[Slip]:
    """All that looks like a slip, rule by rule.

    Args:
        day: the day it would be published.
    """
    found: list[Slip] = []
    discounts = sorted(filter(_is_off_everything, programme.rules), key=_rate, reverse=True)[:_COMPARED_MAX]
    for rule in programme.rules:
        found += _past(rule, day)
        found += _dearer(rule)
        found += _paid_by_discount(rule, discounts, programme)
    return found


def _past(rule: Rule, day: date) -> Iterator[Slip]:
    last = last_day(rule.when)
    if last is not None and last < day.isoformat():
        detail = (
            f"Its last day, {last}, is over: it gives nothing any more. Correct the year, or remove the rule."
        )
        yield Slip("period_past", rule.rule_id, detail)


def _dearer(rule: Rule) -> Iterator[Slip]:
    for effect in rule.effects:
        if isinstance(effect, PriceRate) and effect.rate_bp > RATE_BP_MAX:
            percent = f"{effect.rate_bp // 100}.{effect.rate_bp % 100:02}"
            detail = (
                f"It sets prices to {percent} % of central's: above them. A share of at most 100 % (10000) is"
                " what is mostly meant; 10 % off is 9000."
            )
            yield Slip("price_above_central", rule.rule_id, detail)


def _is_off_everything(rule: Rule) -> bool:
    """A share off every line that the law allows, on every ticket of its condition, without an end."""
    is_plain = rule.kind is RuleKind.PROMOTION and rule.lines is None and not rule.is_bounded
    is_whole = not rule.min_quantity and rule.max_discount_minor is None
    return is_plain and is_whole and isinstance(rule.effects[0], PercentOff)


def _share(rule: Rule) -> PercentOff:
    share = rule.effects[0]
    assert isinstance(share, PercentOff), "it was chosen for that"
    return share


def _rate(rule: Rule) -> int:
    return _share(rule).rate_bp


def _paid_by_discount(rule: Rule, discounts: list[Rule], programme: Programme) -> Iterator[Slip]:
    """A promotion's threshold counts before discounts: beside a large one a ticket may give what it costs.

    A campaign's counts what is paid.
    """
    if rule.kind is not RuleKind.PROMOTION or not goes_on(rule):
        return
    worth = sum(effect.worth_minor for effect in rule.effects if isinstance(effect, NextPurchaseVoucher))
    for other in discounts:
        if are_apart(rule.when, other.when) or _is_one_of_two(rule, other, programme):
            continue
        total = max(least_total(rule.when), least_total(other.when))
        share = _share(other)
        costs = total - divide(total * share.rate_bp, RATE_BP_MAX, share.rounding)
        if worth >= costs:
            detail = (
                f"Beside {other.rule_id} a ticket of {total} costs {costs} and gives vouchers of {worth}:"
                " they pay for the next such ticket. Thresholds count before promotions: raise this one, or"
                " give the voucher less worth."
            )
            yield Slip("voucher_beside_discount", rule.rule_id, detail)
            return


def _is_one_of_two(rule: Rule, other: Rule, programme: Programme) -> bool:
    """Whether not both act on one ticket: one of a group, or alone on its lines."""
    best = programme.stacking.get(rule.stacking.group) is Stack.BEST_OF
    same = rule.kind is other.kind and rule.stacking.group == other.stacking.group
    alone = rule.stacking.exclusive or other.stacking.exclusive or other.consumes
    return (best and same) or alone or rule is other

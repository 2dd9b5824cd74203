"""Vouchers that pay for their own successors: what is asked of a programme when it is saved.

Programmes saved before stay readable: this is asked of new ones only.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from loyalty.rules import language as lang
from loyalty.rules.effects import NextPurchaseVoucher
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import CompareOp, FactRef, Literal, Node
from loyalty.rules.reading import invalid
from loyalty.rules.rule import LimitPer, Rule

_FLIPPED = {CompareOp.LE: CompareOp.GE, CompareOp.LT: CompareOp.GT, CompareOp.EQ: CompareOp.EQ}


@dataclass(frozen=True, slots=True)
class _Mint:
    """An effect that gives a voucher without an end of its own."""

    path: str
    rule: Rule
    effect: NextPurchaseVoucher


def require_vouchers_end(rules: tuple[Rule, ...]) -> None:
    """No voucher may pay for a ticket that gives it again, directly or by way of others, for ever.

    Raises: ProgrammeInvalid: names the effect, and what to add to its rule.
    """
    mints = list(_endless(rules))
    gives: dict[str, set[str]] = {each.effect.voucher: set() for each in mints}
    steps = [(paid_with, each) for each in mints for paid_with in _payable_with(each, gives)]
    for paid_with, each in steps:
        gives.setdefault(paid_with, set()).add(each.effect.voucher)
    for paid_with, each in steps:
        if paid_with in _reached_from(each.effect.voucher, gives):
            expected = f"a voucher that a ticket paid with {paid_with} does not give again"
            proposal = (
                f'Add {{"not": {{"has": [{{"fact": "basket.vouchers"}}, "{paid_with}"]}}}} to when, '
                f"a basket.total_minor above {_worth(each.rule)}, or a limit per member."
            )
            raise invalid(each.path, expected, each.effect.voucher, proposal)


def _endless(rules: tuple[Rule, ...]) -> Iterator[_Mint]:
    """Vouchers that neither a limit per member, nor a budget, nor the size of the ticket bounds."""
    for at, rule in enumerate(rules):
        has_limit = any(limit.per is LimitPer.MEMBER for limit in rule.limits)
        has_budget = rule.kind is RuleKind.PROMOTION and rule.budget is not None  # a campaign's counts points
        if has_limit or has_budget or _least_total(rule.when) > _worth(rule):
            continue
        for index, effect in enumerate(rule.effects):
            if isinstance(effect, NextPurchaseVoucher):
                yield _Mint(f"programme.rules.{at}.effects.{index}.voucher", rule, effect)


def _worth(rule: Rule) -> int:
    """All that the rule's vouchers are worth together."""
    return sum(each.worth_minor for each in rule.effects if isinstance(each, NextPurchaseVoucher))


def _payable_with(mint: _Mint, vouchers: Mapping[str, set[str]]) -> list[str]:
    """The vouchers a ticket that gives this one may be paid with; itself first, so that it is named first."""
    asked = _asked_for(mint.rule.when) or frozenset(vouchers)
    return sorted(asked - _kept_out(mint.rule.when), key=lambda name: (name != mint.effect.voucher, name))


def _asked_for(node: Node) -> frozenset[str]:
    """Vouchers of which one must be there; empty: none need be."""
    match node:
        case lang.Has(item=FactRef(name="basket.vouchers"), text=text):
            return frozenset({text})
        case lang.And(args=args):
            return next((asked for asked in map(_asked_for, args) if asked), frozenset())
        case lang.Or(args=args):
            each = [_asked_for(arg) for arg in args]
            return frozenset[str]().union(*each) if all(each) else frozenset()
        case _:
            return frozenset()


def _kept_out(node: Node) -> frozenset[str]:
    """Vouchers that must not be there."""
    match node:
        case lang.Not(arg=lang.Has() as has):
            return _asked_for(has)
        case lang.Not(arg=lang.Or(args=args)):
            return frozenset[str]().union(*(_kept_out(lang.Not(arg)) for arg in args))
        case lang.And(args=args):
            return frozenset[str]().union(*map(_kept_out, args))
        case lang.Or(args=args):
            return frozenset.intersection(*map(_kept_out, args))
        case _:
            return frozenset()


def _least_total(node: Node) -> int:
    """The least a ticket must come to; 0 where the condition does not say."""
    match node:
        case lang.And(args=args):
            return max(map(_least_total, args))
        case lang.Or(args=args):
            return min(map(_least_total, args))
        case lang.Compare(op=op, left=Literal(value=int() as least), right=total) if op in _FLIPPED:
            return _reached_at(_FLIPPED[op], total, least)
        case lang.Compare(op=op, left=total, right=Literal(value=int() as least)):
            return _reached_at(op, total, least)
        case _:
            return 0


def _reached_at(op: CompareOp, total: Node, least: int) -> int:
    """Part of a ticket is no more than all of it: a sum over lines counts as well."""
    match total:
        case FactRef(name="basket.total_minor") | lang.Sum(of=FactRef(name="line.amount_minor")):
            return {CompareOp.GE: least, CompareOp.EQ: least, CompareOp.GT: least + 1}.get(op, 0)
        case _:
            return 0


def _reached_from(voucher: str, gives: Mapping[str, set[str]]) -> set[str]:
    reached, waiting = {voucher}, [voucher]
    while waiting:
        for given in gives.get(waiting.pop(), set()) - reached:
            reached.add(given)
            waiting.append(given)
    return reached

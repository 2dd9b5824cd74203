"""Vouchers that pay for their own successors: what is asked of a programme when it is saved.

Programmes saved before stay readable: this is asked of new ones only.
"""

import json
from dataclasses import dataclass

from loyalty.rules import language as lang
from loyalty.rules.apart import are_apart
from loyalty.rules.effects import NextPurchaseVoucher
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import CompareOp, FactRef, Literal, Node
from loyalty.rules.reading import ProgrammeInvalid, invalid
from loyalty.rules.rule import LimitWindow, Rule

_FLIPPED = {CompareOp.LE: CompareOp.GE, CompareOp.LT: CompareOp.GT, CompareOp.EQ: CompareOp.EQ}
_NAMED_MAX = 5
"""So many vouchers are named in a proposal; more would not be read."""
_GROUPS_TRIED_MAX = _GROUP_MAX = 32
"""Where to look for rules never met together; looking less far only counts more."""


@dataclass(frozen=True, slots=True)
class _Giver:
    """A rule that gives vouchers without an end of its own. `needs`: the least its ticket comes to."""

    at: int
    rule: Rule
    vouchers: frozenset[str]
    worth_minor: int
    needs: int


def require_vouchers_end(rules: tuple[Rule, ...]) -> None:
    """No vouchers may pay for tickets that give them again, directly or by way of others, for ever.

    A ticket that vouchers pay for must use up more than it gives: all that the rules whose `needs` it reaches
    give together is less than what it comes to, at every size. Rules that only vouchers that end can lead to
    are left out.
    Raises: ProgrammeInvalid: names the effect, and what to add to its rule.
    """
    givers = _that_may_go_on(
        [giver for at, rule in enumerate(rules) if (giver := _endless(at, rule)) is not None]
    )
    going_on = _vouchers_of(givers)
    together = _Together()
    for giver in sorted(givers, key=lambda each: each.needs):
        together.add(giver)
        if together.worth_minor >= giver.needs:
            raise _refusal(giver, going_on, together.worth_minor)


def goes_on(rule: Rule) -> bool:
    """Whether a rule gives vouchers without an end of its own, also to a ticket that its vouchers pay for."""
    giver = _endless(0, rule)
    return giver is not None and bool(_leads_to(rule.when, giver.vouchers))


def _endless(at: int, rule: Rule) -> _Giver | None:
    """What a rule gives that no limit for ever and no budget bounds: days, months and years come again."""
    has_limit = any(limit.window is LimitWindow.EVER for limit in rule.limits)
    has_budget = rule.kind is RuleKind.PROMOTION and rule.budget is not None  # a campaign's counts points
    given = [effect for effect in rule.effects if isinstance(effect, NextPurchaseVoucher)]
    if not given or has_limit or has_budget:
        return None
    vouchers = frozenset(effect.voucher for effect in given)
    worth_minor = sum(effect.worth_minor for effect in given)
    return _Giver(at, rule, vouchers, worth_minor, least_total(rule.when))


def _that_may_go_on(givers: list[_Giver]) -> list[_Giver]:
    """Without rules to which vouchers lead only so often: each of theirs ends, or none may be there."""
    while True:
        going_on = _vouchers_of(givers)
        left = [giver for giver in givers if _leads_to(giver.rule.when, going_on)]
        if len(left) == len(givers):
            return givers
        givers = left


def _vouchers_of(givers: list[_Giver]) -> frozenset[str]:
    return frozenset[str]().union(*(giver.vouchers for giver in givers))


def _leads_to(when: Node, going_on: frozenset[str]) -> frozenset[str]:
    """Vouchers that go on and may pay for a ticket under this condition; none: it is met only so often."""
    asked = _asked_for(when)
    if asked and not asked & going_on:
        return frozenset()
    return going_on - _kept_out(when)


class _Together:
    """The most that rules may give on one ticket: of rules that are never met together the dearest counts."""

    def __init__(self) -> None:
        self._apart: list[list[_Giver]] = []
        self.worth_minor = 0

    def add(self, giver: _Giver) -> None:
        for others in self._apart[-_GROUPS_TRIED_MAX:]:
            if len(others) < _GROUP_MAX and all(
                are_apart(giver.rule.when, each.rule.when) for each in others
            ):
                dearest = max(each.worth_minor for each in others)
                others.append(giver)
                self.worth_minor += max(0, giver.worth_minor - dearest)
                return
        self._apart.append([giver])
        self.worth_minor += giver.worth_minor


def _refusal(giver: _Giver, going_on: frozenset[str], worth_minor: int) -> ProgrammeInvalid:
    own = [effect for effect in giver.rule.effects if isinstance(effect, NextPurchaseVoucher)]
    index, voucher = giver.rule.effects.index(own[0]), own[0].voucher
    payable = sorted(_leads_to(giver.rule.when, going_on), key=lambda name: (name != voucher, name))
    ways = [
        f"a basket.total_minor of at least {worth_minor + 1} "
        f"(above {worth_minor}, all that such a ticket may give)",
        'the limit {"per": "member", "window": "ever", "times": 1}',
    ]
    if not _asked_for(giver.rule.when) and len(payable) <= _NAMED_MAX:
        ways.insert(0, f"{_without(payable)} to when")
    if giver.rule.kind is RuleKind.PROMOTION:
        ways.append("a budget")
    expected = (
        f"a voucher that tickets paid with {', '.join(payable[:_NAMED_MAX])} do not give again for ever"
    )
    path = f"programme.rules.{giver.at}.effects.{index}.voucher"
    return invalid(path, expected, voucher, f"Add {', or '.join(ways)}.")


def _without(vouchers: list[str]) -> str:
    """A condition that keeps these vouchers out, as it is written."""
    each = [{"has": [{"fact": "basket.vouchers"}, voucher]} for voucher in vouchers]
    return json.dumps({"not": each[0] if len(each) == 1 else {"or": each}})


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


def least_total(node: Node) -> int:
    """The least a ticket must come to; 0 where the condition does not say."""
    match node:
        case lang.And(args=args):
            return max(map(least_total, args))
        case lang.Or(args=args):
            return min(map(least_total, args))
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

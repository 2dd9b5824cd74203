"""Limits and budgets of rules: what a ticket takes of them. Storage guards them at the commit.

A limit counts tickets. A budget counts what the rule gives: money for a promotion, points for a campaign.
"""

from collections.abc import Iterator, Mapping
from datetime import date

from loyalty.pricing.basket import Basket
from loyalty.pricing.outcome import Claim, Counts, ReasonCode
from loyalty.rules.kinds import RuleKind
from loyalty.rules.rule import Limit, LimitPer, LimitWindow, Rule


def claims_of(rule: Rule, basket: Basket, amount: int) -> Iterator[Claim]:
    """One claim per limit, one for the budget.

    Args:
        amount: what the rule gave, in minor units or points.
    """
    for limit in rule.limits:
        key = _limit_key(rule, limit, basket.local_day)
        yield Claim(key, limit.per, limit.window, 1, limit.times, rule.rule_id)
    if rule.budget is not None:
        yield Claim(
            budget_key(rule.rule_id),
            LimitPer.GROUP,
            LimitWindow.EVER,
            amount,
            rule.budget,
            rule.rule_id,
            budget_counts(rule),
        )


def budget_counts(rule: Rule) -> Counts:
    """What the rule's budget counts."""
    return Counts.POINTS if rule.kind is RuleKind.CAMPAIGN else Counts.MONEY


def needs_member(rule: Rule) -> bool:
    """Whether only a member's ticket can be counted: one of nobody knows no count of its own."""
    return bool(rule.limits) and any(limit.per is LimitPer.MEMBER for limit in rule.limits)


def spent(rule: Rule, basket: Basket, usage: Mapping[str, int]) -> ReasonCode | None:
    """What of the rule is used up, by what is known to be used: a limit, the budget, or neither."""
    if rule.budget is not None and usage.get(budget_key(rule.rule_id), 0) >= rule.budget:
        return ReasonCode.BUDGET_USED_UP
    for limit in rule.limits:
        if usage.get(_limit_key(rule, limit, basket.local_day), 0) >= limit.times:
            return ReasonCode.LIMIT_REACHED
    return None


def budget_left(rule: Rule, usage: Mapping[str, int]) -> int | None:
    """What the budget still gives, None without one."""
    return None if rule.budget is None else max(0, rule.budget - usage.get(budget_key(rule.rule_id), 0))


def budget_key(rule_id: str) -> str:
    """The key of the claim on a rule's budget."""
    return f"{rule_id}/budget"


def _limit_key(rule: Rule, limit: Limit, day: date) -> str:
    return f"{rule.rule_id}/{limit.per.value}/{limit.window.value}/{_window(limit.window, day)}"


def _window(window: LimitWindow, day: date) -> str:
    """The window a local day lies in, by a name that sorts."""
    match window:
        case LimitWindow.DAY:
            return day.isoformat()
        case LimitWindow.WEEK:
            year, week, _ = day.isocalendar()
            return f"{year:04}-W{week:02}"
        case LimitWindow.MONTH:
            return f"{day.year:04}-{day.month:02}"
        case LimitWindow.YEAR:
            return f"{day.year:04}"
        case LimitWindow.EVER:
            return ""

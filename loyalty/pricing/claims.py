"""Limits and budgets of rules: what a ticket takes of them. Storage guards them at the commit."""

from collections.abc import Iterator, Mapping
from datetime import date

from loyalty.pricing.basket import Basket
from loyalty.pricing.outcome import Claim
from loyalty.rules.rule import Limit, LimitPer, LimitWindow, Rule


def claims_of(rule: Rule, basket: Basket, amount: int) -> Iterator[Claim]:
    """One claim per limit, one for the budget.

    Args:
        amount: what the rule gave, in minor units or points.
    """
    for limit in rule.limits:
        yield Claim(_limit_key(rule, limit, basket.local_day), limit.per, limit.window, 1, limit.times)
    if rule.budget is not None:
        yield Claim(_budget_key(rule), LimitPer.GROUP, LimitWindow.EVER, amount, rule.budget)


def is_spent(rule: Rule, basket: Basket, usage: Mapping[str, int]) -> bool:
    """Whether what is known to be used leaves nothing of a limit or of the budget."""
    if rule.budget is not None and usage.get(_budget_key(rule), 0) >= rule.budget:
        return True
    return any(
        usage.get(_limit_key(rule, limit, basket.local_day), 0) >= limit.times for limit in rule.limits
    )


def budget_left(rule: Rule, usage: Mapping[str, int]) -> int | None:
    """What the budget still gives, None without one."""
    return None if rule.budget is None else max(0, rule.budget - usage.get(_budget_key(rule), 0))


def _budget_key(rule: Rule) -> str:
    return f"{rule.rule_id}/budget"


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

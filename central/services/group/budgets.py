"""The budgets that a programme names."""

from loyalty.ledger.assets import POINTS, money
from loyalty.ledger.budget import Budget
from loyalty.programme.programme import Programme
from loyalty.rules.kinds import RuleKind


def budgets_of(programme: Programme, currency: str) -> list[Budget]:
    """The budgets a programme names."""
    return [
        Budget(rule.rule_id, POINTS if rule.kind is RuleKind.CAMPAIGN else money(currency), rule.budget)
        for rule in programme.rules
        if rule.budget is not None
    ]

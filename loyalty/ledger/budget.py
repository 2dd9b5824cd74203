"""Budgets of rules: an account with the floor 0 is what a rule may still give.

Granted when the version of the programme that names it becomes active; a sale spends from it, a return of
goods gives back. A later version moves what is left up or down and never below what is spent or held.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from loyalty.ledger import chart
from loyalty.ledger.assets import Asset
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.postings import Posting, Transaction

BUDGET_GRANT = "budget_grant"
BUDGET_USE = "budget_use"
BUDGET_RETURN = "budget_return"


@dataclass(frozen=True, slots=True)
class Budget:
    """What a rule may give in all, in minor units of money or in points."""

    rule_id: str
    asset: Asset
    amount: int


@dataclass(frozen=True, slots=True)
class BudgetStands:
    """A budget: `left` to give (held is still in it), `held` of that promised, `spent` so far."""

    left: int = 0
    held: int = 0
    spent: int = 0


def grant(head: EntryHead, budgets: Iterable[tuple[Budget, BudgetStands]]) -> Transaction | None:
    """Bring budgets to the amounts of a new version; what is spent or held stays so.

    Returns: None when nothing moves.
    """
    postings: list[Posting] = []
    for budget, stands in budgets:
        account = chart.campaign_budget(budget.rule_id)
        left = max(stands.held, budget.amount - stands.spent)
        if left > stands.left:
            postings.append(Posting(chart.BUDGET_GRANTED, account, budget.asset, left - stands.left))
        elif left < stands.left:
            postings.append(Posting(account, chart.BUDGET_GRANTED, budget.asset, stands.left - left))
    return entry(head, BUDGET_GRANT, tuple(postings)) if postings else None


def spend(head: EntryHead, used: Iterable[Budget]) -> Transaction | None:
    """What a sale's rules gave, out of their budgets. Returns: None when nothing moves."""
    postings = tuple(
        Posting(
            chart.campaign_budget(each.rule_id), chart.campaign_spent(each.rule_id), each.asset, each.amount
        )
        for each in used
        if each.amount
    )
    return entry(head, BUDGET_USE, postings) if postings else None


def give_back(head: EntryHead, unused: Iterable[Budget]) -> Transaction | None:
    """What comes back to budgets with returned goods. Returns: None when nothing moves."""
    postings = tuple(
        Posting(
            chart.campaign_spent(each.rule_id), chart.campaign_budget(each.rule_id), each.asset, each.amount
        )
        for each in unused
        if each.amount
    )
    return entry(head, BUDGET_RETURN, postings) if postings else None

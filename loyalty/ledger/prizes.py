"""Prizes as postings: stock in units, a budget in money, and the prize itself, in one transaction a play.

`game/<id>/stock` and `game/<id>/budget` have the floor 0, so nothing is given that is not there.
"""

from collections.abc import Iterable
from dataclasses import replace

from loyalty.ledger import chart
from loyalty.ledger.assets import Asset, prize
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.postings import Posting, Transaction

PRIZE_GRANT = "prize_grant"
PRIZE = "prize"
PRIZE_HANDOVER = "prize_handover"


def stock_game(
    head: EntryHead, game_id: str, *, stock: Iterable[tuple[str, int]], currency: Asset, budget_minor: int
) -> Transaction | None:
    """Give a game units of prizes (prize, how many more) and money. Returns: None when nothing moves."""
    postings = [
        Posting(chart.PRIZES_STOCKED, chart.game_stock(game_id), prize(prize_id), amount)
        for prize_id, amount in stock
        if amount
    ]
    if budget_minor:
        postings.append(Posting(chart.BUDGET_GRANTED, chart.game_budget(game_id), currency, budget_minor))
    return entry(head, PRIZE_GRANT, tuple(postings)) if postings else None


def give_prize(
    head: EntryHead,
    game_id: str,
    prize_id: str,
    *,
    currency: Asset,
    cost_minor: int,
    given: Transaction | None,
) -> Transaction:
    """A prize leaves the pool; `given`: what reaches the member (points, a voucher), None: a thing."""
    postings = [Posting(chart.game_stock(game_id), chart.game_won(game_id), prize(prize_id), 1)]
    if cost_minor:
        postings.append(Posting(chart.game_budget(game_id), chart.game_spent(game_id), currency, cost_minor))
    if given is None:
        return entry(head, PRIZE, tuple(postings))
    return replace(
        given,
        transaction_id=head.transaction_id,
        kind=PRIZE,
        postings=(*postings, *given.postings),
    )


def hand_over(head: EntryHead, game_id: str, prize_id: str) -> Transaction:
    """A thing that was won leaves the shop with the member."""
    posting = Posting(chart.game_won(game_id), chart.game_handed_over(game_id), prize(prize_id), 1)
    return entry(head, PRIZE_HANDOVER, (posting,))

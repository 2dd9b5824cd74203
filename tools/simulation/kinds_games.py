"""The recount of prizes: out of stock and budget, to the member who played."""

from tools.simulation import catalogue as it
from tools.simulation import prizes
from tools.simulation.asked import Asked
from tools.simulation.fold import MONEY, State, need
from tools.simulation.kinds_shared import ISSUED, owed_of, points_of, require_lots
from tools.simulation.rows import Entry


def prize_grant(state: State, entry: Entry, _: Asked) -> None:
    """Once, when the game is published."""
    need(not state.plays, "8 authority", "a pool was filled later:", entry.transaction_id)
    right = [("group/prizes/stocked", prizes.STOCK, each.unit, each.stock) for each in prizes.PRIZES]
    right.append(("group/budget/granted", prizes.BUDGET, MONEY, prizes.BUDGET_MINOR))
    need(
        sorted(entry.postings) == sorted(right), "8 authority", "a pool is not as published:", entry.postings
    )


def prize(state: State, entry: Entry, _: Asked) -> None:
    """One unit of what is there, paid by the budget; points settle first what is owed."""
    play_id = entry.cause_id.removeprefix("play/")
    row = state.plays.get(play_id)
    need(row is not None, "8 authority", "a prize for no play:", entry.transaction_id)
    assert row is not None
    given = prizes.BY_ID[row["prize_id"]]
    right = [
        (prizes.STOCK, prizes.WON, given.unit, 1),
        (prizes.BUDGET, prizes.SPENT, MONEY, given.cost_minor),
    ]
    member_id = state.who(row["member_id"])
    for account in (owed_of(member_id), points_of(member_id)):
        if points := entry.moved(source=ISSUED, target=account):
            right.append((ISSUED, account, "PTS/0", points))
    settled = entry.moved(source=ISSUED, target=owed_of(member_id))
    possible = {min(given.points, owed) for owed in state.owed_of_late(member_id)}
    is_right = settled in possible and entry.moved(source=ISSUED) == given.points
    is_right = is_right and sorted(entry.postings) == sorted(right)
    need(is_right, "1 conservation", "a prize is booked otherwise:", play_id, entry.postings, right, possible)
    require_lots(entry, it.expires_ms(row["recorded_ms"]), entry.cause_id)


def prize_handover(state: State, entry: Entry, _: Asked) -> None:
    """A thing that was won leaves with the member."""
    row = state.handed_over.get(entry.cause_id.removeprefix("play/"))
    need(row is not None, "8 authority", "handed over for no play:", entry.transaction_id)
    assert row is not None
    given = prizes.BY_ID[row["prize_id"]]
    need(not given.points, "8 authority", "points were handed over:", entry.transaction_id)
    right = [(prizes.WON, prizes.HANDED_OVER, given.unit, 1)]
    need(entry.postings == right, "1 conservation", "handed over otherwise:", entry.postings)

"""The recount of a merge's transaction: everything moves, lot by lot, and nothing is netted."""

from tools.simulation.asked import Asked
from tools.simulation.fold import State, need
from tools.simulation.kinds_shared import owed_of, require_same
from tools.simulation.rows import Entry


def merge(state: State, entry: Entry, _: Asked) -> None:
    """Each open lot whole, with its end and its source; debts as debts."""
    row = state.merges.get(entry.cause_id)
    need(row is not None, "8 authority", "merged for nothing:", entry.transaction_id)
    assert row is not None
    one, other = row["duplicate_id"], row["survivor_id"]
    mine = [lot for lot in state.lots.values() if lot.account.startswith(f"member/{one}/") and lot.remaining]
    need(
        sorted(entry.taken) == sorted((lot.lot_id, lot.remaining) for lot in mine),
        "1 conservation",
        "a merge takes:",
        entry.taken,
        mine,
    )
    right: dict[tuple[str, str], int] = {}
    for lot in mine:
        pair = (lot.account, _of(lot.account, other))
        right[pair] = right.get(pair, 0) + lot.remaining
    owed = state.owed(one)
    if owed:
        right[owed_of(other), owed_of(one)] = owed
    require_same(entry, right)
    found = sorted((lot[1], lot[3], lot[4] or 0, lot[5]) for lot in entry.lots)
    parts = sorted(
        (_of(lot.account, other), lot.remaining, lot.expires_ms or 0, lot.source_id) for lot in mine
    )
    need(found == parts, "1 conservation", "lots of a merge:", entry.cause_id, found, parts)


def _of(account: str, member_id: str) -> str:
    owner, _, leaf = account.split("/")
    return f"{owner}/{member_id}/{leaf}"

"""What the recounts of all kinds of transactions share: names of accounts, lots in their order, who gains."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType

from tools.simulation.fold import DECIDED_WITHIN, Back, Sold, State, need
from tools.simulation.rows import Entry, Lot

ISSUED, REDEEMED, EXPIRED, CORRECTED = (
    f"group/points/{name}" for name in ("issued", "redeemed", "expired", "corrected")
)
GIVEN, ENDED = (f"group/value/{name}" for name in ("issued", "expired"))


def points_of(member_id: str) -> str:
    """A member's account."""
    return f"member/{member_id}/points"


def redeemed_at(shop_id: str) -> str:
    """What a shop was paid with."""
    return f"shop/{shop_id}/value_redeemed"


def owed_of(member_id: str) -> str:
    """What a member owes."""
    return f"member/{member_id}/points_owed"


def has_lots(account: str) -> bool:
    """Whether what lies on an account lies in lots."""
    is_members = account.startswith("member/") and account.endswith(("/points", "/purse", "/services"))
    return is_members or account.endswith(("/vouchers", "/forward")) or account.startswith("gift_card/")


def require_same(entry: Entry, right: dict[tuple[str, str], int]) -> None:
    """The postings are these, in any order."""
    found: dict[tuple[str, str], int] = {}
    for source, target, _, amount in entry.postings:
        found[source, target] = found.get((source, target), 0) + amount
    wanted = {pair: amount for pair, amount in right.items() if amount}
    need(found == wanted, "1 conservation", "booked", entry.kind, entry.cause_id, found, "instead of", wanted)


def take_in_order(
    lots: Sequence[Lot], wanted: int, later: Mapping[str, int] = MappingProxyType({})
) -> list[tuple[str, int]]:
    """What expires first goes first. `later`: what lots got back since it was decided."""
    taken = []
    for lot in lots:
        part = min(wanted, lot.remaining - lot.held - later.get(lot.lot_id, 0))
        if part > 0:
            taken.append((lot.lot_id, part))
            wanted -= part
    return taken


def require_spent(state: State, entry: Entry, member_id: str, amount: int) -> None:
    """A burn at once: of what is live, free and not owed, earliest expiry first."""
    account = points_of(member_id)
    if account in state.unclear:
        return
    live = [lot for lot in state.lots_of(account) if lot.is_live(entry.recorded_ms)]
    free = sum(lot.remaining - lot.held for lot in live)
    owed = 0 if entry.kind == "correction" else min(state.owed_of_late(member_id))
    need(
        amount <= max(0, free - owed),
        "1 conservation",
        "spent more than there is:",
        entry.cause_id,
        amount,
        free,
    )
    need(
        is_in_order(state, entry.taken, live, amount),
        "1 conservation",
        "other lots:",
        entry.cause_id,
        entry.taken,
    )


def is_in_order(state: State, taken: list[tuple[str, int]], live: list[Lot], wanted: int) -> bool:
    """Earliest expiry first, of the lots there were when it was decided."""
    return any(
        taken == take_in_order([lot for lot in live if lot.seq < moment], wanted, later)
        for moment, later in moments(state, live)
    )


def moments(state: State, lots: Sequence[Lot]) -> Iterator[tuple[int, dict[str, int]]]:
    """When it may have been decided, the latest first: before which transaction, what came back since.

    What came back into a lot may have been taken out of it before, also since it was decided: less that.
    What a hold kept that ended lately may have come back since, or before.
    """
    first = state.seq - DECIDED_WITHIN
    recent = [each for each in state.restored if each[0] >= first]
    refilled = {lot_id for _, lot_id, _ in recent}
    if refilled:
        taken = [each for each in state.taken if each[0] >= first and each[1] in refilled]
        recent += [(seq, lot_id, -amount) for seq, lot_id, amount in taken]
    known = {state.seq + 1, *(lot.seq for lot in lots if lot.seq >= first), *(seq for seq, _, _ in recent)}
    for moment in sorted(known, reverse=True):
        later: dict[str, int] = {}
        for seq, lot_id, amount in recent:
            if seq >= moment:
                later[lot_id] = later.get(lot_id, 0) + amount
        yield moment, later
        for freed in (kept for seq, kept in state.let_go if seq >= first):
            yield moment, {lot_id: later.get(lot_id, 0) + freed.get(lot_id, 0) for lot_id in {*later, *freed}}


def require_gained(
    state: State, entry: Entry, member_id: str, source: str, amount: int, *, own: int = 0
) -> None:
    """Points come in: what is owed is settled first. `own`: owed by the same act, beside what was known."""
    found = entry.moved(source=source, target=owed_of(member_id))
    known = state.owed_of_late(member_id)
    right = [min(amount, owed) for owed in (*known, *(each + own for each in known))]
    settled = found if found in right else right[0]
    require_same(
        entry, {(source, owed_of(member_id)): settled, (source, points_of(member_id)): amount - settled}
    )


def require_lots(entry: Entry, ends_ms: int, source_id: str) -> None:
    """The new lots end then and are of that."""
    for lot in entry.lots:
        need(lot[4] == ends_ms, "7 clock", "another expiry:", entry.transaction_id, lot[4], ends_ms)
        need(lot[5] == source_id, "5 journal", "a lot's source", entry.transaction_id, lot[5])


def sale_of(state: State, entry: Entry) -> Sold:
    """The sale behind a transaction. Raises: Violation."""
    sold = state.sold.get(entry.cause_id)
    need(sold is not None, "8 authority", "booked for no sale:", entry.transaction_id)
    assert sold is not None
    return sold


def return_of(state: State, entry: Entry) -> Back:
    """The return behind a transaction. Raises: Violation."""
    back = state.back.get(entry.cause_id)
    need(back is not None, "8 authority", "booked for no return:", entry.transaction_id)
    assert back is not None
    return back

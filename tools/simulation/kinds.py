"""What each kind of transaction may do, from docs/ledger.md alone: who pays, who gets, out of which lots."""

from collections.abc import Callable, Sequence
from typing import Final

from tools.simulation import catalogue as it
from tools.simulation.asked import Asked
from tools.simulation.books import DECIDED_WITHIN, Sold, State, need
from tools.simulation.rows import Entry, Lot

ISSUED, REDEEMED, EXPIRED, CORRECTED = (
    f"group/points/{name}" for name in ("issued", "redeemed", "expired", "corrected")
)


def check_entry(state: State, entry: Entry, asked: Asked) -> None:
    """Hold one transaction against the state before it. Raises: Violation."""
    rule = RULES.get(entry.kind)
    need(rule is not None, "8 authority", "an unknown kind of transaction", entry.kind)
    assert rule is not None
    taken = sum(amount for _, amount in entry.taken)
    given = sum(lot[3] for lot in entry.lots) + sum(amount for _, amount in entry.restored)
    left = sum(posting[3] for posting in entry.postings if _has_lots(posting[0]))
    reached = sum(posting[3] for posting in entry.postings if _has_lots(posting[1]))
    need((taken, given) == (left, reached), "1 conservation", "lots and postings of", entry.transaction_id)
    rule(state, entry, asked)


def points_of(member_id: str) -> str:
    """A member's account."""
    return f"member/{member_id}/points"


def owed_of(member_id: str) -> str:
    """What a member owes."""
    return f"member/{member_id}/points_owed"


def _has_lots(account: str) -> bool:
    return account.startswith("member/") and account.endswith("/points")


def _same(entry: Entry, right: dict[tuple[str, str], int]) -> None:
    """The postings are these, in any order."""
    found: dict[tuple[str, str], int] = {}
    for source, target, _, amount in entry.postings:
        found[source, target] = found.get((source, target), 0) + amount
    wanted = {pair: amount for pair, amount in right.items() if amount}
    need(found == wanted, "1 conservation", "booked", entry.kind, entry.cause_id, found, "instead of", wanted)


def _take(lots: Sequence[Lot], wanted: int) -> list[tuple[str, int]]:
    """What expires first goes first."""
    taken = []
    for lot in lots:
        part = min(wanted, lot.remaining - lot.held)
        if part > 0:
            taken.append((lot.lot_id, part))
            wanted -= part
    return taken


def _spends(state: State, entry: Entry, member_id: str, amount: int) -> None:
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
        _is_in_order(state, entry.taken, live, amount),
        "1 conservation",
        "other lots:",
        entry.cause_id,
        entry.taken,
    )


def _is_in_order(state: State, taken: list[tuple[str, int]], live: list[Lot], wanted: int) -> bool:
    """Earliest expiry first, of the lots there were when it was decided."""
    known = sorted(
        {lot.seq for lot in live if lot.seq >= state.seq - DECIDED_WITHIN} | {state.seq}, reverse=True
    )
    choices = [live, *([lot for lot in live if lot.seq < seq] for seq in known)]
    return any(taken == _take(lots, wanted) for lots in choices)


def _gains(state: State, entry: Entry, member_id: str, source: str, amount: int) -> None:
    """Points come in: what is owed is settled first."""
    found = entry.moved(source=source, target=owed_of(member_id))
    right = [min(amount, owed) for owed in state.owed_of_late(member_id)]
    settled = found if found in right else right[0]
    _same(entry, {(source, owed_of(member_id)): settled, (source, points_of(member_id)): amount - settled})


def _sold(state: State, entry: Entry) -> Sold:
    sold = state.sold.get(entry.cause_id)
    need(sold is not None, "8 authority", "booked for no sale:", entry.transaction_id)
    assert sold is not None
    return sold


def _accrual(state: State, entry: Entry, _: Asked) -> None:
    sold = _sold(state, entry)
    member_id = sold.ticket.member_id
    assert member_id is not None
    _gains(state, entry, member_id, ISSUED, sold.ticket.points)
    right = [it.expires_ms(sold.row["occurred_ms"])] * len(entry.lots)
    need(
        [lot[4] for lot in entry.lots] == right,
        "7 clock",
        "another expiry:",
        entry.cause_id,
        entry.lots,
        right,
    )
    need(all(lot[5] == entry.cause_id for lot in entry.lots), "5 journal", "a lot's source", entry.cause_id)
    need(entry.occurred_ms == sold.row["occurred_ms"], "7 clock", "another moment", entry.cause_id)


def _redemption(state: State, entry: Entry, _: Asked) -> None:
    sold = _sold(state, entry)
    ticket, amount = sold.ticket, sold.row["points_redeemed"]
    member_id = ticket.member_id
    assert member_id is not None
    paid = sum(units for _, units in entry.taken)
    _same(entry, {(points_of(member_id), REDEEMED): paid, (owed_of(member_id), REDEEMED): amount - paid})
    sold.burned_from = list(entry.taken)
    if ticket.reservation_id is None:
        need(paid == amount, "1 conservation", "owed without a reservation:", entry.cause_id)
        _spends(state, entry, member_id, amount)
        return
    hold = state.holds.get(ticket.reservation_id)
    need(hold is not None, "8 authority", "no hold behind", entry.cause_id)
    assert hold is not None
    need(
        amount <= hold.amount,
        "1 conservation",
        "more than was reserved:",
        entry.cause_id,
        amount,
        hold.amount,
    )
    if hold.state == "posted":
        need(
            hold.posted == amount,
            "1 conservation",
            "hold and sale differ:",
            entry.cause_id,
            hold.posted,
            amount,
        )
        right, left = [], amount
        for lot_id, kept in hold.lots:
            if left:
                right.append((lot_id, min(left, kept)))
                left -= min(left, kept)
        need(entry.taken == right, "1 conservation", "not what was held:", entry.cause_id, entry.taken, right)
    elif points_of(member_id) not in state.unclear:
        need(hold.state != "pending", "1 conservation", "the hold was not used:", entry.cause_id)
        live = [lot for lot in state.lots_of(points_of(member_id)) if lot.is_live(entry.recorded_ms)]
        is_right = _is_in_order(state, entry.taken, live, amount)
        need(is_right, "1 conservation", "a late burn's lots:", entry.cause_id)


def _reversal(state: State, entry: Entry, _: Asked) -> None:
    back = state.back.get(entry.cause_id)
    need(back is not None, "8 authority", "booked for no return:", entry.transaction_id)
    assert back is not None
    sold = state.sold[back.sale_id]
    member_id = sold.ticket.member_id
    assert member_id is not None
    account = points_of(member_id)
    taken, owed = entry.moved(source=account), entry.moved(source=owed_of(member_id))
    if account not in state.unclear:
        own = [lot for lot in state.lots_of(account) if lot.source_id == back.sale_id]
        most_free = max(0, state.balances[account] - state.held(account))
        lots = _take(own, min(back.points, most_free))
        counted = max(0, sold.undone - sold.taken - sold.owed)
        left = back.points - sum(units for _, units in lots)
        right = left - min(left, max(0, sold.expired - counted))
        for lot_id, spare in _spare(state, member_id, back.sale_id):
            part = min(spare, right, most_free - sum(units for _, units in lots))
            if part > 0:
                lots.append((lot_id, part))
                right -= part
        given = sum(units for _, units in lots)
        _same(entry, {(account, ISSUED): given, (owed_of(member_id), ISSUED): right})
        need(entry.taken == lots, "1 conservation", "a return's lots:", entry.cause_id, entry.taken, lots)
    need(back.row["points_owed"] == owed, "1 conservation", "owed by the return", entry.cause_id)
    sold.taken += taken
    sold.owed += owed


def _spare(state: State, member_id: str, but_sale_id: str) -> list[tuple[str, int]]:
    """What lots of the member's other sales hold beyond all that can still come back of those."""
    room: dict[str, int] = {}
    found = []
    for lot in reversed(state.lots_of(points_of(member_id))):
        sold = state.sold.get(lot.source_id)
        if sold is None or sold.ticket.member_id != member_id or lot.source_id == but_sale_id:
            continue
        left = room.setdefault(lot.source_id, sold.row["points"] - sold.undone)
        kept = min(left, lot.remaining)
        room[lot.source_id] -= kept
        found.append((lot.lot_id, min(lot.remaining - kept, lot.remaining - lot.held)))
    return found[::-1]


def _restoration(state: State, entry: Entry, _: Asked) -> None:
    back = state.back.get(entry.cause_id)
    need(back is not None, "8 authority", "booked for no return:", entry.transaction_id)
    assert back is not None
    sold = state.sold[back.sale_id]
    member_id = sold.ticket.member_id
    assert member_id is not None
    _gains(state, entry, member_id, REDEEMED, back.restored)
    burned = dict(sold.burned_from)
    for lot_id, units in entry.restored:
        lot = state.lots[lot_id]
        need(
            units <= burned.get(lot_id, 0),
            "1 conservation",
            "restored into another lot:",
            entry.cause_id,
            lot_id,
        )
        need(lot.is_live(entry.recorded_ms), "7 clock", "restored into a lot that has ended:", lot_id)
        need(lot.remaining + units <= lot.amount, "1 conservation", "a lot overflows:", lot_id)
    for fresh in entry.lots:
        right = entry.recorded_ms + it.RESTORED_DAYS * it.DAY_MS
        need(fresh[4] == right, "7 clock", "restored points end at", fresh[4], "instead of", right)
    need(
        sold.restored + back.restored <= sold.row["points_redeemed"],
        "3 duplicate",
        "restored twice",
        entry.cause_id,
    )


def _expiry(state: State, entry: Entry, _: Asked) -> None:
    need(len(entry.taken) == 1, "1 conservation", "an expiry takes one lot", entry.transaction_id)
    lot_id, amount = entry.taken[0]
    lot = state.lots[lot_id]
    need(not lot.is_live(entry.recorded_ms), "7 clock", "expired before its time:", lot_id, lot.expires_ms)
    need(entry.occurred_ms == lot.expires_ms, "7 clock", "dated otherwise:", lot_id)
    if lot.account not in state.unclear:
        need(amount == lot.remaining - lot.held, "1 conservation", "expired of", lot_id, amount)
    _same(entry, {(lot.account, EXPIRED): amount})
    sold = state.sold.get(lot.source_id)
    if sold is not None and lot.account == points_of(sold.ticket.member_id or ""):
        sold.expired += amount


def _correction(state: State, entry: Entry, asked: Asked) -> None:
    row, wanted = state.corrections.get(entry.cause_id), asked.corrections.get(entry.cause_id)
    need(row is not None and wanted is not None, "8 authority", "nobody asked for", entry.transaction_id)
    assert row is not None
    assert wanted is not None
    found, right = (row["member_id"], row["points"]), (wanted.member_id, wanted.points)
    need(found == right, "8 authority", "a correction is not as asked:", entry.cause_id, found, right)
    if row["decided_by"] is None:
        alone = sum(
            abs(each["points"])
            for each in state.corrections.values()
            if each["decided_by"] is None
            and each["state"] == "posted"
            and each["requested_by"] == row["requested_by"]
            and row["requested_ms"] - it.DAY_MS <= each["requested_ms"] <= row["requested_ms"]
        )
        is_small = abs(row["points"]) <= it.ALONE_POINTS and alone <= it.ALONE_POINTS_PER_DAY
        need(is_small, "8 authority", "corrected alone:", entry.cause_id, row["points"], alone)
    else:
        need(row["decided_by"] != row["requested_by"], "8 authority", "decided alone:", entry.cause_id)
    if wanted.points > 0:
        _gains(state, entry, wanted.member_id, CORRECTED, wanted.points)
    else:
        _same(entry, {(points_of(wanted.member_id), CORRECTED): -wanted.points})
        _spends(state, entry, wanted.member_id, -wanted.points)


def _gift(state: State, entry: Entry, asked: Asked) -> None:
    row, wanted = state.moves.get(entry.cause_id), asked.moves.get(entry.cause_id)
    need(row is not None and wanted is not None, "8 authority", "nobody asked for", entry.transaction_id)
    assert row is not None
    assert wanted is not None
    found = (row["kind"], row["member_id"], row["other_id"], row["amount"])
    right = (wanted.kind, wanted.member_id, wanted.other_id, wanted.points)
    need(found == right, "8 authority", "a gift is not as asked:", entry.cause_id, found, right)
    giver = points_of(wanted.member_id)
    _spends(state, entry, wanted.member_id, wanted.points)
    if wanted.kind == "donation":
        _same(entry, {(giver, f"association/{wanted.other_id}/points"): wanted.points})
        return
    homes = {person.member_id: person.household for person in it.PEOPLE}
    need(
        homes[wanted.member_id] == homes[wanted.other_id], "8 authority", "not one household:", entry.cause_id
    )
    _gains(state, entry, wanted.other_id, giver, wanted.points)
    given = {state.lots[lot_id].expires_ms for lot_id, _ in entry.taken}
    need(
        {lot[4] for lot in entry.lots} <= given,
        "7 clock",
        "transferred points changed their end",
        entry.cause_id,
    )


RULES: Final[dict[str, Callable[[State, Entry, Asked], None]]] = {
    "accrual": _accrual,
    "redemption": _redemption,
    "reversal": _reversal,
    "restoration": _restoration,
    "expiry": _expiry,
    "correction": _correction,
    "donation": _gift,
    "transfer": _gift,
}

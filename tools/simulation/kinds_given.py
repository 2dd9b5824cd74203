"""The recount of value beside sales: what expires, what staff corrects, what people give."""

from tools.simulation import catalogue as it
from tools.simulation.asked import Asked
from tools.simulation.fold import State, need
from tools.simulation.kinds_shared import (
    CORRECTED,
    ENDED,
    EXPIRED,
    GIVEN,
    ISSUED,
    REDEEMED,
    moments,
    owed_of,
    points_of,
    require_gained,
    require_lots,
    require_same,
    require_spent,
)
from tools.simulation.rows import Entry


def expiry(state: State, entry: Entry, _: Asked) -> None:
    """One lot that has ended loses what nobody holds."""
    need(len(entry.taken) == 1, "1 conservation", "an expiry takes one lot", entry.transaction_id)
    lot_id, amount = entry.taken[0]
    lot = state.lots[lot_id]
    need(not lot.is_live(entry.recorded_ms), "7 clock", "expired before its time:", lot_id, lot.expires_ms)
    need(entry.occurred_ms == lot.expires_ms, "7 clock", "dated otherwise:", lot_id)
    if lot.account not in state.unclear:
        free = lot.remaining - lot.held  # what came back since it was decided ends with the next run
        right = {free - later.get(lot_id, 0) for _, later in moments(state, [lot])}
        need(amount in right, "1 conservation", "expired of", lot_id, amount, right)
    if lot.account.endswith("/vouchers"):
        require_same(entry, {(lot.account, ENDED): amount})
        return
    require_same(entry, {(lot.account, EXPIRED): amount})
    sold = state.sold.get(lot.source_id)
    if sold is not None:
        sold.expired_by[lot.account] += amount


def erasure(state: State, entry: Entry, asked: Asked) -> None:
    """Somebody is forgotten: all they have ends, what was paid for if they said so; debts are forgiven."""
    member_id = entry.cause_id.removeprefix("erasure/")
    need(member_id in asked.leaving, "8 authority", "ended for nothing:", entry.transaction_id)
    mine = [
        lot for lot in state.lots.values() if lot.account.startswith(f"member/{member_id}/") and lot.remaining
    ]
    right: dict[tuple[str, str], int] = {}
    for lot in mine:
        pair = (lot.account, EXPIRED if lot.account.endswith("/points") else ENDED)
        right[pair] = right.get(pair, 0) + lot.remaining
        is_paid_for = lot.account.endswith(("/purse", "/services"))
        is_agreed = asked.leaving[member_id] or not is_paid_for
        need(is_agreed, "8 authority", "what was paid for is lost:", lot.account, lot.remaining)
    owed = state.owed(member_id)
    if owed:
        right[CORRECTED, owed_of(member_id)] = owed
    require_same(entry, right)
    lots = sorted((lot.lot_id, lot.remaining) for lot in mine)
    need(sorted(entry.taken) == lots, "1 conservation", "ended of:", member_id, entry.taken, lots)


def correction(state: State, entry: Entry, asked: Asked) -> None:
    """As somebody asked, alone only within what one may alone."""
    row, wanted = state.corrections.get(entry.cause_id), asked.corrections.get(entry.cause_id)
    need(row is not None and wanted is not None, "8 authority", "nobody asked for", entry.transaction_id)
    assert row is not None
    assert wanted is not None
    member_id = state.who(wanted.member_id)
    is_right = state.of_one(row["member_id"], member_id) and row["points"] == wanted.points
    need(is_right, "8 authority", "a correction is not as asked:", entry.cause_id, row, wanted)
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
        require_gained(state, entry, member_id, CORRECTED, wanted.points)
    else:
        require_same(entry, {(points_of(member_id), CORRECTED): -wanted.points})
        require_spent(state, entry, member_id, -wanted.points)


def gift(state: State, entry: Entry, asked: Asked) -> None:
    """Points for an association, or for somebody of the household."""
    row, wanted = state.moves.get(entry.cause_id), asked.moves.get(entry.cause_id)
    need(row is not None and wanted is not None, "8 authority", "nobody asked for", entry.transaction_id)
    assert row is not None
    assert wanted is not None
    found, right = (row["kind"], row["amount"]), (wanted.kind, wanted.points)
    is_right = found == right and state.of_one(row["member_id"], wanted.member_id)
    is_right = is_right and state.of_one(row["other_id"], wanted.other_id)
    need(is_right, "8 authority", "a gift is not as asked:", entry.cause_id, row, wanted)
    member_id, other_id = state.who(wanted.member_id), state.who(wanted.other_id)
    giver = points_of(member_id)
    require_spent(state, entry, member_id, wanted.points)
    if wanted.kind == "donation":
        require_same(entry, {(giver, f"association/{wanted.other_id}/points"): wanted.points})
        return
    # Within a batch somebody may have moved before or after.
    is_home = True in state.lived_together(wanted.member_id, wanted.other_id, state.commit - 1)
    need(is_home, "8 authority", "not one household:", entry.cause_id)
    require_gained(state, entry, other_id, giver, wanted.points)
    given = {state.lots[lot_id].expires_ms for lot_id, _ in entry.taken}
    need(
        {lot[4] for lot in entry.lots} <= given,
        "7 clock",
        "transferred points changed their end",
        entry.cause_id,
    )


def conversion(state: State, entry: Entry, asked: Asked) -> None:
    """Points for a voucher of the member's own, or for money that waits in a shop, of the same worth."""
    move_id = entry.cause_id.removeprefix("conversion/")
    row, wanted = state.moves.get(move_id), asked.moves.get(move_id)
    need(row is not None and wanted is not None, "8 authority", "nobody asked for", entry.transaction_id)
    assert row is not None
    assert wanted is not None
    is_right = (row["kind"], row["amount"]) == (wanted.kind, wanted.points)
    is_right = is_right and state.of_one(row["member_id"], wanted.member_id)
    need(is_right, "8 authority", "spent otherwise than asked:", move_id, row, wanted)
    member_id = state.who(wanted.member_id)
    require_spent(state, entry, member_id, wanted.points)
    if wanted.kind == "forward":
        account, units, ends_ms = f"shop/{wanted.other_id}/forward", it.worth_of(wanted.points), None
    else:
        voucher = state.vouchers[f"{move_id}/points"]
        account, units, ends_ms = f"member/{member_id}/vouchers", 1, voucher.expires_ms
    require_same(entry, {(points_of(member_id), REDEEMED): wanted.points, (GIVEN, account): units})
    found = [(lot[1], lot[3], lot[4], lot[5]) for lot in entry.lots]
    right = [(account, units, ends_ms, entry.cause_id)]
    need(found == right, "1 conservation", "what points became:", move_id, found, right)


def goodwill(state: State, entry: Entry, asked: Asked) -> None:
    """As the counter asked."""
    row, wanted = state.goodwill.get(entry.cause_id), asked.goodwill.get(entry.cause_id)
    need(row is not None and wanted is not None, "8 authority", "nobody asked for", entry.transaction_id)
    assert row is not None
    assert wanted is not None
    require_gained(state, entry, state.who(wanted.member_id), ISSUED, wanted.points)
    require_lots(entry, it.expires_ms(row["recorded_ms"]), entry.cause_id)

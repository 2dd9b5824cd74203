"""What each kind of transaction may do, from docs/ledger.md alone: who pays, who gets, out of which lots."""

from collections.abc import Callable, Sequence
from typing import Final

from tools.simulation import catalogue as it
from tools.simulation import offers
from tools.simulation.asked import Asked
from tools.simulation.fold import DECIDED_WITHIN, VOUCHERS, Back, Sold, State, need
from tools.simulation.rows import Entry, Lot

ISSUED, REDEEMED, EXPIRED, CORRECTED = (
    f"group/points/{name}" for name in ("issued", "redeemed", "expired", "corrected")
)
GIVEN, ENDED = (f"group/value/{name}" for name in ("issued", "expired"))


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
    for lot_id, amount in entry.taken:
        lot = state.lots.get(lot_id)
        is_there = lot is not None and amount <= lot.remaining
        need(is_there, "1 conservation", "a lot does not hold", amount, lot_id, entry.transaction_id)
    rule(state, entry, asked)


def points_of(member_id: str) -> str:
    """A member's account."""
    return f"member/{member_id}/points"


def card_of(card_id: str) -> str:
    """A gift card's account."""
    return f"gift_card/{card_id}/value"


def redeemed_at(shop_id: str) -> str:
    """What a shop was paid with."""
    return f"shop/{shop_id}/value_redeemed"


def owed_of(member_id: str) -> str:
    """What a member owes."""
    return f"member/{member_id}/points_owed"


def _has_lots(account: str) -> bool:
    is_members = account.startswith("member/") and account.endswith("/points")
    return is_members or account.endswith("/vouchers") or account.startswith("gift_card/")


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
    _gains(state, entry, member_id, ISSUED, sold.priced.total_points)
    _lots_are(entry, it.expires_ms(sold.row["occurred_ms"]), entry.cause_id)
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


def _back(state: State, entry: Entry) -> Back:
    back = state.back.get(entry.cause_id)
    need(back is not None, "8 authority", "booked for no return:", entry.transaction_id)
    assert back is not None
    return back


def _reversal(state: State, entry: Entry, _: Asked) -> None:
    back = _back(state, entry)
    sold = state.sold[back.sale_id]
    member_id = sold.ticket.member_id
    assert member_id is not None
    counted = max(0, sold.undone - sold.taken - sold.owed)
    gone = max(0, sold.expired - counted)
    taken, owed = _takes_back(state, entry, member_id, back.sale_id, points=back.points, gone=gone)
    need(back.row["points_owed"] == owed, "1 conservation", "owed by the return", entry.cause_id)
    sold.taken += taken
    sold.owed += owed


def _takes_back(
    state: State, entry: Entry, member_id: str, sale_id: str, *, points: int, gone: int
) -> tuple[int, int]:
    """Points of a sale go: out of its lots, then what is spare; the rest is owed but for what expired."""
    account = points_of(member_id)
    taken, owed = entry.moved(source=account), entry.moved(source=owed_of(member_id))
    if account not in state.unclear:
        own = [lot for lot in state.lots_of(account) if lot.source_id == sale_id]
        most_free = max(0, state.balance(account) - state.held(account))
        lots = _take(own, min(points, most_free))
        left = points - sum(units for _, units in lots)
        right = left - min(left, gone)
        for lot_id, spare in _spare(state, member_id, sale_id):
            part = min(spare, right, most_free - sum(units for _, units in lots))
            if part > 0:
                lots.append((lot_id, part))
                right -= part
        given = sum(units for _, units in lots)
        _same(entry, {(account, ISSUED): given, (owed_of(member_id), ISSUED): right})
        need(entry.taken == lots, "1 conservation", "a return's lots:", entry.cause_id, entry.taken, lots)
    else:
        for lot_id, _ in entry.taken:
            is_theirs = state.lots[lot_id].account == account
            need(is_theirs, "1 conservation", "a return took somebody else's:", entry.cause_id, lot_id)
    return taken, owed


def _sponsorship(state: State, entry: Entry, _: Asked) -> None:
    sold = _sold(state, entry)
    need(sold.sponsor is not None, "8 authority", "rewarded for nothing:", entry.transaction_id)
    assert sold.sponsor is not None
    _gains(state, entry, sold.sponsor, ISSUED, offers.FRIEND_POINTS)
    _lots_are(entry, it.expires_ms(sold.row["occurred_ms"]), entry.cause_id)


def _sponsorship_return(state: State, entry: Entry, _: Asked) -> None:
    back = _back(state, entry)
    sold = state.sold[back.sale_id]
    need(back.takes_from_sponsor, "8 authority", "a sponsor lost points for nothing:", entry.transaction_id)
    assert sold.sponsor is not None
    gone = sold.sponsors_expired
    _takes_back(state, entry, sold.sponsor, back.sale_id, points=offers.FRIEND_POINTS, gone=gone)


def _lots_are(entry: Entry, ends_ms: int, source_id: str) -> None:
    """The new lots end then and are of that."""
    for lot in entry.lots:
        need(lot[4] == ends_ms, "7 clock", "another expiry:", entry.transaction_id, lot[4], ends_ms)
        need(lot[5] == source_id, "5 journal", "a lot's source", entry.transaction_id, lot[5])


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
    back = _back(state, entry)
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
    if lot.account.endswith("/vouchers"):
        _same(entry, {(lot.account, ENDED): amount})
        return
    _same(entry, {(lot.account, EXPIRED): amount})
    sold = state.sold.get(lot.source_id)
    if sold is not None and lot.account == points_of(sold.ticket.member_id or ""):
        sold.expired += amount
    elif sold is not None and sold.sponsor is not None and lot.account == points_of(sold.sponsor):
        sold.sponsors_expired += amount


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
    # Within a batch somebody may have moved before or after.
    is_home = True in state.lived_together(wanted.member_id, wanted.other_id, state.commit - 1)
    need(is_home, "8 authority", "not one household:", entry.cause_id)
    _gains(state, entry, wanted.other_id, giver, wanted.points)
    given = {state.lots[lot_id].expires_ms for lot_id, _ in entry.taken}
    need(
        {lot[4] for lot in entry.lots} <= given,
        "7 clock",
        "transferred points changed their end",
        entry.cause_id,
    )


def _goodwill(state: State, entry: Entry, asked: Asked) -> None:
    row, wanted = state.goodwill.get(entry.cause_id), asked.goodwill.get(entry.cause_id)
    need(row is not None and wanted is not None, "8 authority", "nobody asked for", entry.transaction_id)
    assert row is not None
    assert wanted is not None
    _gains(state, entry, wanted.member_id, ISSUED, wanted.points)
    _lots_are(entry, it.expires_ms(row["recorded_ms"]), entry.cause_id)


def _budget_grant(state: State, entry: Entry, _: Asked) -> None:
    """Once, when the programme becomes active."""
    need(not state.seq, "8 authority", "a budget was granted later:", entry.transaction_id)
    budgets = {offer.rule_id: offer.budget for offer in offers.OFFERS if offer.budget is not None}
    _same(
        entry,
        {("group/budget/granted", f"campaign/{rule_id}/budget"): much for rule_id, much in budgets.items()},
    )


def _budget_use(state: State, entry: Entry, _: Asked) -> None:
    taken = _sold(state, entry).taken_of_budgets
    _same(
        entry, {(f"campaign/{name}/budget", f"campaign/{name}/spent"): much for name, much in taken.items()}
    )


def _budget_return(state: State, entry: Entry, _: Asked) -> None:
    given = _back(state, entry).budgets
    _same(
        entry, {(f"campaign/{name}/spent", f"campaign/{name}/budget"): much for name, much in given.items()}
    )


def _voucher_issue(state: State, entry: Entry, _: Asked) -> None:
    sold = _sold(state, entry)
    voucher = state.vouchers.get(f"{entry.cause_id}/1")
    need(voucher is not None, "8 authority", "a voucher for nothing:", entry.transaction_id)
    assert voucher is not None
    _same(entry, {(GIVEN, voucher.account): 1})
    _lots_are(entry, voucher.expires_ms, entry.cause_id)
    right = [(voucher.lot_id, voucher.account, VOUCHERS, 1)]
    found = [lot[:4] for lot in entry.lots]
    is_right = found == right or bool(sold.returned)  # it may be in another lot since
    need(is_right, "1 conservation", "a voucher's lot:", entry.transaction_id, found, right)


def _voucher_use(state: State, entry: Entry, _: Asked) -> None:
    sold = _sold(state, entry)
    vouchers = [state.vouchers[voucher_id] for voucher_id in sold.used]
    shop = redeemed_at(sold.ticket.shop_id)
    right: dict[tuple[str, str], int] = {}
    for voucher in vouchers:
        right[voucher.account, shop] = right.get((voucher.account, shop), 0) + 1
    _same(entry, right)
    lots = sorted((voucher.lot_id, 1) for voucher in vouchers)
    need(sorted(entry.taken) == lots, "1 conservation", "vouchers used:", entry.cause_id, entry.taken, lots)


def _voucher_return(state: State, entry: Entry, _: Asked) -> None:
    """What ends leaves its lot; what is good again comes back to its own, or lives 30 days more."""
    back = _back(state, entry)
    shop = redeemed_at(back.row["shop_id"])
    right: dict[tuple[str, str], int] = {}
    gone = {lot_id for lot_id, _ in entry.taken}
    for voucher_id in back.ended:
        voucher = state.vouchers[voucher_id]
        if voucher.lot_id in gone:
            right[voucher.account, GIVEN] = right.get((voucher.account, GIVEN), 0) + 1
    ended = {state.vouchers[each].lot_id for each in back.ended}
    need(gone <= ended, "1 conservation", "a return took vouchers:", entry.cause_id, gone, ended)
    fresh = 0
    for voucher_id in back.again:
        voucher = state.vouchers[voucher_id]
        right[shop, voucher.account] = right.get((shop, voucher.account), 0) + 1
        lot = state.lots[voucher.lot_id]
        if lot.is_live(entry.recorded_ms):
            need((lot.lot_id, 1) in entry.restored, "1 conservation", "not put back:", voucher_id)
        else:
            fresh += 1
    _same(entry, right)
    ends_ms = entry.recorded_ms + it.RESTORED_DAYS * it.DAY_MS
    need(
        [lot[4] for lot in entry.lots] == [ends_ms] * fresh, "7 clock", "a voucher's new end", entry.cause_id
    )
    is_right = len(entry.restored) == len(back.again) - fresh
    need(is_right, "1 conservation", "vouchers put back:", entry.cause_id, entry.restored)


def _value_load(_: State, entry: Entry, asked: Asked) -> None:
    """The shop that sold a card was paid for it, and owes it."""
    wanted = asked.loads.get(entry.cause_id)
    need(wanted is not None, "8 authority", "value for nothing:", entry.transaction_id)
    assert wanted is not None
    account = card_of(wanted.card_id)
    _same(entry, {(f"shop/{wanted.shop_id}/value_sold", account): wanted.amount})
    found = [(lot[1], lot[3], lot[4], lot[5], lot[6]) for lot in entry.lots]
    right = [(account, wanted.amount, None, entry.cause_id, f"shop/{wanted.shop_id}")]
    need(found == right, "1 conservation", "the lot of a card:", entry.transaction_id, found, right)


def _tender(state: State, entry: Entry, _: Asked) -> None:
    """Each card pays what was asked of it, to the shop that sells."""
    ticket = _sold(state, entry).ticket
    shop = redeemed_at(ticket.shop_id)
    _same(entry, {(card_of(card_id), shop): amount for card_id, amount in ticket.gifts})
    right = [
        (lot.lot_id, amount) for card_id, amount in ticket.gifts for lot in state.lots_of(card_of(card_id))
    ]
    need(entry.taken == right, "1 conservation", "the lots of cards:", entry.cause_id, entry.taken, right)


def _tender_return(state: State, entry: Entry, _: Asked) -> None:
    """Each card gets its share of the units back, into its own lot, from the shop that takes them."""
    back = _back(state, entry)
    shop = redeemed_at(back.row["shop_id"])
    _same(entry, {(shop, card_of(card_id)): amount for card_id, amount in back.gifts.items()})
    right = sorted(
        (lot.lot_id, amount)
        for card_id, amount in back.gifts.items()
        for lot in state.lots_of(card_of(card_id))
    )
    is_right = sorted(entry.restored) == right and not entry.lots
    need(is_right, "1 conservation", "given back to cards:", entry.cause_id, entry.restored, right)


RULES: Final[dict[str, Callable[[State, Entry, Asked], None]]] = {
    "accrual": _accrual,
    "redemption": _redemption,
    "reversal": _reversal,
    "restoration": _restoration,
    "expiry": _expiry,
    "correction": _correction,
    "donation": _gift,
    "transfer": _gift,
    "goodwill": _goodwill,
    "sponsorship": _sponsorship,
    "sponsorship_return": _sponsorship_return,
    "budget_grant": _budget_grant,
    "budget_use": _budget_use,
    "budget_return": _budget_return,
    "voucher_issue": _voucher_issue,
    "voucher_use": _voucher_use,
    "voucher_return": _voucher_return,
    "value_load": _value_load,
    "tender": _tender,
    "tender_return": _tender_return,
}

"""The recount of what sales and their returns move: points earned, paid with, taken back, given again."""

from tools.simulation import catalogue as it
from tools.simulation import offers
from tools.simulation.asked import Asked
from tools.simulation.fold import Sold, State, need
from tools.simulation.kinds_shared import (
    ISSUED,
    REDEEMED,
    is_in_order,
    moments,
    owed_of,
    points_of,
    require_gained,
    require_lots,
    require_same,
    require_spent,
    return_of,
    sale_of,
    take_in_order,
)
from tools.simulation.rows import Entry


def accrual(state: State, entry: Entry, _: Asked) -> None:
    """The points of a sale; what is owed is settled first."""
    sold = sale_of(state, entry)
    member_id = sold.ticket.member_id
    assert member_id is not None
    require_gained(state, entry, member_id, ISSUED, sold.priced.total_points)
    require_lots(entry, it.expires_ms(sold.row["occurred_ms"]), entry.cause_id)
    need(entry.occurred_ms == sold.row["occurred_ms"], "7 clock", "another moment", entry.cause_id)


def redemption(state: State, entry: Entry, _: Asked) -> None:
    """Points pay: what was held, or what is free now."""
    sold = sale_of(state, entry)
    ticket, amount = sold.ticket, sold.row["points_redeemed"]
    member_id = ticket.member_id
    assert member_id is not None
    paid = sum(units for _, units in entry.taken)
    require_same(
        entry, {(points_of(member_id), REDEEMED): paid, (owed_of(member_id), REDEEMED): amount - paid}
    )
    sold.burned_from = list(entry.taken)
    if ticket.lease_id is not None:
        right = state.leases[ticket.lease_id].take(amount)
        need(entry.taken == right, "6 leases", "not what was set aside:", entry.cause_id, entry.taken, right)
        return
    if ticket.reservation_id is None:
        need(paid == amount, "1 conservation", "owed without a reservation:", entry.cause_id)
        require_spent(state, entry, member_id, amount)
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
        is_right = is_in_order(state, entry.taken, live, amount)
        need(is_right, "1 conservation", "a late burn's lots:", entry.cause_id)


def reversal(state: State, entry: Entry, _: Asked) -> None:
    """A return takes back what its units earned."""
    back = return_of(state, entry)
    sold = state.sold[back.sale_id]
    member_id = sold.ticket.member_id
    assert member_id is not None
    counted = max(0, sold.undone - sold.taken - sold.owed)
    gone = max(0, state.expired(sold, member_id) - counted)
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
        booked = {(account, ISSUED): taken, (owed_of(member_id), ISSUED): owed}
        choices = [
            _from_lots(state, member_id, sale_id, points=points, gone=gone, moment=moment, later=later)
            for moment, later in moments(state, state.lots_of(account))
        ]
        for lots, right in choices:
            if entry.taken == lots and (taken, owed) == (sum(units for _, units in lots), right):
                require_same(entry, booked)
                break
        else:
            need(False, "1 conservation", "a return takes:", entry.cause_id, entry.taken, booked, choices[0])
    else:
        for lot_id, _ in entry.taken:
            is_theirs = state.lots[lot_id].account == account
            need(is_theirs, "1 conservation", "a return took somebody else's:", entry.cause_id, lot_id)
    return taken, owed


def _from_lots(
    state: State, member_id: str, sale_id: str, *, points: int, gone: int, moment: int, later: dict[str, int]
) -> tuple[list[tuple[str, int]], int]:
    """What a return takes out of which lots, and what is owed, as it stood before a transaction."""
    account = points_of(member_id)
    mine = state.lots_of(account)
    gained = sum(lot.remaining for lot in mine if lot.seq >= moment)
    gained += sum(later.get(lot.lot_id, 0) for lot in mine if lot.seq < moment)
    most_free = max(0, state.balance(account) - state.held(account) - gained)
    own = [lot for lot in mine if lot.source_id == sale_id and lot.seq < moment]
    lots = take_in_order(own, min(points, most_free), later)
    left = points - sum(units for _, units in lots)
    right = left - min(left, gone)
    for lot_id, spare in _spare(state, member_id, sale_id, moment, later):
        part = min(spare, right, most_free - sum(units for _, units in lots))
        if part > 0:
            lots.append((lot_id, part))
            right -= part
    return lots, right


def _spare(
    state: State, member_id: str, but_sale_id: str, moment: int, later: dict[str, int]
) -> list[tuple[str, int]]:
    """What lots of the member's other sales hold beyond all that can still come back of those."""
    room: dict[str, int] = {}
    found = []
    for lot in reversed(state.lots_of(points_of(member_id))):
        sold = state.sold.get(lot.source_id)
        is_other = sold is None or sold.ticket.member_id != member_id or lot.source_id == but_sale_id
        if sold is None or is_other or lot.seq >= moment:
            continue
        there = lot.remaining - later.get(lot.lot_id, 0)
        left = room.setdefault(lot.source_id, sold.row["points"] - sold.undone)
        kept = min(left, there)
        room[lot.source_id] -= kept
        found.append((lot.lot_id, min(there - kept, there - lot.held)))
    return found[::-1]


def restoration(state: State, entry: Entry, _: Asked) -> None:
    """A return gives back what its units were paid with."""
    back = return_of(state, entry)
    sold = state.sold[back.sale_id]
    member_id = sold.ticket.member_id
    assert member_id is not None
    require_gained(state, entry, member_id, REDEEMED, back.restored, own=back.row["points_owed"])
    settled = entry.moved(source=REDEEMED, target=owed_of(member_id))
    right_back, right_new = _last_first(state, entry, sold, member_id, settled, back.restored)
    found_back, found_new = sorted(entry.restored), sorted((lot[3], lot[4]) for lot in entry.lots)
    is_right = (found_back, found_new) == (right_back, right_new)
    told = (entry.restored, entry.lots, right_back, right_new)
    need(is_right, "1 conservation", "points come back elsewhere:", entry.cause_id, *told)
    for lot_id, units in entry.restored:
        lot = state.lots[lot_id]
        need(lot.remaining + units <= lot.amount, "1 conservation", "a lot overflows:", lot_id)
    need(
        sold.restored + back.restored <= sold.row["points_redeemed"],
        "3 duplicate",
        "restored twice",
        entry.cause_id,
    )


def _last_first(
    state: State, entry: Entry, sold: Sold, member_id: str, settled: int, restored: int
) -> tuple[list[tuple[str, int]], list[tuple[int, int | None]]]:
    """Point by point: what was owed for the redemption comes back first, then what was taken last.

    Into which lots; and what forms new ones, with their ends: where a lot has ended or lies elsewhere now.
    """
    units = [lot_id for lot_id, much in reversed(sold.burned_from) for _ in range(much)]
    units = [""] * (sold.row["points_redeemed"] - len(units)) + units
    mine = units[sold.restored + settled : sold.restored + restored]
    back, fresh = dict[str, int](), dict[str, int]()
    for lot_id in mine:
        lot = state.lots.get(lot_id)
        is_there = lot is not None and lot.account == points_of(member_id)
        kind = back if is_there and lot is not None and lot.is_live(entry.recorded_ms) else fresh
        kind[lot_id] = kind.get(lot_id, 0) + 1
    ends_ms = entry.recorded_ms + it.RESTORED_DAYS * it.DAY_MS
    new = [(much, _end_of(state, lot_id, entry.recorded_ms, ends_ms)) for lot_id, much in fresh.items()]
    return sorted(back.items()), sorted(new)


def _end_of(state: State, lot_id: str, now_ms: int, fresh_ms: int) -> int | None:
    """When points end that come back into no old lot: as that would have, or after their new time."""
    lot = state.lots.get(lot_id)
    return lot.expires_ms if lot is not None and lot.is_live(now_ms) else fresh_ms


def sponsorship(state: State, entry: Entry, _: Asked) -> None:
    """Who brought the buyer is rewarded."""
    sold = sale_of(state, entry)
    need(sold.sponsor is not None, "8 authority", "rewarded for nothing:", entry.transaction_id)
    assert sold.sponsor is not None
    require_gained(state, entry, sold.sponsor, ISSUED, offers.FRIEND_POINTS)
    require_lots(entry, it.expires_ms(sold.row["occurred_ms"]), entry.cause_id)


def sponsorship_return(state: State, entry: Entry, _: Asked) -> None:
    """A ticket that came back whole rewards nobody."""
    back = return_of(state, entry)
    sold = state.sold[back.sale_id]
    need(back.takes_from_sponsor, "8 authority", "a sponsor lost points for nothing:", entry.transaction_id)
    assert sold.sponsor is not None
    gone = state.expired(sold, sold.sponsor)
    _takes_back(state, entry, sold.sponsor, back.sale_id, points=offers.FRIEND_POINTS, gone=gone)

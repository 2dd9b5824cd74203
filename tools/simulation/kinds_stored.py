"""The recount of budgets, vouchers and gift cards."""

from collections.abc import Sequence

from tools.simulation import catalogue as it
from tools.simulation import offers
from tools.simulation.asked import Asked
from tools.simulation.fold import VOUCHERS, State, need
from tools.simulation.kinds_shared import (
    GIVEN,
    is_in_order,
    redeemed_at,
    require_lots,
    require_same,
    return_of,
    sale_of,
)
from tools.simulation.rows import Entry, Hold


def budget_grant(state: State, entry: Entry, _: Asked) -> None:
    """Once, when the programme becomes active."""
    need(not state.seq, "8 authority", "a budget was granted later:", entry.transaction_id)
    budgets = {offer.rule_id: offer.budget for offer in offers.OFFERS if offer.budget is not None}
    require_same(
        entry,
        {("group/budget/granted", f"campaign/{rule_id}/budget"): much for rule_id, much in budgets.items()},
    )


def budget_use(state: State, entry: Entry, _: Asked) -> None:
    """A sale spends of budgets what its offers gave."""
    taken = sale_of(state, entry).taken_of_budgets
    require_same(
        entry, {(f"campaign/{name}/budget", f"campaign/{name}/spent"): much for name, much in taken.items()}
    )


def budget_return(state: State, entry: Entry, _: Asked) -> None:
    """A return gives budgets their share back."""
    given = return_of(state, entry).budgets
    require_same(
        entry, {(f"campaign/{name}/spent", f"campaign/{name}/budget"): much for name, much in given.items()}
    )


def voucher_issue(state: State, entry: Entry, _: Asked) -> None:
    """A sale gives a voucher."""
    sold = sale_of(state, entry)
    voucher = state.vouchers.get(f"{entry.cause_id}/1")
    need(voucher is not None, "8 authority", "a voucher for nothing:", entry.transaction_id)
    assert voucher is not None
    require_same(entry, {(GIVEN, voucher.account): 1})
    require_lots(entry, voucher.expires_ms, entry.cause_id)
    right = [(voucher.lot_id, voucher.account, VOUCHERS, 1)]
    found = [lot[:4] for lot in entry.lots]
    is_right = found == right or bool(sold.returned)  # it may be in another lot since
    need(is_right, "1 conservation", "a voucher's lot:", entry.transaction_id, found, right)


def voucher_use(state: State, entry: Entry, _: Asked) -> None:
    """Vouchers pay, each its one unit."""
    sold = sale_of(state, entry)
    vouchers = [state.vouchers[voucher_id] for voucher_id in sold.used]
    shop = redeemed_at(sold.ticket.shop_id)
    right: dict[tuple[str, str], int] = {}
    for voucher in vouchers:
        right[voucher.account, shop] = right.get((voucher.account, shop), 0) + 1
    require_same(entry, right)
    lots = sorted((voucher.lot_id, 1) for voucher in vouchers)
    need(sorted(entry.taken) == lots, "1 conservation", "vouchers used:", entry.cause_id, entry.taken, lots)


def voucher_return(state: State, entry: Entry, _: Asked) -> None:
    """What ends leaves its lot; what is good again comes back to its own, or lives 30 days more."""
    back = return_of(state, entry)
    shop = redeemed_at(back.row["shop_id"])
    right: dict[tuple[str, str], int] = {}
    gone = {lot_id for lot_id, _ in entry.taken}
    for voucher_id in back.ended:
        voucher = state.vouchers[voucher_id]
        if voucher.lot_id in gone:
            right[voucher.account, GIVEN] = right.get((voucher.account, GIVEN), 0) + 1
    ended = {state.vouchers[each].lot_id for each in back.ended}
    need(gone <= ended, "1 conservation", "a return took vouchers:", entry.cause_id, gone, ended)
    fresh: list[int | None] = []
    for voucher_id in back.again:
        voucher = state.vouchers[voucher_id]
        right[shop, voucher.account] = right.get((shop, voucher.account), 0) + 1
        lot = state.lots[voucher.lot_id]
        is_live = lot.is_live(entry.recorded_ms)
        if is_live and lot.account == voucher.account:
            need((lot.lot_id, 1) in entry.restored, "1 conservation", "not put back:", voucher_id)
        else:  # its time is over, or its lot lay with who is merged now
            fresh.append(lot.expires_ms if is_live else entry.recorded_ms + it.RESTORED_DAYS * it.DAY_MS)
    require_same(entry, right)
    found = sorted(lot[4] for lot in entry.lots)
    need(found == sorted(filter(None, fresh)), "7 clock", "a voucher's new end", entry.cause_id, found, fresh)
    is_right = len(entry.restored) == len(back.again) - len(fresh)
    need(is_right, "1 conservation", "vouchers put back:", entry.cause_id, entry.restored)


def value_load(state: State, entry: Entry, asked: Asked) -> None:
    """The shop that sold a card or filled a purse was paid for it, and owes it."""
    wanted = asked.loads.get(entry.cause_id)
    need(wanted is not None, "8 authority", "value for nothing:", entry.transaction_id)
    assert wanted is not None
    account = state.account_now(wanted.account)
    require_same(entry, {(f"shop/{wanted.shop_id}/value_sold", account): wanted.amount})
    found = [(lot[1], lot[3], lot[4], lot[5], lot[6]) for lot in entry.lots]
    right = [(account, wanted.amount, None, entry.cause_id, f"shop/{wanted.shop_id}")]
    need(found == right, "1 conservation", "the lot of a card:", entry.transaction_id, found, right)


def value_draw(state: State, entry: Entry, asked: Asked) -> None:
    """A service is rendered: of what was paid for, the earliest end first, for the shop that renders it."""
    wanted = asked.draws.get(entry.cause_id)
    need(wanted is not None, "8 authority", "drawn for nobody:", entry.transaction_id)
    assert wanted is not None
    account = it.services_of(state.who(wanted.member_id))
    require_same(entry, {(account, redeemed_at(wanted.shop_id)): wanted.units})
    live = [lot for lot in state.lots_of(account) if lot.is_live(entry.recorded_ms)]
    is_right = is_in_order(state, entry.taken, live, wanted.units)
    need(is_right, "1 conservation", "units drawn:", entry.cause_id, entry.taken)


def tender(state: State, entry: Entry, _: Asked) -> None:
    """Each card and purse pays its part, to the shop that sells, out of what was held for it."""
    sold = sale_of(state, entry)
    shop = redeemed_at(sold.ticket.shop_id)
    require_same(entry, {(account, shop): amount for account, amount in sold.tenders})
    for account, amount in sold.tenders:
        taken = [each for each in entry.taken if state.lots[each[0]].account == account]
        sold.allotted[account] = taken
        hold = _hold_of(state, sold.ticket.reservation_id, account)
        if hold is not None and hold.state == "posted":
            is_right = hold.posted == amount and taken == _first(hold.lots, amount)
            need(is_right, "1 conservation", "not what was held:", entry.cause_id, taken, hold)
        elif account not in state.unclear:
            need(hold is None or hold.state != "pending", "1 conservation", "unused hold:", entry.cause_id)
            is_right = is_in_order(state, taken, state.lots_of(account), amount)
            need(is_right, "1 conservation", "the lots of a tender:", entry.cause_id, taken)


def _hold_of(state: State, reservation_id: str | None, account: str) -> Hold | None:
    """What a reservation keeps or kept of an account."""
    if reservation_id is None:
        return None
    mine = (hold for hold in state.holds.values() if hold.cause_id == reservation_id)
    return next((hold for hold in mine if hold.account == account), None)


def _first(lots: Sequence[tuple[str, int]], amount: int) -> list[tuple[str, int]]:
    """So much of lots, in their order."""
    found = []
    for lot_id, kept in lots:
        part = min(amount, kept)
        if part:
            found.append((lot_id, part))
            amount -= part
    return found


def tender_return(state: State, entry: Entry, _: Asked) -> None:
    """Each gets its share of the units back, into its own lots, the last taken first, from the shop there."""
    back = return_of(state, entry)
    sold, shop = state.sold[back.sale_id], redeemed_at(back.row["shop_id"])
    due = dict[tuple[str, str], int]()
    for account, amount in back.tenders.items():
        pair = (shop, state.account_now(account))
        due[pair] = due.get(pair, 0) + amount
    require_same(entry, due)
    right: list[tuple[str, int]] = []
    fresh: list[tuple[str, int, str]] = []
    for account, amount in back.tenders.items():
        units = [lot_id for lot_id, much in reversed(sold.allotted[account]) for _ in range(much)]
        start = sold.tender_back[account]
        mine = units[start : start + amount]
        parts = [(lot_id, mine.count(lot_id)) for lot_id in dict.fromkeys(mine)]
        now = state.account_now(account)
        if now == account:
            right += parts
        else:  # those lots are closed: what comes back is a lot of the same source with whom they are now
            fresh += [(now, much, state.lots[lot_id].source_id) for lot_id, much in parts]
        sold.tender_back[account] += amount
    made = sorted((lot[1], lot[3], lot[5]) for lot in entry.lots)
    is_right = sorted(entry.restored) == sorted(right) and made == sorted(fresh)
    need(
        is_right, "1 conservation", "given back to cards:", entry.cause_id, entry.restored, right, made, fresh
    )

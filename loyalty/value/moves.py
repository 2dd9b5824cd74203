"""Stored value as postings: loaded, paid with, given back, moved to another card or purse, drawn.

Who funds stands on each lot; who was paid for it and who was paid with it are accounts of shops. So the
clearing falls out of the ledger (docs/value.md).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from loyalty.ledger import chart
from loyalty.ledger.accrual import lot_id_of
from loyalty.ledger.assets import Asset
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot, select_lots, take_in_order
from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction
from loyalty.value.tenders import Tender

LOAD = "value_load"
TENDER = "tender"
TENDER_RETURN = "tender_return"
VALUE_MOVE = "value_move"
DRAW = "value_draw"


@dataclass(frozen=True, slots=True)
class Allotted:
    """What a payment took from one lot of `account`, in its order, and what is known of that lot."""

    account: str
    lot_id: str
    amount: int
    expires_ms: int | None
    source_id: str
    funder: str


def load(
    head: EntryHead,
    *,
    source: str,
    account: str,
    asset: Asset,
    amount: int,
    expires_ms: int | None,
    funder: str,
) -> Transaction:
    """Value comes onto an account as one lot: sold by a shop (`chart.sold_at`) or given out by the group."""
    lot = NewLot(
        lot_id=lot_id_of(head.transaction_id),
        account=account,
        asset=asset,
        amount=amount,
        expires_ms=expires_ms,
        source_id=head.cause_id,
        funder=funder,
    )
    return entry(head, LOAD, (Posting(source, account, asset, amount),), new_lots=(lot,))


def pay(
    head: EntryHead,
    tenders: Sequence[tuple[Tender, Sequence[LotChange]]],
    *,
    shop_id: str,
) -> Transaction | None:
    """What a ticket was paid with, out of which lots. Returns: None when nothing moves."""
    moving = [(tender, changes) for tender, changes in tenders if changes]
    postings = tuple(
        Posting(
            tender.account, chart.redeemed_at(shop_id), tender.asset, sum(change.amount for change in changes)
        )
        for tender, changes in moving
    )
    taken = tuple(change for _, changes in moving for change in changes)
    return entry(head, TENDER, postings, lot_changes=taken) if postings else None


def lots_to_pay(lots: Iterable[Lot], amount: int, now_ms: int) -> tuple[LotChange, ...]:
    """What pays `amount`, the earliest expiry first. Raises: BalanceTooLow."""
    return select_lots(lots, amount, now_ms)


def lots_left_to_pay(lots: Iterable[Lot], amount: int, now_ms: int) -> tuple[LotChange, ...]:
    """As `lots_to_pay` for a late ticket: as much as there is."""
    return take_in_order([lot for lot in lots if lot.is_live(now_ms)], amount)


@dataclass(frozen=True, slots=True)
class Back:
    """`amount` of what a tender paid comes back.

    `allotted`: all that the tender took, in its order, of which `already` came back earlier. `account`:
    where it goes now: the same, a replacing card, or the purse of who was a card's holder.
    """

    asset: Asset
    account: str
    amount: int
    already: int
    allotted: Sequence[Allotted]


def give_back(
    head: EntryHead,
    backs: Iterable[Back],
    *,
    shop_id: str,
    now_ms: int,
    fresh_expires_ms: int | None,
) -> Transaction | None:
    """Give back what paid for returned goods, `shop_id` being the shop that takes them back.

    What was taken last comes back first, so that returns in any steps fill exactly the emptied lots. A lot
    that has expired, or that lay on an account that is no more, comes back as a new one with its source and
    funder; an expired one ends at `fresh_expires_ms`, or, where that is past, goes to `expired` at once.
    """
    source = chart.redeemed_at(shop_id)
    postings: list[Posting] = []
    restores: list[LotChange] = []
    new_lots: list[NewLot] = []
    for back in backs:
        kept = gone = 0
        for each in _backwards(back.allotted, back.already, back.amount):
            is_live = each.expires_ms is None or each.expires_ms > now_ms
            if is_live and each.account == back.account:
                restores.append(LotChange(each.lot_id, each.amount))
            elif is_live or fresh_expires_ms is None or fresh_expires_ms > now_ms:
                new_lots.append(
                    NewLot(
                        lot_id=f"{head.transaction_id}/{len(new_lots) + 1}",
                        account=back.account,
                        asset=back.asset,
                        amount=each.amount,
                        expires_ms=each.expires_ms if is_live else fresh_expires_ms,
                        source_id=each.source_id,
                        funder=each.funder,
                    )
                )
            else:
                gone += each.amount
                continue
            kept += each.amount
        if kept:
            postings.append(Posting(source, back.account, back.asset, kept))
        if gone:
            postings.append(Posting(source, chart.VALUE_EXPIRED, back.asset, gone))
    if not postings:
        return None
    return entry(head, TENDER_RETURN, tuple(postings), new_lots=tuple(new_lots), lot_restores=tuple(restores))


def _backwards(allotted: Sequence[Allotted], start: int, length: int) -> list[Allotted]:
    """Units [start, start + length) of what was taken, read from its end."""
    found: list[Allotted] = []
    at = 0
    for each in reversed(allotted):
        low, high = max(start, at), min(start + length, at + each.amount)
        if high > low:
            found.append(replace(each, amount=high - low))
        at += each.amount
    assert sum(each.amount for each in found) == length, "no more comes back than was taken"
    return found


def move_all(head: EntryHead, lots: Sequence[Lot], *, asset: Asset, to_account: str) -> Transaction | None:
    """Move all that lots hold to another account; each part keeps its expiry, source and funder.

    Returns: None when there is nothing.
    """
    moving = [lot for lot in lots if lot.remaining]
    if not moving:
        return None
    amount = sum(lot.remaining for lot in moving)
    new_lots = tuple(
        NewLot(
            lot_id=f"{head.transaction_id}/{number}",
            account=to_account,
            asset=asset,
            amount=lot.remaining,
            expires_ms=lot.expires_ms,
            source_id=lot.source_id,
            funder=lot.funder,
        )
        for number, lot in enumerate(moving, start=1)
    )
    return entry(
        head,
        VALUE_MOVE,
        (Posting(moving[0].account, to_account, asset, amount),),
        new_lots=new_lots,
        lot_changes=tuple(LotChange(lot.lot_id, lot.remaining) for lot in moving),
    )


def draw(
    head: EntryHead,
    *,
    account: str,
    asset: Asset,
    amount: int,
    lots: Iterable[Lot],
    now_ms: int,
    shop_id: str,
) -> Transaction:
    """A shop renders a service that was sold ahead. Raises: BalanceTooLow."""
    changes = select_lots(lots, amount, now_ms)
    posting = Posting(account, chart.redeemed_at(shop_id), asset, amount)
    return entry(head, DRAW, (posting,), lot_changes=changes)


def paid_for_part(paid_minor: int, units: int, first: int, count: int) -> int:
    """What was paid for units [first, first + count) of a lot sold for `paid_minor`; the parts sum up."""
    return paid_minor * (first + count) // units - paid_minor * first // units

"""Points change hands: donations to an association, transfers within a household."""

from collections.abc import Iterable

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot, select_lots
from loyalty.ledger.postings import NewLot, Posting, Transaction

DONATION = "donation"
TRANSFER = "transfer"


def donation(
    head: EntryHead,
    *,
    member_id: str,
    association_id: str,
    points: int,
    lots: Iterable[Lot],
    points_owed: int,
    now_ms: int,
) -> Transaction:
    """Give a member's points to an association.

    Raises: BalanceTooLow.
    """
    changes = select_lots(lots, points, now_ms, points_owed=points_owed)
    target = chart.association_points(association_id)
    posting = Posting(chart.member_points(member_id), target, POINTS, points)
    return entry(head, DONATION, (posting,), lot_changes=changes)


def transfer(
    head: EntryHead,
    *,
    from_member_id: str,
    to_member_id: str,
    points: int,
    lots: Iterable[Lot],
    from_points_owed: int,
    to_points_owed: int,
    now_ms: int,
) -> Transaction:
    """Give points to another member; each part keeps its expiry, its sale and who funds it.

    What the receiver owes is settled first, with what expires first.

    Raises: BalanceTooLow.
    """
    assert from_member_id != to_member_id
    known = {lot.lot_id: lot for lot in lots}
    changes = select_lots(known.values(), points, now_ms, points_owed=from_points_owed)
    source = chart.member_points(from_member_id)
    target = chart.member_points(to_member_id)
    settled = min(points, to_points_owed)
    postings: list[Posting] = []
    if settled:
        postings.append(Posting(source, chart.member_points_owed(to_member_id), POINTS, settled))
    if points > settled:
        postings.append(Posting(source, target, POINTS, points - settled))
    new_lots: list[NewLot] = []
    left_to_settle = settled
    for change in changes:
        used = min(left_to_settle, change.amount)
        left_to_settle -= used
        if change.amount > used:
            lot = known[change.lot_id]
            new_lots.append(
                NewLot(
                    lot_id=f"{head.transaction_id}/{len(new_lots) + 1}",
                    account=target,
                    asset=POINTS,
                    amount=change.amount - used,
                    expires_ms=lot.expires_ms,
                    source_id=lot.source_id,
                    funder=lot.funder,
                )
            )
    return entry(head, TRANSFER, tuple(postings), new_lots=tuple(new_lots), lot_changes=changes)

"""Points become something else of the same worth: a voucher of the member's own, or money paid forward, of
which a shop makes vouchers for whoever needs them.

Whoever pays for the points owes their worth to the group then (`loyalty.clearing.moves`), which pays for what
they became.
"""

from collections.abc import Iterable
from dataclasses import replace

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, Asset
from loyalty.ledger.burn import burn
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import Lot, select_lots
from loyalty.ledger.postings import Posting, Transaction

CONVERSION = "conversion"
HANDOUT = "handout"


def conversion(
    head: EntryHead,
    *,
    member_id: str,
    points: int,
    lots: Iterable[Lot],
    points_owed: int,
    now_ms: int,
    given: Transaction,
) -> Transaction:
    """Spend a member's points on what `given` issues: one transaction.

    Raises: BalanceTooLow.
    """
    changes = select_lots(lots, points, now_ms, points_owed=points_owed)
    spent = Posting(chart.member_points(member_id), chart.POINTS_REDEEMED, POINTS, points)
    return replace(
        given,
        transaction_id=head.transaction_id,
        kind=CONVERSION,
        postings=(spent, *given.postings),
        lot_changes=(*changes, *given.lot_changes),
    )


def hand_out(
    head: EntryHead, *, shop_id: str, amount: int, asset: Asset, lots: Iterable[Lot], given: Transaction
) -> Transaction:
    """What was paid forward in a shop becomes what `given` issues: one transaction.

    Raises: BalanceTooLow.
    """
    taken = burn(
        head,
        account=chart.forward_at(shop_id),
        asset=asset,
        amount=amount,
        lots=lots,
        now_ms=head.recorded_ms,
    )
    return replace(
        given,
        transaction_id=head.transaction_id,
        kind=HANDOUT,
        postings=(*taken.postings, *given.postings),
        lot_changes=taken.lot_changes,
    )

"""Points become something else of the same worth: a voucher of the member's own, or money paid forward.

Whoever pays for the points owes their worth to the group then (`loyalty.clearing.moves`), which pays for what
they became.
"""

from collections.abc import Iterable
from dataclasses import replace

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import Lot, select_lots
from loyalty.ledger.postings import Posting, Transaction

CONVERSION = "conversion"


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

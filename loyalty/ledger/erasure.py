"""Erasure of a member: what is left of value ends by postings, so that the ledger stays balanced. Pure."""

from collections import defaultdict
from collections.abc import Sequence

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, Asset, Family, family_of
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import LotChange, Posting, Transaction

ERASURE = "erasure"


def is_paid_for(asset: Asset) -> bool:
    """Whether units of an asset were paid for: money, meal vouchers, services; not points, not vouchers."""
    return family_of(asset) not in (Family.POINTS, Family.VOUCHER)


def erasure(
    head: EntryHead, *, member_id: str, lots: Sequence[tuple[Lot, Asset]], points_owed: int
) -> Transaction | None:
    """End all that the member holds, and forgive what the member owes.

    Args:
        lots: the member's open lots, none of them held.
        points_owed: >= 0.
    Returns: None where nothing is to be moved.
    """
    sums: dict[tuple[str, Asset], int] = defaultdict(int)
    changes: list[LotChange] = []
    for lot, asset in lots:
        assert lot.free == lot.remaining, "who is paying is not erased"
        sums[lot.account, asset] += lot.remaining
        changes.append(LotChange(lot.lot_id, lot.remaining))
    postings = [
        Posting(account, chart.expired_to(asset), asset, amount) for (account, asset), amount in sums.items()
    ]
    if points_owed:
        owed = chart.member_points_owed(member_id)
        postings.append(Posting(chart.POINTS_CORRECTED, owed, POINTS, points_owed))
    if not postings:
        return None
    return entry(head, ERASURE, tuple(postings), lot_changes=tuple(changes))

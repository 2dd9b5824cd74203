"""Stored lots as the ledger's functions take them."""

from central.storage.base import LotRow
from loyalty.ledger.lots import Lot


def lot_of(row: LotRow) -> Lot:
    """A stored lot as the ledger's functions take it."""
    return Lot(
        lot_id=row.lot_id,
        account=row.account,
        amount=row.amount,
        remaining=row.remaining,
        expires_ms=row.expires_ms,
        held=row.held,
        source_id=row.source_id,
        funder=row.funder,
    )

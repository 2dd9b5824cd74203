"""Expiry: what was not used in time leaves the balance by a posting of its own, dated to its last moment."""

from dataclasses import replace

from loyalty.ledger import chart
from loyalty.ledger.assets import Asset
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.lots import Lot
from loyalty.ledger.postings import LotChange, Posting, Transaction

EXPIRY = "expiry"


def expiry(head: EntryHead, *, lot: Lot, asset: Asset, now_ms: int) -> Transaction | None:
    """Expire what is free of a lot whose time is over; `occurred_ms` becomes the lot's end.

    A part held for a paying member stays until its hold ends. Burns take live lots alone and this takes the
    others alone, so that the order of the two never matters.

    Returns: None when nothing is due.
    """
    if lot.expires_ms is None or lot.expires_ms > now_ms or lot.free <= 0:
        return None
    dated = replace(head, occurred_ms=lot.expires_ms)
    posting = Posting(lot.account, chart.expired_to(asset), asset, lot.free)
    return entry(dated, EXPIRY, (posting,), lot_changes=(LotChange(lot.lot_id, lot.free),))

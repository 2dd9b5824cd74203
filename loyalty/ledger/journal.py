"""The journal's hash chain: tampering with any transaction changes every hash after it."""

import hashlib
import json

from loyalty.ledger.postings import NewLot, Transaction

GENESIS = bytes(32)
"""What the first transaction of a group's journal is chained to."""

_FORMAT = "officine-journal-1"
_encode = json.JSONEncoder(ensure_ascii=True, separators=(",", ":"), allow_nan=False).encode


def canonical_bytes(transaction: Transaction) -> bytes:
    """The one byte form of a transaction (ASCII JSON array, fixed order); stored hashes depend on it."""
    body: list[object] = [
        _FORMAT,
        transaction.transaction_id,
        transaction.kind,
        [[p.source, p.target, str(p.asset), p.amount] for p in transaction.postings],
        transaction.occurred_ms,
        transaction.recorded_ms,
        transaction.cause_id,
        transaction.actor,
        transaction.terminal_id,
        transaction.ruleset_version,
        [_lot(lot) for lot in transaction.new_lots],
        [[change.lot_id, change.amount] for change in transaction.lot_changes],
    ]
    # What came later stands at the end and only where it is used: hashes of old transactions stay.
    if transaction.lot_restores:
        body.append([[change.lot_id, change.amount] for change in transaction.lot_restores])
    return _encode(body).encode("ascii")


def _lot(lot: NewLot) -> list[object]:
    body: list[object] = [lot.lot_id, lot.account, str(lot.asset), lot.amount, lot.expires_ms]
    body += [lot.source_id, lot.funder]
    return body if lot.matures_ms is None and not lot.awaits else [*body, lot.matures_ms, lot.awaits]


def chain_hash(previous: bytes, transaction: Transaction) -> bytes:
    """SHA-256 over the previous hash (32 bytes, `GENESIS` for the first) and the transaction."""
    assert len(previous) == hashlib.sha256().digest_size
    return hashlib.sha256(previous + canonical_bytes(transaction)).digest()

"""The journal's hash chain: tampering with any transaction changes every hash after it."""

import hashlib
from collections.abc import Sequence
from json.encoder import encode_basestring_ascii as _text
from typing import Final

from loyalty.ledger.postings import LotChange, NewLot, Transaction

GENESIS = bytes(32)
"""What the first transaction of a group's journal is chained to."""

_FORMAT: Final = _text("officine-journal-1")


def canonical_bytes(transaction: Transaction) -> bytes:
    """The one byte form of a transaction (ASCII JSON array, fixed order); stored hashes depend on it.

    Written out by hand: `json` sets up an encoder for each, which took twice as long as all the rest.
    """
    postings = ",".join(
        [
            f"[{_text(each.source)},{_text(each.target)},{_text(str(each.asset))},{each.amount}]"
            for each in transaction.postings
        ]
    )
    terminal = "null" if transaction.terminal_id is None else _text(transaction.terminal_id)
    body = (
        f"[{_FORMAT},{_text(transaction.transaction_id)},{_text(transaction.kind)},[{postings}],"
        f"{transaction.occurred_ms},{transaction.recorded_ms},{_text(transaction.cause_id)},"
        f"{_text(transaction.actor)},{terminal},{transaction.ruleset_version},"
        f"[{','.join([_lot(each) for each in transaction.new_lots])}],{_changes(transaction.lot_changes)}"
    )
    # What came later stands at the end and only where it is used: hashes of old transactions stay.
    restores = f",{_changes(transaction.lot_restores)}" if transaction.lot_restores else ""
    return f"{body}{restores}]".encode("ascii")


def _changes(changes: Sequence[LotChange]) -> str:
    return f"[{','.join([f'[{_text(each.lot_id)},{each.amount}]' for each in changes])}]"


def _lot(lot: NewLot) -> str:
    later = ""
    if lot.matures_ms is not None or lot.awaits:
        later = f",{_moment(lot.matures_ms)},{_text(lot.awaits)}"
    return (
        f"[{_text(lot.lot_id)},{_text(lot.account)},{_text(str(lot.asset))},{lot.amount},"
        f"{_moment(lot.expires_ms)},{_text(lot.source_id)},{_text(lot.funder)}{later}]"
    )


def _moment(at_ms: int | None) -> str:
    return "null" if at_ms is None else str(at_ms)


def chain_hash(previous: bytes, transaction: Transaction) -> bytes:
    """SHA-256 over the previous hash (32 bytes, `GENESIS` for the first) and the transaction."""
    assert len(previous) == hashlib.sha256().digest_size
    return hashlib.sha256(previous + canonical_bytes(transaction)).digest()

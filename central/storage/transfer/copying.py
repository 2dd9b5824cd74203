"""Copying all rows, and proving that both sides hold the same."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from central.storage.interface.common import DatabaseRefused
from central.storage.transfer.catalogue import Table, catalogue
from central.storage.transfer.sides import Row, Side, counts
from loyalty.errors import LoyaltyError, Trouble

OnRows = Callable[[int, int], None]
"""Told how many rows are done, and of how many."""

_TELL_EVERY: Final = 1_000


class CopyDiffers(LoyaltyError):
    """Both sides were read again, and do not hold the same."""

    code = "copy_differs"
    trouble = Trouble.UNAVAILABLE
    text = "The copy differs from its source in {tables}. Do not use it; call support."


@dataclass(frozen=True, slots=True)
class TableProof:
    """A table's rows by their key, in one form for all engines. `sha256` in hex."""

    table: str
    rows: int
    sha256: str


def copy_rows(source: Side, target: Side, on_rows: OnRows = lambda *_: None) -> list[TableProof]:
    """Copy every row of one state of `source` into an empty `target`, then read the target again and compare.

    Both have this release's schema. Everything happens or nothing.
    Raises: DatabaseRefused: the target is not empty. CopyDiffers.
    """
    refuse_full(target)
    proofs = []
    with source.reading(), target.loading():
        total = sum(counts(source).values())
        done = 0
        for table in catalogue():
            digest = _Digest(table)
            target.load(table, _told(digest.over(source.rows(table)), done, total, on_rows))
            proofs.append(digest.proof())
            done += proofs[-1].rows
    on_rows(done, total)
    found = prove(target)
    differing = [ours.table for ours, theirs in zip(proofs, found, strict=True) if ours != theirs]
    if differing:
        raise CopyDiffers(tables=", ".join(differing))
    return proofs


def prove(side: Side) -> list[TableProof]:
    """Counts and hashes of all tables, in one state."""
    proofs = []
    with side.reading():
        for table in catalogue():
            digest = _Digest(table)
            for _ in digest.over(side.rows(table)):
                pass
            proofs.append(digest.proof())
    return proofs


def refuse_full(target: Side) -> None:
    """Refuse to copy over anything.

    Raises: DatabaseRefused.
    """
    full = [name for name, rows in counts(target).items() if rows]
    if full:
        raise DatabaseRefused(
            why=f"{target.name} holds rows already ({', '.join(full[:3])}…). Name an empty database."
        )


class _Digest:
    def __init__(self, table: Table) -> None:
        self._table = table
        self._hash = sha256()
        self._rows = 0

    def over(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Count and hash rows on their way."""
        for row in rows:
            self._hash.update(b"".join(map(_canonical, row)) + b"\n")
            self._rows += 1
            yield row

    def proof(self) -> TableProof:
        return TableProof(self._table.name, self._rows, self._hash.hexdigest())


def _canonical(value: Any) -> bytes:
    """A value as bytes that no other value has, whatever stands beside it."""
    if value is None:
        return b"N"
    if isinstance(value, int):
        return b"I%d;" % value
    if isinstance(value, str):
        text = value.encode()
        return b"T%d:%b" % (len(text), text)
    assert isinstance(value, bytes), "our tables hold integers, texts and bytes"
    return b"B%d:%b" % (len(value), value)


def _told(rows: Iterable[Row], done: int, total: int, on_rows: OnRows) -> Iterator[Row]:
    for number, row in enumerate(rows, start=done):
        if number % _TELL_EVERY == 0:
            on_rows(number, total)
        yield row

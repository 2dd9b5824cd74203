"""The rows of central's database as the recount reads them: raw SQL, no code of central's."""

# ruff: noqa: S608  (the statements are joined from constants)

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import apsw

from tools.simulation.catalogue import GROUP


@dataclass(slots=True)
class Lot:
    """A lot as folded from the journal."""

    lot_id: str
    account: str
    amount: int
    expires_ms: int | None
    source_id: str
    remaining: int
    seq: int
    held: int = 0

    def is_live(self, at_ms: int) -> bool:
        """Whether it can still be spent."""
        return self.expires_ms is None or self.expires_ms > at_ms


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold with what it keeps of which lot, in its order."""

    hold_id: str
    account: str
    amount: int
    posted: int
    state: str
    cause_id: str
    made_ms: int
    expires_ms: int
    ended_ms: int | None
    lots: tuple[tuple[str, int], ...]


@dataclass(slots=True)
class Entry:
    """One transaction of the journal."""

    seq: int
    transaction_id: str
    kind: str
    occurred_ms: int
    recorded_ms: int
    cause_id: str
    actor: str
    terminal_id: str | None
    ruleset_version: int
    row_hash: bytes
    postings: list[tuple[str, str, str, int]] = field(default_factory=list)
    lots: list[tuple[Any, ...]] = field(default_factory=list)
    taken: list[tuple[str, int]] = field(default_factory=list)
    restored: list[tuple[str, int]] = field(default_factory=list)

    def moved(self, *, source: str | None = None, target: str | None = None) -> int:
        """Units that left or reached an account."""
        return sum(
            amount
            for one, other, _, amount in self.postings
            if source in (None, one) and target in (None, other)
        )

    def chained_to(self, before: bytes) -> bytes:
        """The hash it must have: docs/ledger.md, written anew here."""
        body: list[Any] = [
            "officine-journal-1",
            self.transaction_id,
            self.kind,
            [list(posting) for posting in self.postings],
            self.occurred_ms,
            self.recorded_ms,
            self.cause_id,
            self.actor,
            self.terminal_id,
            self.ruleset_version,
            [[*lot[:7]] if lot[7] is None and not lot[8] else [*lot] for lot in self.lots],
            [list(each) for each in self.taken],
        ]
        if self.restored:
            body.append([list(each) for each in self.restored])
        return hashlib.sha256(before + json.dumps(body, separators=(",", ":")).encode()).digest()


_G = f"group_id = '{GROUP}'"
_ENTRIES = f"""
SELECT journal_seq, transaction_id, kind, occurred_ms, recorded_ms, cause_id, actor, terminal_id,
    ruleset_version, row_hash
FROM ledger_transaction WHERE {_G} AND journal_seq > ? ORDER BY journal_seq
"""
_POSTINGS = (
    f"SELECT journal_seq, source, target, asset, amount FROM posting WHERE {_G} AND journal_seq > ?"
    " ORDER BY journal_seq, posting_no"
)
_LOTS = f"""
SELECT journal_seq, lot_id, account, asset, amount, expires_ms, source_id, funder, matures_ms, awaits FROM lot
WHERE {_G} AND journal_seq > ? ORDER BY journal_seq, lot_no
"""
_TAKEN = (
    f"SELECT journal_seq, lot_id, amount FROM allocation WHERE {_G} AND journal_seq > ?"
    " ORDER BY journal_seq, allocation_no"
)
_RESTORED = (
    f"SELECT journal_seq, lot_id, amount FROM lot_restore WHERE {_G} AND journal_seq > ?"
    " ORDER BY journal_seq, restore_no"
)
_HOLDS = f"""
SELECT hold_id, account, amount, posted, state, cause_id, made_ms, expires_ms, ended_ms FROM hold WHERE {_G}
ORDER BY hold_id
"""


class Rows:
    """Reads through the store's own writing connection: between two turns it stands in no transaction."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    @property
    def is_in_transaction(self) -> bool:
        """Whether something was begun and never ended."""
        return self._connection.in_transaction

    def changes(self) -> int:
        """Grows with every row this connection changes."""
        return self._connection.total_changes()

    def all(self, sql: str, *bindings: Any) -> list[Any]:
        """All rows."""
        return self._connection.execute(sql, bindings).fetchall()

    def one(self, sql: str, *bindings: Any) -> tuple[Any, ...] | None:
        """The first row."""
        rows = self.all(sql, *bindings)
        return rows[0] if rows else None

    def entries(self, after: int) -> Sequence[Entry]:
        """What the journal got since."""
        found = {row[0]: Entry(*row) for row in self.all(_ENTRIES, after)}
        if found:
            for seq, *posting in self.all(_POSTINGS, after):
                found[seq].postings.append(tuple(posting))
            for seq, *lot in self.all(_LOTS, after):
                found[seq].lots.append(tuple(lot))
            for seq, *each in self.all(_TAKEN, after):
                found[seq].taken.append(tuple(each))
            for seq, *each in self.all(_RESTORED, after):
                found[seq].restored.append(tuple(each))
        return list(found.values())

    def holds(self) -> dict[str, Hold]:
        """All holds."""
        kept: dict[str, list[tuple[str, int]]] = {}
        for hold_id, lot_id, amount in self.all(
            f"SELECT hold_id, lot_id, amount FROM hold_lot WHERE {_G} ORDER BY hold_id, place"
        ):
            kept.setdefault(hold_id, []).append((lot_id, amount))
        return {row[0]: Hold(*(*row, tuple(kept.get(row[0], ())))) for row in self.all(_HOLDS)}

    def events(self, after: int) -> list[tuple[int, str, dict[str, Any]]]:
        """Events since."""
        rows = self.all(f"SELECT seq, kind, body FROM event WHERE {_G} AND seq > ? ORDER BY seq", after)
        return [(seq, kind, json.loads(body)) for seq, kind, body in rows]

    def row_of(self, table: str, name: str, value: str) -> dict[str, Any] | None:
        """One row by its id, as a dictionary."""
        cursor = self._connection.execute(f"SELECT * FROM {table} WHERE {_G} AND {name} = ?", (value,))
        row = cursor.fetchone()
        if row is None:
            return None
        names = [column[0] for column in cursor.get_description()]
        cursor.fetchall()
        return dict(zip(names, row, strict=True))

    def count(self, table: str) -> int:
        """Rows of the group."""
        row = self.one(f"SELECT count(*) FROM {table} WHERE {_G}")
        assert row is not None
        return int(row[0])

    def accounts(self) -> list[tuple[str, str, int, int]]:
        """Account, asset, balance, held."""
        return self.all(f"SELECT account, asset, balance, held FROM account WHERE {_G}")

    def lots(self) -> list[tuple[str, int, int]]:
        """Lot, remaining, held."""
        return self.all(f"SELECT lot_id, remaining, held FROM lot WHERE {_G}")

    def head(self) -> tuple[Any, ...]:
        """Event number, journal number, hash."""
        row = self.one(f"SELECT event_seq, journal_seq, journal_hash FROM group_head WHERE {_G}")
        assert row is not None
        return row

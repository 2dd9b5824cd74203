"""The rows of central's database as the recount reads them: raw SQL, no code of central's."""

# ruff: noqa: S608  (the statements are joined from constants)

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import apsw

from tools.simulation.catalogue import GROUP, begins_month


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
    asset: str
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
SELECT hold_id, account, asset, amount, posted, state, cause_id, made_ms, expires_ms, ended_ms FROM hold
WHERE {_G} ORDER BY hold_id
"""

_USES = f"""
SELECT claim_key, owner, rule_id, asset, amount FROM claim_use
WHERE {_G} AND cause_id = ? AND state = 'used'
"""
_HELD_USES = f"SELECT claim_key, owner, amount FROM claim_use WHERE {_G} AND cause_id = ? AND state = 'held'"
_LEFT = f"SELECT claim_key, owner, asset, amount - freed FROM claim_use WHERE {_G} AND cause_id = ?"
_REPLACED = f"SELECT replaced_by FROM reservation WHERE {_G} AND reservation_id = ?"
_RESERVATION = f"SELECT expires_ms, sale_id FROM reservation WHERE {_G} AND reservation_id = ?"
_COUNTERS = f"SELECT claim_key, owner, used, held FROM claim_counter WHERE {_G}"


def is_coarse(key: str, terminal_id: str | None, operator: str, *moments_ms: int) -> bool:
    """Whether a row tells nothing finer than a month."""
    is_nameless = key.startswith("erased/") and terminal_id is None and not operator
    return is_nameless and all(begins_month(at_ms) for at_ms in moments_ms)


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

    def hashes(self) -> list[bytes]:
        """The hash of every transaction, in order."""
        sql = f"SELECT row_hash FROM ledger_transaction WHERE {_G} ORDER BY journal_seq"
        return [row[0] for row in self.all(sql)]

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

    def tenders(self, sale_id: str) -> list[tuple[str | None, str, int, int]]:
        """What stored value paid of a sale: card, account, amount, what came back."""
        names = "gift_card_id, account, amount_minor, returned_minor"
        sql = f"SELECT {names} FROM sale_tender WHERE {_G} AND sale_id = ? ORDER BY tender_no"
        return self.all(sql, sale_id)

    def uses(self, cause_id: str) -> tuple[dict[tuple[str, str], int], dict[str, int]]:
        """What a sale took: of limits by counter, of budgets by rule."""
        limits: dict[tuple[str, str], int] = {}
        budgets: dict[str, int] = {}
        for key, owner, rule_id, asset, amount in self.all(_USES, cause_id):
            if asset:
                budgets[rule_id] = amount
            else:
                limits[key, owner] = amount
        return limits, budgets

    def held_uses(self, reservation_id: str, *, is_open: bool = False) -> dict[tuple[str, str], int]:
        """What a reservation keeps or kept of limits; `is_open`: keeps."""
        sql = _HELD_USES + (" AND freed < amount" if is_open else "")
        return {(key, owner): amount for key, owner, amount in self.all(sql, reservation_id)}

    def left_of(self, cause_id: str) -> dict[tuple[str, str, str], int]:
        """What a sale's uses still count, by counter and unit."""
        return {(key, owner, asset): left for key, owner, asset, left in self.all(_LEFT, cause_id) if left}

    def counters(self) -> dict[tuple[str, str], tuple[int, int]]:
        """Counters of limits: used and held."""
        return {(key, owner): (used, held) for key, owner, used, held in self.all(_COUNTERS)}

    def reserved_until(self, reservation_id: str) -> int:
        """When a reservation ends."""
        row = self.one(_RESERVATION, reservation_id)
        assert row is not None
        return int(row[0])

    def standing_of(self, reservation_id: str) -> str:
        """The reservation that took its place, one after the other; itself where none did."""
        while row := self.one(_REPLACED, reservation_id):
            if row[0] is None:
                break
            reservation_id = row[0]
        return reservation_id

    def sale_under(self, reservation_id: str) -> str | None:
        """The sale that took a reservation."""
        row = self.one(_RESERVATION, reservation_id)
        return None if row is None else row[1]

    def voucher_uses(self, sale_id: str) -> dict[str, int]:
        """What each voucher took off a sale."""
        sql = f"SELECT voucher_id, used_minor FROM voucher_use WHERE {_G} AND sale_id = ?"
        return dict(self.all(sql, sale_id))

    def vouchers_restored(self, sale_id: str, return_id: str) -> set[str]:
        """The vouchers of a sale that a return made good again."""
        sql = f"SELECT voucher_id FROM voucher_use WHERE {_G} AND sale_id = ? AND restored_by = ?"
        return {row[0] for row in self.all(sql, sale_id, return_id)}

    def vouchers_of(self, sale_id: str) -> list[dict[str, Any]]:
        """The vouchers a sale gave."""
        names = ("voucher_id", "member_id", "account", "worth_minor", "lot_id", "taken_back")
        sql = f"SELECT {', '.join(names)} FROM voucher WHERE {_G} AND sale_id = ? ORDER BY number"
        return [dict(zip(names, row, strict=True)) for row in self.all(sql, sale_id)]

    def voucher_lots(self) -> list[tuple[str, str]]:
        """Every voucher with the lot its unit is in."""
        return self.all(f"SELECT voucher_id, lot_id FROM voucher WHERE {_G}")

    def homes(self) -> list[tuple[str, str]]:
        """Who lives where."""
        return self.all(f"SELECT member_id, household_id FROM household_member WHERE {_G}")

    def merged(self) -> dict[str, str]:
        """By duplicate into whom it was merged."""
        return dict(self.all(f"SELECT member_id, merged_into FROM member WHERE {_G} AND merged_into <> ''"))

    def moment_of(self, cause_id: str) -> int | None:
        """When something that was booked was recorded: the journal keeps it, whatever is forgotten beside."""
        sql = f"SELECT recorded_ms FROM ledger_transaction WHERE {_G} AND cause_id = ? ORDER BY journal_seq"
        row = self.one(sql, cause_id)
        return None if row is None else int(row[0])

    def fine_rows(self, table: str, member_id: str) -> list[tuple[Any, ...]]:
        """Tickets or returns of a member that tell more than the month and the shop."""
        sql = (
            f"SELECT business_key, terminal_id, operator, occurred_ms, recorded_ms FROM {table} WHERE {_G}"
            " AND member_id = ?"
        )
        return [row for row in self.all(sql, member_id) if not is_coarse(*row)]

    def count(self, table: str) -> int:
        """Rows of the group."""
        return self.counts(table)[0]

    def counts(self, *tables: str) -> tuple[int, ...]:
        """How many rows of the group each has."""
        parts = (f"(SELECT count(*) FROM {table} WHERE {_G})" for table in tables)
        row = self.one(f"SELECT {', '.join(parts)}")
        assert row is not None
        return row

    def accounts(self) -> list[tuple[str, str, int, int]]:
        """Account, asset, balance, held."""
        return self.all(f"SELECT account, asset, balance, held FROM account WHERE {_G}")

    def lots(self) -> list[tuple[str, int, int, str]]:
        """Lot, remaining, held, account."""
        return self.all(f"SELECT lot_id, remaining, held, account FROM lot WHERE {_G}")

    def head(self) -> tuple[Any, ...]:
        """Event number, journal number, hash."""
        row = self.one(f"SELECT event_seq, journal_seq, journal_hash FROM group_head WHERE {_G}")
        assert row is not None
        return row

"""The outbox: a sale or return is on the disk, with its number and its id, before it is sent (DESIGN 10).

pending -> delivered (the row is deleted, its answer kept with the till's fact for a while)
        -> refused (kept for staff, the queue goes on)
parked: the head of the queue waits for something a person must mend (clock, token), and is tried again.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final, Literal

import apsw

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.terminal import OUTBOX_ENTRIES_MAX, OUTBOX_ENTRIES_SHOWN_MAX, OUTBOX_REASON_CHARS_MAX
from loyalty.limits.tills import TICKETS_LOOKED_BACK_MAX
from terminal.bodies import occurred_at, with_id
from terminal.database import Database

Kind = Literal["sale", "return"]
State = Literal["pending", "parked", "refused"]


class OutboxFull(LoyaltyError):
    """No more can be noted while central is away."""

    code = "outbox_full"
    trouble = Trouble.UNAVAILABLE
    text = (
        "The terminal holds {entries_max} tickets that central has not taken: no more can be noted."
        " Restore the connection to central, then send this ticket again."
    )


class TicketChanged(LoyaltyError):
    """A ticket that was noted comes again with other lines or another card."""

    code = "ticket_changed"
    trouble = Trouble.CONFLICT
    text = (
        "This ticket (SaleID, TransactionID, TimeStamp) was already noted with other lines or another card."
        " Send it unchanged, or as a new ticket."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """What is to be noted. `body` is a SaleBody or ReturnBody as JSON; `entry_id` its sale or return id."""

    entry_id: str
    kind: Kind
    sale_id: str
    tap_id: str
    body: bytes
    business_key: str
    content_hash: bytes
    poi_transaction_id: str
    poi_time: str
    lines: str
    """Line numbers and quantities as JSON: what a return of the whole ticket means."""
    told: bytes | None = None
    """What the customer is told of it while central is away, as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the queue."""

    seq: int
    entry_id: str
    kind: Kind
    sale_id: str
    tap_id: str
    body: bytes
    state: State
    reason_code: str
    reason: str
    saved_ms: int
    is_sealed: int = 0
    """1: `body` is sealed to central."""
    dated_ms: str | bytes | None = None
    """The moment that counts in place of the body's own, where it was dated anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A ticket or return of a till, known for ever by its business key. `answer`: central's, for a while.

    `told`: what the customer was told of it while central was away.
    """

    entry_id: str
    sale_id: str
    business_key: str
    poi_transaction_id: str
    poi_time: str
    lines: str
    answer: bytes | None
    told: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """The queue at a glance."""

    depth: int
    refused: int
    last_seq: int
    delivered: int


_ENTRY: Final = (
    "SELECT seq, entry_id, kind, sale_id, tap_id, body, state, reason_code, reason, saved_ms, is_sealed,"
    " (SELECT value FROM kept WHERE name = 'dated/' || entry_id) FROM outbox"
)
_FACT: Final = (
    "SELECT entry_id, sale_id, business_key, poi_transaction_id, poi_time, lines, answer, told FROM till_fact"
)


class Outbox:
    """Durable, in order, without gap."""

    def __init__(
        self,
        database: Database,
        *,
        entries_max: int = OUTBOX_ENTRIES_MAX,
        seal: Callable[[bytes, str], bytes | None] = lambda _body, _entry_id: None,
    ) -> None:
        """`seal`: a body sealed to central as an entry; None while central's key is not known."""
        self._seal = seal
        self._database = database
        self._entries_max = entries_max

    async def append(self, new: NewEntry, *, now_ms: int) -> Fact:
        """Note an entry and the till's fact in one transaction; on return it is on the disk.

        The same business key with the same content gives the first fact again: nothing is noted twice. An
        entry that was refused is put back in the queue; one delivered so long ago that its answer is
        gone is queued again under its old id, and central answers as the first time.
        Raises: OutboxFull, TicketChanged.
        """

        def work(db: apsw.Connection) -> Fact:
            found = db.execute(
                "SELECT content_hash, entry_id FROM till_fact WHERE business_key = ?", (new.business_key,)
            ).fetchone()
            if found is None:
                self._insert_entry(db, new, new.entry_id, now_ms)
                _insert_fact(db, new, now_ms)
                return _get_fact(db, new.entry_id)
            content_hash, entry_id = found
            if content_hash != new.content_hash:
                raise TicketChanged
            fact = _get_fact(db, entry_id)
            if fact.answer is None:
                self._queue_again(db, new, entry_id, now_ms)
            return fact

        return await self._database.write(work)

    async def find_head(self) -> Entry | None:
        """The entry to be sent next."""

        def work(db: apsw.Connection) -> Entry | None:
            row = db.execute(_ENTRY + " WHERE state <> 'refused' ORDER BY seq LIMIT 1").fetchone()
            return _entry(row) if row else None

        return await self._database.read(work)

    async def delivered(self, entry: Entry, answer: bytes) -> None:
        """Central has it: forget the body, keep the answer for a while."""

        def work(db: apsw.Connection) -> None:
            db.execute("DELETE FROM outbox WHERE seq = ?", (entry.seq,))
            assert db.changes() == 1, "an entry is delivered once"
            db.execute("UPDATE outbox_head SET delivered = delivered + 1, depth = depth - 1")
            db.execute("UPDATE till_fact SET answer = ? WHERE entry_id = ?", (answer, entry.entry_id))

        await self._database.write(work)

    async def refused(self, entry: Entry, *, code: str, reason: str, now_ms: int) -> None:
        """Central will not take it: keep it for staff, the queue goes on."""

        def work(db: apsw.Connection) -> None:
            db.execute(
                "UPDATE outbox SET state = 'refused', reason_code = ?, reason = ?, changed_ms = ?"
                " WHERE seq = ? AND state <> 'refused'",
                (code, reason[:OUTBOX_REASON_CHARS_MAX], now_ms, entry.seq),
            )
            assert db.changes() == 1, "an entry is refused once"
            db.execute("UPDATE outbox_head SET depth = depth - 1")

        await self._database.write(work)

    async def parked(self, entry: Entry, *, code: str, reason: str, now_ms: int) -> None:
        """The head waits for something a person must mend."""

        def work(db: apsw.Connection) -> None:
            db.execute(
                "UPDATE outbox SET state = 'parked', reason_code = ?, reason = ?, changed_ms = ?"
                " WHERE seq = ? AND state <> 'refused'",
                (code, reason[:OUTBOX_REASON_CHARS_MAX], now_ms, entry.seq),
            )

        await self._database.write(work)

    async def dated_anew(self, entry: Entry, occurred_ms: int, *, now_ms: int) -> None:
        """The till's clock was ahead and central took nothing of it: the entry goes on with this moment."""
        body = entry.body if entry.is_sealed else occurred_at(entry.kind, entry.body, occurred_ms)

        def work(db: apsw.Connection) -> None:
            db.execute(
                "UPDATE outbox SET body = ?, changed_ms = ? WHERE seq = ? AND state <> 'refused'",
                (body, now_ms, entry.seq),
            )
            assert db.changes() == 1, "only what waits is dated anew"
            # Queued again after its answer was forgotten, it must say what central has.
            moment = str(occurred_ms).encode()
            db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (_dated(entry.entry_id), moment))

        await self._database.write(work)

    async def counts(self) -> Counts:
        """How much waits, how much was refused."""

        def work(db: apsw.Connection) -> Counts:
            (last, delivered, depth), *_ = db.execute("SELECT last_seq, delivered, depth FROM outbox_head")
            return Counts(depth=depth, refused=last - delivered - depth, last_seq=last, delivered=delivered)

        return await self._database.read(work)

    async def list_entries(self, *, limit: int = OUTBOX_ENTRIES_SHOWN_MAX) -> list[Entry]:
        """What is in the box, refused ones too, oldest first."""
        return await self._database.read(
            lambda db: [_entry(row) for row in db.execute(_ENTRY + " ORDER BY seq LIMIT ?", (limit,))]
        )

    async def find_fact(self, poi_transaction_id: str) -> Fact | None:
        """The ticket behind a POITransactionID we gave."""

        def work(db: apsw.Connection) -> Fact | None:
            row = db.execute(_FACT + " WHERE poi_transaction_id = ?", (poi_transaction_id,)).fetchone()
            return _fact(row) if row else None

        return await self._database.read(work)

    async def find_fact_of_key(self, business_key: str) -> Fact | None:
        """The ticket or return that a till noted under its own identity."""

        def work(db: apsw.Connection) -> Fact | None:
            row = db.execute(_FACT + " WHERE business_key = ?", (business_key,)).fetchone()
            return _fact(row) if row else None

        return await self._database.read(work)

    async def is_noted(self, business_key: str) -> bool:
        """Whether this ticket or return of a till was noted before."""
        query = "SELECT 1 FROM till_fact WHERE business_key = ?"
        return await self._database.read(lambda db: db.execute(query, (business_key,)).fetchone() is not None)

    async def list_last_keys_of(self, till: str) -> list[str]:
        """The identities of what this till brought, among the last that any did; kept without a card too."""
        query = (
            "SELECT business_key FROM (SELECT business_key FROM till_fact ORDER BY rowid DESC LIMIT :limit)"
            " WHERE business_key >= :first AND business_key < :behind"
            " UNION ALL SELECT * FROM (SELECT business_key FROM nobodys_ticket"
            " WHERE sale_id = :till ORDER BY kept_ms DESC LIMIT :limit)"
        )
        behind = f"{till}}}"  # a brace follows the bar in ASCII
        values = {"till": till, "first": f"{till}|", "behind": behind, "limit": TICKETS_LOOKED_BACK_MAX}
        return await self._database.read(lambda db: [str(row[0]) for row in db.execute(query, values)])

    async def is_waiting(self, entry_id: str) -> bool:
        """Whether central has not taken it yet, and will be asked again."""
        query = "SELECT 1 FROM outbox WHERE entry_id = ? AND state <> 'refused'"
        return await self._database.read(lambda db: db.execute(query, (entry_id,)).fetchone() is not None)

    async def list_returns(self, sale_id: str) -> list[Fact]:
        """The returns of a sale noted here that were not refused."""
        query = (
            f"{_FACT} WHERE sale_id = ? AND kind = 'return' AND entry_id NOT IN"  # noqa: S608  (a constant)
            " (SELECT entry_id FROM outbox WHERE state = 'refused')"
        )
        return await self._database.read(lambda db: [_fact(row) for row in db.execute(query, (sale_id,))])

    async def forget_answers(self, before_ms: int) -> None:
        """Drop answers of facts noted before; the facts stay for ever."""
        await self._database.write(
            lambda db: db.execute(
                "UPDATE till_fact SET answer = NULL WHERE answer IS NOT NULL AND saved_ms < ?", (before_ms,)
            ).fetchall()
        )

    def _queue_again(self, db: apsw.Connection, new: NewEntry, entry_id: str, now_ms: int) -> None:
        state = db.execute("SELECT state FROM outbox WHERE entry_id = ?", (entry_id,)).fetchone()
        if state is None:
            self._insert_entry(db, new, entry_id, now_ms)
        elif state == ("refused",):
            self._take_place(db, is_new=False)
            db.execute(
                "UPDATE outbox SET state = 'pending', changed_ms = ? WHERE entry_id = ?", (now_ms, entry_id)
            )

    def _insert_entry(self, db: apsw.Connection, new: NewEntry, entry_id: str, now_ms: int) -> None:
        seq = self._take_place(db, is_new=True)
        body = new.body if entry_id == new.entry_id else with_id(new.kind, new.body, entry_id)
        dated = db.execute("SELECT value FROM kept WHERE name = ?", (_dated(entry_id),)).fetchone()
        if dated is not None:
            body = occurred_at(new.kind, body, int(dated[0]))
        sealed = self._seal(body, entry_id)
        db.execute(
            "INSERT INTO outbox(seq, entry_id, kind, sale_id, tap_id, body, is_sealed, state, saved_ms,"
            " changed_ms) VALUES (?, ?, ?, ?, ?, ?, ?, 'pending', ?, ?)",
            (
                seq,
                entry_id,
                new.kind,
                entry_id if new.kind == "sale" else new.sale_id,
                new.tap_id,
                body if sealed is None else sealed,
                int(sealed is not None),
                now_ms,
                now_ms,
            ),
        )

    def _take_place(self, db: apsw.Connection, *, is_new: bool) -> int:
        """One guarded statement: no number is given where there is no room."""
        row = db.execute(
            "UPDATE outbox_head SET last_seq = last_seq + ?, depth = depth + 1 WHERE depth < ?"
            " RETURNING last_seq",
            (int(is_new), self._entries_max),
        ).fetchone()
        if row is None:
            raise OutboxFull(entries_max=self._entries_max)
        return int(row[0])


def _dated(entry_id: str) -> str:
    """Where it is kept at which moment a ticket goes on whose till's clock was ahead."""
    return f"dated/{entry_id}"


def _insert_fact(db: apsw.Connection, new: NewEntry, now_ms: int) -> None:
    db.execute(
        "INSERT INTO till_fact(business_key, content_hash, kind, entry_id, sale_id, poi_transaction_id,"
        " poi_time, lines, saved_ms, told) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            new.business_key,
            new.content_hash,
            new.kind,
            new.entry_id,
            new.sale_id,
            new.poi_transaction_id,
            new.poi_time,
            new.lines,
            now_ms,
            new.told,
        ),
    )


def _get_fact(db: apsw.Connection, entry_id: str) -> Fact:
    row = db.execute(_FACT + " WHERE entry_id = ?", (entry_id,)).fetchone()
    assert row is not None
    return _fact(row)


def _entry(row: Any) -> Entry:
    return Entry(**dict(zip(Entry.__slots__, row, strict=True)))


def _fact(row: Any) -> Fact:
    return Fact(**dict(zip(Fact.__slots__, row, strict=True)))

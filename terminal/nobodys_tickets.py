"""Tickets that came without a card, kept here for a card that was forgotten (docs/nexo.md).

Central hears of one only when something is done with it: its member's card is added, or goods of it come
back. Its ids are made when it is kept, so it is booked once, whoever names it and however often.
"""

from dataclasses import dataclass, replace
from typing import Any, Final

import apsw
import msgspec

from loyalty.limits.tills import NOBODYS_TICKETS_LISTED_MAX, NOBODYS_TICKETS_MAX
from terminal.bodies import with_id
from terminal.database import Database
from terminal.outbox import NewEntry, TicketChanged


@dataclass(frozen=True, slots=True, kw_only=True)
class NobodysTicket:
    """A ticket of nobody. `entry`: what goes into the outbox when it is claimed; no person's data.

    `number`: what the paper, or the till, calls it.
    """

    entry: NewEntry
    sale_id: str
    number: str
    occurred_ms: int
    total_minor: int
    currency: str
    is_told: bool = False
    """Whether the till was told Success for it: then it stays as it is."""
    kept_ms: int = 0
    is_claimed: bool = False
    """Whether it was handed to the outbox, as nobody's."""


_COLUMNS: Final = (
    "SELECT entry, sale_id, number, occurred_ms, total_minor, currency, is_told, kept_ms, is_claimed"
    " FROM nobodys_ticket"
)
_NOT_NOTED: Final = (
    "NOT EXISTS (SELECT 1 FROM till_fact AS fact WHERE fact.business_key = nobodys_ticket.business_key)"
)
_encode = msgspec.json.encode
_decode: Final = msgspec.json.Decoder(NewEntry)


class NobodysTickets:
    """Keeps them, the youngest `tickets_max`."""

    def __init__(self, database: Database, *, tickets_max: int = NOBODYS_TICKETS_MAX) -> None:
        self._database = database
        self._tickets_max = tickets_max

    async def keep(self, ticket: NobodysTicket, *, now_ms: int) -> NobodysTicket:
        """Keep a ticket; the same again is the first, and one whose lines changed keeps its ids.

        Raises: TicketChanged: the till was told Success for other lines, or they are at central.
        """

        def work(db: apsw.Connection) -> NobodysTicket:
            first = _find(db, "business_key", ticket.entry.business_key)
            if first is None:
                _insert(db, ticket, now_ms)
                self._make_room(db)
                return replace(ticket, kept_ms=now_ms)
            if first.entry.content_hash != ticket.entry.content_hash:
                if first.is_told or first.is_claimed:
                    raise TicketChanged
                first = replace(
                    ticket,
                    entry=_under(first.entry, ticket.entry),
                    is_told=False,
                    kept_ms=first.kept_ms,
                )
                db.execute(
                    "UPDATE nobodys_ticket SET entry = ?, occurred_ms = ?, total_minor = ?, currency = ?"
                    " WHERE business_key = ?",
                    (
                        _encode(first.entry),
                        first.occurred_ms,
                        first.total_minor,
                        first.currency,
                        first.entry.business_key,
                    ),
                )
            if ticket.is_told and not first.is_told:
                db.execute(
                    "UPDATE nobodys_ticket SET is_told = 1 WHERE business_key = ?",
                    (first.entry.business_key,),
                )
                first = replace(first, is_told=True)
            return first

        return await self._database.write(work)

    async def find(self, poi_transaction_id: str) -> NobodysTicket | None:
        """The ticket behind a POITransactionID that we gave."""
        return await self._database.read(lambda db: _find(db, "poi_transaction_id", poi_transaction_id))

    async def find_of_key(self, business_key: str) -> NobodysTicket | None:
        """The ticket that a till knows by its own identity."""
        return await self._database.read(lambda db: _find(db, "business_key", business_key))

    async def list_of(self, sale_id: str) -> list[NobodysTicket]:
        """The youngest of a till that nothing was done with, youngest first."""
        query = f"{_COLUMNS} WHERE sale_id = ? AND {_NOT_NOTED} ORDER BY kept_ms DESC, rowid DESC LIMIT ?"
        bindings = (sale_id, NOBODYS_TICKETS_LISTED_MAX)
        return await self._database.read(lambda db: [_ticket(row) for row in db.execute(query, bindings)])

    async def claim(self, poi_transaction_id: str) -> None:
        """From now on it is central's: a card in an award no longer makes it a member's."""
        await self._set_claimed(poi_transaction_id, is_claimed=True)

    async def unclaim(self, poi_transaction_id: str) -> None:
        """Its award came with a card first: it is that member's."""
        await self._set_claimed(poi_transaction_id, is_claimed=False)

    async def _set_claimed(self, poi_transaction_id: str, *, is_claimed: bool) -> None:
        await self._database.write(
            lambda db: db.execute(
                "UPDATE nobodys_ticket SET is_claimed = ? WHERE poi_transaction_id = ?",
                (int(is_claimed), poi_transaction_id),
            ).fetchall()
        )

    async def forget(self, before_ms: int) -> None:
        """Drop what was kept before."""
        await self._database.write(
            lambda db: db.execute("DELETE FROM nobodys_ticket WHERE kept_ms < ?", (before_ms,)).fetchall()
        )

    def _make_room(self, db: apsw.Connection) -> None:
        db.execute(
            "DELETE FROM nobodys_ticket WHERE business_key IN"
            " (SELECT business_key FROM nobodys_ticket ORDER BY kept_ms DESC, rowid DESC LIMIT -1 OFFSET ?)",
            (self._tickets_max,),
        )


def _under(first: NewEntry, changed: NewEntry) -> NewEntry:
    """Other lines under the ids that were given first."""
    return replace(
        changed,
        entry_id=first.entry_id,
        sale_id=first.sale_id,
        body=with_id(changed.kind, changed.body, first.entry_id),
        poi_transaction_id=first.poi_transaction_id,
        poi_time=first.poi_time,
    )


def _insert(db: apsw.Connection, ticket: NobodysTicket, now_ms: int) -> None:
    db.execute(
        "INSERT INTO nobodys_ticket(business_key, poi_transaction_id, entry, sale_id, number, occurred_ms,"
        " total_minor, currency, is_told, kept_ms, is_claimed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
        (
            ticket.entry.business_key,
            ticket.entry.poi_transaction_id,
            _encode(ticket.entry),
            ticket.sale_id,
            ticket.number,
            ticket.occurred_ms,
            ticket.total_minor,
            ticket.currency,
            int(ticket.is_told),
            now_ms,
        ),
    )


def _find(db: apsw.Connection, column: str, value: str) -> NobodysTicket | None:
    row = db.execute(f"{_COLUMNS} WHERE {column} = ?", (value,)).fetchone()
    return None if row is None else _ticket(row)


def _ticket(row: Any) -> NobodysTicket:
    entry, sale_id, number, occurred_ms, total_minor, currency, is_told, kept_ms, is_claimed = row
    return NobodysTicket(
        entry=_decode.decode(bytes(entry)),
        sale_id=sale_id,
        number=number,
        occurred_ms=occurred_ms,
        total_minor=total_minor,
        currency=currency,
        is_told=bool(is_told),
        kept_ms=kept_ms,
        is_claimed=bool(is_claimed),
    )

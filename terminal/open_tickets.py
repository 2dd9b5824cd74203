"""Tickets under way: what central holds for a ticket between the first word about it and its award.

A till tells rebates, redeemed points and payments one by one, before it reports the paid ticket. One
reservation at central holds them; this store remembers which, so that the award, a reversal, or the agent
itself after `TICKET_CAPTURE_S` (the till said "paid" and nothing more) settles exactly that.
"""

from collections.abc import Callable
from typing import Final, Literal

import apsw
import msgspec

from loyalty.limits.tills import OPEN_TICKETS_LISTED_MAX, TICKET_AHEAD_S
from terminal.database import Database
from terminal.offline.pricing import Told
from wire.api import EvidenceBody
from wire.api_sales import BasketBody
from wire.nexo.loyalty import LoyaltyAccountID

PartKind = Literal["rebate", "points", "purse", "gift_card"]
State = Literal["open", "booked"]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """One thing a till was told Success for. `number`: of a gift card."""

    kind: PartKind
    poi_id: str
    poi_time: str
    amount_minor: int = 0
    points: int = 0
    number: str = ""
    lease_id: str = ""
    """Of points that paid in a cut: the lease they came out of, at `drawn_ms` by central's word."""
    drawn_ms: int = 0

    @property
    def is_value(self) -> bool:
        """Whether something of worth pays: then the ticket is booked even if no award comes."""
        return self.kind != "rebate"


class OpenTicket(msgspec.Struct, frozen=True, kw_only=True):
    """A ticket. `basket`: as first told, before rebates; `amounts`: what each line costs by the quote."""

    key: str
    sale_id: str
    state: State = "open"
    occurred_ms: int
    operator: str
    basket: BasketBody
    holder: EvidenceBody | None = None
    account: LoyaltyAccountID | None = None
    tap_id: str = ""
    amounts: dict[int, int] = {}
    quote_id: str = ""
    reservation_id: str = ""
    reserved_ms: int = 0
    candidates: tuple[str, ...] = ()
    """Reservations that were asked for since and not confirmed: each may stand at central by now, in the
    place of the one before."""
    parts: tuple[Part, ...] = ()
    told: Told | None = None
    """What was told of it while central was away: then no reservation holds it."""

    @property
    def may_stand(self) -> list[str]:
        """What of it may stand at central."""
        return [each for each in (self.reservation_id, *self.candidates) if each]

    @property
    def is_paying(self) -> bool:
        """Whether value was taken for it."""
        return any(part.is_value for part in self.parts)


_decoder: Final = msgspec.json.Decoder(OpenTicket)


class OpenTickets:
    """Keeps tickets under way, and finds one by its key or by a POITransactionID of one of its parts."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put(
        self,
        ticket: OpenTicket,
        *,
        now_ms: int,
        beside: Callable[[apsw.Connection], None] | None = None,
    ) -> OpenTicket:
        """Write a ticket as it stands now, and what belongs to it; on return both are on the disk.

        Raises: what `beside` raises.
        """
        body = msgspec.json.encode(ticket)

        def work(db: apsw.Connection) -> None:
            if beside is not None:
                beside(db)
            db.execute(
                "INSERT INTO till_ticket(ticket_key, state, is_paying, body, reserved_ms, changed_ms)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT(ticket_key) DO UPDATE SET state = excluded.state,"
                " is_paying = excluded.is_paying, body = excluded.body,"
                " reserved_ms = excluded.reserved_ms, changed_ms = excluded.changed_ms",
                (ticket.key, ticket.state, int(ticket.is_paying), body, ticket.reserved_ms, now_ms),
            )
            for part in ticket.parts:
                db.execute(
                    "INSERT INTO till_part(poi_transaction_id, ticket_key) VALUES (?, ?)"
                    " ON CONFLICT DO NOTHING",
                    (part.poi_id, ticket.key),
                )

        await self._database.write(work)
        return ticket

    async def find(self, key: str) -> OpenTicket | None:
        """A ticket by its key."""
        return await self._find("SELECT body FROM till_ticket WHERE ticket_key = ?", key)

    async def find_of_part(self, poi_transaction_id: str) -> OpenTicket | None:
        """The ticket one of whose parts has, or had, this POITransactionID."""
        return await self._find(
            "SELECT body FROM till_ticket WHERE ticket_key ="
            " (SELECT ticket_key FROM till_part WHERE poi_transaction_id = ?)",
            poi_transaction_id,
        )

    async def list_due(self, reserved_before_ms: int, now_ms: int) -> list[OpenTicket]:
        """Open tickets that value was taken for, held since before; oldest first.

        One that was held far in our future was held by a clock that was wrong: nobody knows how long ago.
        """
        query = (
            "SELECT body FROM till_ticket WHERE state = 'open' AND is_paying"
            " AND (reserved_ms < ? OR reserved_ms > ?) ORDER BY reserved_ms LIMIT ?"
        )
        bindings = (reserved_before_ms, now_ms + TICKET_AHEAD_S * 1000, OPEN_TICKETS_LISTED_MAX)
        return await self._database.read(
            lambda db: [_decoder.decode(bytes(row[0])) for row in db.execute(query, bindings)]
        )

    async def forget(self, before_ms: int) -> None:
        """Drop what was settled, or came to nothing, before."""

        def work(db: apsw.Connection) -> None:
            gone = (
                "SELECT ticket_key FROM till_ticket"
                " WHERE changed_ms < ? AND NOT (state = 'open' AND is_paying)"
            )
            db.execute(f"DELETE FROM till_part WHERE ticket_key IN ({gone})", (before_ms,))  # noqa: S608
            db.execute(f"DELETE FROM till_ticket WHERE ticket_key IN ({gone})", (before_ms,))  # noqa: S608

        await self._database.write(work)

    async def _find(self, query: str, value: str) -> OpenTicket | None:
        def work(db: apsw.Connection) -> OpenTicket | None:
            row = db.execute(query, (value,)).fetchone()
            return _decoder.decode(bytes(row[0])) if row else None

        return await self._database.read(work)

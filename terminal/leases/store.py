"""Leases on the terminal's disk: signed as they came, and how much of each was burned."""

from dataclasses import dataclass
from typing import Final, Literal

import apsw
import msgspec

from loyalty.programme.leasing import LeaseAtHand
from terminal.database import Database
from wire.api_leases import LeaseDocument, LeaseView, card_mark

State = Literal["asked", "live", "returning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptLease:
    """A lease as it is kept. `asked`: its id was written before central was asked, and nothing more is known.

    `returning`: nothing is burned of it any more; central shall hear how much was.
    """

    lease_id: str
    state: State
    document: str
    signature: str
    amount: int
    drawn: int
    expires_ms: int
    balance: int | None = None
    """Points of the member as central last told them for this card, at `balance_ms`; None: it did not."""
    balance_ms: int = 0

    @property
    def terms(self) -> LeaseDocument:
        """What central signed."""
        return msgspec.json.decode(self.document, type=LeaseDocument)

    @property
    def at_hand(self) -> LeaseAtHand:
        """As a burn is judged by it."""
        return LeaseAtHand(
            amount=self.amount, drawn=self.drawn, expires_ms=self.expires_ms, is_open=self.state == "live"
        )


_COLUMNS: Final = (
    "SELECT lease_id, state, document, signature, amount, drawn, expires_ms, balance, balance_ms FROM lease"
)


class LeaseStore:
    """Keeps leases. A burn is written by `draw` in the transaction of its ticket."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ask(self, lease_id: str, *, now_ms: int) -> None:
        """Write an id down before central is asked for a lease under it."""
        await self._database.write(
            lambda db: db.execute(
                "INSERT INTO lease(lease_id, state, document, signature, amount, drawn, expires_ms,"
                " changed_ms) VALUES (?, 'asked', '', '', 0, 0, 0, ?)",
                (lease_id, now_ms),
            ).fetchall()
        )

    async def take(self, view: LeaseView, *, now_ms: int) -> None:
        """Central granted what was asked for."""
        content = (view.document, view.signature, view.amount, view.expires_ms, now_ms, view.lease_id)
        await self._database.write(
            lambda db: db.execute(
                "UPDATE lease SET state = 'live', document = ?, signature = ?, amount = ?, expires_ms = ?,"
                " changed_ms = ? WHERE lease_id = ? AND state = 'asked'",
                content,
            ).fetchall()
        )

    async def note_balance(self, lease_id: str, points: int, *, at_ms: int) -> None:
        """What central told of the member's points: it goes with the lease."""
        await self._database.write(
            lambda db: db.execute(
                "UPDATE lease SET balance = ?, balance_ms = ? WHERE lease_id = ?", (points, at_ms, lease_id)
            ).fetchall()
        )

    async def stop(self, lease_id: str, *, now_ms: int) -> None:
        """Burn nothing of it any more."""
        await self._database.write(
            lambda db: db.execute(
                "UPDATE lease SET state = 'returning', changed_ms = ? WHERE lease_id = ?", (now_ms, lease_id)
            ).fetchall()
        )

    async def drop(self, lease_id: str) -> None:
        """Central knows how it ended."""
        await self._database.write(
            lambda db: db.execute("DELETE FROM lease WHERE lease_id = ?", (lease_id,)).fetchall()
        )

    async def list_all(self) -> list[KeptLease]:
        """All of them, by id."""
        return await self._database.read(
            lambda db: [_kept(row) for row in db.execute(_COLUMNS + " ORDER BY lease_id")]
        )

    async def find_of_card(self, identity: str) -> KeptLease | None:
        """The live lease of a card, by its chip's UID or its number."""
        for lease in await self.list_all():
            if lease.state == "live" and lease.terms.card == card_mark(lease.lease_id, identity):
                return lease
        return None


class LeaseChanged(Exception):
    """The lease is no longer what the burn was decided on: nothing was written."""


def draw(db: apsw.Connection, lease_id: str, points: int) -> None:
    """Burn points of a lease, guarded: never more than it has, and nothing of one that is given back.

    Raises: LeaseChanged.
    """
    db.execute(
        "UPDATE lease SET drawn = drawn + ? WHERE lease_id = ? AND state = 'live' AND drawn + ? <= amount",
        (points, lease_id, points),
    )
    if db.changes() != 1:
        raise LeaseChanged


def undraw(db: apsw.Connection, lease_id: str, points: int) -> None:
    """A burn that its till took back before the ticket was booked."""
    db.execute(
        "UPDATE lease SET drawn = drawn - ? WHERE lease_id = ? AND drawn >= ?", (points, lease_id, points)
    )
    assert db.changes() == 1, "what was burned was counted, and a lease with unsettled burns stays"


def _kept(row: tuple[object, ...]) -> KeptLease:
    return KeptLease(**dict(zip(KeptLease.__slots__, row, strict=True)))  # type: ignore[arg-type]

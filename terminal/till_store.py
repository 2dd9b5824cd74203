"""What tills asked and were answered: the transport key (SaleID, ServiceID, category), for 48 hours.

The same key with the same content gets the same bytes again; with other content it is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.tills import MOVED_TICKETS_MAX
from terminal.database import Database
from terminal.totals import Done, note


class ServiceIdReused(LoyaltyError):
    """The transport key came with other content."""

    code = "service_id_reused"
    trouble = Trouble.CONFLICT
    text = (
        "ServiceID {service_id} was already used for another {category} message within 48 hours."
        " Send this one with a new ServiceID."
    )


@dataclass(frozen=True, slots=True)
class Key:
    """A till's transport key."""

    sale_id: str
    service_id: str
    category: str


@dataclass(frozen=True, slots=True)
class Stored:
    """A known message. `answer` is None while it runs; `request` is kept until it is answered."""

    key: Key
    content_hash: bytes
    request: bytes | None
    answer: bytes | None


_COLUMNS = "sale_id, service_id, category, content_hash, request, answer"


class TillStore:
    """Transport keys and answers, tickets that changed their member, small things kept across restarts."""

    def __init__(self, database: Database, *, moved_max: int = MOVED_TICKETS_MAX) -> None:
        self._database = database
        self._moved_max = moved_max

    async def begin(self, key: Key, content_hash: bytes, request: bytes, *, now_ms: int) -> bytes | None:
        """Claim a key; the stored answer when it was answered before. A claim left by a crash is taken over.

        Raises: ServiceIdReused.
        """

        def work(db: apsw.Connection) -> bytes | None:
            db.execute(
                "INSERT INTO till_answer(sale_id, service_id, category, content_hash, request, at_ms)"
                " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
                (key.sale_id, key.service_id, key.category, content_hash, request, now_ms),
            )
            if db.changes() == 1:
                return None
            stored = _find(db, key)
            assert stored is not None
            if stored.content_hash != content_hash:
                raise ServiceIdReused(service_id=key.service_id, category=key.category)
            return stored.answer

        return await self._database.write(work)

    async def finish(self, key: Key, answer: bytes, counted: Sequence[Done] = (), *, now_ms: int = 0) -> None:
        """Keep the answer and count what it tells, in one; the request is forgotten."""

        def work(db: apsw.Connection) -> None:
            db.execute(
                "UPDATE till_answer SET answer = ?, request = NULL"
                " WHERE sale_id = ? AND service_id = ? AND category = ?",
                (answer, key.sale_id, key.service_id, key.category),
            )
            for done in counted:
                note(db, done, now_ms)

        await self._database.write(work)

    async def count(self, done: Done, *, now_ms: int) -> None:
        """Count what was done beside the answer that is kept."""
        await self._database.write(lambda db: note(db, done, now_ms))

    async def release(self, key: Key) -> None:
        """Give a claim back: nothing came of it."""
        await self._database.write(
            lambda db: db.execute(
                "DELETE FROM till_answer"
                " WHERE sale_id = ? AND service_id = ? AND category = ? AND answer IS NULL",
                (key.sale_id, key.service_id, key.category),
            ).fetchall()
        )

    async def find(self, key: Key) -> Stored | None:
        """What is known of a key."""
        return await self._database.read(lambda db: _find(db, key))

    async def find_last(self, sale_id: str) -> Stored | None:
        """The till's last message."""
        query = f"SELECT {_COLUMNS} FROM till_answer WHERE sale_id = ? ORDER BY number DESC LIMIT 1"  # noqa: S608
        return await self._database.read(lambda db: _stored(db.execute(query, (sale_id,)).fetchone()))

    async def list_unanswered(self) -> list[Stored]:
        """Claims that a crash left behind, oldest first."""
        query = f"SELECT {_COLUMNS} FROM till_answer WHERE answer IS NULL ORDER BY number"  # noqa: S608

        def work(db: apsw.Connection) -> list[Stored]:
            found = [_stored(row) for row in db.execute(query)]
            return [stored for stored in found if stored is not None]

        return await self._database.read(work)

    async def forget(self, before_ms: int) -> None:
        """Drop keys older than their lifetime."""
        await self._database.write(
            lambda db: db.execute("DELETE FROM till_answer WHERE at_ms < ?", (before_ms,)).fetchall()
        )

    async def note_moved(self, sale_id: str, *, act_id: str, new_sale_id: str, now_ms: int) -> None:
        """A ticket changed its member by this act: from now on it stands as another one."""

        def work(db: apsw.Connection) -> None:
            row = (sale_id, act_id, new_sale_id, now_ms)
            db.execute("INSERT OR REPLACE INTO moved_ticket VALUES (?, ?, ?, ?)", row)
            db.execute(
                "DELETE FROM moved_ticket WHERE sale_id IN"
                " (SELECT sale_id FROM moved_ticket ORDER BY moved_ms DESC, rowid DESC LIMIT -1 OFFSET ?)",
                (self._moved_max,),
            )

        await self._database.write(work)

    async def find_moved(self, sale_id: str) -> tuple[str, str] | None:
        """By which act it changed its member, and as what it stands since."""
        query = "SELECT act_id, new_sale_id FROM moved_ticket WHERE sale_id = ?"
        row = await self._database.read(lambda db: db.execute(query, (sale_id,)).fetchone())
        return None if row is None else (str(row[0]), str(row[1]))

    async def forget_moved(self, before_ms: int) -> None:
        """Drop what changed before."""
        await self._database.write(
            lambda db: db.execute("DELETE FROM moved_ticket WHERE moved_ms < ?", (before_ms,)).fetchall()
        )

    async def keep(self, name: str, value: bytes) -> None:
        """Remember a small thing across restarts."""
        await self._database.write(
            lambda db: db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value)).fetchall()
        )

    async def find_kept(self, name: str) -> bytes | None:
        """A small thing remembered."""

        def work(db: apsw.Connection) -> bytes | None:
            row = db.execute("SELECT value FROM kept WHERE name = ?", (name,)).fetchone()
            return bytes(row[0]) if row else None

        return await self._database.read(work)

    async def list_kept(self, prefix: str) -> list[str]:
        """The names of small things that begin so."""
        query = "SELECT name FROM kept WHERE substr(name, 1, ?) = ? ORDER BY name"
        return await self._database.read(
            lambda db: [str(name) for (name,) in db.execute(query, (len(prefix), prefix))]
        )

    async def drop_kept(self, name: str) -> None:
        """Forget a small thing."""
        await self._database.write(
            lambda db: db.execute("DELETE FROM kept WHERE name = ?", (name,)).fetchall()
        )


def _find(db: apsw.Connection, key: Key) -> Stored | None:
    row = db.execute(
        f"SELECT {_COLUMNS} FROM till_answer"  # noqa: S608
        " WHERE sale_id = ? AND service_id = ? AND category = ?",
        (key.sale_id, key.service_id, key.category),
    ).fetchone()
    return _stored(row)


def _stored(row: Any) -> Stored | None:
    if row is None:
        return None
    sale_id, service_id, category, content_hash, request, answer = row
    key = Key(str(sale_id), str(service_id), str(category))
    assert isinstance(content_hash, bytes)
    return Stored(
        key,
        content_hash,
        request if isinstance(request, bytes) else None,
        answer if isinstance(answer, bytes) else None,
    )

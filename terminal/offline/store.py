"""Bundle, hot-list and central's public keys on the disk: each is exchanged in one transaction, or stays."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import apsw
import msgspec

from terminal.database import Database
from wire.offline import BundleHead, HotEntry, OfflineKeysView

_KEYS: Final = "offline-keys"
_HEAD: Final = "offline-bundle-head"
_CONTENT: Final = "offline-bundle-content"
_HOT: Final = "offline-hot-list"


class Pinned(msgspec.Struct, frozen=True, kw_only=True):
    """The keys as they were first seen with this token; a terminal that is paired anew pins anew."""

    token_hash: str
    keys: OfflineKeysView


class HotState(msgspec.Struct, frozen=True, kw_only=True):
    """How far the hot-list is here, and when central said so. `is_whole`: nothing of it is still to come."""

    seq: int = 0
    as_of_ms: int = 0
    is_whole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """All that was kept, as it is read at the start."""

    pinned: Pinned | None
    head: BundleHead | None
    content: bytes
    hot: HotState
    marks: frozenset[str]


def hash_of(token: str) -> str:
    """What a token is known by here."""
    return hashlib.sha256(token.encode()).hexdigest()


class OfflineFiles:
    """Reads and writes them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def read(self) -> Kept:
        """What was kept."""

        def work(db: apsw.Connection) -> Kept:
            names = {_KEYS, _HEAD, _CONTENT, _HOT}
            rows = {
                str(name): bytes(value)
                for name, value in db.execute("SELECT name, value FROM kept WHERE name LIKE 'offline-%'")
                if name in names
            }
            return Kept(
                pinned=msgspec.json.decode(rows[_KEYS], type=Pinned) if _KEYS in rows else None,
                head=msgspec.json.decode(rows[_HEAD], type=BundleHead) if _HEAD in rows else None,
                content=rows.get(_CONTENT, b""),
                hot=msgspec.json.decode(rows[_HOT], type=HotState) if _HOT in rows else HotState(),
                marks=frozenset(str(mark) for (mark,) in db.execute("SELECT mark FROM hot_mark")),
            )

        return await self._database.read(work)

    async def pin(self, pinned: Pinned) -> None:
        """Trust these keys from now on; what others signed goes."""

        def work(db: apsw.Connection) -> None:
            db.execute("DELETE FROM kept WHERE name IN (?, ?, ?)", (_HEAD, _CONTENT, _HOT))
            db.execute("DELETE FROM hot_mark")
            _keep(db, _KEYS, msgspec.json.encode(pinned))

        await self._database.write(work)

    async def swap_bundle(self, head: BundleHead, content: bytes | None) -> None:
        """Take a bundle in place of the one before; without content its head alone became newer."""

        def work(db: apsw.Connection) -> None:
            _keep(db, _HEAD, msgspec.json.encode(head))
            if content is not None:
                _keep(db, _CONTENT, content)

        await self._database.write(work)

    async def apply_hot(self, state: HotState, entries: Sequence[HotEntry], *, anew: bool) -> None:
        """Follow a delta; `anew`: it begins the list."""

        def work(db: apsw.Connection) -> None:
            if anew:
                db.execute("DELETE FROM hot_mark")
            for entry in entries:
                if entry.is_hot:
                    db.execute("INSERT OR IGNORE INTO hot_mark VALUES (?)", (entry.mark,))
                else:
                    db.execute("DELETE FROM hot_mark WHERE mark = ?", (entry.mark,))
            _keep(db, _HOT, msgspec.json.encode(state))

        await self._database.write(work)


def _keep(db: apsw.Connection, name: str, value: bytes) -> None:
    db.execute("INSERT OR REPLACE INTO kept VALUES (?, ?)", (name, value))

"""Connections to a PostgreSQL server: how values travel, and what a server must promise before it is used."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import psycopg
from psycopg import pq
from psycopg.types.numeric import Int8BinaryDumper, NumericBinaryLoader
from psycopg.types.string import StrBinaryDumper

from central.storage.interface.common import DatabaseRefused
from central.storage.postgres.unit import Cursor
from loyalty.limits.storage import STORE_BUSY_WAIT_MS

Connection = psycopg.Connection[tuple[Any, ...]]

VERSION_MIN: Final = 15
_DURABLE: Final[Mapping[str, tuple[str, ...]]] = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
}
"""Settings without which an acknowledged sale may be lost."""
_OPTIONS: Final = (
    f"-c lock_timeout={STORE_BUSY_WAIT_MS} -c idle_in_transaction_session_timeout=60000"
    " -c client_min_messages=warning -c jit=off -c plan_cache_mode=force_generic_plan"
    " -c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
)
"""A statement is planned once, perhaps while its tables are empty; all of ours look rows up by key, whatever
the statistics say at that moment."""


class _WholeNumber(NumericBinaryLoader):
    """A sum of integers is an integer; PostgreSQL calls it numeric."""

    def load(self, data: pq.abc.Buffer) -> int:  # type: ignore[override]
        number = super().load(data)
        whole = int(number)
        assert whole == number, "nothing here is a fraction"
        return whole


def connect(url: str) -> Connection:
    """Open a connection; each statement is its own transaction until one is begun.

    Raises: DatabaseRefused.
    """
    try:
        connection = psycopg.connect(
            url,
            autocommit=True,
            prepare_threshold=0,
            application_name="officine",
            options=_options_of(url),
            connect_timeout=max(2, STORE_BUSY_WAIT_MS // 1000),
        )
    except psycopg.Error as error:
        raise DatabaseRefused(why=f"the server does not let us in ({_plain(error)}).{_WAY_OUT}") from error
    connection.prepared_max = None
    adapters = connection.adapters
    adapters.register_dumper(int, Int8BinaryDumper)
    adapters.register_dumper(str, StrBinaryDumper)
    adapters.register_loader("numeric", _WholeNumber)
    return connection


_WAY_OUT = " Check OFFICINE_DATABASE, and that the server runs: psql ADDRESS."


def cursor_of(connection: Connection) -> Cursor:
    """A cursor whose rows come in binary form."""
    return connection.cursor(binary=True)


def refuse_unsafe(connection: Connection) -> None:
    """Refuse a server that might lose what it acknowledged, is too old, or only follows another.

    Raises: DatabaseRefused.
    """
    version = connection.info.server_version // 10_000
    if version < VERSION_MIN:
        raise DatabaseRefused(
            why=f"the server is PostgreSQL {version}; Officine needs {VERSION_MIN} or newer. Update it."
        )
    found = _settings(connection, (*_DURABLE, "server_encoding", "transaction_read_only"))
    for name, allowed in _DURABLE.items():
        if found[name] not in allowed:
            raise DatabaseRefused(
                why=f"the server runs with {name} = {found[name]}, and could lose sales that tills hold for"
                f" saved. Set {name} = {allowed[0]} (ALTER SYSTEM, or the address's options) and reload it."
            )
    if found["server_encoding"] != "UTF8":
        raise DatabaseRefused(why="the database is not in UTF8. Make it with: createdb -E UTF8 -T template0.")
    if found["transaction_read_only"] != "off":
        raise DatabaseRefused(
            why="this server only follows another. Name the primary, or add target_session_attrs=read-write"
            " to the address."
        )


def _settings(connection: Connection, names: Sequence[str]) -> dict[str, str]:
    row = connection.execute(
        "SELECT array(SELECT current_setting(name) FROM unnest(%s::text[]) AS name)", [list(names)]
    ).fetchone()
    assert row is not None
    return dict(zip(names, row[0], strict=True))


def _options_of(url: str) -> str:
    """Ours first: what the address says comes later and wins, so that its writer has the last word."""
    given = psycopg.conninfo.conninfo_to_dict(url).get("options")
    return f"{_OPTIONS} {given}" if given else _OPTIONS


def _plain(error: psycopg.Error) -> str:
    """What the driver says in one line; it names hosts and users, never a password."""
    return " ".join(str(error).split())

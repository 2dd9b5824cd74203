"""The books of a place, on either engine: the ledger proved, and what the database holds of the group."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apsw

from central.services.core.access import operator_of
from central.services.ledger.check import check_ledger
from central.storage.addresses import is_postgres, sqlite_path
from central.storage.opening import open_store
from central.storage.postgres.connection import connect
from loyalty.ledger.chart import member_points
from tests.central_fixture import GROUP
from tests.drill.place import HOLDERS
from tests.drill.till_client import Record

Rows = Callable[..., list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Books:
    """What the database holds of the group, read from it without central."""

    sales: dict[str, int]
    """Points by sale id, in the order of their events."""
    business_keys: tuple[str, ...]
    """Of the sales, in the same order."""
    returns: dict[str, int]
    """Points taken back by return id."""
    balances: dict[str, int]
    """Points by member id, as stored."""
    lines: int


def assert_as_told(books: Books, record: Record) -> None:
    """Central holds exactly what its clients were told: nothing lost, nothing twice, nothing beside it."""
    assert books.sales == record.sales, "sales at central and sales acknowledged differ"
    assert books.returns == record.returns
    assert books.lines == len(record.sales), "each sale has its one line, no more"
    told = {member_id: balance for member_id, balance in record.balances.items() if balance}
    assert {member_id: balance for member_id, balance in books.balances.items() if balance} == told


async def sound_books(address: str) -> Books:
    """Check the ledger (invariants 1, 3, 5, 7) and read the books. Central must not be running.

    Raises: AssertionError: a difference, in words.
    """
    store = await open_store(address)
    try:
        report = await check_ledger(store, operator_of(GROUP))
    finally:
        await store.close()
    assert report.is_sound, [finding.text for finding in report.findings]
    return await asyncio.to_thread(_read_books, address)


async def findings_of_a_tampered_copy(address: str, copy: Path) -> list[str]:
    """Codes of what the audit finds in a SQLite copy whose journal has one posting altered in the middle."""
    store = await open_store(address)
    try:
        await store.copy_into(copy)
    finally:
        await store.close()
    await asyncio.to_thread(_tamper, copy)
    store = await open_store(f"sqlite:///{copy}")
    try:
        report = await check_ledger(store, operator_of(GROUP))
    finally:
        await store.close()
    return [finding.code.value for finding in report.findings]


def _tamper(copy: Path) -> None:
    connection = apsw.Connection(str(copy))
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
        connection.execute(f'DROP TRIGGER "{name}"')
    connection.execute(
        "UPDATE posting SET amount = amount + 1 WHERE posting_no = (SELECT min(posting_no) FROM posting)"
        " AND journal_seq = (SELECT max(journal_seq) / 2 FROM ledger_transaction)"
    )
    assert connection.changes() == 1
    connection.close()


def _read_books(address: str) -> Books:
    if is_postgres(address):
        with connect(address) as server:
            return _books_of(lambda sql: server.execute(sql.encode()).fetchall(), "body::json")
    connection = apsw.Connection(str(sqlite_path(address)), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        assert list(connection.execute("PRAGMA integrity_check")) == [("ok",)]
        assert list(connection.execute("PRAGMA foreign_key_check")) == []
        return _books_of(lambda sql: list(connection.execute(sql)), "body")
    finally:
        connection.close()


def _books_of(rows: Rows, body: str) -> Books:
    sales = rows(
        "SELECT sale.sale_id, sale.points, sale.business_key FROM event JOIN sale"
        f" ON sale.group_id = event.group_id AND sale.sale_id = event.{body} ->> 'sale_id'"
        f" WHERE event.kind = 'sale.committed' AND event.group_id = '{GROUP}' ORDER BY event.seq"
    )
    assert rows("SELECT count(*) FROM sale") == [(len({row[0] for row in sales}),)], (
        "every sale has its event"
    )
    assert len(sales) == len({row[0] for row in sales}), "no sale has two events"
    events = [seq for (seq,) in rows(f"SELECT seq FROM event WHERE group_id = '{GROUP}' ORDER BY seq")]
    assert events == list(range(1, len(events) + 1)), "the numbers of events have no gap"
    returns = rows("SELECT return_id, points FROM sale_return")
    with_points = [row for row in (*sales, *returns) if row[1] > 0]
    ((entries,),) = rows("SELECT count(*) FROM ledger_transaction")
    assert entries == len(with_points), "one ledger transaction for each sale and return with points"
    ((lines,),) = rows("SELECT count(*) FROM line_store_line")
    stored: dict[str, int] = dict(rows("SELECT account, balance FROM account"))  # type: ignore[arg-type]
    return Books(
        sales={sale_id: points for sale_id, points, _ in sales},
        business_keys=tuple(key for *_, key in sales),
        returns=dict(returns),  # type: ignore[arg-type]
        balances={holder.member_id: stored.get(member_points(holder.member_id), 0) for holder in HOLDERS},
        lines=lines,
    )

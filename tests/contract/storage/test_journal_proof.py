"""What the proof says of records and transactions that lost each other, and of damaged indexes."""

import asyncio
import sqlite3
from typing import Final

import psycopg
import pytest

from central.storage.addresses import is_postgres, sqlite_path
from central.storage.base import Store
from central.storage.interface.claims import JournalFault
from central.storage.transfer.databases import opened
from tests.contract.storage.factories import G, a_line, a_sale
from tests.contract.storage.test_moves import a_correction, added

_NARROW: Final = (
    "UPDATE sqlite_schema SET sql = replace(sql, 'ining > 0', 'ining > 99') WHERE name = 'lot_due'"
)
_WIDE: Final = "UPDATE sqlite_schema SET sql = replace(sql, 'ining > 99', 'ining > 0') WHERE name = 'lot_due'"


async def spoil(url: str, *statements: str) -> None:
    """Change rows behind central's back, past triggers and keys."""
    await asyncio.to_thread(_spoil, url, *statements)


def _spoil(url: str, *statements: str) -> None:
    if not is_postgres(url):
        with sqlite3.connect(sqlite_path(url), isolation_level=None) as database:
            found = database.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall()
            for (name,) in found:
                database.execute(f"DROP TRIGGER {name}")
            for statement in statements:
                database.execute(statement)
        database.close()
        return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("SET session_replication_role = replica")
        for statement in statements:
            server.execute(statement)


async def test_records_and_journal_that_agree_have_no_fault(store: Store) -> None:
    await store.record_sale(a_sale("s-1"))
    await store.record_sale(a_sale("s-2", lines=[a_line(points=0)]))
    await store.put_correction(
        a_correction("c-1", 5, transaction_id="txn-c-1"), added("c-1", 5), alone_max=100, since_ms=0
    )
    await store.put_correction(a_correction("c-2", 900, state="pending"), None, alone_max=100, since_ms=0)
    assert await store.check_journal(G) == []


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (
            "UPDATE correction SET transaction_id = 'c-1/lost' WHERE correction_id = 'c-1'",
            JournalFault("correction", "c-1", "c-1/lost"),
        ),
        (
            "UPDATE correction SET transaction_id = NULL WHERE correction_id = 'c-1'",
            JournalFault("correction", "c-1", ""),
        ),
        ("UPDATE sale SET transaction_id = 'nowhere'", JournalFault("sale", "s-1", "nowhere")),
        ("UPDATE sale SET redemption_id = 'nowhere'", JournalFault("sale", "s-1", "nowhere")),
        ("DELETE FROM correction", JournalFault("correction", "", "txn-c-1")),
        (
            "UPDATE ledger_transaction SET transaction_id = 'other' WHERE kind = 'accrual'",
            JournalFault("sale", "", "other"),
        ),
    ],
)
async def test_a_record_and_its_transaction_that_lost_each_other_are_told(
    store: Store, database_url: str, damage: str, fault: JournalFault
) -> None:
    await store.record_sale(a_sale("s-1"))
    await store.put_correction(
        a_correction("c-1", 5, transaction_id="txn-c-1"), added("c-1", 5), alone_max=100, since_ms=0
    )
    await spoil(database_url, damage)
    assert fault in await store.check_journal(G)


async def test_an_index_that_lost_a_row_is_told_by_the_engine_s_own_check(
    store: Store, database_url: str
) -> None:
    await store.record_sale(a_sale("s-1"))
    if not is_postgres(database_url):
        await spoil(database_url, "PRAGMA writable_schema = ON", _NARROW)
        await spoil(database_url, "REINDEX lot_due")
        await spoil(database_url, "PRAGMA writable_schema = ON", _WIDE)
    else:
        await spoil(
            database_url,
            "CREATE EXTENSION IF NOT EXISTS amcheck",
            "UPDATE pg_index SET indisready = false WHERE indexrelid = 'lot_due'::regclass",
            "UPDATE lot SET expires_ms = expires_ms + 1",
            "UPDATE pg_index SET indisready = true WHERE indexrelid = 'lot_due'::regclass",
        )
    faults, unchecked = await asyncio.to_thread(looked_at, database_url)
    assert any("lot_due" in fault for fault in faults), faults
    assert unchecked == []


async def test_what_an_engine_could_not_look_at_is_said(store: Store, database_url: str) -> None:
    await store.record_sale(a_sale("s-1"))
    faults, told = await asyncio.to_thread(looked_at, database_url)
    assert faults == []
    if not is_postgres(database_url):
        assert told == []
        return
    assert "CREATE EXTENSION amcheck" in told[0]
    await spoil(database_url, "CREATE EXTENSION amcheck")
    assert await asyncio.to_thread(looked_at, database_url) == ([], [])


def looked_at(url: str) -> tuple[list[str], list[str]]:
    with opened(url, may_write=False) as side:
        return side.faults(), side.unchecked()

"""What only the SQLite engine promises: the file, its limits, its triggers, the separate line store."""

import asyncio
import importlib
import pkgutil
import re
import resource
import stat
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw
import pytest

from central.storage import verbs
from central.storage.addresses import sqlite_path
from central.storage.base import DatabaseRefused, Store, StoreBusy, StoreFailed
from central.storage.interface.claims import Claimed
from central.storage.interface.rows import ReadLogRow
from central.storage.interface.stored_value import PaidWith
from central.storage.opening import open_store
from central.storage.sqlite.connection import open_reader, open_writer
from central.storage.sqlite.store import SqliteStore
from loyalty.ledger import chart
from loyalty.ledger.assets import voucher
from loyalty.ledger.entry import entry
from loyalty.ledger.postings import Posting
from loyalty.value.tenders import LineShare
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    G,
    a_card,
    a_line,
    a_sale,
    a_shop,
    an_article,
    decide_return,
    findings,
    furnish,
    head_of,
)
from tests.contract.storage.value_factories import a_burn, a_gift

_WIDE = re.compile(
    r"SCAN (?!json_each|k\b|\(subquery|CONSTANT|sold\b|returned\b)"
    r"|SEARCH (?!group_head|pharmacy_group).*\(group_id=\?\)$"
)
"""Plans that read a table, or all that a group has in it. `k`, `sold`, `returned`: what was found before."""
_STATEMENT = re.compile(r"\s*(SELECT|UPDATE|DELETE|INSERT|WITH)\b")
_PART = re.compile("COLUMNS$|^_PRICE_AT$|^_STANDS$|^_CORRECTION$|^_NOT_IN_JOURNAL$|^_NOT_RECORDED$")
"""Parts that statements are made of."""
_MEANT_WIDE = {
    # A group's shops, tokens, drafts and versions are few and read together; so are groups.
    *(f"groups._LIST_{name}" for name in ("GROUPS", "GROUP_IDS", "TOKENS", "SHOPS")),
    *("drafts._ALL", "drafts._ALL_PROGRAMMES", "chips._ALL_KEYS"),
    # Proofs recount everything; they run on readers of their own.
    *("claims._COUNTERS_BESIDE_USES", "claims._HELD_BESIDE_USES", "claims._SUM_BUDGETS"),
    "claims._VOUCHERS_USED_AND_THERE",
    *("value_proof._CARDS_THAT_HOLD", "value_proof._TENDERS_BESIDE_POSTINGS"),
    *("value_proof._RETURNS_BESIDE_TENDERS", "value_proof._PRIZES_BESIDE_PLAYS"),
    *("journal_proof._ALL_NOT_IN_JOURNAL", "journal_proof._ALL_NOT_RECORDED"),
    # A group's brands and ranges, each once, on a reader of its own.
    *("named._ALL_BRANDS", "named._ALL_RANGES"),
    # So does the liability of a month.
    *("clearing._SUM_OPEN", "clearing._SUM_ENDED", "sold_ahead._SUM_OPEN"),
    # An analysis of all sponsorships that stand, on a reader of its own.
    "sponsors._RANK_SPONSORS",
    # Stops at its first row: the largest number of a key, the open ones of a partial index with a limit.
    *("read_log._ADD_READ", "moves._ALL_PENDING", "merges._ALL_PENDING"),
    # Clerks and their cards are few; acts of tills stop at a limit, by an index in their order.
    *("staff._ALL", "tills._ALL_STAFF", "tills._ALL_ACTS", "pharmacists._ALL_SHOWN"),
    # A group's posters and their files are few: their number has a limit.
    *("pictures._ALL", "pictures._ALL_HEADS", "pictures._COUNT"),
    # What waits for a second person is few, and has a partial index of its own.
    "merges._WAITING_OF",
    # So have baskets put aside that still hold something.
    "parked._EMPTY",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "central.db"


@pytest.fixture
def database_url(path: Path) -> str:
    """This engine's only."""
    return f"sqlite:///{path}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Another process's write lock."""
    connection = apsw.Connection(str(path))
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")
        connection.close()


@contextmanager
def _files_end_at(size_bytes: int) -> Iterator[None]:
    """No file of this process can be written past `size_bytes`: the kernel refuses, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def _dump(path: Path) -> dict[str, list[tuple[object, ...]]]:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    rows = {str(table): list(connection.execute(f'SELECT * FROM "{table}"')) for table in tables}
    connection.close()
    return rows


async def test_the_database_and_its_copies_are_private_files_in_wal(store: Store, path: Path) -> None:
    await store.record_sale(a_sale())
    copy = path.with_name("copy.db")
    await store.copy_into(copy)
    files = sorted(path.parent.iterdir())
    assert [file.name for file in files] == [
        *("central.db", "central.db-shm", "central.db-turn", "central.db-wal", "copy.db")
    ]
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    connection = apsw.Connection(str(path))
    assert connection.execute("PRAGMA journal_mode").get == "wal"
    assert connection.execute("PRAGMA integrity_check").get == "ok"
    connection.close()


async def test_a_copy_is_consistent_and_opens_as_a_store(store: Store, path: Path) -> None:
    await asyncio.gather(*(store.record_sale(a_sale(f"sale-{n}")) for n in range(30)))
    copy = path.with_name("copy.db")
    await store.copy_into(copy)
    await store.record_sale(a_sale("later"))
    opened = await open_store(f"sqlite:///{copy}")
    try:
        assert (await opened.member_overview(G, MEMBER, 0, 5)).points == 150
        assert await opened.find_sale(G, "later") is None
        assert await findings(opened) == []
    finally:
        await opened.close()
    with pytest.raises(DatabaseRefused):
        await store.copy_into(copy)
    with pytest.raises(DatabaseRefused):
        await store.copy_into(path.parent / "nowhere" / "copy.db")


def test_what_is_bound_changes_no_plan(tmp_path: Path) -> None:
    """Else each statement with a bound limit is planned anew whenever it runs."""
    path = tmp_path / "central.db"
    with closing(open_writer(path)) as writer, closing(open_reader(path)) as reader:
        assert [one.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, -1) for one in (writer, reader)] == [1, 1]


async def test_a_store_opened_again_goes_on_where_it_was(database_url: str) -> None:
    store = await open_store(database_url)
    await furnish(store)
    await store.record_sale(a_sale("sale-1"))
    await store.close()
    assert not await store.is_ready()
    with pytest.raises(StoreBusy):
        await store.find_group(G)
    store = await open_store(database_url)
    try:
        assert await store.is_ready()
        assert (await store.record_sale(a_sale("sale-1"))).is_replay
        await store.record_sale(a_sale("sale-2"))
        assert await findings(store) == []
    finally:
        await store.close()


async def test_a_full_write_queue_is_told_and_nobody_is_forgotten(path: Path) -> None:
    store = await SqliteStore.open(path, queue_max=4, batch_max=2)
    try:
        await furnish(store)
        with _locked(path):
            tasks = [asyncio.ensure_future(store.record_sale(a_sale(f"sale-{n}"))) for n in range(20)]
            told, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            assert all(isinstance(task.exception(), StoreBusy) for task in told)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        busy = [outcome for outcome in outcomes if isinstance(outcome, StoreBusy)]
        written = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        assert len(busy) + len(written) == 20
        assert 14 <= len(busy) <= 16, "four wait in the queue, up to two in the batch"
        assert (await store.member_overview(G, MEMBER, 0, 5)).points == 5 * len(written)
    finally:
        await store.close()


async def test_a_commit_that_the_disk_refuses_is_told_to_all_and_writes_nothing(
    store: Store, path: Path
) -> None:
    await store.record_sale(a_sale("before"))
    size_bytes = path.with_name("central.db-wal").stat().st_size
    with _files_end_at(size_bytes):
        outcomes = await asyncio.gather(
            *(store.record_sale(a_sale(f"sale-{n}")) for n in range(10)), return_exceptions=True
        )
        assert {type(outcome) for outcome in outcomes} == {StoreFailed}
        assert (await store.member_overview(G, MEMBER, 0, 5)).points == 5, "reading goes on"
    recorded = await store.record_sale(a_sale("sale-1"))
    assert not recorded.is_replay
    assert recorded.row.balance_after == 10
    assert await findings(store) == []


async def test_history_is_refused_any_update_or_delete(store: Store, path: Path) -> None:
    sale = a_sale(lines=[a_line(quantity=2, points=6)])
    await store.put_articles([an_article(price_minor=100)], NOW_MS)
    await store.record_sale(sale)
    await store.record_return(await decide_return(store, "ret-1", sale, 1, 1))
    await store.log_read(G, ReadLogRow(NOW_MS, MEMBER, "staff", "advice"))
    await store.record_move(a_gift("v-1", voucher("spring")))
    use = await a_burn(store, "v-2", voucher("spring"))
    await store.record_move(use)
    back = Posting(
        chart.VALUE_REDEEMED, chart.member_account(MEMBER, voucher("spring")), voucher("spring"), 1
    )
    undo = entry(head_of("v-3", "v-3"), "restoration", (back,), lot_restores=use.transaction.lot_changes)
    await store.post_once(G, undo)
    connection = apsw.Connection(str(path))
    tables = {
        "event": "body",
        "ledger_transaction": "kind",
        "posting": "amount",
        "allocation": "amount",
        "price": "price_minor",
        "article_version": "name",
        "programme_version": "programme",
        "read_log": "purpose",
        "value_move": "kind",
        "lot_restore": "amount",
    }
    for table, column in tables.items():
        assert connection.execute(f"SELECT count(*) FROM {table}").get, f"{table} has rows to protect"
        with pytest.raises(apsw.ConstraintError, match="append-only"):
            connection.execute(f"UPDATE {table} SET {column} = {column}")
        with pytest.raises(apsw.ConstraintError, match="append-only"):
            connection.execute(f"DELETE FROM {table}")
    connection.close()


async def test_the_line_store_names_no_member_sale_or_shop_and_nothing_leads_to_it(
    store: Store, path: Path
) -> None:
    paid = Claimed(paid=PaidWith(shares=(LineShare(1, 0, 200),)))
    sale = a_sale(lines=[a_line(quantity=2, points=6)], facts='{"eligible_minor":200}', claimed=paid)
    await store.put_shop(a_shop("shop-2"), NOW_MS)
    await store.put_card(a_card())
    await store.record_sale(sale)
    await store.record_return(await decide_return(store, "ret-1", sale, 1, 1))
    dump = _dump(path)
    store_of_lines = {table: rows for table, rows in dump.items() if table.startswith("line_store_")}
    assert all(store_of_lines.values())
    inside = {cell for rows in store_of_lines.values() for row in rows for cell in row}
    outside = {
        cell for table, rows in dump.items() if table not in store_of_lines for row in rows for cell in row
    }
    assert sale.line_key in inside
    assert sale.subject_id in inside
    shared = {cell for cell in inside & outside if not isinstance(cell, int)}
    assert shared == {G, None}, "only the group stands in both"


async def test_a_row_without_its_group_in_front_does_not_exist(store: Store, path: Path) -> None:
    connection = apsw.Connection(str(path))
    keys = {
        table: connection.execute(f"SELECT name FROM pragma_table_info('{table}') WHERE pk = 1").get
        for (table,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
    }
    strict = {table for (table,) in connection.execute("SELECT name FROM pragma_table_list WHERE strict")}
    connection.close()
    assert keys.pop("migration") == "name"
    assert keys.pop("pairing") == "pairing_id", "who takes a terminal is known only afterwards (ADR 0011)"
    assert set(keys.values()) == {"group_id"}
    assert set(keys) <= strict


async def test_no_statement_reads_a_whole_table_or_group(store: Store, path: Path) -> None:
    connection = apsw.Connection(str(path))
    wide, planned = set(), 0
    for topic in sorted(found.name for found in pkgutil.iter_modules(verbs.__path__)):
        for name, sql in vars(importlib.import_module(f"{verbs.__name__}.{topic}")).items():
            if not isinstance(sql, str) or not _STATEMENT.match(sql) or _PART.search(name):
                continue
            bindings = dict.fromkeys(re.findall(r":(\w+)", sql), 1)
            plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", bindings).fetchall()
            planned += 1
            if any(_WIDE.match(str(detail)) for *_, detail in plan):
                wide.add(f"{topic}.{name}")
    connection.close()
    assert planned > 100, "the statements were found"
    assert wide == _MEANT_WIDE


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://localhost/db", "not a known kind"),
        ("central.db", "not a known kind"),
        ("sqlite://central.db", "not a known kind"),
        ("sqlite:///", "names no file"),
        ("sqlite:///:memory:", "names no file"),
    ],
)
async def test_an_address_we_cannot_open_is_refused_with_the_way_out(url: str, words: str) -> None:
    with pytest.raises(DatabaseRefused, match=words) as caught:
        await open_store(url)
    assert "sqlite:///" in str(caught.value)


def test_addresses_are_relative_with_three_slashes_and_absolute_with_four() -> None:
    assert sqlite_path("sqlite:///state/central.db") == Path("state/central.db")
    assert sqlite_path("sqlite:////var/lib/officine/central%20one.db") == Path(
        "/var/lib/officine/central one.db"
    )


async def test_files_that_are_no_database_of_ours_are_refused_unchanged(tmp_path: Path) -> None:
    text = tmp_path / "text.db"
    text.write_text("this is not a database, only some text of more than a hundred bytes" * 3)
    with pytest.raises(DatabaseRefused):
        await open_store(f"sqlite:///{text}")
    foreign = tmp_path / "foreign.db"
    connection = apsw.Connection(str(foreign))
    connection.execute("CREATE TABLE recipes (name TEXT)")
    connection.close()
    bytes_before = foreign.read_bytes()
    with pytest.raises(DatabaseRefused, match="another program"):
        await open_store(f"sqlite:///{foreign}")
    assert foreign.read_bytes() == bytes_before
    with pytest.raises(DatabaseRefused):
        await open_store(f"sqlite:///{tmp_path}/nowhere/central.db")

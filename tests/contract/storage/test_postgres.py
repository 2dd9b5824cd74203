"""What PostgreSQL alone promises: a safe server, many processes, a server that dies and comes back."""

import asyncio
import os
import signal
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import psycopg
import pytest

from central.storage.base import DatabaseRefused, Store, StoreBusy, StoreFailed
from central.storage.interface.common import TextRefused
from central.storage.interface.rows import ReadLogRow
from central.storage.opening import open_store
from central.storage.postgres.connection import Connection, connect
from central.storage.postgres.store import PostgresStore
from loyalty.ledger import chart
from loyalty.ledger.assets import voucher
from loyalty.ledger.entry import entry
from loyalty.ledger.postings import Posting
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    G,
    a_line,
    a_member,
    a_sale,
    an_article,
    decide_return,
    findings,
    furnish,
    head_of,
)
from tests.contract.storage.value_factories import a_burn, a_gift
from tests.helpers import eventually
from tests.postgres import Server, find_binaries, start, started, stop

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def database_url(postgres_server: Server) -> Iterator[str]:
    """This engine's only."""
    with postgres_server.database() as address:
        yield address


@pytest.mark.parametrize("setting", ["synchronous_commit=off", "synchronous_commit=local"])
async def test_a_server_that_could_lose_what_it_acknowledged_is_refused(
    database_url: str, setting: str
) -> None:
    with pytest.raises(DatabaseRefused, match="could lose sales") as caught:
        await open_store(f"{database_url}&options=-c%20{setting.replace('=', '%3D')}")
    assert "synchronous_commit = on" in str(caught.value)


async def test_a_server_without_fsync_is_refused(postgres_server: Server, database_url: str) -> None:
    try:
        await _set_fsync(postgres_server, database_url, "off")
        with pytest.raises(DatabaseRefused, match="fsync = off"):
            await open_store(database_url)
    finally:
        await _set_fsync(postgres_server, database_url, "on")
    await (await open_store(database_url)).close()


async def _set_fsync(server: Server, address: str, value: str) -> None:
    def is_set() -> bool:
        with connect(address) as connection:
            return connection.execute("SHOW fsync").fetchone() == (value,)

    await asyncio.to_thread(server.run, f"ALTER SYSTEM SET fsync = {value}")
    await asyncio.to_thread(server.run, "SELECT pg_reload_conf()")
    await eventually(lambda: asyncio.to_thread(is_set))


async def test_no_server_and_no_such_database_are_told_with_the_way_out(database_url: str) -> None:
    for address in ("postgresql://nobody:hunter22@127.0.0.1:1/none?connect_timeout=2", database_url + "x"):
        with pytest.raises(DatabaseRefused, match="OFFICINE_DATABASE") as caught:
            await open_store(address.replace("/officine_test", "/no_officine_test"))
        assert "hunter22" not in str(caught.value)


async def test_a_text_that_postgresql_cannot_keep_is_refused_in_words(store: Store) -> None:
    with pytest.raises(TextRefused):
        await store.put_articles([an_article(name="a\0b")], NOW_MS)
    with pytest.raises(TextRefused):
        await store.find_articles_by_code(G, ["12\0003"], NOW_MS)
    assert await store.find_article(G, "art-1", NOW_MS) is None


async def test_history_is_refused_any_update_delete_or_truncate(store: Store, database_url: str) -> None:
    sale = a_sale(lines=[a_line(quantity=2, points=6)])
    await store.put_articles([an_article(price_minor=100)], NOW_MS)
    await store.record_sale(sale)
    await store.record_return(await decide_return(store, "ret-1", sale, 1, 1))
    await store.log_read(G, ReadLogRow(NOW_MS, MEMBER, "staff", "advice"))
    await store.record_move(a_gift("v-1", voucher("spring")))
    use = await a_burn(store, "v-2", voucher("spring"))
    await store.record_move(use)
    account = chart.member_account(MEMBER, voucher("spring"))
    back = Posting(chart.VALUE_REDEEMED, account, voucher("spring"), 1)
    undo = entry(head_of("v-3", "v-3"), "restoration", (back,), lot_restores=use.transaction.lot_changes)
    await store.post_once(G, undo)
    await asyncio.to_thread(_try_to_change_history, database_url)


def _try_to_change_history(address: str) -> None:
    with connect(address) as connection:
        rows = connection.execute(
            "SELECT t.tgrelid::regclass::text FROM pg_trigger AS t JOIN pg_proc AS p ON p.oid = t.tgfoid"
            " WHERE p.proname = 'refuse_change'"
        )
        tables = [str(table) for (table,) in rows]
        assert len(tables) >= 10
        for table in tables:
            counted = connection.execute(f"SELECT count(*) FROM {table}".encode()).fetchone()
            assert counted is not None
            if not counted[0]:
                _make_up_a_row(connection, table)
            for attempt in (
                f"UPDATE {table} SET group_id = 'x'",
                f"DELETE FROM {table}",
                f"TRUNCATE {table} CASCADE",
            ):
                with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
                    connection.execute(attempt.format(table).encode())


def _make_up_a_row(connection: Connection, table: str) -> None:
    """A row of any values, past the table's checks and references: something to protect."""
    for (name,) in connection.execute(
        "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass", (table,)
    ).fetchall():
        connection.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"'.encode())
    columns = connection.execute(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_name = %s", (table,)
    ).fetchall()
    values = {"text": "'x'", "bigint": "1", "bytea": "'x'"}
    names, made = ", ".join(name for name, _ in columns), ", ".join(values[kind] for _, kind in columns)
    connection.execute("SET session_replication_role = replica")
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({made})".encode())
    connection.execute("SET session_replication_role = origin")


async def test_sales_of_three_processes_at_once_are_all_booked_once_in_one_order(
    store: Store, database_url: str
) -> None:
    """Each process writes its own sales and the same shared ones."""
    program = "tests.contract.storage.sharing_writer"
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", program, database_url, str(number), "60", "40"),
            cwd=ROOT,
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(3)
    ]
    told = [(await process.communicate())[0].decode().split() for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    outcomes = Counter(word for words in told for word in words)
    assert outcomes == {"new": 3 * 60 + 40, "replay": 2 * 40}
    assert (await store.find_points(G, MEMBER)).balance == 5 * (3 * 60 + 40)
    events = [event async for event in _all_events(store)]
    assert events == list(range(1, len(events) + 1))
    assert await findings(store) == []


async def _all_events(store: Store) -> AsyncIterator[int]:
    after = 0
    while page := await store.list_events(G, after, 200):
        for event in page:
            yield event.seq
        after = page[-1].seq


async def test_another_writer_of_the_group_is_waited_for_and_other_groups_go_on(
    store: Store, database_url: str
) -> None:
    await furnish(store, "other")
    with await asyncio.to_thread(connect, database_url) as holder:
        await asyncio.to_thread(_lock_group, holder)
        waiting = asyncio.ensure_future(store.record_sale(a_sale("sale-1")))
        other = a_member("mem-2", "other")
        assert not (await store.enrol_member(other, None)).is_replay, "another group does not wait"
        assert not waiting.done()
        await asyncio.to_thread(holder.rollback)
    assert not (await waiting).is_replay


def _lock_group(connection: psycopg.Connection) -> None:
    connection.execute("BEGIN")
    connection.execute("SELECT 1 FROM group_head WHERE group_id = 'grp' FOR UPDATE")


async def test_a_full_queue_of_one_group_is_told_and_others_are_served(database_url: str) -> None:
    store = await PostgresStore.open(database_url, queue_max=4, batch_max=2)
    try:
        await furnish(store)
        await furnish(store, "other")
        with await asyncio.to_thread(connect, database_url) as holder:
            await asyncio.to_thread(_lock_group, holder)
            tasks = [asyncio.ensure_future(store.record_sale(a_sale(f"sale-{n}"))) for n in range(20)]
            told, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            assert all(isinstance(task.exception(), StoreBusy) for task in told)
            assert not (await store.enrol_member(a_member("mem-2", "other"), None)).is_replay
            await asyncio.to_thread(holder.rollback)
        outcomes = await asyncio.gather(*tasks, return_exceptions=True)
        written = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
        assert 4 <= len(written) <= 6, "four wait in the queue, up to two in the batch"
        assert (await store.find_points(G, MEMBER)).balance == 5 * len(written)
    finally:
        await store.close()


async def test_connections_that_the_server_ends_are_made_anew(store: Store, database_url: str) -> None:
    await store.record_sale(a_sale("sale-1"))
    await store.find_sale(G, "sale-1")
    await asyncio.to_thread(_end_all_others, database_url)
    assert not (await store.record_sale(a_sale("sale-2"))).is_replay
    for _ in range(8):  # every reader
        assert await store.find_sale(G, "sale-2") is not None
    await asyncio.to_thread(_end_all_others, database_url)
    follower = asyncio.ensure_future(anext(store.changes(G, 10_000).__aiter__()))
    await store.record_sale(a_sale("sale-3"))
    follower.cancel()
    assert await findings(store) == []


def _end_all_others(address: str) -> None:
    with connect(address) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT])
async def test_a_server_that_dies_and_comes_back_has_all_that_was_acknowledged(
    tmp_path_factory: pytest.TempPathFactory, socket_dir: Path, how: signal.Signals
) -> None:
    """SIGQUIT ends a server without any tidying up, as kill -9 of all its processes would."""
    del tmp_path_factory
    binaries = await asyncio.to_thread(find_binaries)
    if binaries is None:
        pytest.skip("no PostgreSQL 15 here: no server of our own to kill")
    context = started(binaries, socket_dir)
    server = await asyncio.to_thread(context.__enter__)
    try:
        await _through_a_death(server, binaries, socket_dir, how)
    finally:
        await asyncio.to_thread(context.__exit__, None, None, None)


async def _through_a_death(server: Server, binaries: Path, home: Path, how: signal.Signals) -> None:
    store = await open_store(server.address)
    acknowledged: list[str] = []
    again = None
    try:
        await furnish(store)
        numbers = iter(range(100_000))
        is_over = asyncio.Event()

        async def write() -> None:
            while not is_over.is_set():
                sale = a_sale(f"sale-{next(numbers)}")
                while not is_over.is_set():
                    try:
                        await store.record_sale(sale)
                    except (StoreFailed, StoreBusy):
                        await asyncio.sleep(0.02)
                        continue
                    acknowledged.append(sale.sale_id)
                    break

        async with asyncio.TaskGroup() as tasks:
            for _ in range(8):
                tasks.create_task(write())
            await eventually(lambda: len(acknowledged) > 100)
            pid = int((home / "data" / "postmaster.pid").read_text().split()[0])
            os.kill(pid, how)
            await eventually(lambda: not (home / "data" / "postmaster.pid").exists() or _is_gone(pid))
            before = len(acknowledged)
            again = await asyncio.to_thread(start, binaries, home)
            await eventually(lambda: len(acknowledged) > before + 100)
            is_over.set()
        for sale_id in acknowledged:
            assert await store.find_sale(G, sale_id) is not None
        assert len(acknowledged) == len(set(acknowledged))
        assert await findings(store, page=200) == []
    finally:
        await store.close()
        if again is not None:
            await asyncio.to_thread(stop, again)


def _is_gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"

"""The limit of disk and SQLite: exactly the rows that purchases write, without the service around them.

Real purchases are decided by the real services; what each changes in the tables is taken down row by row
(SQLite's session extension) and written again, in the same order, into a fresh copy of the same database:
same schema, same durability, nothing read, nothing decided. Run as a program it writes them once:

python -m tools.bench.raw DATABASE ROWS_FILE GROUP
"""

# ruff: noqa: S608  -- names of tables and columns come from the schema; every value is bound

import asyncio
import shutil
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final, cast

import apsw
import msgspec

from central.services.bundle import build_services
from central.services.core.access import operator_of
from central.settings import load_secrets
from central.storage.base import Recorded, Store
from central.storage.interface.rows import SaleRecord, SaleRow
from central.storage.opening import open_store
from central.storage.sqlite.connection import count_no_memory, open_writer
from central.storage.sqlite.unit import SqliteUnit
from central.storage.verbs import sales
from tools.bench.cores import Cores, on_cores
from tools.bench.world import GROUP, World, sale

PURCHASES: Final = 2_000
GROUPS: Final = (1, 16, 64, 256)
_HEAD: Final = "SELECT journal_seq, journal_hash, event_seq FROM group_head WHERE group_id = ?"

Statement = tuple[str, list[Any]]


class RawFigures(msgspec.Struct, frozen=True):
    """Purchases per second, and the processor time of each."""

    per_s: float
    processor_us: float


async def take_rows(world: World, folder: Path, purchases: int = PURCHASES) -> Path:
    """Decide and write purchases in a copy of the world; returns the file with what each wrote."""
    scratch = world.copy_to(folder / "raw-taking")
    records = await decide(scratch, purchases)
    shutil.rmtree(scratch.folder)
    path = folder / "raw-rows.msgpack"
    await asyncio.to_thread(_write_rows, world.copy_to(folder / "raw-writing"), records, path)
    return path


async def measure(cores: Cores, world: World, rows: Path, group: int) -> RawFigures:
    """All purchases once on the server's core, `group` of them in each durable transaction."""
    copy = world.copy_to(world.folder.with_name(f"{world.folder.name}-raw"))
    try:
        with on_cores(cores.server):
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "tools.bench.raw",
                str(copy.database),
                str(rows),
                str(group),
                stdout=asyncio.subprocess.PIPE,
            )
        out, _ = await process.communicate()
        assert process.returncode == 0, "the raw store's own words are above"
        return msgspec.json.decode(out, type=RawFigures)
    finally:
        shutil.rmtree(copy.folder)


class _TakesDown:
    """The store, noting the sales that are recorded through it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.records: list[SaleRecord] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def record_sale(self, record: SaleRecord) -> Recorded[SaleRow]:
        self.records.append(record)
        return await self._store.record_sale(record)


async def decide(world: World, purchases: int) -> list[SaleRecord]:
    """What real services record for so many purchases, one after the other in this world."""
    store = await open_store(f"sqlite:///{world.database}")
    try:
        noting = _TakesDown(store)
        secrets = await asyncio.to_thread(load_secrets, world.secrets)
        services = build_services(cast("Store", noting), secrets)
        codes = list(world.codes)
        for number in range(purchases):
            basket = number % len(codes)
            now_ms = time.time_ns() // 1_000_000
            body = sale(
                basket,
                "raw",
                members=world.size.members,
                shop_id="shop-0",
                occurred_ms=now_ms,
                code=codes[basket],
            )
            body = msgspec.structs.replace(body, sale_id=f"raw-{number}", business_key=f"raw-{number}")
            view, _ = await services.sales.commit(operator_of(GROUP), body)
            codes[basket] = view.vouchers[0].code
        return noting.records
    finally:
        await store.close()


def _write_rows(world: World, records: Iterable[SaleRecord], path: Path) -> None:
    connection = open_writer(world.database)
    connection.execute("PRAGMA synchronous = OFF")
    purchases: list[list[Statement]] = []
    for record in records:
        session = apsw.Session(connection, "main")
        session.attach()
        unit = SqliteUnit(connection)
        with connection:
            sales.record_sale(unit, record)
            unit.write_events()
        purchases.append(_statements(connection, session.changeset()))
        session.close()
    head = connection.execute(_HEAD, (GROUP,)).fetchone()
    connection.close()
    path.write_bytes(msgspec.msgpack.encode((purchases, head)))


def _statements(connection: apsw.Connection, changeset: bytes) -> list[Statement]:
    """The changes of one purchase as plain statements, in an order that keeps every reference."""
    inserts: list[tuple[int, Statement]] = []
    updates: list[Statement] = []
    order = [row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    for change in apsw.Changeset.iter(changeset):
        if change.indirect:  # a trigger made it, and will again
            continue
        columns = [
            column[0] for column in connection.execute(f"SELECT name FROM pragma_table_info('{change.name}')")
        ]
        if change.op == "INSERT":
            assert change.new is not None
            marks = ", ".join("?" * len(columns))
            sql = f"INSERT INTO {change.name} ({', '.join(columns)}) VALUES ({marks})"
            inserts.append((order.index(change.name), (sql, list(change.new))))
        else:
            updates.append(_update(change, columns))
    return [statement for _, statement in sorted(inserts, key=lambda insert: insert[0])] + updates


def _update(change: Any, columns: Sequence[str]) -> Statement:
    assert change.op == "UPDATE", "a purchase deletes nothing"
    fresh = [(name, new) for name, new in zip(columns, change.new, strict=True) if new is not apsw.no_change]
    keys = [
        (name, old)
        for at, (name, old) in enumerate(zip(columns, change.old, strict=True))
        if at in change.pk_columns
    ]
    assignments = ", ".join(f"{name} = ?" for name, _ in fresh)
    where = " AND ".join(f"{name} = ?" for name, _ in keys)
    sql = f"UPDATE {change.name} SET {assignments} WHERE {where}"
    return sql, [value for _, value in (*fresh, *keys)]


def write(database: Path, rows: Path, group: int) -> RawFigures:
    """Write all purchases durably, `group` a transaction."""
    purchases, head = msgspec.msgpack.decode(
        rows.read_bytes(), type=tuple[list[list[tuple[str, list[Any]]]], tuple[int, bytes, int]]
    )
    connection = open_writer(database)
    started_s, used_s = time.perf_counter(), time.process_time()
    for first in range(0, len(purchases), group):
        connection.execute("BEGIN IMMEDIATE")
        for purchase in purchases[first : first + group]:
            for sql, values in purchase:
                connection.execute(sql, values)
        connection.execute("COMMIT")
    elapsed_s, used_s = time.perf_counter() - started_s, time.process_time() - used_s
    written = connection.execute(_HEAD, (GROUP,)).fetchone()
    assert written == head, "the rows written again are those that the service wrote"
    connection.close()
    return RawFigures(len(purchases) / elapsed_s, used_s * 1_000_000 / len(purchases))


def main() -> None:
    """Write the rows once and print the figures."""
    count_no_memory()  # as central does
    found = write(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
    print(msgspec.json.encode(found).decode())


if __name__ == "__main__":
    main()

"""Whole databases from engine to engine: every row, compared; nothing written over, nothing newer taken."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import apsw
import pytest

from central.storage.base import DatabaseRefused, Store
from central.storage.interface.rows import ReadLogRow
from central.storage.migrations import load
from central.storage.opening import open_store
from central.storage.sqlite.migrate import DIRECTORY, migrate
from central.storage.transfer.catalogue import catalogue
from central.storage.transfer.copying import prove
from central.storage.transfer.databases import backup, copy, opened, restore
from loyalty.ledger.assets import voucher
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    G,
    a_card,
    a_line,
    a_member,
    a_sale,
    an_article,
    decide_return,
    findings,
    furnish,
)
from tests.contract.storage.value_factories import a_burn, a_gift, a_hold
from tests.postgres import Server


def quiet(*_: int) -> None:
    """Nobody watches."""


async def fill(store: Store) -> None:
    """Something in most tables, texts that sort differently by language, and every kind of value."""
    await furnish(store)
    await store.put_articles([an_article("art-é", name="Crème à l’œil", price_minor=1990)], NOW_MS)
    for number, name in enumerate(("Zoé", "anna", "Émile", "_x", "日本")):
        await store.enrol_member(a_member(f"mem-{name}", home_shop_id=None), None)
        await store.put_card(a_card(f"75600{number}", uid="", member_id=f"mem-{name}"))
    await store.put_card(a_card())
    await store.move_card(G, "7560001", ["active"], "blocked", "lost", "staff", NOW_MS)
    sales = [a_sale(f"sale-{n}", lines=[a_line(quantity=3, points=9)]) for n in range(20)]
    await asyncio.gather(*map(store.record_sale, sales))
    await store.record_return(await decide_return(store, "ret-1", sales[0], 1, 2))
    await store.put_hold(G, await a_hold(store, "hold-1", 4))
    await store.record_move(a_gift("gift-1", voucher("spring")))
    await store.record_move(await a_burn(store, "burn-1", voucher("spring")))
    await store.log_read(G, ReadLogRow(NOW_MS, MEMBER, "staff", "advice"))


@pytest.fixture
async def filled(database_url: str) -> str:
    store = await open_store(database_url)
    await fill(store)
    await store.close()
    return database_url


@pytest.fixture
def other_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """An empty database on the other engine."""
    if database_url.startswith("postgresql:"):
        yield f"sqlite:///{tmp_path}/other.db"
        return
    server: Server = request.getfixturevalue("postgres_server")
    with server.empty_database() as address:
        yield address


async def in_thread(work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return await asyncio.to_thread(work, *args, **kwargs)


def make_old(path: Path) -> list[str]:
    """A database as a release left it that knew three migrations; those that it lacks."""
    connection = apsw.Connection(str(path))
    known = load(DIRECTORY)
    migrate(connection, NOW_MS, migrations=known[:3])
    row = "('old', 'Old', 'CH', 'CHF', '{}', '{}', 1, 1)"
    connection.execute(f"INSERT INTO pharmacy_group VALUES {row}")
    connection.close()
    return [each.name for each in known[3:]]


def proof_of(url: str) -> Any:
    with opened(url, may_write=False) as side:
        return prove(side)


async def test_a_copy_to_the_other_engine_and_back_holds_the_same_rows(
    filled: str, other_url: str, tmp_path: Path
) -> None:
    before = await in_thread(proof_of, filled)
    assert sum(each.rows > 0 for each in before) > 20
    assert await in_thread(copy, filled, other_url, NOW_MS, quiet) == before
    back = f"sqlite:///{tmp_path}/back.db"
    assert await in_thread(copy, other_url, back, NOW_MS, quiet) == before
    store = await open_store(other_url)
    try:
        assert await findings(store) == []
        assert (await store.record_sale(a_sale("sale-1", lines=[a_line(quantity=3, points=9)]))).is_replay
        await store.record_sale(a_sale("sale-new"))
        await store.close()
    finally:
        await store.close()


async def test_nothing_is_copied_over_rows(filled: str, tmp_path: Path) -> None:
    path = tmp_path / "full.db"
    store = await open_store(f"sqlite:///{path}")
    await furnish(store)
    await store.close()
    before = await in_thread(proof_of, f"sqlite:///{path}")
    with pytest.raises(DatabaseRefused, match="holds rows already"):
        await in_thread(copy, filled, f"sqlite:///{path}", NOW_MS, quiet)
    assert await in_thread(proof_of, f"sqlite:///{path}") == before


async def test_one_changed_value_changes_the_proof_of_its_table_alone(filled: str, tmp_path: Path) -> None:
    path = tmp_path / "changed.db"
    proofs = await in_thread(backup, filled, path, NOW_MS, quiet)
    connection = apsw.Connection(str(path))
    connection.execute("UPDATE account SET ceiling = 5000 WHERE account LIKE 'member/%'")
    connection.close()
    found = await in_thread(proof_of, f"sqlite:///{path}")
    assert [a.table for a, b in zip(proofs, found, strict=True) if a != b] == ["account"]


async def test_a_backup_is_one_private_file_and_restores_on_the_other_engine(
    filled: str, other_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "safe" / "backup.db"
    path.parent.mkdir()
    proofs = await in_thread(backup, filled, path, NOW_MS, quiet)
    assert [file.name for file in path.parent.iterdir()] == ["backup.db"]
    assert path.stat().st_mode & 0o077 == 0
    with pytest.raises(DatabaseRefused, match="no copy can be made"):
        await in_thread(backup, filled, path, NOW_MS, quiet)
    assert await in_thread(restore, path, other_url, NOW_MS, quiet, is_dry_run=True) == ([], proofs)
    assert await in_thread(restore, path, other_url, NOW_MS, quiet) == ([], proofs)
    assert await in_thread(proof_of, other_url) == proofs
    with pytest.raises(DatabaseRefused, match="holds rows already"):
        await in_thread(restore, path, other_url, NOW_MS, quiet, is_dry_run=True)


async def test_a_backup_of_an_older_release_is_brought_up_to_date(database_url: str, tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    later = await in_thread(make_old, path)
    with pytest.raises(DatabaseRefused, match="older than this release"):
        await in_thread(copy, f"sqlite:///{path}", database_url, NOW_MS, quiet)
    ran, _ = await in_thread(restore, path, database_url, NOW_MS, quiet)
    assert ran == later
    store = await open_store(database_url)
    try:
        assert [row.group_id for row in await store.list_groups()] == ["old"]
    finally:
        await store.close()


async def test_a_backup_of_a_newer_release_or_a_damaged_one_is_refused(
    filled: str, other_url: str, tmp_path: Path
) -> None:
    path = tmp_path / "backup.db"
    await in_thread(backup, filled, path, NOW_MS, quiet)
    connection = apsw.Connection(str(path))
    connection.execute("INSERT INTO migration VALUES ('9999_pre_future', 'x', 1)")
    connection.close()
    with pytest.raises(DatabaseRefused, match="newer release wrote it"):
        await in_thread(restore, path, other_url, NOW_MS, quiet)
    damaged = bytearray(path.read_bytes())
    damaged[len(damaged) // 2 : len(damaged) // 2 + 8192] = b"\xff" * 8192
    path.write_bytes(damaged)
    with pytest.raises(DatabaseRefused):
        await in_thread(restore, path, other_url, NOW_MS, quiet)


async def test_a_copy_is_of_one_moment_though_others_write(store: Store, tmp_path: Path) -> None:
    stopped = asyncio.Event()
    numbers = iter(range(10_000))

    async def write() -> None:
        while not stopped.is_set():
            await store.record_sale(a_sale(f"sale-{next(numbers)}"))

    async with asyncio.TaskGroup() as tasks:
        for _ in range(4):
            tasks.create_task(write())
        try:
            await store.copy_into(tmp_path / "copy.db")
        finally:
            stopped.set()
    copied = await open_store(f"sqlite:///{tmp_path}/copy.db")
    try:
        assert await findings(copied) == []
    finally:
        await copied.close()


def test_every_table_is_known_with_its_key_parents_first() -> None:
    tables = catalogue()
    names = [table.name for table in tables]
    assert len(names) > 30
    assert (
        names.index("pharmacy_group")
        < names.index("account")
        < names.index("lot")
        < names.index("allocation")
    )
    assert all(table.key for table in tables)

"""Sales written together are the same rows as sales written one by one, whatever is among them."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from central.storage.addresses import is_postgres, sqlite_path
from central.storage.base import IdempotencyConflict, Store
from central.storage.interface.rows import ReservationRow, SaleRecord
from central.storage.postgres.store import PostgresStore
from central.storage.sqlite.store import SqliteStore
from central.storage.transfer.copying import TableProof, prove
from central.storage.transfer.databases import opened
from tests.contract.storage.factories import MEMBER, NOW_MS, G, a_line, a_member, a_sale, findings, furnish
from tests.contract.storage.value_factories import a_hold
from tests.postgres import Server

SALES = 200


@asynccontextmanager
async def a_store(url: str) -> AsyncIterator[Store]:
    """A store whose clock stands still, so that two of them can hold the same."""
    store: Store
    if is_postgres(url):
        store = await PostgresStore.open(url, now_ms=lambda: NOW_MS)
    else:
        store = await SqliteStore.open(sqlite_path(url), now_ms=lambda: NOW_MS)
    try:
        await furnish(store)
        for number in range(5):
            await store.enrol_member(a_member(f"mem-{number}"), None)
        for number in range(SALES):
            terms = ReservationRow(G, f"res-{number}", b"hash", "quote", 100, 5, NOW_MS + 1)
            await store.put_reservation(terms)
        yield store
    finally:
        await store.close()


def random_sales(rng: random.Random) -> list[SaleRecord]:
    """Members with and without points, nobody, reservations, one ticket twice, other content, a lost shop."""
    sales: list[SaleRecord] = []
    for number in range(SALES):
        lines = [a_line(n, points=rng.choice((0, 1, 7))) for n in range(1, rng.randint(2, 4))]
        member_id = rng.choice((None, MEMBER, "mem-1", "mem-2", "mem-3"))
        sale = a_sale(f"sale-{number}", lines=lines, member_id=member_id)
        kind = rng.random()
        if kind < 0.1:
            sale = replace(sale, reservation_id=f"res-{number}")
        elif kind < 0.15 and sales:
            sale = rng.choice(sales)
        elif kind < 0.18 and sales:
            sale = replace(rng.choice(sales), input_hash=b"other")
        elif kind < 0.2:
            sale = replace(sale, shop_id="nowhere")
        sales.append(sale)
    return sales


def outcome_of(answer: object) -> object:
    """An answer without what depends on who came first of two copies."""
    return type(answer).__name__ if isinstance(answer, BaseException) else answer


@pytest.mark.parametrize("seed", range(3))
async def test_sales_at_once_and_one_by_one_give_the_same_rows(
    database_url: str, tmp_path: Path, request: pytest.FixtureRequest, seed: int
) -> None:
    sales = random_sales(random.Random(seed))
    async with a_store(database_url) as store:
        at_once = await asyncio.gather(*map(store.record_sale, sales), return_exceptions=True)
        assert await findings(store) == []
    proofs = await asyncio.to_thread(_proofs, database_url)
    if is_postgres(database_url):
        server: Server = request.getfixturevalue("postgres_server")
        with server.empty_database() as other:
            assert await _one_by_one(other, sales, at_once) == proofs
    else:
        assert await _one_by_one(f"sqlite:///{tmp_path}/other.db", sales, at_once) == proofs


async def _one_by_one(url: str, sales: list[SaleRecord], at_once: list[object]) -> list[TableProof]:
    async with a_store(url) as store:
        answers = []
        for sale in sales:
            (answer,) = await asyncio.gather(store.record_sale(sale), return_exceptions=True)
            answers.append(answer)
    assert list(map(outcome_of, answers)) == list(map(outcome_of, at_once))
    return await asyncio.to_thread(_proofs, url)


def _proofs(url: str) -> list[TableProof]:
    with opened(url, may_write=False) as side:
        return prove(side)


async def test_two_copies_of_a_ticket_among_others_are_one_sale(store: Store) -> None:
    sales = [a_sale(f"sale-{n % 30}") for n in range(60)]
    answers = await asyncio.gather(*map(store.record_sale, sales))
    assert sum(answer.is_replay for answer in answers) == 30
    assert (await store.find_points(G, MEMBER)).balance == 30 * 5


async def test_the_one_who_pays_with_points_and_the_one_who_earns_share_a_batch(store: Store) -> None:
    await store.record_sale(a_sale("first", lines=[a_line(points=50)]))
    await store.put_hold(G, await a_hold(store, "hold-1", 10))
    paying = a_sale("paying", hold_id="hold-1")
    sales = [a_sale(f"sale-{n}") for n in range(20)]
    answers = await asyncio.gather(*map(store.record_sale, [*sales[:10], paying, *sales[10:]]))
    assert not any(answer.is_replay for answer in answers)
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held) == (50 + 21 * 5, 0)
    assert await findings(store) == []


async def test_a_conflict_among_others_is_told_to_its_sender_alone(store: Store) -> None:
    await store.record_sale(a_sale("sale-0"))
    sales = [replace(a_sale("sale-0"), input_hash=b"other"), *(a_sale(f"sale-{n}") for n in range(1, 20))]
    answers = await asyncio.gather(*map(store.record_sale, sales), return_exceptions=True)
    assert isinstance(answers[0], IdempotencyConflict)
    assert not any(isinstance(answer, BaseException) for answer in answers[1:])

"""Many writers and a reader at the tail: it must see every event once, in order, whoever commits when."""

import asyncio
from itertools import count

from central.storage.addresses import is_postgres
from central.storage.base import Store
from central.storage.interface.rows import EventRow, PriceRow
from central.storage.opening import open_store
from tests.contract.storage.factories import NOW_MS, G, an_article

WRITERS = 16
STORES = 4


async def tail_while_writing(store: Store, url: str, events: int) -> tuple[list[int], list[int]]:
    """Write `events` events by 16 writers (PostgreSQL: through four stores, as four processes would be).

    Returns: the numbers that a reader saw that asks again and again, and those that a follower got.
    """
    await store.put_articles([an_article()], NOW_MS)
    known = (await store.list_events(G, 0, 1000))[-1].seq
    others = [await open_store(url) for _ in range(STORES - 1 if is_postgres(url) else 0)]
    numbers = count(1)
    asked: list[int] = []
    followed: list[int] = []

    async def write(through: Store) -> None:
        while (number := next(numbers)) <= events:
            assert await through.put_price(G, "art-1", PriceRow(number, NOW_MS + number, NOW_MS))

    async def ask() -> None:
        after = known
        while len(asked) < events:
            page: list[EventRow] = list(await store.list_events(G, after, 500))
            asked.extend(event.seq for event in page)
            after = page[-1].seq if page else after

    async def follow() -> None:
        async for event in store.changes(G, known):
            followed.append(event.seq)
            if len(followed) == events:
                return

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(ask())
            tasks.create_task(follow())
            stores = [store, *others]
            for number in range(WRITERS):
                tasks.create_task(write(stores[number % len(stores)]))
    finally:
        for other in others:
            await other.close()
    return [seq - known for seq in asked], [seq - known for seq in followed]

"""Guesses of numbers are counted once for all workers, in any span of the window, by token."""

import asyncio

from central.storage.base import Store
from central.storage.interface.guesses import Guesser, GuessLimit
from central.storage.opening import open_store
from tests.contract.storage.factories import NOW_MS, SHOP, G

LIMIT = GuessLimit(tries=3, window_ms=1_000)
GUESSER = Guesser("tok", "t-1", SHOP)


async def count(store: Store, at_ms: int, token_id: str = "tok") -> int | None:
    return await store.count_guess(G, token_id, LIMIT, at_ms)


async def test_so_many_guesses_are_left_in_any_window_and_each_token_has_its_own(store: Store) -> None:
    assert [await count(store, NOW_MS + at) for at in (0, 400, 800)] == [None] * 3
    assert await count(store, NOW_MS + 900) == NOW_MS + 1_000
    assert await store.find_next_guess(G, "tok", LIMIT, NOW_MS + 999) == NOW_MS + 1_000
    assert await count(store, NOW_MS + 900, "other") is None
    assert await store.find_next_guess(G, "tok", LIMIT, NOW_MS + 1_000) is None
    assert await count(store, NOW_MS + 1_000) is None, "the first one is over"
    assert await count(store, NOW_MS + 1_001) == NOW_MS + 1_400, "the second is not"


async def test_a_clock_that_was_ahead_bars_nobody_for_longer_than_the_window(store: Store) -> None:
    for _ in range(3):
        await count(store, NOW_MS + 86_400_000)
    assert await store.find_next_guess(G, "tok", LIMIT, NOW_MS) is None
    assert [await count(store, NOW_MS) for _ in range(4)] == [None, None, None, NOW_MS + 1_000]


async def test_two_workers_on_one_database_leave_as_many_guesses_as_one(
    store: Store, database_url: str
) -> None:
    other = await open_store(database_url)
    try:
        answers = await asyncio.gather(
            *(count(each, NOW_MS + at) for at in range(20) for each in (store, other))
        )
        assert sum(each is None for each in answers) == LIMIT.tries
        for each in (store, other):
            assert await each.find_next_guess(G, "tok", LIMIT, NOW_MS + 20) is not None
        told = [
            await each.report_guessing(G, GUESSER, tries=3, every_ms=1_000, now_ms=NOW_MS + at)
            for at in (0, 999, 1_000)
            for each in (store, other)
        ]
        assert told == [True, False, False, False, True, False], "head office hears it once in its time"
    finally:
        await other.close()
    events = [each for each in await store.list_events(G, 0, 200) if each.kind == "guessing.noticed"]
    assert len(events) == 2
    assert '"terminal_id":"t-1"' in events[0].body

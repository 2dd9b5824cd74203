"""The two engines of the store side by side: the same purchases, decided once, written by 64 callers at once.

Takes an empty PostgreSQL database (`OFFICINE_BENCH_PG`), into which the world is copied; by turns.
"""

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from central.storage.base import Store
from central.storage.interface.rows import SaleRecord
from central.storage.opening import open_store
from central.storage.transfer import databases
from tools.bench import raw
from tools.bench.report import Measured, against
from tools.bench.world import World

ADDRESS_VARIABLE: Final = "OFFICINE_BENCH_PG"
CALLERS: Final = 64
PURCHASES: Final = 1_500
"""Purchases of one turn."""


async def measure(world: World, folder: Path, address: str, rounds: int) -> list[Measured]:
    """Purchases per second of `record_sale` alone on each engine, PostgreSQL's as a ratio to SQLite's."""
    records = await raw.decide(world.copy_to(folder / "engines-deciding"), PURCHASES * (rounds + 1))
    copy = world.copy_to(folder / "engines")
    file = f"sqlite:///{copy.database}"
    await asyncio.to_thread(databases.copy, file, address, time.time_ns() // 1_000_000, lambda *_: None)
    stores = [await open_store(url) for url in (file, address)]
    try:
        found: list[list[float]] = [[], []]
        for number in range(rounds + 1):
            turn = records[number * PURCHASES : (number + 1) * PURCHASES]
            for place, store in enumerate(stores):
                rate = await _per_s(store, turn)
                if number:  # the first turn warms up
                    found[place].append(rate)
    finally:
        for store in stores:
            await store.close()
    on_file, on_server = found
    name = f"record_sale, {CALLERS} at once"
    return [
        Measured(name=f"{name}, SQLite", unit="/s", rounds=tuple(on_file)),
        against(f"{name}, PostgreSQL", "/s", on_server, "SQLite", on_file),
    ]


async def _per_s(store: Store, records: Sequence[SaleRecord]) -> float:
    waiting = iter(records)

    async def call() -> None:
        for record in waiting:
            recorded = await store.record_sale(record)
            assert not recorded.is_replay

    began_s = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(CALLERS)))
    return len(records) / (time.perf_counter() - began_s)

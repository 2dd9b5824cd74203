"""What was acknowledged exists after a crash, and the books still agree (RELIABILITY: invariants 1, 2, 5)."""

import asyncio
import sys
from collections import Counter
from pathlib import Path

from central.storage.base import Store
from central.storage.opening import open_store
from tests.contract.storage.factories import G, findings, line_key_of, pages

ROOT = Path(__file__).resolve().parents[3]


async def _write_until_killed(url: str, first: int, acknowledged: int) -> list[str]:
    """Let a real process write, kill -9 it mid-stream, and give every id it had printed."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.storage.crash_writer", url, str(first)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ids = []
    try:
        for _ in range(acknowledged):
            line = await process.stdout.readline()
            assert line, "the writer ended by itself"
            ids.append(line.decode().strip())
    finally:
        process.kill()
    rest = (await process.stdout.read()).decode()
    await process.wait()
    whole, _, _ = rest.rpartition("\n")
    return ids + whole.split()


async def _assert_all_there(store: Store, ids: list[str]) -> None:
    for kind, _, number in (name.partition("-") for name in ids):
        if kind == "ret":
            assert await store.find_return(G, f"ret-{number}") is not None
            continue
        assert await store.find_sale(G, f"sale-{number}") is not None
        assert len(await store.list_sale_lines(G, line_key_of(f"sale-{number}"))) == 2
        assert len(await store.list_sale_lots(G, f"sale-{number}")) == 1


async def test_everything_acknowledged_survives_three_kills(database_url: str) -> None:
    ids: list[str] = []
    for round_no, acknowledged in enumerate((200, 50, 300)):
        ids += await _write_until_killed(database_url, round_no * 1_000_000, acknowledged)
    assert len(ids) == len(set(ids))
    store = await open_store(database_url)
    try:
        await _assert_all_there(store, ids)
        assert await findings(store, page=200) == []
        events = [
            event async for event in pages(lambda last: store.list_events(G, last.seq if last else 0, 200))
        ]
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        kinds = Counter(event.kind for event in events)
        acknowledged_sales = sum(name.startswith("sale-") for name in ids)
        # A sale written but not yet acknowledged at the kill may be there too: one per writer and round.
        assert acknowledged_sales <= kinds["sale.committed"] <= acknowledged_sales + 3 * 16
    finally:
        await store.close()

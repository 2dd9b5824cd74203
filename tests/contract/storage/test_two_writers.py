"""A second process that writes to the same SQLite file: everybody gets their turn, nobody is told `busy`."""

import asyncio
import sys
from pathlib import Path

from central.storage.opening import open_store
from loyalty.limits.storage import GROUP_COMMIT_MAX
from tests.contract.storage.busy_writer import ROWS
from tests.contract.storage.factories import MEMBER, G, a_sale, findings, furnish

ROOT = Path(__file__).resolve().parents[3]
SALES = 25
SALES_MAX = 5_000
"""Where nothing is waited for, not even a disk, the other process may need a while for its turn."""
BATCH_EVENTS = GROUP_COMMIT_MAX * ROWS
"""Events of one batch of the other process."""


async def test_a_sale_waits_for_no_more_than_the_write_that_runs_and_one_more(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/central.db"
    store = await open_store(url)
    await furnish(store)
    other = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.storage.busy_writer", url),
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    assert other.stdin is not None
    assert other.stdout is not None
    passed = []
    try:
        while b"ready" not in await other.stdout.readline():
            assert other.returncode is None
        for number in range(SALES_MAX):
            if number >= SALES and sum(passed) > BATCH_EVENTS:
                break
            before = (await store.find_changes(G, -1)).seq
            await store.record_sale(a_sale(f"s-{number}"))
            passed.append((await store.find_changes(G, -1)).seq - before)
    finally:
        other.stdin.close()
        told = await other.stdout.read()
        await other.wait()
    assert other.returncode == 0, "the other process was not told that it is busy either"
    assert b"done" in told
    assert sum(passed) > BATCH_EVENTS, "the other process wrote between the sales"
    assert max(passed) <= 3 * BATCH_EVENTS
    assert (await store.find_points(G, MEMBER)).balance == 5 * len(passed)
    assert await findings(store) == []
    await store.close()


async def test_a_process_that_dies_with_the_turn_leaves_it_to_the_others(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/central.db"
    store = await open_store(url)
    await furnish(store)
    holder = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", _HOLDER, f"{tmp_path}/central.db-turn"), stdout=asyncio.subprocess.PIPE
    )
    assert holder.stdout is not None
    assert await holder.stdout.readline() == b"held\n"
    waiting = asyncio.create_task(store.record_sale(a_sale("s-1")))
    holder.kill()
    await holder.wait()
    assert not (await waiting).is_replay
    await store.close()


_HOLDER = """
import fcntl, sys, time
with open(sys.argv[1], "w") as turn:
    fcntl.flock(turn, fcntl.LOCK_EX)
    print("held", flush=True)
    time.sleep(600)
"""

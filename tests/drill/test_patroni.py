"""Three nodes under Patroni lose their primary again and again under load: no acknowledged ticket is lost.

RELIABILITY invariants 1 (conservation), 2 (no acknowledged loss), 3 (no duplicate), 5 (hash chain).
The settings are those of provisioning/ha. Needs root, network namespaces, patroni, etcd and haproxy.
"""

import asyncio
import os
import random
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.drill.books import assert_as_told, sound_books
from tests.drill.cluster import Cluster, NoCluster, a_cluster
from tests.drill.conftest import Drill
from tests.drill.place import HOLDERS, Place, a_place
from tests.drill.test_disk_full import a_ticket
from tests.drill.tickets import Lane, a_till, drained
from tests.drill.till_client import Record, TillClient, http_session
from tests.helpers import eventually
from tools.demo.programs import Program
from tools.demo.stack import HOST, free_port
from tools.faults.namespaces import NoNamespaces

pytestmark = [pytest.mark.drill, pytest.mark.timeout(1_200)]

CLIENTS = 8
ANSWER_WITHIN_S = 240
"""A change of primary takes about ttl (20 s); a busy machine is given much more."""
WHOLE_WITHIN_S = 180
SALES_BETWEEN = 100
"""So many tickets are acknowledged between two faults."""


@pytest.fixture
async def cluster(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Cluster]:
    """A whole cluster with central's empty database."""
    with ExitStack() as stack:
        try:
            started = await asyncio.to_thread(stack.enter_context, a_cluster())
        except (NoCluster, NoNamespaces) as error:
            pytest.skip(f"a cluster of its own needs root, network namespaces and Patroni: {error}")
        monkeypatch.setenv("PGPASSFILE", str(started.pgpass))
        await whole(started)
        await asyncio.to_thread(started.make_database)
        yield started
        await asyncio.to_thread(stack.close)


async def whole(cluster: Cluster) -> str:
    """Wait for a primary that two nodes follow; its name."""
    try:
        await eventually(lambda: asyncio.to_thread(cluster.is_whole), WHOLE_WITHIN_S)
        return str(await eventually(lambda: asyncio.to_thread(cluster.primary), WHOLE_WITHIN_S))
    except AssertionError as error:
        raise AssertionError(f"{error}\n{cluster.logs()}") from error


@asynccontextmanager
async def another_central(place: Place) -> AsyncIterator[str]:
    """A second process of central on the same database; its address."""
    state, port = place.stack.plan.state, free_port()
    environ = {name: value for name, value in os.environ.items() if not name.startswith("OFFICINE_")}
    program = Program(
        "central-2",
        ("--config", str(state / "officine.toml"), "central", "run"),
        state / "logs" / "central-2.log",
        environ | {"OFFICINE_CENTRAL_PORT": str(port)},
    )
    url = f"http://{HOST}:{port}"
    await program.start()
    try:
        await program.wait_ready(lambda: answers(url, 200))
        yield url
    finally:
        await program.stop()


@asynccontextmanager
async def load(place: Place, urls: Sequence[str], drill: Drill, record: Record) -> AsyncIterator[None]:
    """Tills that sell for as long as the block lasts, and repeat until they know; half at each central."""
    stop = asyncio.Event()
    async with http_session(place.token) as session, asyncio.TaskGroup() as group:
        for number in range(CLIENTS):
            client = TillClient(
                f"c{number}",
                urls[number % len(urls)],
                session,
                record,
                random.Random(f"{drill.seed}/{number}"),
                answer_within_s=ANSWER_WITHIN_S,
            )
            group.create_task(client.run(stop))
        yield
        stop.set()


async def sold(record: Record, more: int = SALES_BETWEEN) -> None:
    """Wait until so many more tickets are acknowledged."""
    wanted = len(record.sales) + more
    await eventually(lambda: len(record.sales) >= wanted, ANSWER_WITHIN_S)


async def test_no_acknowledged_ticket_is_lost_when_primaries_are_killed_or_cut_off(
    tmp_path: Path, drill: Drill, cluster: Cluster
) -> None:
    record, promoted = Record(), []
    async with a_place(tmp_path / "state", cluster.address) as place:
        await place.stack.start(("central",))
        async with (
            another_central(place) as other,
            load(place, (place.stack.central_url, other), drill, record),
        ):
            for name, fault, mend in (
                ("node_killed", cluster.kill_node, cluster.start_node),
                ("cut_off", cut_off(cluster), mend_all(cluster)),
                ("server_killed", cluster.kill_database, lambda _: None),
                ("follower_killed", cluster.kill_node, cluster.start_node),
            ):
                await sold(record)
                before = await whole(cluster)
                victim = await followed_by(cluster) if name == "follower_killed" else before
                since_s = time.monotonic()
                await asyncio.to_thread(fault, victim)
                await other_primary_or_back(cluster, before, must_change=name in ("node_killed", "cut_off"))
                await sold(record)
                drill.tell(**{f"{name}_unavailable_s": f"{record.pause_s(since_s):.1f}"})
                await asyncio.to_thread(mend, victim)
                promoted.append(f"{before}>{await whole(cluster)}")
            await sold(record)
        await place.stack.stop()
        books = await sound_books(cluster.address)
    drill.tell(
        primaries=",".join(promoted),
        sales=len(record.sales),
        returns=len(record.returns),
        unknown=record.seen["unknown"],
        replayed=record.seen["replayed"],
        lost=len(record.sales.keys() - books.sales.keys()),
    )
    assert_as_told(books, record)
    await assert_nodes_agree(cluster)


async def followed_by(cluster: Cluster) -> str:
    """The node without which no commit is answered at this moment."""
    followers = await asyncio.to_thread(cluster.followers)
    return next(name for name, state in followers.items() if state == "sync")


def cut_off(cluster: Cluster) -> Callable[[str], None]:
    """Cut a node from the other two. HAProxy still reaches it: only etcd can tell it to stop."""

    def cut(name: str) -> None:
        cluster.nodes[name].cut_from([node for other, node in cluster.nodes.items() if other != name])

    return cut


def mend_all(cluster: Cluster) -> Callable[[str], None]:
    """Undo every cut."""

    def mend(_: str) -> None:
        for node in cluster.nodes.values():
            node.mend()

    return mend


async def other_primary_or_back(cluster: Cluster, before: str, *, must_change: bool) -> None:
    """Wait for a primary: another one, where the old cannot be it again."""

    def is_there() -> bool:
        now = cluster.primary()
        return now is not None and not (must_change and now == before)

    try:
        await eventually(lambda: asyncio.to_thread(is_there), WHOLE_WITHIN_S)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{cluster.logs()}") from error


async def assert_nodes_agree(cluster: Cluster) -> None:
    """The nodes that follow have all that the primary has."""

    def have_all() -> bool:
        behind = cluster.ask(
            "SELECT 1 FROM pg_stat_replication WHERE replay_lsn < pg_current_wal_flush_lsn()"
        )
        return behind == [] and cluster.is_whole()

    await eventually(lambda: asyncio.to_thread(have_all), WHOLE_WITHIN_S)


async def test_without_a_primary_central_says_so_terminals_note_and_all_is_delivered_later(
    tmp_path: Path, drill: Drill, cluster: Cluster
) -> None:
    async with a_place(tmp_path / "state", cluster.address) as place, a_till(place) as till:
        stack = place.stack
        await stack.start(("central", "terminal"))
        lane = Lane(till, HOLDERS[0])
        for _ in range(4):
            await lane.report()
        await drained(stack)
        everyone = list(cluster.nodes.values())
        for node in everyone:
            await asyncio.to_thread(node.cut_from, [other for other in everyone if other is not node])
        cut_s = time.monotonic()
        await eventually(lambda: answers(stack.central_url, 503), WHOLE_WITHIN_S)
        silent_s = time.monotonic() - cut_s
        async with http_session(place.token) as session:
            refused = await session.post(f"{stack.central_url}/api/v1/sales", data=a_ticket(1))
            told = await refused.json(content_type=None)
        queued_before = lane.queued
        for _ in range(4):
            await lane.report()
        noted = lane.queued - queued_before
        mended_s = time.monotonic()
        for node in everyone:
            await asyncio.to_thread(node.mend)
        await drained(stack, WHOLE_WITHIN_S)
        recovered_s = time.monotonic() - mended_s
        assert await place.points_of(HOLDERS[0]) == lane.points
        await stack.stop()
        books = await sound_books(cluster.address)
    drill.tell(
        refused=f"{refused.status} {told['code']}",
        retry_after_s=refused.headers["Retry-After"],
        noted=noted,
        not_ready_after_s=f"{silent_s:.1f}",
        delivered_after_s=f"{recovered_s:.1f}",
    )
    assert (refused.status, told["code"]) in ((503, "store_failed"), (503, "store_busy"))
    assert int(refused.headers["Retry-After"]) > 0
    assert noted == 4, "the till is told that the ticket is noted"
    assert list(books.business_keys) == lane.reported, "all booked, once, in order"


async def answers(url: str, status: int) -> bool:
    """Whether a central tells a load balancer that it is ready (200), or to wait (503)."""
    timeout = aiohttp.ClientTimeout(total=10)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        try:
            async with session.get(f"{url}/readyz") as response:
                return response.status == status
        except (aiohttp.ClientError, TimeoutError):
            return False

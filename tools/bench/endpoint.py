"""The whole purchase through the real central, beside raw store and echo server in the same minutes."""

import asyncio
from collections.abc import Awaitable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import median
from typing import Final

import aiohttp
import msgspec

from loyalty.limits.storage import GROUP_COMMIT_MAX
from tools.bench import disk, raw, servers, slow_fsync
from tools.bench.busy import busy
from tools.bench.cores import Cores
from tools.bench.load import Load, LoadFailed, LoadFigures
from tools.bench.report import Measured, Report, against
from tools.bench.traffic import Sales
from tools.bench.world import TOUCHING, VOUCHER_MINOR, World, opened
from wire import api_sales

CONNECTIONS: Final = 64
RAW_GROUP: Final = 256
MANY_CONNECTIONS: Final = 2 * GROUP_COMMIT_MAX
"""A full commit that is being written, and the next one waiting for it."""
RAW_GOAL: Final = 0.30
ECHO_GOAL: Final = 0.25
SLOW_GOAL: Final = 0.80
_LONGER: Final = (1, 4, 16)
"""A turn in which a starved machine answers nothing is taken again, so many times as long."""
P99_GOAL_MS: Final = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How long and how often."""

    cores: Cores
    world: World
    folder: Path
    rounds: int
    seconds: float


@dataclass(slots=True)
class Stretch:
    """A closed loop's answers per second, and the server's processor time for each."""

    figures: LoadFigures
    processor_us: float
    acknowledged: int
    """All answers, those of turns included that were too short for this machine."""


@dataclass(slots=True)
class Raws:
    """The raw store by turns with the endpoint: alone, and with the other core busy as it is beside that."""

    alone: list[raw.RawFigures] = field(default_factory=list)
    beside: list[raw.RawFigures] = field(default_factory=list)


async def measure_raw(plan: Plan, rows: Path) -> dict[int, list[float]]:
    """The raw store at every group size, in turn."""
    found: dict[int, list[float]] = {group: [] for group in raw.GROUPS}
    for _ in range(plan.rounds):
        for group, sample in found.items():
            sample.append((await raw.measure(plan.cores, plan.world, rows, group)).per_s)
    return found


def tell_raw(report: Report, found: dict[int, list[float]]) -> None:
    """The raw store's rows of the report."""
    for group, sample in found.items():
        name = f"raw store, {group} a transaction"
        report.measured.append(Measured(name=name, unit="/s", rounds=tuple(sample)))


async def measure_endpoint(plan: Plan, rows: Path, report: Report) -> None:
    """Raw store, echo and endpoint by turns; then the open loop at half of the most that the endpoint did."""
    log = plan.folder / "servers.log"
    answer = plan.folder / "answer.json"
    raws, echoes = Raws(), []
    endpoints: dict[int, list[Stretch]] = {CONNECTIONS: [], MANY_CONNECTIONS: []}
    sales = Sales(plan.world)
    async with servers.central(plan.cores, plan.world.database, plan.world.secrets, log) as central:
        answer.write_bytes(await warm_up(central, sales))
        echoed = Sales(plan.world)
        async with servers.echo(plan.cores, answer, log) as echo:
            for number in range(plan.rounds):
                raws.alone.append(await raw.measure(plan.cores, _resting(plan), rows, RAW_GROUP))
                if plan.cores.are_apart:
                    with busy(plan.cores.load):
                        raws.beside.append(await raw.measure(plan.cores, _resting(plan), rows, RAW_GROUP))
                echoes.append(await closed(echo, echoed, plan))
                order = list(endpoints) if number % 2 else list(reversed(endpoints))
                for connections in order:
                    endpoints[connections].append(await closed(central, sales, plan, connections))
        rate = max(median(each.figures.per_s for each in turns) for turns in endpoints.values()) / 2
        syncs, opens = [], []
        for _ in range(plan.rounds):
            syncs.append(await asyncio.to_thread(disk.measure_syncs, plan.folder))
            opens.append(await _explained(Load(central.port, sales).open(plan.seconds * 2, rate), central))
    acknowledged = 1 + sum(each.acknowledged for turns in endpoints.values() for each in turns)
    acknowledged += sum(each.acknowledged for each in opens)
    await _assert_recorded(plan.world, acknowledged)
    _tell_endpoint(report, raws, echoes, endpoints)
    name = f"purchase, open loop at {rate:,.0f}/s"
    for rank, goal in (("median", ""), ("p95", ""), ("p99", f"p99 < {P99_GOAL_MS}")):
        values = [getattr(each.latency_ms, rank) for each in opens]
        alone = [getattr(each, rank) for each in syncs]
        of = f"{rank} of a sync alone"
        report.measured.append(against(f"{name}, {rank}", "ms", values, of, alone, goal))
        report.measured.append(Measured(name=f"a page synced alone, {rank}", unit="ms", rounds=tuple(alone)))


async def closed(server: servers.Server, sales: Sales, plan: Plan, connections: int = CONNECTIONS) -> Stretch:
    """One closed loop against a server. Raises: LoadFailed, with what the server said and logged."""
    acknowledged = 0
    for times in _LONGER:
        before_s = server.processor_s()
        load = Load(server.port, sales).closed(plan.seconds * times, connections)
        figures = await _explained(load, server)
        acknowledged += figures.acknowledged
        used_us = (server.processor_s() - before_s) * 1_000_000
        if figures.latencies_ms:
            return Stretch(figures, used_us / figures.acknowledged, acknowledged)
    raise LoadFailed(f"nothing was answered within {plan.seconds * _LONGER[-1]:g} s: the machine is too busy")


async def _explained(load: Awaitable[LoadFigures], server: servers.Server) -> LoadFigures:
    """A load's figures. Raises: LoadFailed, with what the server logged."""
    try:
        return await load
    except LoadFailed as error:
        raise LoadFailed(f"{error}\n{await servers.end_of(server.log)}") from error


async def measure_slow_disk(plan: Plan, report: Report) -> None:
    """The endpoint as it is and with a longer fsync, by turns."""
    environ = slow_fsync.environ(plan.folder)
    if environ is None:
        report.notes.append("slow disk: left out, there is no C compiler (cc)")
        return
    log = plan.folder / "servers.log"
    quick_world = _resting(plan).copy_to(plan.folder / "quick")
    slow_world = _resting(plan).copy_to(plan.folder / "slow")
    quick_sales, slow_sales = Sales(quick_world), Sales(slow_world)
    as_is, slow = [], []
    async with (
        servers.central(plan.cores, quick_world.database, quick_world.secrets, log) as quick,
        servers.central(plan.cores, slow_world.database, slow_world.secrets, log, environ) as slowed,
    ):
        for _ in range(plan.rounds):
            as_is.append((await closed(quick, quick_sales, plan)).figures.per_s)
            slow.append((await closed(slowed, slow_sales, plan)).figures.per_s)
    name = f"purchase, each fsync {slow_fsync.ADDED_US / 1000:g} ms longer"
    report.measured.append(against(name, "/s", slow, "the disk as it is", as_is, f">= {SLOW_GOAL}"))


def _tell_endpoint(
    report: Report, raws: Raws, echoes: list[Stretch], endpoints: Mapping[int, list[Stretch]]
) -> None:
    echo_rates = [each.figures.per_s for each in echoes]
    echo_costs = [each.processor_us for each in echoes]
    raw_rates = [each.per_s for each in raws.alone]
    raw_costs = [each.processor_us for each in raws.alone]
    beside = [each.per_s for each in raws.beside]
    report.measured += [
        Measured(name=f"raw store, {RAW_GROUP} a transaction", unit="/s", rounds=tuple(raw_rates)),
        Measured(name="echo server", unit="/s", rounds=tuple(echo_rates)),
    ]
    if beside:
        of_beside = f"raw store at {RAW_GROUP}, the other core busy"
        report.measured.append(Measured(name=of_beside, unit="/s", rounds=tuple(beside)))
    for connections, turns in endpoints.items():
        rates = [each.figures.per_s for each in turns]
        costs = [each.processor_us for each in turns]
        p99s = [each.figures.latency_ms.p99 for each in turns]
        name = f"purchase, closed loop, {connections} connections"
        report.measured += [
            against(name, "/s", rates, f"raw store at {RAW_GROUP}", raw_rates, f">= {RAW_GOAL}"),
            against(name, "/s", rates, "echo server", echo_rates, f">= {ECHO_GOAL}"),
            *([against(name, "/s", rates, of_beside, beside)] if beside else []),
            against(f"{name}, processor time of the server", "µs", costs, "echo server", echo_costs),
            against(
                f"{name}, processor time of the server", "µs", costs, f"raw store at {RAW_GROUP}", raw_costs
            ),
            Measured(name=f"{name}, p99", unit="ms", rounds=tuple(p99s)),
        ]


async def warm_up(server: servers.Server, sales: Sales) -> bytes:
    """What central answers to a first purchase, checked: promotions, voucher and points are really there."""
    request = sales.next_request()
    head, _, body = request.content.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"http://127.0.0.1:{server.port}/api/v1/sales", data=body, headers=headers) as response,
    ):
        answer = await response.read()
        assert response.status == 200, answer
    sales.take_answer(request, answer)
    view = msgspec.json.decode(answer, type=api_sales.SaleView)
    rules = {reason.rule_id for line in view.lines for reason in line.reasons}
    touching = {f"promotion-{number}" for number in range(TOUCHING)} | {"base", "thanks", "voucher.thanks"}
    assert rules == touching, f"every promotion that should touches the ticket, not {rules}"
    assert view.points > 0, "the purchase earns"
    assert [each.used_minor for each in view.used_vouchers] == [VOUCHER_MINOR], "a voucher pays"
    assert len(view.vouchers) == 1, "the next voucher is given"
    assert view.profile is not None, "the answer has the profile"
    assert view.profile.points == view.balance_points, "the profile shows the balance"
    return answer


async def _assert_recorded(world: World, acknowledged: int) -> None:
    """Every purchase that was answered is in the store, and none that was not asked for."""
    async with opened(world) as (services, actor):
        recorded = await services.store.count_sales(actor.group_id, 0, 2**62)
    before = world.size.tickets + world.size.vouchers
    assert recorded - before == acknowledged, (recorded, before, acknowledged)


def _resting(plan: Plan) -> World:
    """A copy of the world that was made before anything was sold in it."""
    return replace(plan.world, folder=plan.folder / "rest")

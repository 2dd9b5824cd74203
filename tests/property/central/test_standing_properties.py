"""Random histories and clocks: worked out after each ticket or at night alone, members stand the same."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from central.services.bundle import Services, build_services
from central.services.core.access import operator_of
from central.settings import Secrets, load_secrets
from central.storage.interface.rows import SaleRecord
from central.storage.opening import open_store
from tests.contract.storage.factories import SHOP, G, a_group, a_line, a_sale, a_shop, decide_return
from tests.movable_clock import MovableClock
from wire import api_members, api_segments

ZURICH = ZoneInfo("Europe/Zurich")
START = datetime(2027, 10, 30, 23, 30, tzinfo=ZURICH)
"""The night before clocks go back, near the end of a long month; February follows."""
HOUR_MS = 3_600_000
MEMBERS = ("m-busy", "m-quiet")
SEGMENT = {
    "id": "is-back",
    "version": 1,
    "kind": "segment",
    "when": {
        "and": [
            {"ge": [{"fact": "member.visits_3_months"}, 1]},
            {"eq": [{"fact": "member.grade"}, "ordinary"]},
        ]
    },
    "effects": [{"effect": "segment", "segment": "back"}],
}
TIERS = {
    "count": "spent",
    "period": "calendar",
    "months": 1,
    "steps": [{"tier": "silver", "at": 10_000}, {"tier": "gold", "at": 25_000}],
}
PROGRAMME = {"rules": [SEGMENT], "grades": {"complete": ["family_name"]}, "tiers": TIERS}
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("wait"), st.integers(1, 60 * 24), st.just(0)),
        st.tuples(st.just("sell"), st.integers(1, 300), st.integers(0, 30 * 24)),
        st.tuples(st.just("return"), st.integers(0, 20), st.integers(1, 300)),
        st.tuples(st.just("call"), st.booleans(), st.just(0)),
        st.tuples(st.just("keep"), st.just(0), st.just(0)),
    ),
    min_size=4,
    max_size=16,
)


@dataclass
class World:
    """One member's life, and what plain counting says of it."""

    services: Services
    clock: MovableClock
    sales: list[SaleRecord] = field(default_factory=list)
    kept: dict[str, int] = field(default_factory=dict)
    calls: list[tuple[int, bool]] = field(default_factory=list)
    numbers: int = 0

    @property
    def today(self) -> date:
        return day_of(self.clock.now_ms)

    async def step(self, kind: str, amount: int, more: int) -> None:
        self.numbers += 1
        match kind:
            case "wait":
                self.clock.now_ms += amount * HOUR_MS
            case "sell":
                await self.sell(amount, self.clock.now_ms - more * HOUR_MS)
            case "return" if self.sales:
                await self.give_back(self.sales[amount % len(self.sales)], more)
            case "call":
                body = api_segments.CallBackBody(call_back_id=f"c{self.numbers}", is_reached=bool(amount))
                await self.services.consents.put_call_back(operator_of(G), MEMBERS[0], body)
                self.calls.append((self.clock.now_ms, bool(amount)))
                self.clock.now_ms += 1
            case "keep":
                await self.services.standings.keep(G)

    async def sell(self, quantity: int, at_ms: int) -> None:
        sale = a_sale(
            f"s{self.numbers}",
            lines=[a_line(quantity=quantity, points=0)],
            member_id=MEMBERS[0],
            at_ms=at_ms,
        )
        await self.services.store.record_sale(sale)
        self.sales.append(sale)
        self.kept[sale.sale_id] = 100 * quantity

    async def give_back(self, sale: SaleRecord, quantity: int) -> None:
        units = min(quantity, self.kept[sale.sale_id] // 100)
        if units:
            back = await decide_return(self.services.store, f"r{self.numbers}", sale, 1, units)
            await self.services.store.record_return(back)
            self.kept[sale.sale_id] -= 100 * units

    def expected(self) -> str:
        """The grade, counted ticket by ticket on the local calendar."""
        kept = [(sale.occurred_ms, self.kept[sale.sale_id]) for sale in self.sales]
        kept = [(at_ms, minor) for at_ms, minor in kept if minor and at_ms <= self.clock.now_ms]
        recent = [minor for at_ms, minor in kept if day_of(at_ms) >= back(self.today, 3)]
        if len(recent) >= 3 and sum(recent) >= 50_000:
            return "core"
        if day_of(ms(START)) >= back(self.today, 1):
            return "new"
        if recent:
            return "ordinary"
        last_ms = max((at_ms for at_ms, _ in kept), default=None)
        is_lost = last_ms is None or day_of(last_ms) < back(self.today, 6)
        failed = self.calls and not self.calls[-1][1] and (last_ms is None or self.calls[-1][0] > last_ms)
        return "invalid" if is_lost and failed else "dormant"


def tier_of(world: World) -> str | None:
    """The tier of the better of this month and the one before, counted ticket by ticket."""
    this = world.today.strftime("%Y-%m")
    before = back(world.today.replace(day=1), 1).strftime("%Y-%m")
    spent = {this: 0, before: 0}
    for sale in world.sales:
        month = day_of(sale.occurred_ms).strftime("%Y-%m")
        if month in spent and sale.occurred_ms <= world.clock.now_ms:
            spent[month] += world.kept[sale.sale_id]
    most = max(spent.values())
    return "gold" if most >= 25_000 else "silver" if most >= 10_000 else None


def ms(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def day_of(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, ZURICH).date()


def back(day: date, months: int) -> date:
    """The same day some months earlier, or the last one of that month: tried day by day."""
    year, month = day.year, day.month - months
    while month < 1:
        year, month = year - 1, month + 12
    number = day.day
    while True:
        try:
            return date(year, month, number)
        except ValueError:
            number -= 1


async def live(steps: list[Any], secrets: Secrets, *, is_kept_each_time: bool) -> tuple[World, Any]:
    """Go through the steps, working out after each or at the end alone; what is kept then."""
    with tempfile.TemporaryDirectory() as folder:
        store = await open_store(f"sqlite:///{folder}/central.db")
        try:
            clock = MovableClock(ms(START))
            services = build_services(store, secrets, clock)
            await store.put_group(a_group(programme=msgspec.json.encode(PROGRAMME).decode()), "test")
            await store.put_shop(a_shop(), ms(START))
            for member_id in MEMBERS:
                body = api_members.MemberBody(member_id=member_id, family_name="Rey", home_shop_id=SHOP)
                await services.members.enrol(operator_of(G), body)
            world = World(services, clock)
            for step in steps:
                await world.step(*step)
                if is_kept_each_time:
                    await services.standings.keep(G)
                    await require_counted(world)
            await services.standings.keep(G)
            await require_counted(world)
            assert await services.standings.keep(G) == 0
            return world, await stands(world)
        finally:
            await store.close()


async def require_counted(world: World) -> None:
    """Grade and tier are what plain counting gives, as traits and as facts."""
    held = await world.services.traits.get(operator_of(G), MEMBERS[0])
    assert (held.grade, held.tier) == (world.expected(), tier_of(world))
    kept = await world.services.store.find_candidate(G, MEMBERS[0])
    assert kept is not None
    assert (kept.facts["grade"], kept.facts["tier"]) == (held.grade, held.tier)


async def stands(world: World) -> Any:
    """All that is kept of the member but histories."""
    kept = await world.services.store.find_candidate(G, MEMBERS[0])
    assert kept is not None
    memberships = await world.services.store.list_memberships(G, MEMBERS[0], 100)
    return kept.as_of_day, kept.facts, [row.segment for row in memberships if row.to_ms is None]


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_after_each_ticket_or_at_night_alone_members_stand_the_same(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        secrets = load_secrets(Path(folder) / "secrets")
        world, each_time = run(live(steps, secrets, is_kept_each_time=True))
        _, at_the_end = run(live(steps, secrets, is_kept_each_time=False))
    assert each_time == at_the_end
    is_back = world.expected() == "ordinary"
    assert each_time[2] == (["back"] if is_back else [])

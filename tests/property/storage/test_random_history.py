"""Any history of sales, returns, redemptions and replays keeps the books balanced, in any order."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from random import Random

from hypothesis import strategies as st

from central.storage.base import GuardFailed, Recorded, Store
from central.storage.interface.rows import ReturnRecord, SaleRecord
from central.storage.opening import open_store
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import entry
from loyalty.ledger.lots import BalanceTooLow, Lot, select_lots
from loyalty.ledger.postings import Posting
from loyalty.ledger.reversal import ReturnExceedsSale
from tests.contract.storage.factories import (
    EXPIRES_MS,
    MEMBER,
    NOW_MS,
    G,
    a_line,
    a_sale,
    decide_return,
    findings,
    furnish,
    head_of,
)
from tests.property.storage.engines import Engine, histories

STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("sell"), st.integers(0, 40), st.integers(1, 6)),
        st.tuples(st.just("return"), st.integers(0, 30), st.integers(1, 6)),
        st.tuples(st.just("redeem"), st.integers(1, 40), st.just(0)),
        st.tuples(st.just("replay"), st.integers(0, 60), st.just(0)),
    ),
    max_size=25,
)


@dataclass
class History:
    """What was done so far, and what the member should hold by plain arithmetic."""

    store: Store
    sales: list[SaleRecord] = field(default_factory=list)
    records: list[SaleRecord | ReturnRecord] = field(default_factory=list)
    due: int = 0

    async def sell(self, points: int, quantity: int) -> None:
        owed = (await self.store.member_overview(G, MEMBER, 0, 1)).points_owed
        sale = a_sale(
            f"sale-{len(self.records)}",
            lines=[a_line(quantity=quantity, points=points)],
            points_owed=owed,
            expires_ms=EXPIRES_MS + points,
        )
        await self.store.record_sale(sale)
        self.sales.append(sale)
        self.records.append(sale)
        self.due += points

    async def give_back(self, which: int, quantity: int) -> None:
        if not self.sales:
            return
        sale = self.sales[which % len(self.sales)]
        (line,) = await self.store.list_sale_lines(G, sale.line_key)
        quantity = min(quantity, line.quantity - line.returned_quantity)
        if quantity:
            record = await decide_return(self.store, f"ret-{len(self.records)}", sale, 1, quantity)
            await self.store.record_return(record)
            self.records.append(record)
            self.due -= record.points

    async def redeem(self, points: int) -> None:
        lots = [
            Lot(row.lot_id, row.account, row.amount, row.remaining, row.expires_ms)
            for row in await self.store.list_lots(G, "", 1000)
        ]
        try:
            changes = select_lots(lots, points, NOW_MS)
        except BalanceTooLow:
            return
        posting = Posting(chart.member_points(MEMBER), chart.POINTS_REDEEMED, POINTS, points)
        name = f"sale-{len(self.records)}"
        burn = entry(head_of(name, name), "redemption", (posting,), lot_changes=changes)
        record = replace(a_sale(name, lines=[a_line(points=0)]), transaction=burn)
        await self.store.record_sale(record)
        self.records.append(record)
        self.due -= points

    async def replay(self, which: int) -> None:
        if self.records:
            outcome = await self.record(self.records[which % len(self.records)])
            assert outcome.is_replay

    async def record(self, record: SaleRecord | ReturnRecord) -> Recorded[object]:
        if isinstance(record, SaleRecord):
            return await self.store.record_sale(record)  # type: ignore[return-value]
        return await self.store.record_return(record)  # type: ignore[return-value]

    async def assert_balanced(self) -> None:
        overview = await self.store.member_overview(G, MEMBER, 0, 1)
        assert overview.points - overview.points_owed == self.due
        assert await findings(self.store) == []


def _run(engine: Engine, act: Callable[[History], Coroutine[None, None, None]]) -> None:
    async def main(url: str) -> None:
        store = await open_store(url)
        try:
            await furnish(store)
            await act(History(store))
        finally:
            await store.close()

    with engine.new_database() as url:
        asyncio.run(main(url))


@histories(STEPS, examples=40)
def test_any_history_keeps_the_books_balanced(engine: Engine, steps: list[tuple[str, int, int]]) -> None:
    async def act(history: History) -> None:
        for kind, first, second in steps:
            if kind == "sell":
                await history.sell(first, second)
            elif kind == "return":
                await history.give_back(first, second)
            elif kind == "redeem":
                await history.redeem(first)
            else:
                await history.replay(first)
        await history.assert_balanced()
        for record in history.records:
            assert (await history.record(record)).is_replay
        await history.assert_balanced()

    _run(engine, act)


@histories(
    st.lists(st.tuples(st.integers(0, 30), st.integers(1, 5)), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
)
def test_earning_and_returning_everything_in_any_order_and_steps_leaves_nothing(
    engine: Engine, sales: list[tuple[int, int]], random: Random
) -> None:
    async def act(history: History) -> None:
        for points, quantity in sales:
            await history.sell(points, quantity)
        units = [n for n, (_, quantity) in enumerate(sales) for _ in range(quantity)]
        random.shuffle(units)
        for which in units:
            await history.give_back(which, 1)
        overview = await history.store.member_overview(G, MEMBER, 0, 1)
        assert (overview.points, overview.points_owed) == (0, 0)
        assert all(lot.remaining == 0 for lot in await history.store.list_lots(G, "", 100))
        await history.assert_balanced()

    _run(engine, act)


@histories(st.lists(st.integers(1, 3), min_size=2, max_size=16), st.integers(1, 12), st.integers(0, 60))
def test_returns_racing_on_one_line_never_undo_more_than_it_earned(
    engine: Engine, wanted: list[int], quantity: int, points: int
) -> None:
    """Each task decides on what it reads and tries again when the guard says that somebody was faster."""

    async def give_back_in_a_race(history: History, name: str, units: int) -> int:
        (sale,) = history.sales
        while True:
            (line,) = await history.store.list_sale_lines(G, sale.line_key)
            if line.quantity - line.returned_quantity < units:
                return 0
            try:
                await history.store.record_return(await decide_return(history.store, name, sale, 1, units))
            except (GuardFailed, ReturnExceedsSale):  # others returned in between: look again
                continue
            return units

    async def act(history: History) -> None:
        await history.sell(points, quantity)
        taken = await asyncio.gather(
            *(give_back_in_a_race(history, f"ret-{n}", units) for n, units in enumerate(wanted))
        )
        (line,) = await history.store.list_sale_lines(G, history.sales[0].line_key)
        assert line.returned_quantity == sum(taken) <= quantity
        history.due -= points * sum(taken) // quantity
        await history.assert_balanced()

    _run(engine, act)

"""Any history of tickets with limits, budgets and vouchers keeps promises and books (DESIGN 4)."""

import asyncio
from random import Random

from hypothesis import strategies as st

from tests.property.storage.claim_world import World, run
from tests.property.storage.engines import Engine, histories

WHO = st.integers(0, 2)
AMOUNT = st.integers(1, 40)
STEP = st.one_of(
    st.tuples(st.just("sell"), WHO, AMOUNT, st.integers(1, 3), st.integers(0, 9)),
    st.tuples(st.just("sell"), WHO, AMOUNT, st.integers(1, 3), st.integers(0, 9)),
    st.tuples(st.just("reserve"), WHO, AMOUNT, st.integers(1, 3), st.integers(0, 9)),
    st.tuples(st.just("pay"), st.integers(0, 9)),
    st.tuples(st.just("give_back"), st.integers(0, 20), st.integers(1, 3)),
    st.tuples(st.just("wait"), st.integers(1, 30)),
    st.tuples(st.just("publish"), st.integers(100, 2000)),
)


@histories(st.lists(STEP, max_size=25))
def test_any_history_keeps_limits_budgets_and_vouchers(engine: Engine, steps: list[tuple[str, ...]]) -> None:
    """After every step; then everything is sent again, and nothing changes."""

    async def act(world: World) -> None:
        for name, *values in steps:
            await getattr(world, name)(*values)
            await world.check()
        before = await world.check()
        for call in world.sent:
            await call()
        assert await world.check() == before

    run(engine, act)


@histories(st.lists(st.tuples(WHO, AMOUNT, st.integers(1, 3), st.integers(0, 9)), min_size=4, max_size=24))
def test_tickets_at_once_never_get_more_than_there_is(
    engine: Engine, wanted: list[tuple[int, int, int, int]]
) -> None:
    """Two vouchers, three limits and two budgets, and everybody at once, half of them by reservations."""

    async def act(world: World) -> None:
        await world.sell(2, 30, 1, 0)
        await world.sell(2, 30, 1, 0)
        await asyncio.gather(
            *((world.reserve if number % 2 else world.sell)(*each) for number, each in enumerate(wanted))
        )
        await world.check()
        await asyncio.gather(*(world.pay(0) for _ in list(world.reserved)))
        await world.check()
        vouchers = [
            code
            for sold in world.sold
            for code, used in ((u.code, u.used_minor) for u in sold.view.used_vouchers)
            if used
        ]
        assert len(vouchers) == len(set(vouchers)), "a voucher is used once"

    run(engine, act)


@histories(
    st.lists(st.tuples(WHO, AMOUNT, st.integers(1, 3), st.just(0)), min_size=1, max_size=8), st.randoms()
)
def test_returning_all_gives_every_budget_and_limit_back(
    engine: Engine, sales: list[tuple[int, int, int, int]], random: Random
) -> None:
    """Whatever order the units come back in."""

    async def act(world: World) -> None:
        for each in sales:
            await world.sell(*each)
        order = [at for at, sold in enumerate(world.sold) for _ in range(sold.left)]
        random.shuffle(order)
        for which in order:
            await world.give_back(which, 1)
        *_, usage = await world.check()
        assert usage.budgets["off"].spent == 0  # type: ignore[attr-defined]
        assert usage.budgets["mint"].spent == 0  # type: ignore[attr-defined]
        assert usage.counters["bonus/member/ever/", "member/m-0"] == 0  # type: ignore[attr-defined]
        assert all(sold.left == 0 for sold in world.sold)

    run(engine, act)

"""Holds, vouchers and lots under 64 writers at once: the allowed number wins, nothing is used twice."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.rows import ReservationRow
from loyalty.ledger import chart
from loyalty.ledger.assets import money, voucher
from loyalty.ledger.burn import paid_redemption
from loyalty.ledger.entry import entry
from loyalty.ledger.holds import posted_lots
from loyalty.ledger.lots import BalanceTooLow
from loyalty.ledger.postings import LotChange, Posting
from loyalty.ledger.restoration import Taken
from tests.contract.storage.factories import (
    EXPIRES_MS,
    MEMBER,
    NOW_MS,
    G,
    a_line,
    a_sale,
    head_of,
)
from tests.contract.storage.value_factories import (
    ACCOUNT,
    a_burn,
    a_gift,
    a_hold,
    all_findings,
    expire,
    open_lots,
)

WRITERS = 64


async def earn(
    store: Store, points: int, sale_id: str = "sale-1", expires_ms: int | None = EXPIRES_MS
) -> None:
    await store.record_sale(a_sale(sale_id, lines=[a_line(points=points)], expires_ms=expires_ms))


async def test_a_hold_counts_against_the_floor_and_its_lots_until_it_is_voided(store: Store) -> None:
    await earn(store, 10)
    hold = await a_hold(store, "h-1", 7)
    recorded = await store.put_hold(G, hold)
    assert (recorded.row.state, recorded.is_replay) == ("pending", False)
    assert (await store.find_points(G, MEMBER)).held == 7
    with pytest.raises(BalanceTooLow):
        await a_hold(store, "h-2", 4)
    with pytest.raises(GuardFailed):
        await store.put_hold(G, replace(hold, hold_id="h-2", amount=4, lots=(LotChange("txn-sale-1/1", 4),)))
    assert (await store.post_hold(G, "h-1", None, 0, NOW_MS)).state == "voided"
    assert (await store.find_points(G, MEMBER)).held == 0
    await store.put_hold(G, await a_hold(store, "h-2", 10))
    assert await all_findings(store) == []


async def test_a_part_of_a_hold_is_posted_and_the_rest_is_free_again(store: Store) -> None:
    await earn(store, 10)
    hold = await a_hold(store, "h-1", 8)
    await store.put_hold(G, hold)
    paid = paid_redemption(head_of("b-1", "h-1"), member_id=MEMBER, points=5, kept=posted_lots(hold.lots, 5))
    posted = await store.post_hold(G, "h-1", paid, 5, NOW_MS)
    assert (posted.state, posted.posted) == ("posted", 5)
    assert (await store.post_hold(G, "h-1", paid, 5, NOW_MS)) == posted, "the same again changes nothing"
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held) == (5, 0)
    with pytest.raises(GuardFailed):
        await store.post_hold(G, "h-1", None, 0, NOW_MS)
    assert await all_findings(store) == []


async def test_the_same_hold_again_is_a_replay_and_other_content_a_conflict(store: Store) -> None:
    await earn(store, 10)
    hold = await a_hold(store, "h-1", 8)
    await store.put_hold(G, hold)
    assert (await store.put_hold(G, hold)).is_replay
    with pytest.raises(IdempotencyConflict):
        await store.put_hold(G, replace(hold, amount=7))
    assert (await store.find_points(G, MEMBER)).held == 8


async def test_holds_that_are_over_are_freed_once_and_live_ones_stay(store: Store) -> None:
    await earn(store, 10)
    await store.put_hold(G, await a_hold(store, "h-1", 3, expires_ms=NOW_MS + 10))
    await store.put_hold(G, await a_hold(store, "h-2", 3, expires_ms=NOW_MS + 11))
    assert await store.expire_holds(G, NOW_MS + 10, 100) == 1
    assert await store.expire_holds(G, NOW_MS + 10, 100) == 0
    found = [await store.find_hold(G, each) for each in ("h-1", "h-2")]
    assert [row and row.state for row in found] == ["expired", "pending"]
    assert (await store.find_points(G, MEMBER)).held == 3
    assert await all_findings(store) == []


async def test_an_account_without_lots_holds_its_balance(store: Store) -> None:
    francs, budget = money("CHF"), "campaign/spring/budget"
    grant = entry(head_of("g", "g"), "grant", (Posting(chart.VALUE_ISSUED, budget, francs, 100),))
    assert await store.post_once(G, grant)
    assert not await store.post_once(G, grant)
    holds = [await a_hold(store, f"h-{n}", 30, account=budget, asset=francs) for n in range(4)]
    outcomes = await asyncio.gather(*(store.put_hold(G, hold) for hold in holds), return_exceptions=True)
    assert Counter(type(each).__name__ for each in outcomes) == {"Recorded": 3, "GuardFailed": 1}
    assert await all_findings(store) == []


async def test_of_64_who_hold_the_same_points_as_many_win_as_there_are_points_for(store: Store) -> None:
    await earn(store, 30)
    await earn(store, 25, "sale-2", EXPIRES_MS + 1)

    async def fight(number: int) -> bool:
        while True:
            try:
                hold = await a_hold(store, f"h-{number}", 5)
                await store.put_hold(G, hold)
            except BalanceTooLow:
                return False
            except GuardFailed:
                continue
            return True

    won = await asyncio.gather(*(fight(number) for number in range(WRITERS)))
    assert sum(won) == 11
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held) == (55, 55)
    assert all(lot.free == 0 for lot in await open_lots(store))
    assert await all_findings(store) == []


async def test_of_64_who_decided_on_the_same_lot_exactly_one_wins(store: Store) -> None:
    await earn(store, 10)
    burns = [
        paid_redemption(
            head_of(f"b-{n}", f"b-{n}"), member_id=MEMBER, points=10, kept=(LotChange("txn-sale-1/1", 10),)
        )
        for n in range(WRITERS)
    ]
    outcomes = await asyncio.gather(*(store.post_once(G, each) for each in burns), return_exceptions=True)
    assert Counter(str(type(each).__name__) for each in outcomes) == {"bool": 1, "GuardFailed": WRITERS - 1}
    assert (await store.find_points(G, MEMBER)).balance == 0
    assert await all_findings(store) == []


async def test_of_64_who_redeem_one_voucher_exactly_one_wins(store: Store) -> None:
    spring = voucher("spring")
    await store.record_move(a_gift("v-1", spring))
    uses = [await a_burn(store, f"use-{n}", spring) for n in range(WRITERS)]
    outcomes = await asyncio.gather(*(store.record_move(use) for use in uses), return_exceptions=True)
    assert Counter(type(each).__name__ for each in outcomes) == {"Recorded": 1, "GuardFailed": WRITERS - 1}
    with pytest.raises(BalanceTooLow):
        await a_burn(store, "late", spring)
    assert await all_findings(store) == []


async def test_of_64_who_settle_one_hold_exactly_one_wins(store: Store) -> None:
    await earn(store, 10)
    hold = await a_hold(store, "h-1", 10)
    await store.put_hold(G, hold)

    def paid(number: int) -> object:
        head = head_of(f"b-{number}", "h-1")
        burned = paid_redemption(head, member_id=MEMBER, points=10, kept=hold.lots)
        return store.record_sale(
            a_sale(
                f"s-{number}", lines=[a_line(points=0)], redemption=burned, points_redeemed=10, hold_id="h-1"
            )
        )

    outcomes = await asyncio.gather(*(paid(n) for n in range(WRITERS)), return_exceptions=True)  # type: ignore[call-overload]
    assert Counter(type(each).__name__ for each in outcomes) == {"Recorded": 1, "GuardFailed": WRITERS - 1}
    assert await store.count_sales(G, 0, NOW_MS + 1) == 2, "what lost wrote nothing"
    assert await all_findings(store) == []


async def test_expiry_leaves_what_is_held_and_takes_it_once_it_is_free(store: Store) -> None:
    await earn(store, 10, expires_ms=NOW_MS + 5)
    await store.put_hold(G, await a_hold(store, "h-1", 4))
    assert await expire(store, "run-1", NOW_MS + 4) == 0
    assert await expire(store, "run-1", NOW_MS + 5) == 6
    assert await expire(store, "run-2", NOW_MS + 5) == 0
    await store.post_hold(G, "h-1", None, 0, NOW_MS + 6)
    assert await expire(store, "run-1", NOW_MS + 7) == 0, "the same run again books nothing"
    assert await expire(store, "run-3", NOW_MS + 7) == 4
    assert (await store.find_points(G, MEMBER)).balance == 0
    assert await all_findings(store) == []


async def test_a_reservation_takes_the_place_of_another_in_one_step(store: Store) -> None:
    """With what the other holds, which is more than would be free beside it; refused, the other stands."""
    await earn(store, 10)
    first = await a_hold(store, "res-1", 6)
    (lot,) = first.lots
    terms = ReservationRow(G, "res-1", b"hash", "quote-1", 100, 5, 2**50, points_redeemed=6)
    await store.put_reservation(terms, [first])
    second, wider = replace(terms, reservation_id="res-2"), replace(first, hold_id="res-2", amount=8)
    wider = replace(wider, lots=(LotChange(lot.lot_id, 8),))

    with pytest.raises(GuardFailed):
        await store.put_reservation(second, [wider])
    assert not (await store.put_reservation(second, [wider], replaces=("res-1",))).is_replay
    assert (await store.put_reservation(second, [wider], replaces=("res-1",))).is_replay

    assert (await store.find_points(G, MEMBER)).held == 8
    assert await store.find_standing_reservation(G, "res-1") == "res-2"
    third, too_wide = replace(terms, reservation_id="res-3"), replace(wider, hold_id="res-3", amount=11)
    with pytest.raises(GuardFailed):
        await store.put_reservation(
            third, [replace(too_wide, lots=(LotChange(lot.lot_id, 11),))], replaces=("res-2",)
        )
    with pytest.raises(GuardFailed):
        await store.put_reservation(third, (), replaces=("res-1",))
    with pytest.raises(GuardFailed):
        await store.put_reservation(third, (), replaces=("nothing",))
    assert (await store.find_points(G, MEMBER)).held == 8
    assert await store.find_standing_reservation(G, "res-2") == "res-2"
    assert await store.find_reservation(G, "res-3") is None
    assert await all_findings(store) == []


async def test_a_reservation_holds_and_frees_with_its_sale(store: Store) -> None:
    await earn(store, 10)
    hold = await a_hold(store, "res-1", 6)
    terms = ReservationRow(G, "res-1", b"hash", "quote-1", 100, 5, NOW_MS + 1, points_redeemed=6)
    assert not (await store.put_reservation(terms, [hold])).is_replay
    assert (await store.put_reservation(terms, [hold])).is_replay
    assert (await store.find_points(G, MEMBER)).held == 6
    with pytest.raises(GuardFailed):
        await store.put_reservation(replace(terms, reservation_id="res-2"), [replace(hold, hold_id="res-2")])
    assert await store.find_reservation(G, "res-2") is None, "no reservation without its hold"
    sale = a_sale("sale-2", lines=[a_line(points=0)], reservation_id="res-1", hold_id="res-1")
    await store.record_sale(sale)
    assert (await store.record_sale(sale)).is_replay
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held) == (10, 0), "nothing was redeemed: all is free again"


async def test_what_was_redeemed_goes_back_into_its_lots_and_no_further(store: Store) -> None:
    await earn(store, 10)
    burned = paid_redemption(
        head_of("b-1", "s"), member_id=MEMBER, points=10, kept=(LotChange("txn-sale-1/1", 10),)
    )
    await store.post_once(G, burned)
    assert list(await store.list_allocations(G, "txn-b-1")) == [
        Taken("txn-sale-1/1", 10, EXPIRES_MS, "sale-1", "group", chart.member_points(MEMBER))
    ]

    def back(number: int, points: int) -> object:
        posting = Posting(chart.POINTS_REDEEMED, ACCOUNT, burned.postings[0].asset, points)
        change = (LotChange("txn-sale-1/1", points),)
        head = head_of(f"r-{number}", "s")
        return store.post_once(G, entry(head, "restoration", (posting,), lot_restores=change))

    outcomes = await asyncio.gather(*(back(n, 1) for n in range(WRITERS)), return_exceptions=True)  # type: ignore[call-overload]
    assert Counter(type(each).__name__ for each in outcomes) == {"bool": 10, "GuardFailed": WRITERS - 10}
    (lot,) = await open_lots(store)
    assert (lot.remaining, lot.amount) == (10, 10)
    assert await all_findings(store) == []

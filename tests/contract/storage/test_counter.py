"""Codes, clerks and their acts: tries and limits hold whoever asks at once, on every engine."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.counter import (
    ActCount,
    ActLimitReached,
    ActLimits,
    CounterActRow,
    NotedAct,
    ParkedRow,
    PinRow,
    StaffRow,
)
from central.storage.opening import open_store
from tests.contract.storage.factories import MEMBER, NOW_MS, SHOP, G, a_sale

FREE = ActLimits(0, 0)
OWNER = "card/7560001"


def a_pin(version: int = 1, **fields: object) -> PinRow:
    row = PinRow(group_id=G, owner=OWNER, hash=b"slow", version=version, tries=0, set_by="s-7", set_ms=NOW_MS)
    return replace(row, **fields)  # type: ignore[arg-type]


def an_act(act_id: str = "act-1", **fields: object) -> CounterActRow:
    row = CounterActRow(
        group_id=G,
        act_id=act_id,
        kind="late_card",
        input_hash=sha256(act_id.encode()).digest(),
        shop_id=SHOP,
        token_id="tok",
        staff_id="s-7",
        role="assistant",
        member_id=MEMBER,
        from_id=None,
        sale_id=None,
        reason="forgotten",
        day="2026-11-26",
        at_ms=NOW_MS,
    )
    return replace(row, **fields)  # type: ignore[arg-type]


async def kinds(store: Store) -> Sequence[str]:
    return [each.kind for each in await store.list_events(G, 0, 200)]


async def test_a_code_is_set_over_the_version_that_was_looked_at_and_over_no_other(store: Store) -> None:
    assert await store.find_pin(G, OWNER) is None
    assert await store.set_pin(a_pin(), None, FREE) == 1
    with pytest.raises(GuardFailed):
        await store.set_pin(a_pin(), None, FREE)
    with pytest.raises(GuardFailed):
        await store.set_pin(a_pin(3), None, FREE)
    assert await store.set_pin(a_pin(2, hash=b"new"), None, FREE) == 2
    found = await store.find_pin(G, OWNER)
    assert found is not None
    assert (found.hash, found.version, found.tries) == (b"new", 2, 0)


async def test_tries_end_and_come_back_for_the_code_that_was_right_alone(store: Store) -> None:
    await store.set_pin(a_pin(), None, FREE)
    tries = [await store.take_pin_try(G, OWNER, 3) for _ in range(4)]
    assert [None if each is None else each.tries for each in tries] == [1, 2, 3, None]
    assert await store.take_pin_try(G, "card/other", 3) is None
    assert not await store.give_pin_tries(G, OWNER, 2, None, FREE), "another code by now"
    assert await store.take_pin_try(G, OWNER, 3) is None
    assert await store.give_pin_tries(G, OWNER, 1, None, FREE)
    assert await store.take_pin_try(G, OWNER, 3) is not None


async def test_64_tries_at_once_by_two_workers_are_as_many_as_are_allowed(
    store: Store, database_url: str
) -> None:
    await store.set_pin(a_pin(), None, FREE)
    other = await open_store(database_url)
    try:
        taken = await asyncio.gather(
            *(each.take_pin_try(G, OWNER, 3) for _ in range(32) for each in (store, other))
        )
    finally:
        await other.close()
    assert sorted(each.tries for each in taken if each is not None) == [1, 2, 3]


async def test_an_act_is_noted_once_and_another_under_its_id_is_refused(store: Store) -> None:
    first = await store.add_counter_act(an_act(), FREE)
    again = await store.add_counter_act(an_act(at_ms=NOW_MS + 5), FREE)
    assert (first.is_replay, again.is_replay, again.row.at_ms) == (False, True, NOW_MS)
    with pytest.raises(IdempotencyConflict):
        await store.add_counter_act(an_act(input_hash=b"other"), FREE)
    assert (await kinds(store)).count("counter.acted") == 1
    assert await store.find_counter_act(G, "act-1") == an_act()
    assert await store.list_counter_acts(G, NOW_MS, NOW_MS + 1, 10) == [an_act()]
    assert await store.list_counter_acts(G, NOW_MS + 1, NOW_MS + 2, 10) == []


async def test_limits_are_of_a_day_of_an_clerk_and_of_a_member(store: Store) -> None:
    limits = ActLimits(per_staff=3, per_member=2)
    for number in (1, 2):
        await store.add_counter_act(an_act(f"act-{number}"), limits)
    with pytest.raises(ActLimitReached) as refused:
        await store.add_counter_act(an_act("act-3", staff_id="s-8"), limits)
    assert refused.value.whose == "member"
    await store.add_counter_act(an_act("act-4", member_id=None), limits)
    with pytest.raises(ActLimitReached) as refused:
        await store.add_counter_act(an_act("act-5", member_id=None), limits)
    assert refused.value.whose == "staff"
    await store.add_counter_act(an_act("act-6", member_id=None, kind="undo"), limits)
    await store.add_counter_act(an_act("act-7", day="2026-11-27"), limits)
    assert (await store.add_counter_act(an_act("act-1"), limits)).is_replay, "what was done stays done"


async def test_64_acts_at_once_by_two_workers_are_as_many_as_are_allowed(
    store: Store, database_url: str
) -> None:
    other = await open_store(database_url)

    async def act(at: Store, number: int) -> bool:
        try:
            await at.add_counter_act(an_act(f"act-{number}"), ActLimits(per_staff=5, per_member=0))
        except ActLimitReached:
            return False
        return True

    try:
        done = await asyncio.gather(*(act((store, other)[number % 2], number) for number in range(64)))
    finally:
        await other.close()
    assert sum(done) == 5
    assert len(await store.list_counter_acts(G, 0, NOW_MS + 1, 100)) == 5


async def test_a_code_and_its_act_are_kept_together_or_not_at_all(store: Store) -> None:
    once = ActLimits(per_staff=1, per_member=0)
    assert await store.set_pin(a_pin(), an_act(), once) == 1
    assert await store.set_pin(a_pin(), an_act(), once) is None, "the same again"
    with pytest.raises(ActLimitReached):
        await store.set_pin(a_pin(2), an_act("act-2"), once)
    with pytest.raises(GuardFailed):
        await store.set_pin(a_pin(4), an_act("act-3", staff_id="s-8"), once)
    assert await store.find_counter_act(G, "act-3") is None
    found = await store.find_pin(G, OWNER)
    assert found is not None
    assert found.version == 1


async def test_who_serves_is_put_ended_and_put_again(store: Store) -> None:
    row = StaffRow(group_id=G, staff_id="s-7", role="assistant", shop_id=SHOP, put_ms=NOW_MS, ended_ms=None)
    assert await store.put_staff(row) == row
    assert await store.put_staff(replace(row, put_ms=NOW_MS + 1)) == row, "nothing new"
    ended = replace(row, put_ms=NOW_MS + 2, ended_ms=NOW_MS + 2)
    assert await store.put_staff(ended) == ended
    assert await store.find_staff(G, "s-7") == ended
    back = replace(row, put_ms=NOW_MS + 3, shop_id=None)
    assert await store.put_staff(back) == back
    assert await store.list_staff(G, 10) == [back]
    assert [each for each in await kinds(store) if each.startswith("staff.")] == [
        "staff.changed",
        "staff.ended",
        "staff.changed",
    ]


async def test_acts_are_counted_by_clerk_kind_and_member(store: Store) -> None:
    for number, member_id in enumerate((MEMBER, MEMBER, None)):
        await store.add_counter_act(an_act(f"act-{number}", member_id=member_id), FREE)
    counted = await store.count_counter_acts(G, NOW_MS, NOW_MS + 1, 10)
    assert counted == [
        ActCount("s-7", "assistant", "late_card", MEMBER, 2),
        ActCount("s-7", "assistant", "late_card", None, 1),
    ]
    assert await store.count_counter_acts(G, NOW_MS + 1, NOW_MS + 2, 10) == []


async def test_the_last_ticket_is_the_terminals_own(store: Store) -> None:
    for number, terminal_id in enumerate(("term-1", "term-2", "term-1")):
        sale = a_sale(f"sale-{number}", at_ms=NOW_MS + number, terminal_id=terminal_id)
        await store.record_sale(sale)
    assert await store.find_last_sale(G, SHOP, "term-1", NOW_MS) == "sale-2"
    assert await store.find_last_sale(G, SHOP, "term-2", NOW_MS) == "sale-1"
    assert await store.find_last_sale(G, SHOP, "term-2", NOW_MS + 2) is None
    assert await store.find_last_sale(G, "shop-2", "term-1", NOW_MS) is None
    assert await store.find_last_sale(G, SHOP, None, NOW_MS) is None


def a_parked(parked_id: str = "p-1", **fields: object) -> ParkedRow:
    row = ParkedRow(
        group_id=G,
        parked_id=parked_id,
        input_hash=parked_id.encode(),
        shop_id=SHOP,
        staff_id="s-7",
        label="blue coat",
        sealed=b"sealed",
        parked_ms=NOW_MS,
        expires_ms=NOW_MS + 100,
    )
    return replace(row, **fields)  # type: ignore[arg-type]


async def test_a_basket_waits_is_taken_up_by_one_till_and_is_emptied_when_it_is_over(store: Store) -> None:
    assert not (await store.put_parked(a_parked(), 2)).is_replay
    assert (await store.put_parked(a_parked(parked_ms=NOW_MS + 1), 2)).is_replay
    with pytest.raises(IdempotencyConflict):
        await store.put_parked(a_parked(input_hash=b"other"), 2)
    await store.put_parked(a_parked("p-2", expires_ms=NOW_MS + 5), 2)
    with pytest.raises(GuardFailed):
        await store.put_parked(a_parked("p-3"), 2)
    assert [each.parked_id for each in await store.list_parked(G, SHOP, NOW_MS, 9)] == ["p-1", "p-2"]
    assert await store.take_parked(G, "shop-2", "p-1", "tok-1", NOW_MS) is None

    takers = [f"tok-{number}" for number in range(16)]
    taken = await asyncio.gather(*(store.take_parked(G, SHOP, "p-1", each, NOW_MS + 2) for each in takers))
    (winner,) = [each for each, row in zip(takers, taken, strict=True) if row is not None]
    again = await store.take_parked(G, SHOP, "p-1", winner, NOW_MS + 3)
    assert again is not None
    assert (again.sealed, again.taken_by) == (b"sealed", winner)
    assert [each.parked_id for each in await store.list_parked(G, SHOP, NOW_MS + 5, 9)] == [], "p-2 is over"
    await store.put_parked(a_parked("p-4", parked_ms=NOW_MS + 100, expires_ms=NOW_MS + 200), 2)
    assert await store.take_parked(G, SHOP, "p-1", winner, NOW_MS + 100) is None
    assert (await store.empty_parked(G, NOW_MS + 100), await store.empty_parked(G, NOW_MS + 100)) == (2, 0)
    emptied = await store.put_parked(a_parked(), 2)
    assert (emptied.is_replay, emptied.row.sealed, emptied.row.label) == (True, None, "")


async def test_an_act_is_noted_with_its_sale_or_neither_is(store: Store) -> None:
    limits = ActLimits(per_staff=0, per_member=1)
    noted = NotedAct(an_act("sale-1:late", sale_id="sale-1"), limits)
    before = await kinds(store)

    with pytest.raises(GuardFailed):
        await store.record_sale(replace(a_sale("sale-1", act=noted), reservation_id="res-unknown"))
    assert await store.find_counter_act(G, "sale-1:late") is None
    assert await kinds(store) == before

    await store.record_sale(a_sale("sale-1", act=noted))
    assert (await store.record_sale(a_sale("sale-1", act=noted))).is_replay
    assert await store.find_counter_act(G, "sale-1:late") == noted.row

    many = [
        store.record_sale(
            a_sale(f"sale-{n}", act=NotedAct(an_act(f"sale-{n}:late", sale_id=f"sale-{n}"), limits))
        )
        for n in range(2, 6)
    ]
    plain = store.record_sale(a_sale("sale-9"))
    *refused, done = await asyncio.gather(*many, plain, return_exceptions=True)
    assert [type(each) for each in refused] == [ActLimitReached] * 4
    assert not isinstance(done, BaseException), "others in the same transaction are written"
    assert [await store.find_sale(G, f"sale-{n}") for n in range(2, 6)] == [None] * 4

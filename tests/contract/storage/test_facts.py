"""What rules may read of a member: traits in time, purchases counted, in one snapshot."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from central.storage.base import Change, GuardFailed, Store
from central.storage.interface.facts import FactsAsked, FactsRow, TraitChange
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    G,
    a_line,
    a_member,
    a_sale,
    decide_return,
    furnish,
)

DAY_MS = 86_400_000
QUARTER_MS = NOW_MS - 90 * DAY_MS
YEAR_MS = NOW_MS - 365 * DAY_MS


def asked(at_ms: int = NOW_MS, **changed: Any) -> FactsAsked:
    everything = {"counts": True, "last": True, "points": True, "traits": True}
    return FactsAsked(at_ms=at_ms, **{"quarter_ms": QUARTER_MS, "year_ms": YEAR_MS, **everything, **changed})


def a_change(
    alone: Mapping[str, str | None] | None = None, member_id: str = MEMBER, now_ms: int = NOW_MS, **more: Any
) -> TraitChange:
    return TraitChange(
        group_id=G,
        member_id=member_id,
        now_ms=now_ms,
        actor="office",
        alone=alone or {},
        **{"segments_max": 3, **more},
    )


async def traits_at(store: Store, at_ms: int, member_id: str = MEMBER) -> list[tuple[str, str]]:
    found = await store.read_facts(G, member_id, FactsAsked(at_ms=at_ms, traits=True))
    return [(row.kind, row.value) for row in found.traits]


async def buy(store: Store, name: str, at_ms: int = NOW_MS, *, quantity: int = 1, **fields: object) -> Any:
    sale = a_sale(name, lines=[a_line(quantity=quantity)], at_ms=at_ms, **fields)  # type: ignore[arg-type]
    await store.record_sale(sale)
    return sale


async def test_nothing_is_known_of_who_never_bought(store: Store) -> None:
    assert await store.read_facts(G, MEMBER, asked()) == FactsRow()


async def test_purchases_are_counted_in_their_windows(store: Store) -> None:
    for number, at_ms in enumerate([YEAR_MS - 1, YEAR_MS, QUARTER_MS - 1, QUARTER_MS, NOW_MS], start=1):
        await buy(store, f"s{number}", at_ms, quantity=number)
    await buy(store, "later", NOW_MS + 1)
    found = await store.read_facts(G, MEMBER, asked())
    assert (found.tickets, found.returned, found.last_ms) == (6, 0, NOW_MS), "all that are there, by record"
    assert (found.visits_3_months, found.spent_3_months_minor) == (2, 400 + 500)
    assert found.spent_12_months_minor == 200 + 300 + 400 + 500
    assert found.points == 6 * 5


async def test_what_is_not_asked_for_is_not_told(store: Store) -> None:
    await buy(store, "s1")
    await store.put_traits(a_change({"tier": "gold"}))
    assert await store.read_facts(G, MEMBER, FactsAsked(at_ms=NOW_MS)) == FactsRow()


async def test_what_came_back_is_not_spent_and_a_whole_ticket_is_no_visit(store: Store) -> None:
    kept = await buy(store, "kept", quantity=2)
    gone = await buy(store, "gone", NOW_MS - 1, quantity=2)
    await store.record_return(await decide_return(store, "r1", kept, 1, 1))
    await store.record_return(await decide_return(store, "r2", gone, 1, 1))
    half = await store.read_facts(G, MEMBER, asked())
    assert (half.returned, half.visits_3_months, half.spent_3_months_minor) == (0, 2, 200)
    last = await decide_return(store, "r3", gone, 1, 1)
    await store.record_return(last)
    await store.record_return(last)  # a replay counts nothing
    whole = await store.read_facts(G, MEMBER, asked())
    assert (whole.tickets, whole.returned, whole.visits_3_months) == (2, 1, 1)
    assert (whole.spent_3_months_minor, whole.spent_12_months_minor, whole.last_ms) == (100, 100, NOW_MS)


async def test_the_last_purchase_is_one_that_was_kept(store: Store) -> None:
    await buy(store, "kept", NOW_MS - 5 * DAY_MS)
    gone = await buy(store, "gone")
    await store.record_return(await decide_return(store, "r1", gone, 1, 1))
    assert (await store.read_facts(G, MEMBER, asked())).last_ms == NOW_MS - 5 * DAY_MS


async def test_a_sale_decided_before_another_ticket_is_refused_whole(store: Store) -> None:
    await buy(store, "s1", tickets_before=0)
    with pytest.raises(GuardFailed):
        await buy(store, "s2", tickets_before=0)
    assert await store.find_sale(G, "s2") is None
    await buy(store, "s2", tickets_before=1)
    await buy(store, "s2", tickets_before=1)  # the same again is a replay, not a second ticket
    assert (await store.read_facts(G, MEMBER, asked())).tickets == 2


async def test_of_many_tickets_decided_at_once_only_one_is_the_first(store: Store) -> None:
    sales = [a_sale(f"s{number}", tickets_before=0) for number in range(8)]
    answers = await asyncio.gather(*map(store.record_sale, sales), return_exceptions=True)
    assert sum(not isinstance(answer, BaseException) for answer in answers) == 1
    assert sum(isinstance(answer, GuardFailed) for answer in answers) == 7
    found = await store.read_facts(G, MEMBER, asked())
    assert (found.tickets, found.points) == (1, 5)


async def test_tickets_of_nobody_count_for_nobody(store: Store) -> None:
    await buy(store, "s1", member_id=None)
    assert await store.read_facts(G, MEMBER, asked()) == FactsRow()


async def test_a_trait_holds_from_its_moment_to_the_next(store: Store) -> None:
    assert (
        await store.put_traits(a_change({"tier": "silver", "grade": "new"}, now_ms=NOW_MS)) is Change.CHANGED
    )
    assert await store.put_traits(a_change({"tier": "gold"}, now_ms=NOW_MS + 10)) is Change.CHANGED
    assert await store.put_traits(a_change({"tier": "gold"}, now_ms=NOW_MS + 20)) is Change.UNCHANGED
    assert await store.put_traits(a_change({"tier": None}, now_ms=NOW_MS + 30)) is Change.CHANGED
    assert await store.put_traits(a_change({"tier": None}, now_ms=NOW_MS + 40)) is Change.UNCHANGED
    grade = ("grade", "new")
    assert await traits_at(store, NOW_MS - 1) == []
    assert await traits_at(store, NOW_MS + 9) == [grade, ("tier", "silver")]
    assert await traits_at(store, NOW_MS + 10) == [grade, ("tier", "gold")]
    assert await traits_at(store, NOW_MS + 30) == [grade]
    history = await store.list_traits(G, MEMBER, 10)
    assert [(row.value, row.from_ms, row.to_ms) for row in history if row.kind == "tier"] == [
        ("gold", NOW_MS + 10, NOW_MS + 30),
        ("silver", NOW_MS, NOW_MS + 10),
    ]
    kinds = [event.kind for event in await store.list_events(G, 0, 100)]
    assert kinds.count("member.changed") == 3


async def test_segments_are_joined_and_left_one_by_one(store: Store) -> None:
    await store.put_traits(a_change(join=frozenset({"parents", "sport"})))
    assert await store.put_traits(a_change(join=frozenset({"sport"}))) is Change.UNCHANGED
    await store.put_traits(a_change(join=frozenset({"vip"}), leave=frozenset({"sport"}), now_ms=NOW_MS + 1))
    assert await traits_at(store, NOW_MS) == [("segment", "parents"), ("segment", "sport")]
    assert await traits_at(store, NOW_MS + 1) == [("segment", "parents"), ("segment", "vip")]
    with pytest.raises(GuardFailed):
        await store.put_traits(a_change(join=frozenset({"a", "b"}), now_ms=NOW_MS + 2))
    assert await traits_at(store, NOW_MS + 2) == [("segment", "parents"), ("segment", "vip")]


async def test_a_clock_that_went_back_leaves_no_trait_that_ends_before_it_begins(store: Store) -> None:
    await store.put_traits(a_change({"tier": "gold"}, now_ms=NOW_MS))
    await store.put_traits(a_change({"tier": "silver"}, now_ms=NOW_MS - 10))
    assert await traits_at(store, NOW_MS) == [("tier", "silver")]


async def test_nobody_brings_themselves_directly_or_by_way_of_others(store: Store) -> None:
    for member_id in ("m-2", "m-3"):
        await store.enrol_member(a_member(member_id), None)
    with pytest.raises(GuardFailed):
        await store.put_traits(a_change({"sponsor": MEMBER}))
    await store.put_traits(a_change({"sponsor": MEMBER}, "m-2"))
    await store.put_traits(a_change({"sponsor": "m-2"}, "m-3"))
    for sponsor in ("m-2", "m-3"):
        with pytest.raises(GuardFailed):
            await store.put_traits(a_change({"sponsor": sponsor, "tier": "gold"}))
    assert await traits_at(store, NOW_MS) == [], "a refused change changes nothing else"
    await store.put_traits(a_change({"sponsor": None}, "m-2"))
    assert await store.put_traits(a_change({"sponsor": "m-3"})) is Change.CHANGED


async def test_a_ring_closed_from_both_ends_at_once_stays_open_at_one(store: Store) -> None:
    await store.enrol_member(a_member("m-2"), None)
    answers = await asyncio.gather(
        store.put_traits(a_change({"sponsor": "m-2"})),
        store.put_traits(a_change({"sponsor": MEMBER}, "m-2")),
        return_exceptions=True,
    )
    assert sum(isinstance(answer, GuardFailed) for answer in answers) == 1


async def test_a_sealed_record_is_replaced_only_where_it_is_the_one_that_was_read(store: Store) -> None:
    await store.put_traits(a_change(person_sealed=b"two", person_before=b"person"))
    with pytest.raises(GuardFailed):
        await store.put_traits(a_change({"tier": "gold"}, person_sealed=b"three", person_before=b"person"))
    found = await store.find_member(G, MEMBER)
    assert found is not None
    assert found.person_sealed == b"two"
    assert await traits_at(store, NOW_MS) == []


async def test_another_groups_member_of_the_same_id_is_another(store: Store) -> None:
    await furnish(store, "other")
    await buy(store, "s1")
    await store.put_traits(a_change({"tier": "gold"}))
    assert await store.read_facts("other", MEMBER, asked()) == FactsRow()


async def test_points_are_the_balance_of_the_ledger(store: Store) -> None:
    await buy(store, "s1", quantity=3)
    accounts = await store.list_accounts(G, "", 50)
    balance = {row.account: row.balance for row in accounts if row.asset == str(POINTS)}
    assert (await store.read_facts(G, MEMBER, asked())).points == balance[member_points(MEMBER)]

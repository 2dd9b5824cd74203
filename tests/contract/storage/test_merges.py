"""Merges in the store: all of it or nothing, whatever comes in between, a kill too; closed stays closed."""

import asyncio
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.merges import AloneMax
from central.storage.opening import open_store
from loyalty.ledger.accrual import accrual
from loyalty.ledger.assets import money
from loyalty.ledger.chart import member_account, sold_at
from loyalty.ledger.entry import entry
from loyalty.ledger.postings import NewLot, Posting
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    SHOP,
    G,
    a_card,
    a_line,
    a_member,
    a_sale,
    decide_return,
    findings,
    head_of,
)
from tests.contract.storage.merging import ANYTHING, a_merge, decide_joined

TWIN = "mem-twin"
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
async def twin(store: Store) -> str:
    """A duplicate with a ticket of 7 points and a card."""
    await store.enrol_member(a_member(TWIN), None)
    await store.put_card(a_card("7560009", member_id=TWIN))
    await store.record_sale(a_sale("sale-twin", lines=[a_line(quantity=2, points=7)], member_id=TWIN))
    return TWIN


async def do(store: Store, merge_id: str = "m-1", duplicate_id: str = TWIN) -> None:
    row = a_merge(merge_id, duplicate_id)
    await store.put_merge(row, await decide_joined(store, row), ANYTHING)


async def points(store: Store) -> tuple[int, int]:
    both = [await store.find_points(G, each) for each in (MEMBER, TWIN)]
    return both[0].balance, both[1].balance


async def test_a_merge_is_written_whole_and_the_same_again_is_the_first(store: Store, twin: str) -> None:
    row = a_merge("m-1", twin)
    joined = await decide_joined(store, row)
    first = await store.put_merge(row, joined, ANYTHING)
    again = await store.put_merge(row, joined, ANYTHING)
    assert (first.is_replay, again.is_replay, again.row) == (False, True, first.row)
    with pytest.raises(IdempotencyConflict):
        await store.put_merge(replace(row, input_hash=b"other"), None, ANYTHING)
    assert await points(store) == (7, 0)
    sale = await store.find_sale(G, "sale-twin")
    assert sale is not None
    assert (sale.member_id, sale.sold_to) == (MEMBER, twin)
    card = await store.find_card(G, "7560009")
    assert card is not None
    assert (card.member_id, card.state) == (MEMBER, "active")
    gone = await store.find_member(G, twin)
    assert gone is not None
    assert (gone.key_wrapped, gone.person_sealed, gone.merged_into) == (None, None, MEMBER)
    assert await findings(store) == []


@pytest.mark.parametrize("what", ["survivor", "duplicate", "lot", "alone"])
async def test_what_changed_since_it_was_decided_leaves_nothing_written(
    store: Store, twin: str, what: str
) -> None:
    row = a_merge("m-1", twin, points=7)
    joined = await decide_joined(store, row)
    alone = ANYTHING
    if what == "survivor":
        joined = replace(joined, survivor_before=replace(joined.survivor_before, person_sealed=b"older"))
    elif what == "duplicate":
        joined = replace(joined, duplicate_before=replace(joined.duplicate_before, person_sealed=b"older"))
    elif what == "lot":
        await store.record_sale(a_sale("sale-late", member_id=twin))
    else:
        alone = AloneMax(0, 6, 0)
    before = await points(store)
    events = len(await store.list_events(G, 0, 200))
    with pytest.raises(GuardFailed):
        await store.put_merge(row, joined, alone)
    assert await points(store) == before
    assert await store.find_merge(G, "m-1") is None
    member = await store.find_member(G, twin)
    assert member is not None
    assert (member.key_wrapped, member.merged_into) == (b"key", None)
    assert len(await store.list_events(G, 0, 200)) == events
    assert await findings(store) == []


async def test_who_asked_does_not_decide_and_nobody_decides_twice(store: Store, twin: str) -> None:
    row = a_merge("m-1", twin, state="pending")
    await store.put_merge(row, None, ANYTHING)
    assert [each.merge_id for each in await store.list_pending_merges(G, 10)] == ["m-1"]
    joined = await decide_joined(store, row)
    with pytest.raises(GuardFailed):
        await store.decide_merge(G, "m-1", "office", joined, NOW_MS)
    done = await store.decide_merge(G, "m-1", "boss", joined, NOW_MS)
    assert (done.state, done.decided_by, await points(store)) == ("done", "boss", (7, 0))
    with pytest.raises(GuardFailed):
        await store.decide_merge(G, "m-1", "boss", None, NOW_MS)
    assert await store.merged_alone(G, "office", 0) == (0, 0), "by two, so not alone"


async def test_nothing_reaches_a_closed_account_whether_it_was_there_or_not(store: Store, twin: str) -> None:
    late = a_sale("sale-late", member_id=twin)
    sold = a_sale("sale-2", lines=[a_line(quantity=2, points=4)], member_id=twin)
    await store.record_sale(sold)
    back = await decide_return(store, "ret-1", sold, 1, 1)
    await do(store)
    earned = accrual(
        head_of("late", "late"), member_id=twin, points=5, points_owed=0, expires_ms=None, funder="group"
    )
    chf = money("CHF")
    purse = member_account(twin, chf)
    lot = NewLot("top/1", purse, chf, 500, None, "top", "group")
    paid = Posting(sold_at(SHOP), purse, chf, 500)
    top_up = entry(head_of("top", "top"), "value_load", (paid,), new_lots=(lot,))
    with pytest.raises(GuardFailed):
        await store.record_sale(late)
    with pytest.raises(GuardFailed):
        await store.record_return(back)
    for transaction in (earned, top_up):
        assert transaction is not None
        with pytest.raises(GuardFailed):
            await store.post_once(G, transaction)
    assert await points(store) == (11, 0)
    assert await findings(store) == []


async def test_an_earlier_duplicate_leads_on_to_the_new_survivor(store: Store, twin: str) -> None:
    await store.enrol_member(a_member("mem-old"), None)
    await store.record_sale(a_sale("sale-old", member_id="mem-old"))
    first = a_merge("m-0", "mem-old", twin)
    await store.put_merge(first, await decide_joined(store, first), ANYTHING)
    await do(store)
    assert list(await store.list_merged(G, MEMBER)) == ["mem-old", TWIN]
    assert list(await store.list_merged(G, twin)) == []
    old = await store.find_member(G, "mem-old")
    sale = await store.find_sale(G, "sale-old")
    assert old is not None
    assert sale is not None
    assert (old.merged_into, old.merged_key) == (MEMBER, b"again mem-old")
    assert (sale.member_id, sale.sold_to) == (MEMBER, "mem-old")


async def _merge_until_killed(url: str, first: int, acknowledged: int) -> list[int]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.contract.storage.merging", url, str(first)),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    told = []
    try:
        for _ in range(acknowledged):
            line = await process.stdout.readline()
            assert line, "the program ended by itself"
            told.append(int(line))
    finally:
        process.kill()
    rest, _, _ = (await process.stdout.read()).decode().rpartition("\n")
    await process.wait()
    return told + [int(each) for each in rest.split()]


async def test_a_kill_leaves_every_merge_whole_or_not_begun(database_url: str) -> None:
    told: list[int] = []
    for first, acknowledged in ((0, 20), (1_000, 7), (2_000, 13)):
        told += await _merge_until_killed(database_url, first, acknowledged)
    store = await open_store(database_url)
    try:
        last_tries = [max(each for each in told if each < limit) + 1 for limit in (1_000, 2_000, 3_000)]
        merged = 0
        for number in (*told, *last_tries):
            twin = await store.find_member(G, f"twin-{number}")
            row = await store.find_merge(G, f"merge-{number}")
            assert row is not None or number not in told, "what was acknowledged is there"
            sale = await store.find_sale(G, f"sale-{number}")
            left = (await store.find_points(G, f"twin-{number}")).balance
            if row is not None:
                merged += 1
                assert twin is not None
                assert sale is not None
                assert (twin.key_wrapped, twin.merged_into) == (None, MEMBER)
                assert (sale.member_id, sale.sold_to, left) == (MEMBER, f"twin-{number}", 0)
            elif sale is not None:
                assert twin is not None
                assert (twin.merged_into, sale.member_id, left) == (None, f"twin-{number}", 7)
        assert (await store.find_points(G, MEMBER)).balance == 7 * merged
        assert await findings(store, page=200) == []
    finally:
        await store.close()

"""Events and journal: numbers without gaps, a chain that holds, followers that miss nothing."""

import asyncio
import json
import re
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from central.storage.base import Store
from central.storage.interface.rows import EventRow, JournalRow
from central.storage.opening import open_store
from loyalty.ledger.journal import GENESIS, chain_hash
from tests.contract.storage.event_stream import tail_while_writing
from tests.contract.storage.factories import NOW_MS, G, a_card, a_group, a_line, a_sale, findings, furnish

ROOT = Path(__file__).resolve().parents[3]


async def test_numbers_have_no_gap_though_every_other_verb_fails(store: Store) -> None:
    before = len(await store.list_events(G, 0, 1000))
    good = [a_sale(f"sale-{n}") for n in range(40)]
    bad = [replace(a_sale(f"bad-{n}"), shop_id="nowhere") for n in range(40)]
    mixed = [sale for pair in zip(good, bad, strict=True) for sale in pair]
    outcomes = await asyncio.gather(*map(store.record_sale, mixed), return_exceptions=True)
    assert sum(isinstance(outcome, BaseException) for outcome in outcomes) == 40
    seqs = [event.seq for event in await store.list_events(G, 0, 1000)]
    assert seqs == list(range(1, before + 41))
    assert [row.seq for row in await store.list_journal(G, 0, 1000)] == list(range(1, 41))


async def test_a_failing_verb_leaves_its_neighbours_in_the_batch_alone(store: Store) -> None:
    """Also when it breaks an invariant that only the database's own check catches."""
    broken = replace(a_sale("broken"), points=-1)
    sales = [a_sale("sale-1"), broken, a_sale("sale-2")]
    first, failure, second = await asyncio.gather(*map(store.record_sale, sales), return_exceptions=True)
    assert isinstance(failure, Exception)
    assert not isinstance(first, BaseException)
    assert not isinstance(second, BaseException)
    assert await store.find_sale(G, "broken") is None
    assert await findings(store) == []


async def test_the_journal_gives_back_what_was_written_and_its_chain_holds(store: Store) -> None:
    sales = [a_sale(f"sale-{n}", lines=[a_line(points=n + 1)]) for n in range(10)]
    await asyncio.gather(*map(store.record_sale, sales))
    journal = await store.list_journal(G, 0, 100)
    assert {row.transaction.transaction_id: row.transaction for row in journal} == {
        sale.transaction.transaction_id: sale.transaction for sale in sales if sale.transaction
    }
    assert journal[0].row_hash == chain_hash(GENESIS, journal[0].transaction)
    for previous, row in pairwise(journal):
        assert row.row_hash == chain_hash(previous.row_hash, row.transaction)
    assert await store.list_journal(G, 7, 2) == journal[7:9]


async def test_groups_have_numbers_and_chains_of_their_own(store: Store) -> None:
    await furnish(store, "other")
    await store.record_sale(a_sale("sale-1"))
    await store.record_sale(replace(a_sale("sale-1"), group_id="other"))
    (row,) = await store.list_journal("other", 0, 10)
    assert row.row_hash == chain_hash(GENESIS, row.transaction)
    assert await findings(store) == []
    assert await findings(store, "other") == []


async def test_events_name_neither_cards_nor_lines(store: Store) -> None:
    await store.put_card(a_card())
    await store.record_sale(a_sale())
    await store.move_card(G, "7560001", ["active"], "blocked", "lost", "staff", NOW_MS)
    events = await store.list_events(G, 0, 100)
    assert [event.kind for event in events][-3:] == ["card.activated", "sale.committed", "card.blocked"]
    assert json.loads(events[-2].body)["sale_id"] == "sale-1"
    for event in events:
        assert "7560001" not in event.body
        assert "7680001" not in event.body


async def test_a_follower_gets_old_and_new_events_in_order(store: Store) -> None:
    await store.record_sale(a_sale("sale-0"))
    known = len(await store.list_events(G, 0, 100))
    seen: list[EventRow] = []

    async def follow() -> None:
        async for event in store.changes(G, 0):
            seen.append(event)
            if len(seen) == known + 20:
                return

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(follow())
        for n in range(1, 21):
            await store.record_sale(a_sale(f"sale-{n}"))
    assert seen == await store.list_events(G, 0, 100)


async def test_a_follower_hears_of_writes_through_another_store(store: Store, database_url: str) -> None:
    known = (await store.list_events(G, 0, 100))[-1].seq
    other = await open_store(database_url)
    try:
        follower = anext(store.changes(G, known).__aiter__())
        waiting = asyncio.ensure_future(follower)
        await other.record_sale(a_sale())
        event = await waiting
    finally:
        await other.close()
    assert (event.seq, event.kind) == (known + 1, "sale.committed")


async def test_a_follower_ends_when_the_store_closes(store: Store) -> None:
    async def follow() -> int:
        return len([event async for event in store.changes(G, 0)])

    following = asyncio.create_task(follow())
    await store.put_group(a_group("other"), "somebody")
    await store.close()
    assert await following >= 4


def test_every_kind_of_event_is_documented() -> None:
    sources = ROOT.glob("central/storage/verbs/*.py")
    told = re.compile(r'add_event\(\s*[^,]+,\s*"([a-z_]+\.[a-z_]+)"')
    topics = "group|programme|token|shop|article|price|member|card|sale|reservation|consent"
    named = re.compile(rf'"((?:{topics})\.[a-z_]+)"')
    texts = [path.read_text() for path in sources]
    kinds = {kind for text in texts for pattern in (told, named) for kind in pattern.findall(text)}
    page = (ROOT / "docs" / "storage.md").read_text()
    assert len(kinds) > 40
    assert {kind for kind in kinds if f"`{kind}`" not in page} == set()


async def test_the_ledger_is_read_in_one_state_though_others_write(store: Store) -> None:
    await store.record_sale(a_sale("sale-1"))
    is_reading, is_written = threading.Event(), threading.Event()
    journal: list[JournalRow] = []

    def take(page: Sequence[JournalRow]) -> None:
        journal.extend(page)
        is_reading.set()
        assert is_written.wait(10)

    reading = asyncio.create_task(store.read_ledger(G, take))
    assert await asyncio.to_thread(is_reading.wait, 10)
    await store.record_sale(a_sale("sale-2"))
    is_written.set()
    accounts, lots, _ = await reading
    assert [row.seq for row in journal] == [1]
    assert [lot.source_id for lot in lots] == ["sale-1"]
    assert sorted(row.balance for row in accounts) == [-lots[0].amount, lots[0].amount]


async def test_a_reader_at_the_tail_of_sixteen_writers_misses_nothing(
    store: Store, database_url: str
) -> None:
    asked, followed = await tail_while_writing(store, database_url, 800)
    assert asked == followed == list(range(1, 801))

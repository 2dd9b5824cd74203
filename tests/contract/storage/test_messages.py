"""Messages: kept once, counted per member and day, taken by one worker at a time, ended once."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from central.storage.base import IdempotencyConflict, Store
from central.storage.interface.messages import MessageLimit, MessageRow, MessageTried
from central.storage.opening import open_store
from tests.contract.storage.factories import MEMBER, NOW_MS, SHOP, G

LIMIT = MessageLimit(messages=2, since_ms=NOW_MS - 1_000)


def a_message(message_id: str, **changed: object) -> MessageRow:
    row = MessageRow(
        group_id=G,
        message_id=message_id,
        input_hash=message_id.encode(),
        member_id=MEMBER,
        channel="sms",
        sealed=b"sealed",
        made_ms=NOW_MS,
        actor="tok",
        shop_id=SHOP,
        next_try_ms=NOW_MS,
    )
    return replace(row, **changed)  # type: ignore[arg-type]


async def take(store: Store, now_ms: int = NOW_MS, limit: int = 10) -> list[str]:
    taken = await store.take_messages(G, now_ms=now_ms, until_ms=now_ms + 100, limit=limit)
    return [row.message_id for row in taken]


def tried(message_id: str, tries: int, state: str, next_try_ms: int | None = None) -> MessageTried:
    return MessageTried(
        message_id=message_id,
        tries=tries,
        state=state,
        reason="" if state == "sent" else "why",
        next_try_ms=next_try_ms,
        now_ms=NOW_MS + 5,
    )


async def test_a_message_is_kept_once_and_other_content_is_a_conflict(store: Store) -> None:
    kept = await store.put_message(a_message("m-1"), LIMIT)
    again = await store.put_message(a_message("m-1"), LIMIT)
    assert kept is not None
    assert again is not None
    assert (kept.is_replay, again.is_replay, again.row) == (False, True, a_message("m-1"))
    with pytest.raises(IdempotencyConflict):
        await store.put_message(a_message("m-1", input_hash=b"other"), LIMIT)


async def test_a_member_gets_so_many_by_one_way_and_a_repeat_counts_not(store: Store) -> None:
    messages = [a_message(f"m-{number}") for number in range(6)]
    kept = await asyncio.gather(*(store.put_message(each, LIMIT) for each in (*messages, *messages)))
    assert len({each.row.message_id for each in kept if each is not None}) == LIMIT.messages
    assert await store.put_message(a_message("mail", channel="email"), LIMIT) is not None
    later = MessageLimit(messages=2, since_ms=NOW_MS)
    assert await store.put_message(a_message("next-day", made_ms=NOW_MS + 1), later) is not None


async def test_two_workers_never_have_the_same_message(store: Store, database_url: str) -> None:
    many = MessageLimit(messages=100, since_ms=0)
    for number in range(20):
        await store.put_message(a_message(f"m-{number:02}"), many)
    other = await open_store(database_url)
    try:
        taken = await asyncio.gather(*(take(each, limit=3) for _ in range(5) for each in (store, other)))
    finally:
        await other.close()
    names = [name for each in taken for name in each]
    assert sorted(names) == sorted({*names}) == [f"m-{number:02}" for number in range(20)]
    assert await take(store) == [], "all are somebody's"
    assert len(await take(store, NOW_MS + 100, limit=30)) == 20, "and are given up after a while"


async def test_a_try_is_noted_once_and_by_who_has_it(store: Store) -> None:
    await store.put_message(a_message("m-1"), LIMIT)
    assert await take(store) == ["m-1"]
    assert await store.note_message(G, tried("m-1", 1, "waiting", NOW_MS + 50))
    assert await take(store, NOW_MS + 49) == []
    assert await take(store, NOW_MS + 50) == ["m-1"]
    assert not await store.note_message(G, tried("m-1", 1, "failed")), "another has it since"
    assert await store.note_message(G, tried("m-1", 2, "sent"))
    assert not await store.note_message(G, tried("m-1", 2, "failed"))
    row = await store.find_message(G, "m-1")
    assert row is not None
    assert (row.state, row.tries, row.next_try_ms, row.ended_ms) == ("sent", 2, None, NOW_MS + 5)
    assert await take(store, NOW_MS + 10_000) == []
    assert not await store.retry_message(G, "m-1", NOW_MS)
    kinds = [event.kind for event in await store.list_events(G, 0, 100)]
    assert kinds[-2:] == ["message.kept", "message.sent"]


async def test_what_failed_can_be_tried_anew(store: Store) -> None:
    await store.put_message(a_message("m-1"), LIMIT)
    await take(store)
    await store.note_message(G, tried("m-1", 1, "failed"))
    assert [row.message_id for row in await store.list_messages(G, "failed", 10)] == ["m-1"]
    assert await store.retry_message(G, "m-1", NOW_MS + 10)
    assert await store.list_messages(G, "failed", 10) == []
    assert await take(store, NOW_MS + 10) == ["m-1"]
    row = await store.find_message(G, "m-1")
    assert row is not None
    assert (row.tries, row.state) == (1, "waiting")


async def test_a_members_messages_are_listed_the_latest_first(store: Store) -> None:
    for number in range(3):
        limit = MessageLimit(messages=9, since_ms=0)
        await store.put_message(a_message(f"m-{number}", made_ms=NOW_MS + number), limit)
    listed = await store.list_messages_of_member(G, MEMBER, 2)
    assert [row.message_id for row in listed] == ["m-2", "m-1"]
    assert await store.list_messages_of_member(G, "nobody", 2) == []


async def test_what_became_of_a_message_is_noted_once_of_the_try_that_left(store: Store) -> None:
    def told(delivery: str) -> Any:
        return store.report_message(G, "m-1", delivery=delivery, reason="gone", now_ms=NOW_MS + 7)

    await store.put_message(a_message("m-1"), LIMIT)
    assert not await told("delivered"), "what did not leave came to nobody"
    assert await take(store) == ["m-1"]
    reports = await asyncio.gather(*(told(each) for each in ("delivered", "undelivered") * 4))
    assert reports.count(True) == 1
    assert await store.note_message(G, tried("m-1", 1, "sent")), "a report may be quicker than the note"
    row = await store.find_message(G, "m-1")
    assert row is not None
    assert (row.state, row.delivery_ms) == ("sent", NOW_MS + 7)
    assert row.reason == ("gone" if row.delivery == "undelivered" else "")
    assert [each.message_id for each in await store.list_messages(G, row.delivery, 5)] == ["m-1"]
    assert await store.retry_message(G, "m-1", NOW_MS + 9) is (row.delivery == "undelivered")

"""Keys of cards and taps of chips: a message counts once, whoever else has it."""

import asyncio

import apsw
import pytest

from central.storage.addresses import sqlite_path
from central.storage.base import GuardFailed, Store
from central.storage.interface.chips import CardKeysRow, CardProofRow, ChipTapRow
from tests.contract.storage.factories import MEMBER, NOW_MS, G, a_card

UID = "04DE5F1EACC040"


async def accept(store: Store, counter: int, terminal: str = "t-1", at_ms: int = NOW_MS) -> bool:
    """Keep a tap that may be asked about again for a second."""
    return await store.accept_tap(ChipTapRow(G, UID, counter, terminal, at_ms), same_since_ms=at_ms - 1000)


async def replays_told(store: Store) -> list[str]:
    """The bodies of the events that tell replays."""
    events = await store.list_events(G, 0, 1000)
    return [event.body for event in events if event.kind == "card.message_replayed"]


async def test_a_version_of_keys_is_added_once_and_retired_once(store: Store) -> None:
    for version in (1, 2):
        await store.add_card_keys(CardKeysRow(G, version, b"sealed", NOW_MS))
    with pytest.raises(GuardFailed):
        await store.add_card_keys(CardKeysRow(G, 2, b"other", NOW_MS))
    assert await store.retire_card_keys(G, 1, NOW_MS + 5)
    assert not await store.retire_card_keys(G, 1, NOW_MS + 6)
    assert not await store.retire_card_keys(G, 3, NOW_MS)
    assert await store.list_card_keys(G) == [
        CardKeysRow(G, 2, b"sealed", NOW_MS),
        CardKeysRow(G, 1, b"sealed", NOW_MS, NOW_MS + 5),
    ]
    assert not await store.list_card_keys("other")


async def test_only_a_higher_counter_is_new(store: Store) -> None:
    assert [await accept(store, counter) for counter in (7, 9, 8, 9_000)] == [True, True, False, True]


async def test_a_tap_is_its_terminals_for_a_while(store: Store) -> None:
    assert await accept(store, 7)
    assert await accept(store, 7, at_ms=NOW_MS + 1000)
    assert not await accept(store, 7, "t-2", at_ms=NOW_MS + 1000)
    assert not await accept(store, 7, at_ms=NOW_MS + 1001), "asking again does not make it last longer"


async def test_of_many_terminals_with_one_message_one_wins(store: Store) -> None:
    won = await asyncio.gather(*(accept(store, 7, f"t-{number}") for number in range(64)))
    assert sum(won) == 1


async def test_an_older_tap_asked_about_beside_newer_ones_never_moves_the_counter_back(store: Store) -> None:
    for counter in range(10, 40, 2):
        assert await accept(store, counter)
        answers = await asyncio.gather(
            *(accept(store, counter) for _ in range(8)),
            *(accept(store, counter + 1, f"t-{number}") for number in range(8)),
        )
        assert sum(answers[8:]) == 1, "one terminal has the newer tap"
        assert not await accept(store, counter), "whatever was answered meanwhile, the older tap is over"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_tap_that_is_asked_about_again_waits_for_no_writer(store: Store, database_url: str) -> None:
    assert await accept(store, 7)
    with apsw.Connection(str(sqlite_path(database_url))) as other:
        # Its write lock lasts as long as the block.
        other.execute("UPDATE chip_tap SET replays = replays")
        for _ in range(3):
            assert await accept(store, 7)


async def test_replays_are_told_with_the_member_and_never_fill_the_stream(store: Store) -> None:
    await store.put_card(a_card(uid=UID))
    await accept(store, 7)
    for _ in range(100):
        assert not await accept(store, 6)
    told = await replays_told(store)
    assert len(told) == 7, "at replay 1, 2, 4, ... 64"
    assert all(MEMBER in body and UID not in body for body in told)


def a_proof(proof_id: str = "p-1", *, begun_ms: int = NOW_MS, terminal: str = "t-1") -> CardProofRow:
    return CardProofRow(G, UID, proof_id, terminal, "tap-1", begun_ms, begun_ms + 1000)


async def test_only_a_newer_challenge_takes_a_proofs_place(store: Store) -> None:
    assert await store.find_card_proof(G, UID) is None
    assert await store.keep_card_proof(a_proof())
    assert await store.keep_card_proof(a_proof()), "the same again changes nothing"
    assert not await store.keep_card_proof(a_proof("p-2"))
    assert not await store.keep_card_proof(a_proof(terminal="t-2"))
    assert not await store.keep_card_proof(a_proof("p-0", begun_ms=NOW_MS - 1))
    assert await store.find_card_proof(G, UID) == a_proof()
    assert await store.keep_card_proof(a_proof("p-3", begun_ms=NOW_MS + 1))
    assert await store.find_card_proof(G, UID) == a_proof("p-3", begun_ms=NOW_MS + 1)
    assert await store.find_card_proof("other", UID) is None


async def test_of_many_proofs_of_one_moment_one_is_kept(store: Store) -> None:
    kept = await asyncio.gather(*(store.keep_card_proof(a_proof(f"p-{number}")) for number in range(64)))
    assert sum(kept) == 1

"""Pairings: a row without a group until one takes it, once."""

import asyncio
from collections import Counter
from dataclasses import replace

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.pairing import PairedToken, PairingRow
from tests.contract.storage.factories import NOW_MS, SHOP, G


def a_pairing(number: int = 1) -> PairingRow:
    return PairingRow(
        pairing_id=f"pair-{number}",
        code=f"CODE{number:04}",
        public_key=bytes(31) + bytes([number]),
        serial="0001",
        poi_id="POI-1",
        version="1.0",
        address="192.0.2.1",
        requested_ms=NOW_MS,
        expires_ms=NOW_MS + 1000,
    )


def a_paired_token(number: int = 1) -> PairedToken:
    return PairedToken(
        group_id=G,
        shop_id=SHOP,
        terminal_id="term-1",
        token_id=f"tok-{number}",
        token_hash=bytes(31) + bytes([number]),
        sealed_token=b"sealed",
        label="terminal",
        permissions=frozenset({"sales.write"}),
    )


async def ask(store: Store, row: PairingRow, waiting_max: int = 100) -> bool:
    return (await store.put_pairing(row, waiting_max=waiting_max, forget_before_ms=0)).is_replay


async def test_a_request_is_written_once_and_its_key_never_changes(store: Store) -> None:
    assert not await ask(store, a_pairing())
    assert await ask(store, a_pairing())
    with pytest.raises(IdempotencyConflict):
        await ask(store, replace(a_pairing(), public_key=bytes(32)))
    with pytest.raises(GuardFailed):
        await ask(store, replace(a_pairing(2), code="CODE0001"))
    assert await store.find_pairing_by_code("CODE0001") == a_pairing()


async def test_no_more_wait_than_may_whatever_races(store: Store) -> None:
    asked = [ask(store, a_pairing(number), waiting_max=10) for number in range(30)]
    outcomes = await asyncio.gather(*asked, return_exceptions=True)
    assert Counter(type(each).__name__ for each in outcomes) == {"bool": 10, "GuardFailed": 20}


async def test_of_many_who_take_a_terminal_one_gives_it_its_token(store: Store) -> None:
    await ask(store, a_pairing())
    known = (await store.list_events(G, 0, 100))[-1].seq
    taken = [
        store.approve_pairing("pair-1", a_paired_token(n), now_ms=NOW_MS, expires_ms=NOW_MS + 5)
        for n in range(16)
    ]
    outcomes = await asyncio.gather(*taken, return_exceptions=True)
    assert Counter(type(each).__name__ for each in outcomes) == {"PairingRow": 1, "GuardFailed": 15}
    (token,) = await store.list_tokens(G)
    stored = await store.find_pairing("pair-1")
    assert stored is not None
    assert (stored.group_id, stored.token_id, stored.sealed_token) == (G, token.token_id, b"sealed")
    told = [event.kind for event in await store.list_events(G, known, 100)]
    assert told == ["token.issued", "terminal.paired"]

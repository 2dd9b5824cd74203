"""Cards of clerks and acts of tills: entered once, blocked for good, written once, on both engines."""

from dataclasses import replace

import pytest

from central.storage.base import IdempotencyConflict, Store
from central.storage.interface.tills import StaffCardRow, TillActRow
from tests.contract.storage.factories import NOW_MS, SHOP, G

CARD = StaffCardRow(
    group_id=G, staff_id="s-7", uid="04D1D2D3D4D580", name="Mme Rochat", needs="nfc_uid", issued_ms=NOW_MS
)
ACT = TillActRow(
    group_id=G,
    act_id="till-1",
    kind="paired",
    shop_id=SHOP,
    terminal_id="t-1",
    sale_id="TILL-1",
    key_version=1,
    opened_by="staff_card",
    staff_id="s-7",
    occurred_ms=NOW_MS,
    recorded_ms=NOW_MS,
)


async def kinds(store: Store) -> list[str]:
    return [
        each.kind for each in await store.list_events(G, 0, 200) if each.kind.startswith(("till", "staff"))
    ]


async def test_a_card_is_entered_once_and_found_by_its_chip(store: Store) -> None:
    assert not (await store.put_staff_card(CARD)).is_replay
    assert (await store.put_staff_card(replace(CARD, issued_ms=NOW_MS + 5))).is_replay
    assert await store.find_staff_card(G, CARD.uid) == CARD
    assert await store.find_staff_card(G, "04000000000080") is None
    assert await store.list_staff_cards(G, 10) == [CARD]
    with pytest.raises(IdempotencyConflict):
        await store.put_staff_card(replace(CARD, name="Mme Blanc"))
    with pytest.raises(IdempotencyConflict):
        await store.put_staff_card(replace(CARD, staff_id="s-8"))
    assert await kinds(store) == ["staff_card.issued"]


async def test_a_blocked_card_stays_blocked_since_its_first_time(store: Store) -> None:
    await store.put_staff_card(CARD)
    first = await store.block_staff_card(G, "s-7", NOW_MS + 1)
    assert first == replace(CARD, blocked_ms=NOW_MS + 1)
    assert await store.block_staff_card(G, "s-7", NOW_MS + 9) == first
    assert (await store.put_staff_card(CARD)).row == first, "entering it again does not open it"
    assert await store.block_staff_card(G, "s-8", NOW_MS) is None
    assert await kinds(store) == ["staff_card.issued", "staff_card.blocked"]


async def test_an_act_is_written_once_with_its_event_the_latest_first(store: Store) -> None:
    assert not (await store.note_till_act(ACT)).is_replay
    again = await store.note_till_act(replace(ACT, recorded_ms=NOW_MS + 5))
    assert again.is_replay
    assert again.row == ACT
    with pytest.raises(IdempotencyConflict):
        await store.note_till_act(replace(ACT, sale_id="TILL-2"))
    later = replace(ACT, act_id="till-2", kind="unpaired", recorded_ms=NOW_MS + 9)
    await store.note_till_act(later)
    assert await store.list_till_acts(G, 10) == [later, ACT]
    assert await store.list_till_acts(G, 1) == [later]
    assert await kinds(store) == ["till.paired", "till.unpaired"]

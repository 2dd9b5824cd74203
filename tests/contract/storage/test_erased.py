"""What was decided of a member before their erasure, and is written after it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from hashlib import sha256

import pytest

from central.storage.base import GuardFailed, Store
from central.storage.interface.claims import GoodwillRow
from central.storage.interface.erasure import ErasureRecord
from central.storage.interface.pharmacists import MemberPharmacistRow
from central.storage.interface.replacements import ReplacementDone, ReplacementRow
from loyalty.ledger import chart
from loyalty.ledger.accrual import accrual
from loyalty.ledger.assets import POINTS
from loyalty.ledger.erasure import erasure
from loyalty.ledger.lots import Lot
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    SHOP,
    G,
    a_card,
    a_line,
    a_sale,
    decide_return,
    findings,
    head_of,
)
from tests.contract.storage.test_moves import a_correction, added
from tests.contract.storage.test_stored_value import PURSE, a_load
from tests.contract.storage.value_factories import a_gift, open_lots

Write = Callable[[Store], Awaitable[object]]


async def erase(store: Store) -> None:
    lots: list[Lot] = await open_lots(store)
    head = head_of("erasure", "erasure")
    ended = erasure(head, member_id=MEMBER, lots=[(lot, POINTS) for lot in lots], points_owed=0)
    await store.erase_member(
        ErasureRecord(group_id=G, member_id=MEMBER, actor="office", now_ms=NOW_MS, transaction=ended)
    )


async def test_a_return_decided_before_an_erasure_is_not_written_after_it(store: Store) -> None:
    """It would tell the moment and the till of a ticket whose own moment is gone."""
    sale = a_sale(lines=[a_line(quantity=3, points=9)])
    await store.record_sale(sale)
    late = await decide_return(store, "ret-1", sale, 1, 1)
    await erase(store)
    with pytest.raises(GuardFailed):
        await store.record_return(late)
    assert await store.find_return(G, "ret-1") is None
    assert (await store.find_points(G, MEMBER)).owed == 0
    assert await findings(store) == []


def give_goodwill(store: Store) -> Awaitable[object]:
    row = GoodwillRow(
        group_id=G, goodwill_id="good-1", input_hash=sha256(b"good-1").digest(), shop_id=SHOP,
        member_id=MEMBER, role="clerk", operator="", actor="till", points=5, reason="waited",
        recorded_ms=NOW_MS, transaction_id="good-1",
    )  # fmt: skip
    given = accrual(
        head_of("good-1", "good-1"),
        member_id=MEMBER,
        points=5,
        points_owed=0,
        expires_ms=None,
        funder="group",
    )
    assert given is not None
    return store.record_goodwill(row, replace(given, kind="goodwill"), [])


def fill_purse(store: Store) -> Awaitable[object]:
    act = a_load("top-1", PURSE, 700)
    return store.record_act(replace(act, row=replace(act.row, member_id=MEMBER)))


WRITES: dict[str, Write] = {
    "a gift": lambda store: store.record_move(a_gift("gift-1", POINTS, 5)),
    "goodwill": give_goodwill,
    "money for the purse": fill_purse,
    "a correction": lambda store: store.put_correction(
        a_correction("fix-1", 5, transaction_id="fix-1"), added("fix-1", 5), alone_max=100, since_ms=0
    ),
}


@pytest.mark.parametrize("what", WRITES)
async def test_value_that_was_decided_before_an_erasure_does_not_reach_who_is_gone(
    store: Store, what: str
) -> None:
    await erase(store)
    with pytest.raises(GuardFailed):
        await WRITES[what](store)
    for account in (chart.member_points(MEMBER), PURSE):
        assert await open_lots(store, account) == []
    assert (await store.find_points(G, MEMBER)).balance == 0
    assert await findings(store) == []


def a_replacement(**fields: object) -> ReplacementRow:
    row = ReplacementRow(
        group_id=G, replacement_id="r-1", shop_id=SHOP, token_id="till", is_with_card=1, member_id=MEMBER,
        card_number="7560001", made_ms=NOW_MS, ends_ms=NOW_MS + 9_000, state="asked",
    )  # fmt: skip
    return replace(row, **fields)  # type: ignore[arg-type]


async def test_a_replacement_and_a_pharmacist_decided_before_an_erasure_are_not_kept_after_it(
    store: Store,
) -> None:
    await erase(store)
    with pytest.raises(GuardFailed):
        await store.put_replacement(a_replacement(), None)
    assert await store.find_replacement(G, "r-1") is None
    link = MemberPharmacistRow(
        group_id=G, member_id=MEMBER, staff_id="s-7", chosen_by="member", at_ms=NOW_MS, actor="till"
    )
    with pytest.raises(GuardFailed):
        await store.put_member_pharmacist(link)
    assert await store.find_member_pharmacist(G, MEMBER) is None
    nobodys = a_replacement(member_id=None, card_number=None, state="unknown")
    assert await store.put_replacement(nobodys, None) == nobodys


async def test_a_blank_card_that_ran_out_since_it_was_looked_at_replaces_none(store: Store) -> None:
    await store.put_card(a_card())
    await store.put_card(a_card("7560002", member_id=None, state="stock", valid_until_ms=NOW_MS))
    await store.put_replacement(a_replacement(state="granted", proof="code"), None)
    done = ReplacementDone(
        group_id=G, replacement_id="r-1", new_card=a_card("7560002"), keeps_pin=False, notice=None,
        actor="till", now_ms=NOW_MS,
    )  # fmt: skip
    with pytest.raises(GuardFailed):
        await store.finish_replacement(done)
    old, new = await store.find_card(G, "7560001"), await store.find_card(G, "7560002")
    assert (old and old.state, new and new.state) == ("active", "stock")
    assert (await store.finish_replacement(replace(done, now_ms=NOW_MS - 1))).state == "active"

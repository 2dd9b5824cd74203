"""Sales: replay, conflict, all or nothing."""

import asyncio
from dataclasses import replace

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.rows import ReservationRow
from loyalty.ledger.chart import POINTS_ISSUED, member_points
from tests.contract.storage.factories import (
    EXPIRES_MS,
    MEMBER,
    NOW_MS,
    SHOP,
    G,
    a_line,
    a_sale,
    a_shop,
    findings,
)


async def test_a_sale_writes_its_row_lines_points_lot_and_balance(store: Store) -> None:
    sale = a_sale(lines=[a_line(1, quantity=2, points=7), a_line(2, points=0)])
    recorded = await store.record_sale(sale)
    assert not recorded.is_replay
    assert recorded.row.balance_after == 7
    assert recorded.row.transaction_id == "txn-sale-1"
    assert await store.find_sale(G, "sale-1") == recorded.row
    assert await store.find_sale_by_business_key(G, SHOP, "bk-sale-1") == recorded.row
    assert tuple(await store.list_sale_lines(G, sale.line_key)) == sale.lines
    (lot,) = await store.list_sale_lots(G, "sale-1")
    assert (lot.account, lot.amount, lot.remaining, lot.expires_ms) == (
        member_points(MEMBER),
        7,
        7,
        EXPIRES_MS,
    )
    balances = {row.account: row.balance for row in await store.list_accounts(G, "", 10)}
    assert balances == {member_points(MEMBER): 7, POINTS_ISSUED: -7}
    assert await findings(store) == []


async def test_an_anonymous_sale_moves_no_points_and_has_no_balance(store: Store) -> None:
    recorded = await store.record_sale(a_sale(member_id=None))
    assert recorded.row.balance_after is None
    assert recorded.row.transaction_id is None
    assert await store.list_accounts(G, "", 10) == []


async def test_a_members_sale_that_earns_nothing_still_tells_the_balance(store: Store) -> None:
    await store.record_sale(a_sale("sale-1"))
    recorded = await store.record_sale(a_sale("sale-2", lines=[a_line(points=0)]))
    assert recorded.row.balance_after == 5


async def test_the_same_sale_again_gives_the_first_answer_and_books_nothing(store: Store) -> None:
    first = await store.record_sale(a_sale("sale-1"))
    await store.record_sale(a_sale("sale-2"))
    events = await store.list_events(G, 0, 100)
    again = await store.record_sale(a_sale("sale-1"))
    assert again.is_replay
    assert again.row == first.row, "the balance of then, not of now"
    assert await store.list_events(G, 0, 100) == events
    assert await findings(store) == []


async def test_the_same_business_key_under_another_id_gives_the_first_sale(store: Store) -> None:
    sale = a_sale("sale-1")
    await store.record_sale(sale)
    again = await store.record_sale(replace(sale, sale_id="sale-9"))
    assert again.is_replay
    assert again.row.sale_id == "sale-1"
    assert await store.find_sale(G, "sale-9") is None


@pytest.mark.parametrize("sale_id", ["sale-1", "sale-9"])
async def test_other_content_under_a_used_key_is_a_conflict(store: Store, sale_id: str) -> None:
    sale = a_sale("sale-1")
    await store.record_sale(sale)
    with pytest.raises(IdempotencyConflict):
        await store.record_sale(replace(sale, sale_id=sale_id, input_hash=b"other"))
    assert len(await store.list_journal(G, 0, 10)) == 1


async def test_another_shop_may_use_the_same_business_key(store: Store) -> None:
    await store.put_shop(a_shop("shop-2"), NOW_MS)
    await store.record_sale(a_sale("sale-1", business_key="42"))
    other = await store.record_sale(a_sale("sale-2", business_key="42", shop_id="shop-2"))
    assert not other.is_replay


async def test_fifty_parallel_copies_of_one_sale_book_it_once(store: Store) -> None:
    outcomes = await asyncio.gather(*(store.record_sale(a_sale()) for _ in range(50)))
    assert [outcome.is_replay for outcome in outcomes].count(False) == 1
    assert len({outcome.row for outcome in outcomes}) == 1
    assert (await store.member_overview(G, MEMBER, 0, 5)).points == 5


async def test_a_sale_of_an_unknown_shop_writes_nothing(store: Store) -> None:
    sale = a_sale(shop_id="nowhere")
    with pytest.raises(GuardFailed):
        await store.record_sale(sale)
    assert await store.find_sale(G, "sale-1") is None
    assert await store.list_sale_lines(G, sale.line_key) == []
    assert await store.list_accounts(G, "", 10) == []
    assert await store.list_journal(G, 0, 10) == []


async def test_a_ledger_transaction_id_is_used_once(store: Store) -> None:
    first = a_sale("sale-1")
    await store.record_sale(first)
    with pytest.raises(IdempotencyConflict):
        await store.record_sale(replace(a_sale("sale-2"), transaction=first.transaction))
    assert await store.find_sale(G, "sale-2") is None


async def test_a_reservation_serves_one_sale(store: Store) -> None:
    terms = ReservationRow(G, "res-1", b"hash", "quote-1", 100, 5, NOW_MS + 1)
    assert not (await store.put_reservation(terms)).is_replay
    assert (await store.put_reservation(terms)).is_replay
    with pytest.raises(IdempotencyConflict):
        await store.put_reservation(replace(terms, input_hash=b"other"))
    await store.record_sale(a_sale("sale-1", reservation_id="res-1"))
    stored = await store.find_reservation(G, "res-1")
    assert stored is not None
    assert stored.sale_id == "sale-1"
    with pytest.raises(GuardFailed):
        await store.record_sale(a_sale("sale-2", reservation_id="res-1"))
    assert (await store.record_sale(a_sale("sale-1", reservation_id="res-1"))).is_replay

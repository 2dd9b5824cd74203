"""Stored value on every engine: acts happen once, cards are sold once, ceilings hold under writers."""

import asyncio
from dataclasses import replace

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.claims import Claimed
from central.storage.interface.stored_value import (
    DayLimit,
    GiftBatchRow,
    GiftCardMove,
    GiftCardRow,
    PaidBack,
    PaidWith,
    ReturnTender,
    SaleTender,
    ValueAct,
    ValueActRow,
)
from loyalty.ledger import chart
from loyalty.ledger.assets import money
from loyalty.value.moves import Allotted, load, lots_to_pay, pay
from loyalty.value.tenders import LineShare, Tender, TenderKind
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    SHOP,
    G,
    a_line,
    a_sale,
    decide_return,
    findings,
    head_of,
)
from tests.contract.storage.value_factories import open_lots

FRANCS = money("CHF")
CARD = chart.gift_card_value("card-1")
PURSE = chart.member_account(MEMBER, FRANCS)
WRITERS = 32


def a_card_row(gift_card_id: str = "card-1", **fields: object) -> GiftCardRow:
    row = GiftCardRow(
        group_id=G,
        gift_card_id=gift_card_id,
        code_hash=gift_card_id.encode().ljust(32, b"."),
        number_end="1234",
        state="made",
        batch_id=None,
        place=0,
        made_ms=NOW_MS,
    )
    return replace(row, **fields)  # type: ignore[arg-type]


def a_row(act_id: str, amount: int = 0, **fields: object) -> ValueActRow:
    row = ValueActRow(
        group_id=G,
        act_id=act_id,
        kind="test",
        input_hash=act_id.encode(),
        shop_id=SHOP,
        member_id=None,
        gift_card_id=None,
        asset="CHF/2",
        amount=amount,
        paid_minor=amount,
        tender="cash",
        funder=f"shop/{SHOP}",
        operator="",
        actor="till",
        reason="",
        recorded_ms=NOW_MS,
    )
    return replace(row, **fields)  # type: ignore[arg-type]


def a_load(act_id: str, account: str, amount: int, **fields: object) -> ValueAct:
    transaction = load(
        head_of(f"{act_id}/value", act_id),
        source=chart.sold_at(SHOP),
        account=account,
        asset=FRANCS,
        amount=amount,
        expires_ms=None,
        funder=f"shop/{SHOP}",
    )
    row = a_row(act_id, amount, transaction_id=transaction.transaction_id)
    return replace(ValueAct(row, account, transaction=transaction), **fields)  # type: ignore[arg-type]


def an_activation(act_id: str, amount: int = 5000) -> ValueAct:
    move = GiftCardMove(
        gift_card_id="card-1",
        from_states=("made",),
        to_state="active",
        activation_id=act_id,
        shop_id=SHOP,
        amount_minor=amount,
    )
    return a_load(act_id, CARD, amount, card=move)


async def a_made_card(store: Store) -> None:
    await store.record_act(ValueAct(a_row("make-1"), CARD, new_cards=(a_card_row(),)))


async def test_an_act_happens_once_and_other_content_under_its_id_is_a_conflict(store: Store) -> None:
    act = a_load("act-1", PURSE, 700)
    first = await store.record_act(act)
    again = await store.record_act(act)
    assert (first.is_replay, again.is_replay, first.row) == (False, True, again.row)
    assert first.row.balance_after == 700
    with pytest.raises(IdempotencyConflict):
        await store.record_act(replace(act, row=replace(act.row, input_hash=b"other")))
    assert (await store.list_acts(G, NOW_MS, NOW_MS + 1, 10)) == [first.row]
    assert await findings(store) == []


async def test_of_many_sales_of_one_card_exactly_one_wins(store: Store) -> None:
    await a_made_card(store)
    stands = (await store.find_gift_cards(G, [a_card_row().code_hash], "CHF/2"))[a_card_row().code_hash]
    assert (stands.row, stands.balance) == (a_card_row(), 0)
    outcomes = await asyncio.gather(
        *(store.record_act(an_activation(f"act-{number}")) for number in range(WRITERS)),
        return_exceptions=True,
    )
    assert sum(not isinstance(each, BaseException) for each in outcomes) == 1
    assert sum(isinstance(each, GuardFailed) for each in outcomes) == WRITERS - 1
    now = await store.get_gift_card(G, "card-1", "CHF/2")
    assert now is not None
    assert (now.row.state, now.row.shop_id, now.balance, now.held) == ("active", SHOP, 5000, 0)
    assert await findings(store) == []


async def test_a_ceiling_and_a_day_hold_under_many_top_ups(store: Store) -> None:
    limit = DayLimit("purse_top_up/2026-01-01", f"member/{MEMBER}", 100, 1000)
    acts = [
        a_load(f"top-{number}", PURSE, 100, balance_max=1500, day_limit=limit) for number in range(WRITERS)
    ]
    outcomes = await asyncio.gather(*(store.record_act(act) for act in acts), return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in outcomes) == 10
    next_day = replace(limit, claim_key="purse_top_up/2026-01-02")
    more = [a_load(f"more-{n}", PURSE, 100, balance_max=1500, day_limit=next_day) for n in range(WRITERS)]
    outcomes = await asyncio.gather(*(store.record_act(act) for act in more), return_exceptions=True)
    assert sum(not isinstance(each, BaseException) for each in outcomes) == 5
    assert sum(lot.remaining for lot in await open_lots(store, PURSE, FRANCS)) == 1500
    assert await store.check_counters(G) == []
    assert await findings(store) == []


async def test_a_card_that_must_be_empty_and_is_not_stays_as_it_is(store: Store) -> None:
    await a_made_card(store)
    await store.record_act(an_activation("act-1"))
    move = GiftCardMove(
        gift_card_id="card-1",
        from_states=("active",),
        to_state="converted",
        member_id=MEMBER,
        must_be_empty=(CARD, "CHF/2"),
    )
    with pytest.raises(GuardFailed):
        await store.record_act(ValueAct(a_row("conv-1"), CARD, card=move))
    stands = await store.get_gift_card(G, "card-1", "CHF/2")
    assert stands is not None
    assert stands.row.state == "active"
    assert await store.find_act(G, "conv-1") is None


async def test_a_batch_is_made_whole_moves_by_its_states_and_its_cards_are_activated_once(
    store: Store,
) -> None:
    batch = GiftBatchRow(
        group_id=G,
        batch_id="b",
        input_hash=b"in",
        cards=3,
        amount_minor=2000,
        purpose="lottery",
        funder="supplier/s",
        state="made",
        made_by="office",
        made_ms=NOW_MS,
    )
    cards = [a_card_row(f"b:{place}", batch_id="b", place=place) for place in (1, 2, 3)]
    assert not (await store.put_gift_batch(batch, cards)).is_replay
    assert (await store.put_gift_batch(batch, cards)).is_replay
    with pytest.raises(IdempotencyConflict):
        await store.put_gift_batch(replace(batch, input_hash=b"other"), cards)
    given = replace(batch, state="handed_out", handout_id="h", handed_out_ms=NOW_MS)
    assert await store.move_gift_batch(given, ["made"]) == given
    with pytest.raises(GuardFailed):
        await store.move_gift_batch(given, ["made"])
    assert await store.find_gift_batch(G, "b") == given
    assert await store.list_gift_batches(G, NOW_MS + 1, 10) == [given]
    assert await store.list_gift_batches(G, NOW_MS, 10) == []
    moves = []
    for card in cards:
        transaction = load(
            head_of(f"{card.gift_card_id}/value", "b"),
            source=chart.VALUE_ISSUED,
            account=chart.gift_card_value(card.gift_card_id),
            asset=FRANCS,
            amount=2000,
            expires_ms=None,
            funder="supplier/s",
        )
        moves.append((GiftCardMove(card.gift_card_id, ("made",), "active"), transaction))
    counts = await asyncio.gather(
        store.activate_cards(G, moves[:2]), store.activate_cards(G, moves), store.activate_cards(G, moves)
    )
    assert sum(counts) == 3
    page = await store.list_batch_cards(G, "b", 1, 10, "CHF/2")
    assert [(each.row.place, each.row.state, each.balance) for each in page] == [
        (2, "active", 2000),
        (3, "active", 2000),
    ]
    assert await findings(store) == []


async def test_what_paid_a_ticket_is_kept_by_line_and_comes_back_once(store: Store) -> None:
    await store.record_act(a_load("top-1", PURSE, 500))
    lots = await open_lots(store, PURSE, FRANCS)
    tender = Tender(TenderKind.PURSE, PURSE, FRANCS, 300)
    paying = pay(
        head_of("sale-1/tenders", "sale-1"), [(tender, lots_to_pay(lots, 300, NOW_MS))], shop_id=SHOP
    )
    assert paying is not None
    row = SaleTender(1, "purse", PURSE, "CHF/2", None, "", 300)
    claimed = Claimed(transactions=(paying,), paid=PaidWith((row,), (LineShare(1, 1, 300),)))
    sale = replace(a_sale("sale-1", lines=[a_line(quantity=3, points=9)]), claimed=claimed)
    await store.record_sale(sale)
    assert await store.find_sale_tenders(G, "sale-1") == [replace(row, balance_after=200)]
    assert await store.list_line_shares(G, sale.line_key) == [LineShare(1, 1, 300)]
    (taken,) = await store.list_allotted(G, paying.transaction_id)
    assert taken == Allotted(PURSE, lots[0].lot_id, 300, None, "top-1", f"shop/{SHOP}")

    record = await decide_return(store, "ret-1", sale, 1, 1)
    back = PaidBack((ReturnTender(1, 100, PURSE, 0),), (LineShare(1, 1, 100),))
    given = replace(record, unclaimed=replace(record.unclaimed, paid_back=back))
    await store.record_return(given)
    assert await store.list_return_tenders(G, "ret-1") == [ReturnTender(1, 100, PURSE)]
    assert (await store.find_sale_tenders(G, "sale-1"))[0].returned_minor == 100
    assert await store.list_line_shares(G, sale.line_key) == [LineShare(1, 1, 300, 100)]
    stale = await decide_return(store, "ret-2", sale, 1, 1)
    stale = replace(stale, unclaimed=replace(stale.unclaimed, paid_back=back))
    with pytest.raises(GuardFailed):
        await store.record_return(stale)
    too_much = PaidBack((ReturnTender(1, 201, PURSE, 100),), ())
    with pytest.raises(GuardFailed):
        await store.record_return(replace(stale, unclaimed=replace(stale.unclaimed, paid_back=too_much)))
    assert await store.find_return(G, "ret-2") is None


async def test_the_nightly_proof_finds_a_card_that_holds_and_a_tender_that_was_not_posted(
    store: Store,
) -> None:
    await a_made_card(store)
    await store.record_act(an_activation("act-1"))
    assert await store.check_counters(G) == []
    blocking = GiftCardMove(gift_card_id="card-1", from_states=("active",), to_state="replaced")
    await store.record_act(ValueAct(a_row("block-1"), CARD, card=blocking))
    row = SaleTender(1, "gift_card", CARD, "CHF/2", "card-1", "1234", 300)
    claimed = Claimed(paid=PaidWith((row,), (LineShare(1, 1, 300),)))
    sale = replace(a_sale("sale-1", lines=[a_line(quantity=3, points=9)]), claimed=claimed)
    await store.record_sale(sale)
    record = await decide_return(store, "ret-1", sale, 1, 1)
    back = PaidBack((ReturnTender(1, 100, CARD, 0),), (LineShare(1, 1, 100),))
    await store.record_return(replace(record, unclaimed=replace(record.unclaimed, paid_back=back)))
    assert [(fault.claim_key, fault.found, fault.expected) for fault in await store.check_counters(G)] == [
        ("gift_card/card-1", 5000, 0),
        ("tenders of sale-1", 300, 0),
    ]

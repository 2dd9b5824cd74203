"""Members, cards, and the overview a screen shows."""

import asyncio
from dataclasses import replace

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.rows import CardRow, ExpiringLots, ReadLogRow
from tests.contract.storage.factories import (
    EXPIRES_MS,
    MEMBER,
    NOW_MS,
    G,
    a_card,
    a_line,
    a_member,
    a_sale,
    decide_return,
)


async def test_enrolment_is_idempotent_by_its_id(store: Store) -> None:
    row = a_member("mem-2", email_hash=b"e" * 32)
    assert not (await store.enrol_member(row, a_card(member_id="mem-2"))).is_replay
    again = await store.enrol_member(replace(row, enrolled_ms=NOW_MS + 9), a_card(member_id="mem-2"))
    assert again.is_replay
    assert again.row == row
    with pytest.raises(IdempotencyConflict):
        await store.enrol_member(replace(row, input_hash=b"other"), None)
    assert [card.card_number for card in await store.list_cards(G, "mem-2")] == ["7560001"]


async def test_enrolment_takes_a_card_from_stock(store: Store) -> None:
    await store.put_card(a_card(member_id=None, state="stock"))
    await store.enrol_member(a_member("mem-2"), a_card(member_id="mem-2", uid=""))
    card = await store.find_card(G, "7560001")
    assert card is not None
    assert (card.member_id, card.state, card.uid) == ("mem-2", "active", "047560001")


async def test_enrolment_with_somebody_elses_card_writes_nothing(store: Store) -> None:
    await store.put_card(a_card())
    with pytest.raises(IdempotencyConflict) as caught:
        await store.enrol_member(a_member("mem-2"), a_card(member_id="mem-2"))
    assert "7560001" not in str(caught.value), "errors are logged, card numbers are not"
    assert await store.find_member(G, "mem-2") is None


async def test_members_are_found_by_either_hash(store: Store) -> None:
    await store.enrol_member(a_member("mem-2", email_hash=b"e", phone_hash=b"p"), None)
    await store.enrol_member(a_member("mem-3", phone_hash=b"p"), None)
    both = await store.find_members_by_hash(G, b"e", b"p")
    assert [row.member_id for row in both] == ["mem-2", "mem-3"]
    assert [row.member_id for row in await store.find_members_by_hash(G, b"e", None)] == ["mem-2"]
    assert await store.find_members_by_hash(G, None, None) == []


async def test_a_card_is_found_by_number_and_by_chip(store: Store) -> None:
    await store.put_card(a_card())
    assert await store.find_card(G, "7560001") == await store.find_card_by_uid(G, "047560001") == a_card()
    assert await store.find_card_by_uid(G, "") is None


async def test_a_chips_serial_number_is_no_uid_and_two_cards_never_share_it(store: Store) -> None:
    card = a_card(uid="iccsn:97560001")
    await store.put_card(card)
    assert await store.find_card_by_uid(G, "iccsn:97560001") == card
    assert await store.find_card_by_uid(G, "97560001") is None
    with pytest.raises(IdempotencyConflict):
        await store.put_card(a_card("7560002", uid="iccsn:97560001"))
    await store.put_card(a_card("7560003", uid="97560001"))


@pytest.mark.parametrize("issued", ["012345678905", "0012345678905"])
async def test_a_upc_card_is_one_card_in_12_and_13_digits(store: Store, issued: str) -> None:
    other = "0012345678905" if len(issued) == 12 else "012345678905"
    card = a_card(issued, uid="")
    await store.put_card(card)
    assert await store.find_card(G, other) == card, "found, and its number stays as it was issued"
    again = await store.put_card(replace(card, card_number=other))
    assert (again.is_replay, again.row) == (True, card)
    with pytest.raises(IdempotencyConflict):
        await store.put_card(a_card(other, uid="04FFFFFF"))
    new = a_card("7560009", member_id=None)
    await store.replace_card(G, other, ["active"], new, "staff", NOW_MS + 1)
    old = await store.find_card(G, issued)
    assert old is not None
    assert (old.state, old.replaced_by) == ("replaced", "7560009")


async def test_a_upc_card_from_stock_is_handed_out_by_either_number(store: Store) -> None:
    await store.put_card(a_card("012345678905", uid="", member_id=None, state="stock"))
    await store.put_card(a_card())
    new = a_card("0012345678905", uid="", member_id=None)
    given = await store.replace_card(G, "7560001", ["active"], new, "staff", NOW_MS + 1)
    assert (given.card_number, given.state) == ("012345678905", "active")
    assert await store.replace_card(G, "7560001", ["active"], new, "staff", NOW_MS + 2) == given


async def test_issuing_a_card_again_gives_it_as_it_stands(store: Store) -> None:
    await store.put_card(a_card())
    blocked = await store.move_card(G, "7560001", ["active"], "blocked", "lost", "staff", NOW_MS + 1)
    again = await store.put_card(a_card(issued_ms=NOW_MS + 2))
    assert again.is_replay
    assert again.row == blocked
    with pytest.raises(IdempotencyConflict):
        await store.put_card(a_card(uid="04FFFFFF"))
    with pytest.raises(IdempotencyConflict):
        await store.put_card(a_card("7560002", uid="047560001"))


async def test_of_many_moves_of_one_card_one_wins(store: Store) -> None:
    await store.put_card(a_card())
    moves = [store.move_card(G, "7560001", ["active"], "blocked", "lost", f"a{n}", NOW_MS) for n in range(32)]
    outcomes = await asyncio.gather(*moves, return_exceptions=True)
    assert sum(isinstance(outcome, CardRow) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, GuardFailed) for outcome in outcomes) == 31
    kinds = [event.kind for event in await store.list_events(G, 0, 100)]
    assert kinds.count("card.blocked") == 1


async def test_a_replaced_card_hands_its_member_to_the_new_one_once(store: Store) -> None:
    await store.put_card(a_card())
    new = a_card("7560002", member_id=None)
    given = await store.replace_card(G, "7560001", ["active", "blocked"], new, "staff", NOW_MS + 1)
    assert given == replace(new, member_id=MEMBER)
    old = await store.find_card(G, "7560001")
    assert old is not None
    assert (old.state, old.replaced_by, old.member_id) == ("replaced", "7560002", MEMBER)
    assert await store.replace_card(G, "7560001", ["active"], new, "staff", NOW_MS + 2) == given
    with pytest.raises(GuardFailed):
        await store.replace_card(G, "7560001", ["active"], a_card("7560003"), "staff", NOW_MS + 3)
    assert await store.find_card(G, "7560003") is None


async def test_a_replacement_that_fails_leaves_the_old_card_alone(store: Store) -> None:
    await store.put_card(a_card())
    await store.put_card(a_card("7560002"))
    with pytest.raises(IdempotencyConflict):
        await store.replace_card(G, "7560001", ["active"], a_card("7560002"), "staff", NOW_MS)
    assert await store.find_card(G, "7560001") == a_card()


async def test_the_overview_tells_balance_next_expiry_and_last_tickets(store: Store) -> None:
    sales = [
        a_sale(
            f"sale-{n}",
            lines=[a_line(quantity=2, points=10 + n)],
            at_ms=NOW_MS + n,
            expires_ms=EXPIRES_MS + n // 2,
        )
        for n in range(4)
    ]
    for sale in sales:
        await store.record_sale(sale)
    await store.record_return(await decide_return(store, "ret-1", sales[0], 1, 2))
    overview = await store.member_overview(G, MEMBER, NOW_MS + 2, 3)
    assert (overview.points, overview.points_owed) == (36, 0)
    assert overview.points_since == 25, "12 + 13; the return occurred before"
    assert overview.expiring == ExpiringLots(11, EXPIRES_MS), "the first lot is empty, the second is next"
    assert [(row.sale_id, row.points) for row in overview.tickets] == [
        ("sale-3", 13),
        ("sale-2", 12),
        ("sale-1", 11),
    ]
    tickets = await store.list_tickets(G, MEMBER, None, 10)
    assert [(row.sale_id, row.points, row.total_minor) for row in tickets if row.points < 0] == [
        ("ret-1", -10, -200)
    ]


async def test_tickets_are_paged_without_loss_or_repeat(store: Store) -> None:
    for n in range(7):
        await store.record_sale(a_sale(f"sale-{n}", at_ms=NOW_MS + n // 3))
    seen: list[str] = []
    before: tuple[int, str] | None = None
    while page := await store.list_tickets(G, MEMBER, before, 2):
        seen += [row.sale_id for row in page]
        before = (page[-1].occurred_ms, page[-1].sale_id)
    assert sorted(seen) == [f"sale-{n}" for n in range(7)]
    assert seen[0] == "sale-6"


async def test_the_overview_of_a_new_member_is_empty(store: Store) -> None:
    overview = await store.member_overview(G, MEMBER, 0, 5)
    assert (overview.points, overview.points_owed, overview.points_since) == (0, 0, 0)
    assert overview.expiring is None
    assert overview.tickets == ()


async def test_reads_of_purchase_lines_are_logged_for_the_member(store: Store) -> None:
    rows = [ReadLogRow(NOW_MS + n, MEMBER, f"staff-{n}", "advice") for n in range(3)]
    for row in rows:
        await store.log_read(G, row)
    await store.log_read(G, ReadLogRow(NOW_MS, "mem-2", "staff", "advice"))
    assert await store.list_reads(G, MEMBER, 2) == [rows[2], rows[1]]

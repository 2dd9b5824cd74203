"""Leases: set aside once, drawn in pieces, given back once; with online burns they stay in the balance."""

import asyncio
from dataclasses import replace
from hashlib import sha256

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.chips import ChipTapRow
from central.storage.interface.leases import LeaseDraw, LeaseEnd, LeaseRow
from central.storage.interface.rows import SaleRecord
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.holds import Hold, hold_lots, posted_lots
from loyalty.ledger.leases import HOLD_WITHOUT_END_MS, leased_redemption
from loyalty.ledger.lots import BalanceTooLow
from loyalty.programme.leasing import LeaseFacts
from tests.contract.storage.factories import (
    EXPIRES_MS,
    MEMBER,
    NOW_MS,
    SHOP,
    G,
    a_card,
    a_line,
    a_member,
    a_sale,
    head_of,
)
from tests.contract.storage.merging import ANYTHING, a_merge, decide_joined
from tests.contract.storage.value_factories import a_hold, all_findings, expire, open_lots

TERMINAL = "term-1"


async def earn(store: Store, points: int, sale_id: str = "sale-1", expires_ms: int = EXPIRES_MS) -> None:
    await store.record_sale(a_sale(sale_id, lines=[a_line(points=points)], expires_ms=expires_ms))


async def a_lease(
    store: Store, lease_id: str, points: int, terminal_id: str = TERMINAL, member_id: str = MEMBER
) -> tuple[LeaseRow, Hold, LeaseFacts]:
    """A grant decided on what stands. Raises: BalanceTooLow."""
    facts = await store.read_lease_facts(G, member_id, terminal_id, NOW_MS)
    account = chart.member_points(member_id)
    row = LeaseRow(
        group_id=G,
        lease_id=lease_id,
        input_hash=sha256(lease_id.encode()).digest(),
        terminal_id=terminal_id,
        shop_id=SHOP,
        member_id=member_id,
        card_number="7560001",
        medium="ntag424",
        tap_counter=7,
        asset=str(POINTS),
        amount=points,
        document="{}",
        granted_ms=NOW_MS,
        expires_ms=NOW_MS + 1000,
    )
    hold = Hold(
        hold_id=row.hold_id,
        account=account,
        asset=POINTS,
        amount=points,
        lots=hold_lots(await open_lots(store, account), points, NOW_MS),
        cause_id=lease_id,
        made_ms=NOW_MS,
        expires_ms=HOLD_WITHOUT_END_MS,
        actor="till",
        terminal_id=terminal_id,
    )
    return row, hold, facts


async def a_draw(
    store: Store, sale_id: str, lease_id: str, points: int, *, is_proven: bool = True, counter: int = 8
) -> SaleRecord:
    """A ticket that was paid with points of a lease in a cut, decided on what stands."""
    lease = await store.find_lease(G, lease_id)
    assert lease is not None
    hold = await store.find_hold(G, lease.hold_id) if lease.state == "live" else None
    kept = posted_lots(hold.lots, points) if hold else ()
    redemption = leased_redemption(
        head_of(f"{sale_id}-redemption", sale_id),
        member_id=lease.member_id,
        points=points,
        kept=kept,
        lots=() if hold else await open_lots(store),
        now_ms=NOW_MS,
        is_proven=is_proven,
    )
    at_risk = sum(each.amount for each in redemption.postings if each.source == chart.OFFLINE_RISK)
    drawn = LeaseDraw(
        lease_id=lease_id,
        terminal_id=TERMINAL,
        points=points,
        hold_id=lease.hold_id if hold else None,
        from_hold=points if hold and is_proven else 0,
        at_risk=at_risk,
        reason="" if is_proven else "card_message_invalid",
        tap_uid="04AA",
        tap_counter=counter,
        drawn_ms=NOW_MS,
    )
    sale = a_sale(sale_id, lines=[a_line(points=0)])
    return replace(sale, redemption=redemption, points_redeemed=points, lease=drawn)


async def risk(store: Store) -> int:
    rows = await store.list_accounts(G, "", 1000)
    return -sum(row.balance for row in rows if row.account == chart.OFFLINE_RISK)


async def test_a_lease_keeps_points_from_all_others_and_no_time_frees_them(store: Store) -> None:
    await earn(store, 10)
    row, hold, facts = await a_lease(store, "l-1", 7)
    assert facts == LeaseFacts(
        balance=10, owed=0, free=10, leased=0, terminal_leases=0, terminal_points=0, has_here=False
    )
    assert not (await store.grant_lease(row, hold, facts)).is_replay
    with pytest.raises(BalanceTooLow):
        await a_hold(store, "h-1", 4)
    assert await store.expire_holds(G, EXPIRES_MS * 2, 100) == 0
    assert await expire(store, "night", EXPIRES_MS) == 3, "what is set aside does not expire meanwhile"
    assert (await store.find_points(G, MEMBER)).held == 7
    assert await store.list_live_leases(G, "", 10) == [row]
    assert await store.list_leases_of_terminal(G, TERMINAL) == [row]
    assert await store.list_leases_of_member(G, MEMBER) == [row]
    assert await all_findings(store) == []


async def test_a_grant_again_is_a_replay_and_other_content_a_conflict(store: Store) -> None:
    await earn(store, 10)
    row, hold, facts = await a_lease(store, "l-1", 4)
    await store.grant_lease(row, hold, facts)
    again = await store.grant_lease(row, hold, facts)
    assert (again.row, again.is_replay) == (row, True)
    with pytest.raises(IdempotencyConflict):
        await store.grant_lease(replace(row, input_hash=b"other"), hold, facts)
    assert (await store.find_points(G, MEMBER)).held == 4


async def test_a_grant_decided_on_what_is_no_longer_so_is_refused(store: Store) -> None:
    await earn(store, 10)
    grants = [await a_lease(store, f"l-{number}", 4, f"term-{number}") for number in range(4)]
    outcomes = await asyncio.gather(*(store.grant_lease(*grant) for grant in grants), return_exceptions=True)
    assert sorted(type(each).__name__ for each in outcomes) == ["GuardFailed"] * 3 + ["Recorded"]
    assert (await store.find_points(G, MEMBER)).held == 4


async def test_burns_are_settled_in_pieces_out_of_the_lease_and_the_rest_is_given_back(store: Store) -> None:
    await earn(store, 6)
    await earn(store, 6, "sale-2", EXPIRES_MS + 1)
    await store.grant_lease(*await a_lease(store, "l-1", 9))
    first = await a_draw(store, "t-1", "l-1", 4)
    assert not (await store.record_sale(first)).is_replay
    assert (await store.record_sale(first)).is_replay
    await store.record_sale(await a_draw(store, "t-2", "l-1", 3))
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held) == (5, 2)
    lease = await store.find_lease(G, "l-1")
    assert lease is not None
    assert (lease.drawn, lease.left) == (7, 2)
    assert await all_findings(store) == []

    with pytest.raises(GuardFailed):
        await store.end_lease(G, "l-1", LeaseEnd(state="returned", by=TERMINAL, at_ms=NOW_MS, drawn=4))
    end = LeaseEnd(state="returned", by=TERMINAL, at_ms=NOW_MS, drawn=7)
    ended = await store.end_lease(G, "l-1", end)
    assert await store.end_lease(G, "l-1", end) == ended
    assert (await store.find_points(G, MEMBER)).held == 0
    assert await store.list_live_leases(G, "", 10) == []
    assert await risk(store) == 0
    assert await all_findings(store) == []


async def test_no_more_is_settled_than_was_set_aside(store: Store) -> None:
    await earn(store, 10)
    await store.grant_lease(*await a_lease(store, "l-1", 5))
    first, second = [await a_draw(store, f"t-{number}", "l-1", 3) for number in (1, 2)]
    await store.record_sale(first)
    with pytest.raises(GuardFailed):
        await store.record_sale(second)
    assert await store.find_sale(G, "t-2") is None
    with pytest.raises(GuardFailed):
        await store.record_sale(replace(second, lease=replace(_draw_of(second), terminal_id="term-9")))
    assert (await store.find_points(G, MEMBER)).balance == 7


async def test_what_no_card_proved_is_the_groups_and_the_member_has_the_points_back(store: Store) -> None:
    await earn(store, 10)
    await store.grant_lease(*await a_lease(store, "l-1", 8))
    await store.record_sale(await a_draw(store, "t-1", "l-1", 5, is_proven=False))
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held, points.owed) == (10, 3, 0)
    assert await risk(store) == 5
    drawn = await store.find_lease_draw(G, "t-1")
    assert drawn is not None
    assert (drawn.at_risk, drawn.reason) == (5, "card_message_invalid")
    assert await all_findings(store) == []


async def test_a_burn_of_a_lost_lease_takes_what_is_there_and_the_rest_is_the_groups(store: Store) -> None:
    await earn(store, 10)
    await store.grant_lease(*await a_lease(store, "l-1", 8))
    lost = LeaseEnd(state="lost", by="office", at_ms=NOW_MS, reason="stolen")
    assert (await store.end_lease(G, "l-1", lost)).reason == "stolen"
    with pytest.raises(GuardFailed):
        await store.end_lease(G, "l-1", replace(lost, state="returned", drawn=0))
    await store.put_hold(G, await a_hold(store, "online", 7))
    await store.record_sale(await a_draw(store, "t-1", "l-1", 8))
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held, points.owed) == (7, 7, 0), "what others were promised is theirs"
    assert await risk(store) == 5
    assert await all_findings(store) == []


async def test_one_message_of_a_chip_pays_at_one_terminal(store: Store) -> None:
    await earn(store, 20)
    await store.grant_lease(*await a_lease(store, "l-1", 5))
    await store.grant_lease(*await a_lease(store, "l-2", 5, "term-2"))
    await store.record_sale(await a_draw(store, "t-1", "l-1", 2))
    assert await store.is_tap_drawn(G, "04AA", 8, "term-2")
    assert not await store.is_tap_drawn(G, "04AA", 8, TERMINAL)
    assert not await store.is_tap_drawn(G, "04AA", 9, "term-2")
    other = await a_draw(store, "t-2", "l-2", 2)
    other = replace(other, lease=replace(_draw_of(other), terminal_id="term-2"))
    with pytest.raises(GuardFailed):
        await store.record_sale(other)
    assert (await store.find_points(G, MEMBER)).balance == 18


async def test_a_member_was_seen_where_a_ticket_was_booked(store: Store) -> None:
    await earn(store, 1)
    assert await store.was_seen(G, MEMBER, SHOP, NOW_MS)
    assert not await store.was_seen(G, MEMBER, SHOP, NOW_MS + 1)
    assert not await store.was_seen(G, MEMBER, "shop-2", NOW_MS)


async def test_a_merge_takes_leases_along_and_burns_of_them_are_the_survivors(store: Store) -> None:
    twin = "mem-twin"
    await store.enrol_member(a_member(twin), None)
    await store.record_sale(a_sale("sale-2", lines=[a_line(points=10)], member_id=twin))
    await earn(store, 3)
    await store.grant_lease(*await a_lease(store, "l-1", 6, member_id=twin))
    await store.record_sale(replace(await a_draw(store, "t-1", "l-1", 2), member_id=twin))
    row = a_merge("merge-1", twin)
    read = await store.read_merge(G, MEMBER, twin)
    assert sum(read.leased.values()) == 4
    await store.put_merge(row, await decide_joined(store, row), ANYTHING)

    (lease,) = await store.list_leases_of_member(G, MEMBER)
    assert (lease.lease_id, lease.left) == ("l-1", 4)
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held) == (11, 4)
    assert (await store.find_points(G, twin)).held == 0
    assert await all_findings(store) == []
    await store.record_sale(await a_draw(store, "t-2", "l-1", 4))
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.held) == (7, 0)
    assert await risk(store) == 0
    assert await all_findings(store) == []


async def test_the_newest_tap_of_a_chip_is_found_and_none_of_another(store: Store) -> None:
    tap = ChipTapRow(G, "04AA", 8, "token-1", NOW_MS)
    assert await store.find_tap(G, "04AA") is None
    await store.accept_tap(tap, same_since_ms=NOW_MS)
    await store.accept_tap(replace(tap, counter=7), same_since_ms=NOW_MS)
    assert await store.find_tap(G, "04AA") == tap
    assert await store.find_tap(G, "04AB") is None


async def test_a_cards_state_is_known_as_of_a_moment(store: Store) -> None:
    card = a_card()
    await store.put_card(card)
    assert await store.find_card_state_at(G, card.card_number, NOW_MS + 100) is None
    for state, before, at_ms in (("blocked", "active", NOW_MS + 10), ("active", "blocked", NOW_MS + 20)):
        await store.move_card(G, card.card_number, [before], state, "lost", "office", at_ms)
    found = [await store.find_card_state_at(G, card.card_number, NOW_MS + ms) for ms in (9, 10, 19, 20)]
    assert found == [None, "blocked", "blocked", "active"]


def _draw_of(record: SaleRecord) -> LeaseDraw:
    assert record.lease is not None
    return record.lease

"""Returns: guarded quantities, lots and debts, under contention too."""

import asyncio
from dataclasses import replace

import pytest

from central.storage.base import GuardFailed, IdempotencyConflict, Store
from central.storage.interface.claims import SponsorPoints
from central.storage.interface.rows import ReturnedLine
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import entry
from loyalty.ledger.postings import LotChange, Posting, Transaction
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    G,
    a_line,
    a_return,
    a_sale,
    decide_return,
    findings,
    head_of,
)
from tests.contract.storage.value_factories import a_hold, expire

OWING = Posting(chart.member_points_owed(MEMBER), chart.POINTS_ISSUED, POINTS, 3)


def a_taking(return_id: str, lot_id: str, points: int) -> Transaction:
    """A reversal of some points out of one lot."""
    account = chart.member_points(MEMBER)
    posting = Posting(account, chart.POINTS_ISSUED, POINTS, points)
    return entry(
        head_of(return_id, return_id), "reversal", (posting,), lot_changes=(LotChange(lot_id, points),)
    )


async def test_a_return_takes_points_out_of_the_lot_of_its_sale(store: Store) -> None:
    sale = a_sale(lines=[a_line(quantity=3, points=10)])
    await store.record_sale(sale)
    recorded = await store.record_return(await decide_return(store, "ret-1", sale, 1, 2))
    assert (recorded.row.points, recorded.row.points_owed, recorded.row.balance_after) == (6, 0, 4)
    assert await store.find_return(G, "ret-1") == recorded.row
    (lot,) = await store.list_sale_lots(G, "sale-1")
    assert (lot.amount, lot.remaining) == (10, 4)
    (line,) = await store.list_sale_lines(G, sale.line_key)
    assert line.returned_quantity == 2
    journal = await store.list_journal(G, 0, 10)
    assert journal[-1].allocations == ((lot.lot_id, 6),)
    assert await findings(store) == []


async def test_the_same_return_again_is_a_replay_and_other_content_a_conflict(store: Store) -> None:
    sale = a_sale(lines=[a_line(quantity=3, points=9)])
    await store.record_sale(sale)
    record = await decide_return(store, "ret-1", sale, 1, 1)
    first = await store.record_return(record)
    again = await store.record_return(record)
    assert again.is_replay
    assert again.row == first.row
    assert (await store.record_return(replace(record, return_id="ret-9"))).row.return_id == "ret-1"
    keys = (record.shop_id, record.business_key)
    assert await store.find_recorded_return(G, "ret-9", *keys) == first.row
    assert await store.find_recorded_return(G, "ret-1", "nowhere", "other") == first.row
    assert await store.find_recorded_return(G, "ret-9", "nowhere", record.business_key) is None
    with pytest.raises(IdempotencyConflict):
        await store.record_return(replace(record, input_hash=b"other"))
    (line,) = await store.list_sale_lines(G, sale.line_key)
    assert line.returned_quantity == 1


async def test_more_units_than_were_sold_never_come_back(store: Store) -> None:
    sale = a_sale(lines=[a_line(quantity=2)])
    await store.record_sale(sale)
    too_many = a_return("ret-1", sale, [ReturnedLine(1, 3, 0, 0)], None)
    with pytest.raises(GuardFailed):
        await store.record_return(too_many)
    assert await store.find_return(G, "ret-1") is None


async def test_a_return_decided_on_an_older_state_is_refused(store: Store) -> None:
    sale = a_sale(lines=[a_line(quantity=3, points=10)])
    await store.record_sale(sale)
    early = await decide_return(store, "ret-1", sale, 1, 1)
    late = await decide_return(store, "ret-2", sale, 1, 1)
    await store.record_return(early)
    with pytest.raises(GuardFailed):
        await store.record_return(late)
    await store.record_return(await decide_return(store, "ret-2", sale, 1, 1))
    await store.record_return(await decide_return(store, "ret-3", sale, 1, 1))
    assert (await store.member_overview(G, MEMBER, 0, 5)).points == 0
    assert await findings(store) == []


async def test_a_return_of_other_lines_in_between_is_noticed_where_it_was_asked_for(store: Store) -> None:
    sale = a_sale(lines=[a_line(1, quantity=1, points=5), a_line(2, quantity=1, points=5)])
    await store.record_sale(sale)
    assert await store.count_returns(G, "sale-1") == 0
    late = replace(await decide_return(store, "ret-2", sale, 2, 1), returns_before=0)
    await store.record_return(replace(await decide_return(store, "ret-1", sale, 1, 1), returns_before=0))
    assert await store.count_returns(G, "sale-1") == 1
    with pytest.raises(GuardFailed):
        await store.record_return(late)
    assert await store.count_returns(G, "no-such-sale") == 0
    await store.record_return(replace(late, returns_before=1))


async def test_points_that_expire_before_a_return_is_written_are_not_made_owed_by_it(store: Store) -> None:
    """Promised to a hold, none of them was free when the return was decided; then hold and points ended."""
    sale = a_sale(lines=[a_line(quantity=3, points=9)], expires_ms=NOW_MS + 5)
    await store.record_sale(sale)
    await store.put_hold(G, await a_hold(store, "h-1", 9, expires_ms=NOW_MS + 4))
    late = await decide_return(store, "ret-1", sale, 1, 1)
    owing = entry(head_of("ret-1", "ret-1"), "reversal", (OWING,))
    late = replace(late, transaction=owing, points_owed=3, expired_before=0)
    await store.expire_holds(G, NOW_MS + 5, 10)
    assert await expire(store, "run-1", NOW_MS + 5) == 9
    with pytest.raises(GuardFailed):
        await store.record_return(late)
    points = await store.find_points(G, MEMBER)
    assert (points.balance, points.owed) == (0, 0)
    assert await store.find_return(G, "ret-1") is None
    await store.record_return(replace(late, expired_before=9))
    assert await findings(store) == []


async def test_a_sponsors_points_that_expire_before_they_are_taken_back_are_not_made_owed(
    store: Store,
) -> None:
    sale = a_sale(lines=[a_line(quantity=1, points=9)], expires_ms=NOW_MS + 5)
    await store.record_sale(sale)
    late = a_return("ret-1", sale, [ReturnedLine(1, 1, 0, 0)], None)
    owing = entry(head_of("ret-1/sponsor", "ret-1"), "sponsorship_return", (OWING,))
    sponsor = SponsorPoints(MEMBER, 3, owing, expired_before=0)
    late = replace(late, unclaimed=replace(late.unclaimed, sponsor=sponsor))
    assert await expire(store, "run-1", NOW_MS + 5) == 9
    with pytest.raises(GuardFailed):
        await store.record_return(late)
    assert (await store.find_points(G, MEMBER)).owed == 0


async def test_what_one_lot_has_to_spare_is_taken_by_one_of_two_returns_decided_at_once(store: Store) -> None:
    """The lot has enough for both: the second would take what returns of the lot's own sale take back."""
    await store.record_sale(a_sale(lines=[a_line(quantity=1, points=9)]))
    (lot,) = await store.list_sale_lots(G, "sale-1")
    others = [a_sale(f"sale-{n}", lines=[a_line(quantity=1, points=0)]) for n in (2, 3, 4)]
    for sale in others:
        await store.record_sale(sale)
    seen, line = ((lot.lot_id, 9),), [ReturnedLine(1, 1, 3, 0)]
    first, late = (
        replace(a_return(name, sale, line, a_taking(name, lot.lot_id, 3)), lots_before=seen)
        for name, sale in (("ret-2", others[0]), ("ret-3", others[1]))
    )
    sponsor = SponsorPoints(MEMBER, 3, a_taking("ret-4", lot.lot_id, 3), lots_before=seen)
    of_sponsor = a_return("ret-4", others[2], line, None)
    of_sponsor = replace(of_sponsor, unclaimed=replace(of_sponsor.unclaimed, sponsor=sponsor))

    await store.record_return(first)
    for record in (late, of_sponsor):
        with pytest.raises(GuardFailed):
            await store.record_return(record)

    assert (await store.find_points(G, MEMBER)).balance == 6
    assert await store.find_return(G, "ret-3") is None
    await store.record_return(replace(late, lots_before=((lot.lot_id, 6),)))


async def test_of_sixty_four_returns_fighting_for_ten_units_exactly_ten_win(store: Store) -> None:
    sale = a_sale(lines=[a_line(quantity=10, points=0)])
    await store.record_sale(sale)
    records = [a_return(f"ret-{n}", sale, [ReturnedLine(1, 1, 0, 100)], None) for n in range(64)]
    outcomes = await asyncio.gather(*map(store.record_return, records), return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 10
    assert sum(isinstance(outcome, GuardFailed) for outcome in outcomes) == 54
    (line,) = await store.list_sale_lines(G, sale.line_key)
    assert line.returned_quantity == 10


async def test_of_sixty_four_takings_from_one_lot_exactly_what_it_holds_is_taken(store: Store) -> None:
    """Seven points at a time out of 100: fourteen win, two points stay, and the floor holds."""
    sale = a_sale(lines=[a_line(quantity=100, points=100)])
    await store.record_sale(sale)
    (lot,) = await store.list_sale_lots(G, "sale-1")
    records = [
        a_return(f"ret-{n}", sale, [ReturnedLine(1, 1, 7, 100)], a_taking(f"ret-{n}", lot.lot_id, 7))
        for n in range(64)
    ]
    outcomes = await asyncio.gather(*map(store.record_return, records), return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 14
    assert sum(isinstance(outcome, GuardFailed) for outcome in outcomes) == 50
    (lot,) = await store.list_sale_lots(G, "sale-1")
    assert lot.remaining == 2
    (line,) = await store.list_sale_lines(G, sale.line_key)
    assert line.returned_quantity == 14, "a refused return gives its units back"
    assert await findings(store) == []


async def test_the_floor_of_an_account_holds_where_a_lot_would_not_stop_it(store: Store) -> None:
    """Postings without lots: 20 points, 64 tasks taking 3 each; six win."""
    sale = a_sale(lines=[a_line(quantity=100, points=20)])
    await store.record_sale(sale)
    posting = Posting(chart.member_points(MEMBER), chart.POINTS_REDEEMED, POINTS, 3)
    records = [
        a_return(
            f"ret-{n}",
            sale,
            [ReturnedLine(1, 1, 3, 100)],
            entry(head_of(f"ret-{n}", "x"), "burn", (posting,)),
        )
        for n in range(64)
    ]
    outcomes = await asyncio.gather(*map(store.record_return, records), return_exceptions=True)
    assert sum(not isinstance(outcome, BaseException) for outcome in outcomes) == 6
    balances = {row.account: row.balance for row in await store.list_accounts(G, "", 10)}
    assert balances[chart.member_points(MEMBER)] == 2
    assert balances[chart.POINTS_REDEEMED] == 18


async def test_spent_points_are_owed_and_the_next_sale_settles_them(store: Store) -> None:
    sale = a_sale("sale-1", lines=[a_line(quantity=2, points=10)])
    await store.record_sale(sale)
    (lot,) = await store.list_sale_lots(G, "sale-1")
    spending = a_sale("sale-2", lines=[a_line(points=0)])
    posting = Posting(chart.member_points(MEMBER), chart.POINTS_REDEEMED, POINTS, 8)
    burn = entry(
        head_of("sale-2", "sale-2"), "redemption", (posting,), lot_changes=(LotChange(lot.lot_id, 8),)
    )
    await store.record_sale(replace(spending, transaction=burn))
    returned = await store.record_return(await decide_return(store, "ret-1", sale, 1, 2))
    assert (returned.row.points, returned.row.points_owed, returned.row.balance_after) == (10, 8, 0)
    assert (await store.member_overview(G, MEMBER, 0, 5)).points_owed == 8
    await store.record_sale(a_sale("sale-3", lines=[a_line(points=11)], points_owed=8))
    overview = await store.member_overview(G, MEMBER, 0, 5)
    assert (overview.points, overview.points_owed) == (3, 0)
    assert await findings(store) == []


async def test_a_debt_cannot_be_settled_twice(store: Store) -> None:
    """Settling 5 points that are not owed (any more) would break the ceiling of 0."""
    with pytest.raises(GuardFailed):
        await store.record_sale(a_sale("sale-1", lines=[a_line(points=9)], points_owed=5))
    assert await store.list_accounts(G, "", 10) == []


async def test_a_return_of_an_unknown_sale_writes_nothing(store: Store) -> None:
    sale = a_sale("never-recorded")
    with pytest.raises(GuardFailed):
        await store.record_return(a_return("ret-1", sale, [], None, NOW_MS))
    assert await store.find_return(G, "ret-1") is None


async def test_lots_of_own_purchases_stand_beside_what_returns_may_still_claim(store: Store) -> None:
    sale = a_sale(lines=[a_line(quantity=3, points=9)])
    await store.record_sale(sale)
    await store.record_return(await decide_return(store, "ret-1", sale, 1, 1))
    (claimed,) = await store.list_claimed_lots(G, MEMBER)
    assert (claimed.lot.source_id, claimed.lot.remaining, claimed.claimable) == ("sale-1", 6, 6)
    points = await store.find_sale_points(G, "sale-1", MEMBER)
    assert (points.undone, points.reversed, points.owed) == (3, 3, 0)
    assert await store.list_claimed_lots(G, "nobody") == []

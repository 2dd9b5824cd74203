"""Limits, budgets and vouchers in the store: guarded, kept by reservations, given back by returns."""

import asyncio
import json
from dataclasses import replace

import pytest

from central.storage.base import GuardFailed, Store
from central.storage.interface.claims import (
    BudgetUse,
    Claimed,
    CounterUse,
    DiscountGiven,
    SponsorPoints,
    Unclaimed,
)
from central.storage.interface.rows import ReservationRow, SaleRecord
from central.storage.interface.vouchers import Benefits, GiftRow, VoucherReturn, VoucherRow, VoucherUse
from loyalty.ledger.assets import POINTS, money, voucher
from loyalty.ledger.budget import Budget, BudgetStands, give_back, spend
from loyalty.ledger.chart import member_points, vouchers_of
from loyalty.ledger.pending import NOT_PENDING
from loyalty.ledger.reversal import reversal
from loyalty.ledger.sponsorship import SPONSORSHIP_RETURN, rewarded, sponsorship, sponsorship_id
from loyalty.ledger.vouchers import VoucherUnit, issue_vouchers, return_vouchers, use_vouchers
from tests.contract.storage.factories import (
    MEMBER,
    NOW_MS,
    G,
    a_group,
    a_line,
    a_sale,
    decide_return,
    head_of,
)
from tests.contract.storage.value_factories import all_findings, lot_of

KEY = "sun/group/ever/"
CHF = money("CHF")
A_VOUCHER = VoucherRow(
    G,
    "s/1",
    b"hash",
    "thanks",
    "mint",
    vouchers_of(MEMBER, "s"),
    "lot-v",
    MEMBER,
    "s",
    1,
    500,
    "",
    "2026-12-31",
    NOW_MS,
)
UNIT = VoucherUnit(A_VOUCHER.account, voucher("thanks"), "lot-v", None, "s", "group")


def a_use(limit: int | None = 2, key: str = KEY, owner: str = "") -> CounterUse:
    return CounterUse(key, owner, "sun", 1, limit)


def a_ticket(sale_id: str, claimed: Claimed, **fields: object) -> SaleRecord:
    return a_sale(sale_id, lines=[a_line(points=0)], claimed=claimed, **fields)


async def used(store: Store, key: str = KEY, owner: str = "") -> int:
    return (await store.find_usage(G, [(key, owner)], [])).counters[key, owner]


async def stands(store: Store, asset: str = "CHF/2") -> BudgetStands:
    return (await store.find_usage(G, [], [("sun", asset)])).budgets["sun"]


async def sound(store: Store) -> bool:
    assert await store.check_counters(G) == []
    return await all_findings(store) == []


async def sell(store: Store, sale_id: str, claimed: Claimed, **fields: object) -> bool:
    """Whether it was written."""
    try:
        await store.record_sale(a_ticket(sale_id, claimed, **fields))
    except GuardFailed:
        return False
    return True


async def test_a_limit_counts_to_its_end_and_a_refused_sale_leaves_nothing(store: Store) -> None:
    wins = [await sell(store, f"s-{n}", Claimed(uses=(a_use(),))) for n in range(4)]
    assert wins == [True, True, False, False]
    assert await store.find_sale(G, "s-2") is None
    assert (await used(store), await store.list_uses(G, "s-2")) == (2, [])
    assert await sound(store)


async def test_sales_at_once_count_no_more_than_the_limit(store: Store) -> None:
    wins = await asyncio.gather(*(sell(store, f"s-{n}", Claimed(uses=(a_use(7),))) for n in range(32)))
    assert (sum(wins), await used(store)) == (7, 7)
    assert await sound(store)


async def test_counters_of_two_owners_are_two(store: Store) -> None:
    for number, owner in enumerate(("member/a", "member/b")):
        assert await sell(store, f"s-{number}", Claimed(uses=(a_use(1, owner=owner),)))
    assert [await used(store, owner=owner) for owner in ("member/a", "member/b", "member/c")] == [1, 1, 0]


async def test_what_is_paid_already_is_counted_beyond_the_limit(store: Store) -> None:
    await sell(store, "s-1", Claimed(uses=(a_use(1),)))
    assert await sell(store, "s-2", Claimed(uses=(a_use(None),)))
    assert await used(store) == 2
    assert await sound(store)


async def test_a_return_of_the_whole_frees_a_limit_once(store: Store) -> None:
    record = a_ticket("sale-1", Claimed(uses=(a_use(),)))
    await store.record_sale(record)
    back = replace(await decide_return(store, "ret-1", record, 1, 1), unclaimed=Unclaimed(frees_limits=True))
    await store.record_return(back)
    assert (await store.record_return(back)).is_replay
    assert await used(store) == 0
    assert await sound(store)


async def test_a_reservation_keeps_a_limit_for_its_sale(store: Store) -> None:
    terms = ReservationRow(G, "res-1", b"hash", "quote-1", 100, 5, NOW_MS + 1, usage='{"a":1}')
    await store.put_reservation(terms, (), [a_use(1)])
    assert (await store.put_reservation(terms, (), [a_use(1)])).is_replay
    assert (await store.find_reservation(G, "res-1")) == terms
    with pytest.raises(GuardFailed):
        await store.put_reservation(replace(terms, reservation_id="res-2"), (), [a_use(1)])
    assert not await sell(store, "s-0", Claimed(uses=(a_use(1),)))
    assert [use.is_held for use in await store.list_uses(G, "res-1")] == [True]
    assert await sell(store, "s-1", Claimed(uses=(a_use(1),), reserved=1), reservation_id="res-1")
    assert [use.is_held for use in await store.list_uses(G, "res-1")] == [False]
    assert await used(store) == 1
    assert await sound(store)


async def test_what_a_reservation_kept_expires_and_is_no_ground_for_a_sale(store: Store) -> None:
    await store.put_reservation(
        ReservationRow(G, "res-1", b"hash", "quote-1", 100, 5, NOW_MS + 1), (), [a_use(1)]
    )
    assert await store.expire_holds(G, NOW_MS, 10) == 0
    assert await store.expire_holds(G, NOW_MS + 1, 10) == 1
    assert await store.expire_holds(G, NOW_MS + 1, 10) == 0
    assert not await sell(store, "s-1", Claimed(uses=(a_use(None),), reserved=1), reservation_id="res-1")
    assert await used(store) == 0
    assert await sound(store)


async def test_a_budget_is_granted_with_the_programme_and_never_overdrawn(store: Store) -> None:
    async def give(version: int, amount: int) -> None:
        row = a_group(programme=f'{{"rules":[{version}]}}', ruleset_version=version)
        await store.put_group(row, "office", [Budget("sun", CHF, amount)])

    async def spending(sale_id: str, amount: int) -> bool:
        posted = spend(head_of(f"{sale_id}-b", sale_id), [Budget("sun", CHF, amount)])
        assert posted is not None
        use = BudgetUse("sun/budget", "sun", CHF, amount)
        return await sell(store, sale_id, Claimed(budgets=(use,), transactions=(posted,)))

    await give(2, 1000)
    assert await stands(store) == BudgetStands(left=1000, held=0, spent=0)
    wins = await asyncio.gather(*(spending(f"s-{n}", 300) for n in range(8)))
    assert (sum(wins), await stands(store)) == (3, BudgetStands(left=100, held=0, spent=900))
    await give(3, 500)
    assert await stands(store) == BudgetStands(left=0, held=0, spent=900)
    await give(4, 1200)
    assert await stands(store) == BudgetStands(left=300, held=0, spent=900)
    assert await stands(store, str(POINTS)) == BudgetStands()
    assert await sound(store)


async def test_a_return_gives_a_budget_no_more_than_the_sale_took(store: Store) -> None:
    await store.put_group(
        a_group(programme='{"rules":[2]}', ruleset_version=2), "o", [Budget("sun", CHF, 500)]
    )
    posted = spend(head_of("b", "sale-1"), [Budget("sun", CHF, 300)])
    assert posted is not None
    use = BudgetUse("sun/budget", "sun", CHF, 300)
    record = a_sale(
        "sale-1",
        lines=[a_line(quantity=2, points=0)],
        claimed=Claimed(budgets=(use,), transactions=(posted,)),
    )
    await store.record_sale(record)
    for return_id, amount, is_written in (("r-1", 200, True), ("r-2", 200, False), ("r-3", 100, True)):
        back = give_back(head_of(f"b-{return_id}", return_id), [Budget("sun", CHF, amount)])
        assert back is not None
        unclaimed = Unclaimed(budgets=(replace(use, amount=amount),), transactions=(back,))
        made = replace(await decide_return(store, return_id, record, 1, 1), unclaimed=unclaimed)
        if is_written:
            await store.record_return(made)
        else:
            with pytest.raises(GuardFailed):
                await store.record_return(made)
    assert await stands(store) == BudgetStands(left=500, held=0, spent=0)
    assert await sound(store)


async def test_a_voucher_is_found_by_its_hash_used_once_and_restored(store: Store) -> None:
    minted = issue_vouchers(head_of("mint", "s"), [UNIT])
    burned = use_vouchers(head_of("use", "s-2"), [UNIT], shop_id="shop-1")
    assert minted is not None
    assert burned is not None
    gifts = (GiftRow("gift", "tea", 1),)
    assert await sell(store, "s", Claimed(transactions=(minted,), benefits=Benefits((A_VOUCHER,), (), gifts)))
    found = await store.find_vouchers(G, [b"hash", b"other"])
    assert {key: (each.row, each.remaining, each.held) for key, each in found.items()} == {
        b"hash": (A_VOUCHER, 1, 0)
    }
    paid = Claimed(transactions=(burned,), benefits=Benefits(uses=(VoucherUse("s/1", 450),)))
    record = a_ticket("s-2", paid)
    await store.record_sale(record)
    again = use_vouchers(head_of("use-2", "s-3"), [UNIT], shop_id="shop-1")
    assert again is not None
    assert not await sell(store, "s-3", replace(paid, transactions=(again,)))
    assert (await store.list_vouchers(G, ["s/1"]))["s/1"].remaining == 0

    fresh = replace(UNIT, lot_id="lot-new", expires_ms=NOW_MS + 9)
    back = return_vouchers(
        head_of("back", "r-1"), shop_id="shop-1", taken_back=[], restored=[], fresh=[fresh]
    )
    assert back is not None
    unclaimed = Unclaimed(transactions=(back,), vouchers=VoucherReturn(restored=(("s/1", "lot-new"),)))
    await store.record_return(replace(await decide_return(store, "r-1", record, 1, 1), unclaimed=unclaimed))
    stood = (await store.find_vouchers(G, [b"hash"]))[b"hash"]
    assert (stood.row.lot_id, stood.remaining, stood.expires_ms) == ("lot-new", 1, NOW_MS + 9)
    assert (await store.find_benefits(G, "s-2")).uses == (VoucherUse("s/1", 450, "r-1"),)
    assert (await store.find_benefits(G, "s")).gifts == gifts
    assert await sound(store)


async def test_a_members_vouchers_are_those_that_can_be_used_now(store: Store) -> None:
    rows, units = [], []
    for number, ends_ms in enumerate((NOW_MS + 900, None, NOW_MS + 5, NOW_MS + 500), start=1):
        lot_id = f"many/{number}"
        units.append(replace(UNIT, lot_id=lot_id, expires_ms=ends_ms))
        rows.append(
            replace(
                A_VOUCHER, voucher_id=lot_id, code_hash=lot_id.encode(), lot_id=lot_id, sale_id="many",
                number=number,
            )
        )  # fmt: skip
    minted = issue_vouchers(head_of("mint", "many"), units)
    burned = use_vouchers(head_of("use", "s-2"), units[3:], shop_id="shop-1")
    assert minted is not None
    assert burned is not None
    assert await sell(store, "many", Claimed(transactions=(minted,), benefits=Benefits(tuple(rows))))
    assert await sell(
        store, "s-2", Claimed(transactions=(burned,), benefits=Benefits(uses=(VoucherUse("many/4", 500),)))
    )
    member_id = A_VOUCHER.member_id
    assert member_id is not None

    there = await store.list_vouchers_of(G, member_id, NOW_MS + 5, 10)

    assert [each.row.voucher_id for each in there] == ["many/1", "many/2"], "the first to end first"
    assert [each.row.voucher_id for each in await store.list_vouchers_of(G, member_id, NOW_MS, 1)] == [
        "many/3"
    ]
    assert await store.list_vouchers_of(G, "mem-nobody", NOW_MS, 10) == []


async def test_an_audit_finds_a_counter_that_is_not_its_uses(store: Store) -> None:
    await sell(store, "s-1", Claimed(uses=(a_use(),)))
    assert await store.check_counters(G) == []
    await sell(store, "s-2", Claimed(budgets=(BudgetUse("sun/budget", "sun", CHF, 5),)))
    (fault,) = await store.check_counters(G)
    assert (fault.claim_key, fault.found, fault.expected) == ("sun/budget", 0, 5)


SPONSOR = "mem-sponsor"


def a_reward(sale_id: str, points: int = 200, points_owed: int = 0) -> SponsorPoints:
    given = sponsorship(
        head_of(f"r-{sale_id}", sale_id),
        sponsor_id=SPONSOR,
        points=points,
        points_owed=points_owed,
        expires_ms=None,
        funder="group",
        pending=NOT_PENDING,
    )
    return SponsorPoints(SPONSOR, points, given)


async def told_of_sponsors(store: Store) -> list[tuple[str, str]]:
    events = await store.list_events(G, 0, 1000)
    return [(each.kind, each.body) for each in events if each.kind.startswith("sponsor.")]


async def test_a_sponsor_is_rewarded_in_the_sale_s_commit_once_for_a_member(store: Store) -> None:
    once = a_use(1, "brought/member/ever/", f"member/{MEMBER}")
    claimed = [Claimed(uses=(once,), sponsor=a_reward(f"s-{number}")) for number in range(4)]
    written = await asyncio.gather(*(sell(store, f"s-{number}", each) for number, each in enumerate(claimed)))
    assert sorted(written) == [False, False, False, True]
    (lot,) = await store.list_open_lots(G, member_points(SPONSOR), str(POINTS))
    winner = f"s-{written.index(True)}"
    assert (lot.remaining, lot.source_id) == (200, winner)
    assert rewarded(await store.list_postings(G, sponsorship_id(winner))) == (SPONSOR, 200)
    assert await store.list_postings(G, sponsorship_id("other")) == []
    ((kind, body),) = await told_of_sponsors(store)
    assert (kind, json.loads(body)) == ("sponsor.rewarded", {"member_id": SPONSOR, "points": 200})
    replayed = await store.record_sale(a_ticket(winner, claimed[written.index(True)]))
    assert replayed.is_replay
    assert await sound(store)


async def test_a_debt_that_was_settled_in_between_is_decided_again(store: Store) -> None:
    claimed = Claimed(uses=(a_use(),), sponsor=a_reward("s-1", points_owed=5))
    assert not await sell(store, "s-1", claimed), "the sponsor owes nothing any more"
    assert (await used(store), await told_of_sponsors(store)) == (0, []), "nothing of the sale stays"


@pytest.mark.parametrize("moves", [True, False])
async def test_a_return_takes_a_sponsor_s_points_back(store: Store, moves: bool) -> None:
    sale = a_ticket("s-1", Claimed(sponsor=a_reward("s-1")))
    await store.record_sale(sale)
    (row,) = await store.list_open_lots(G, member_points(SPONSOR), str(POINTS))
    taken = reversal(head_of("t-1", "ret-1"), member_id=SPONSOR, points=200, lot=lot_of(row), balance=200)
    assert taken is not None
    transaction = replace(taken, kind=SPONSORSHIP_RETURN) if moves else None
    decided = await decide_return(store, "ret-1", sale, 1, 1)
    unclaimed = Unclaimed(sponsor=SponsorPoints(SPONSOR, 200, transaction))
    await store.record_return(replace(decided, unclaimed=unclaimed))
    left = await store.list_open_lots(G, member_points(SPONSOR), str(POINTS))
    assert sum(lot.remaining for lot in left) == (0 if moves else 200)
    assert [kind for kind, _ in await told_of_sponsors(store)] == ["sponsor.rewarded", "sponsor.taken_back"]
    assert await sound(store)


async def test_a_discount_of_the_counter_is_told_with_who_gave_it_if_the_sale_stays(store: Store) -> None:
    by = DiscountGiven(shop_id="shop", role="clerk", operator="7", actor="tok", off_minor=100)
    day = CounterUse("latitude/clerk/discount/2026-11-25", "shop/shop", "latitude", 100, 150)
    claimed = Claimed(uses=(day,), discount=by)
    written = await asyncio.gather(*(sell(store, f"s-{number}", claimed) for number in range(3)))
    assert sorted(written) == [False, False, True]
    events = [each for each in await store.list_events(G, 0, 1000) if each.kind == "discount.given"]
    assert [json.loads(each.body) for each in events] == [
        {
            "sale_id": f"s-{written.index(True)}",
            "shop_id": "shop",
            "role": "clerk",
            "operator": "7",
            "actor": "tok",
            "off_minor": 100,
        }
    ]
    assert await used(store, day.claim_key, day.owner) == 100
    assert await sound(store)

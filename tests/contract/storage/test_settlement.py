"""Who pays, on both engines: lines written with their ticket, closed months, associations, payouts."""

from dataclasses import replace

import pytest

from central.storage.base import Change, GuardFailed, Store
from central.storage.interface.settlement import (
    CloseRow,
    Counted,
    DealRow,
    FundedLineRow,
    Funding,
    Oldest,
    PaidSum,
    PayoutRow,
)
from tests.contract.storage.factories import MEMBER, NOW_MS, SHOP, G, a_return, a_sale

LINE = FundedLineRow(
    group_id=G,
    month="2026-10",
    funder="supplier/sol",
    entry_id="ref-1/1/discount/sun//",
    ticket_ref="ref-1",
    return_ref="",
    line_no=1,
    rule_id="sun",
    rule_version=1,
    what="discount",
    voucher="",
    creditor=f"shop/{SHOP}",
    shop_id=SHOP,
    local_day="2026-10-15",
    article_id="cream",
    quantity=2,
    points=0,
    amount_minor=300,
    currency="CHF",
    tax_rate_bp=None,
)
COUNTED = Counted(
    month="2026-10", shop_id=SHOP, member_id=MEMBER, at_ms=NOW_MS, counted_minor=1000, currency="CHF"
)


def close(month: str, next_month: str, until_seq: int = 0) -> CloseRow:
    return CloseRow(G, month, next_month, until_seq, NOW_MS, "tests", "{}")


def payout(month: str, paid_minor: int, **changed: object) -> PayoutRow:
    row = PayoutRow(
        group_id=G,
        association_id="club",
        month=month,
        payer=f"shop/{SHOP}",
        counted_minor=0,
        share_minor=paid_minor,
        points=0,
        points_minor=0,
        before_minor=0,
        paid_minor=paid_minor,
        after_minor=0,
        currency="CHF",
        transaction_id=None,
        paid_ms=NOW_MS,
        actor="tests",
    )
    return replace(row, **changed)  # type: ignore[arg-type]


async def test_lines_are_written_with_their_sale_and_read_by_month_and_party(store: Store) -> None:
    other = replace(LINE, funder="shop/x", entry_id="ref-1/1/points/base//")
    await store.record_sale(a_sale("s-1", funding=Funding((LINE, other))))
    assert await store.list_funders(G, "2026-10") == ["shop/x", "supplier/sol"]
    assert await store.list_funders(G, "2026-11") == []
    assert await store.list_funded(G, "2026-10", "supplier/sol", "", 10) == [LINE]
    assert await store.list_funded(G, "2026-10", "supplier/sol", LINE.entry_id, 10) == []
    assert await store.list_funded_of(G, "ref-1") == [LINE, other]


async def test_what_comes_after_the_close_belongs_to_the_first_open_month(store: Store) -> None:
    assert await store.close_month(close("2026-10", "2026-11"))
    assert not await store.close_month(close("2026-10", "2026-11"))
    await store.record_sale(a_sale("s-1", funding=Funding((LINE,))))
    assert [row.month for row in await store.list_funded_of(G, "ref-1")] == ["2026-11"]
    assert await store.close_month(close("2026-12", "2027-01", 1))
    sale = a_sale("s-2", funding=Funding((replace(LINE, ticket_ref="ref-2", entry_id="ref-2"),)))
    await store.record_sale(sale)
    assert [row.month for row in await store.list_funded_of(G, "ref-2")] == ["2027-01"]
    with pytest.raises(GuardFailed):
        await store.close_month(close("2026-11", "2026-12", 2))
    last = await store.find_last_close(G)
    assert last is not None
    assert (last.month, last.until_seq) == ("2026-12", 1)
    before = await store.find_close_before(G, "2026-12")
    assert before is not None
    assert before.month == "2026-10"


async def test_the_oldest_of_what_is_counted_is_that_of_the_group_alone(store: Store) -> None:
    assert await store.find_oldest(G) == Oldest(None, None)
    late = replace(LINE, month="2026-11", ticket_ref="ref-2", entry_id="ref-2")
    await store.record_sale(a_sale("s-1", funding=Funding((late, LINE)), at_ms=NOW_MS + 10))
    await store.record_sale(a_sale("s-2", at_ms=NOW_MS + 20))
    assert await store.find_oldest(G) == Oldest("2026-10", NOW_MS + 10)
    await store.put_deal(DealRow(G, "club", "", 200), NOW_MS)
    await store.put_membership(G, MEMBER, "club", now_ms=NOW_MS, actor="t")
    counted = Funding((), replace(COUNTED, month="2026-09"))
    await store.record_sale(a_sale("s-3", funding=counted))
    assert await store.find_oldest(G) == Oldest("2026-09", NOW_MS + 10)
    assert await store.find_oldest("another") == Oldest(None, None)


async def test_the_journals_end_before_a_moment_is_found_by_halves(store: Store) -> None:
    assert await store.find_journal_end(G, NOW_MS) == 0
    for number in range(7):
        await store.record_sale(a_sale(f"s-{number}", at_ms=NOW_MS + 10 * number))
    for before_ms, expected in ((NOW_MS, 0), (NOW_MS + 1, 1), (NOW_MS + 30, 3), (NOW_MS + 1000, 7)):
        assert await store.find_journal_end(G, before_ms) == expected


async def test_a_ticket_counts_for_the_association_of_its_member_at_the_shops_own_share(store: Store) -> None:
    funding = Funding((), COUNTED)
    await store.record_sale(a_sale("s-0", funding=funding))
    assert await store.put_deal(DealRow(G, "club", "", 200), NOW_MS) is Change.CREATED
    await store.record_sale(a_sale("s-1", funding=funding))
    assert await store.sum_turnover(G, "2026-10", "club") == []
    joined = await store.put_membership(G, MEMBER, "club", now_ms=NOW_MS, actor="t")
    assert joined is Change.CHANGED
    assert await store.put_membership(G, MEMBER, "club", now_ms=NOW_MS, actor="t") is Change.UNCHANGED
    sale = a_sale("s-2", funding=funding)
    await store.record_sale(sale)
    await store.put_deal(DealRow(G, "club", SHOP, 300), NOW_MS)
    await store.record_sale(a_sale("s-3", funding=funding))
    sums = await store.sum_turnover(G, "2026-10", "club")
    assert [(each.share_bp, each.counted_minor) for each in sums] == [(200, 1000), (300, 1000)]
    await store.put_membership(G, MEMBER, None, now_ms=NOW_MS + 1, actor="t")
    await store.record_sale(
        a_sale("s-4", funding=replace(funding, counted=replace(COUNTED, at_ms=NOW_MS + 2)))
    )
    back = a_return("r-1", sale, [], None)
    counted = replace(COUNTED, counted_minor=400)
    await store.record_return(replace(back, funding=Funding((), counted)))
    sums = await store.sum_turnover(G, "2026-10", "club")
    assert [(each.share_bp, each.counted_minor) for each in sums] == [(200, 600), (300, 1000)]


async def test_an_association_is_paid_once_for_a_month_and_months_in_order(store: Store) -> None:
    assert await store.record_payouts([payout("2026-10", 500)], []) is not None
    assert await store.record_payouts([payout("2026-10", 700)], []) is None
    assert await store.record_payouts([payout("2026-12", 100)], []) is not None
    with pytest.raises(GuardFailed):
        await store.record_payouts([payout("2026-11", 100)], [])
    rows = await store.list_payouts(G, "club")
    assert [(row.month, row.paid_minor) for row in rows] == [("2026-12", 100), ("2026-10", 500)]
    points = sum(row.points for row in rows)
    sums = await store.sum_payouts(G, ["club", "nobody"])
    assert sums == {"club": PaidSum(paid_minor=600, points=points, months=2, last_month="2026-12")}
    assert await store.sum_payouts("other", ["club"]) == {}


async def test_funders_and_causes_are_found_in_one_look(store: Store) -> None:
    await store.record_sale(a_sale("s-1"))
    (lot,) = await store.list_sale_lots(G, "s-1")
    assert await store.find_lot_funders(G, [lot.lot_id, "nothing"]) == {lot.lot_id: ("group", "PTS/0")}
    causes = await store.find_causes(G, ["s-1", "nothing"])
    assert list(causes) == ["s-1"]
    assert (causes["s-1"].shop_id, causes["s-1"].points_redeemed) == (SHOP, 0)
    await store.record_return(a_return("r-1", a_sale("s-1"), [], None))
    back = (await store.find_causes(G, ["r-1"]))["r-1"]
    assert (back.sale_id, back.points_restored, back.restored_before) == ("s-1", 0, 0)
    (out,) = await store.sum_open_lots(G)
    assert (out.asset, out.funder, out.remaining, out.lots) == ("PTS/0", "group", lot.amount, 1)
    assert lot.expires_ms is not None
    assert await store.sum_ended_lots(G, lot.expires_ms - 1) == []
    (ended,) = await store.sum_ended_lots(G, lot.expires_ms)
    assert (ended.asset, ended.lots, ended.amount, ended.expired) == ("PTS/0", 1, lot.amount, 0)

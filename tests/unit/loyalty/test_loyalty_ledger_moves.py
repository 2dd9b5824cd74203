"""Holds, expiry, pending points, restoration, gifts and corrections: what each posts, out of which lots."""

from dataclasses import dataclass, field, replace
from datetime import date

import pytest

from loyalty.ledger import assets, chart
from loyalty.ledger.assets import HOURS, POINTS, Asset, UnknownAsset, family_of, parse_asset
from loyalty.ledger.audit import FindingCode, check_holds
from loyalty.ledger.burn import burn, paid_redemption, redemption
from loyalty.ledger.correction import CorrectionPolicy, correction, may_correct_alone
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.expiry import expiry
from loyalty.ledger.gifts import donation, transfer
from loyalty.ledger.holds import hold_lots, posted_lots
from loyalty.ledger.issue import issue
from loyalty.ledger.journal import canonical_bytes
from loyalty.ledger.lots import BalanceTooLow, ExpiryKind, ExpiryPolicy, Lot, last_day, select_lots
from loyalty.ledger.pending import PendingPolicy, maturity, pending_accrual
from loyalty.ledger.postings import LotChange, Transaction
from loyalty.ledger.restoration import Taken, restoration
from loyalty.ledger.reversal import SpentPoints, points_owed_by, reversal, spare_lots
from loyalty.limits.ledger import MATURED_POINTS_DAYS
from loyalty.money import UnknownCurrency

HEAD = EntryHead(
    transaction_id="t1",
    cause_id="c1",
    occurred_ms=1000,
    recorded_ms=2000,
    actor="till",
    terminal_id=None,
    ruleset_version=1,
)
POINTS_OF_M = "member/m/points"


def a_lot(lot_id: str, remaining: int, expires: int | None = 900, held: int = 0) -> Lot:
    return Lot(lot_id, POINTS_OF_M, 10, remaining, expires, held, f"sale-{lot_id}", "group")


def moves(transaction: Transaction | None) -> list[tuple[str, str, int]]:
    postings = () if transaction is None else transaction.postings
    return [(posting.source, posting.target, posting.amount) for posting in postings]


@pytest.mark.parametrize(
    ("asset", "family"),
    [
        (POINTS, "points"),
        (HOURS, "service"),
        (assets.money("CHF"), "money"),
        (assets.money("JPY"), "money"),
        (assets.voucher("spring-26"), "voucher"),
        (assets.service("measure"), "service"),
        (assets.meal_voucher("CHF"), "meal_voucher"),
    ],
)
def test_every_unit_has_its_kind_and_is_read_again_from_its_text(asset: Asset, family: str) -> None:
    assert family_of(asset) == family
    assert parse_asset(str(asset)) == asset
    assert chart.kind_of(chart.member_account("m", asset)).takes(asset)


@pytest.mark.parametrize(
    "text", ["", "PTS", "PTS/2", "CHF/0", "XXX/2", "VCH./0", "VCH.a/2", "MEAL.XXX/2", "A/10"]
)
def test_an_unknown_unit_is_refused(text: str) -> None:
    with pytest.raises(UnknownAsset):
        parse_asset(text)


def test_what_is_no_definition_or_currency_makes_no_unit() -> None:
    with pytest.raises(UnknownAsset):
        assets.voucher("a b")
    with pytest.raises(UnknownCurrency):
        assets.money("XXX")


def test_an_account_takes_its_own_units_alone() -> None:
    assert not chart.kind_of("member/m/purse").takes(POINTS)
    assert not chart.kind_of("group/points/issued").takes(assets.money("CHF"))
    assert not chart.kind_of("member/m/points").takes(Asset("nothing", 3))
    assert chart.expired_to(HOURS) == "group/value/expired"
    assert chart.expired_to(POINTS) == "group/points/expired"


@pytest.mark.parametrize(
    ("policy", "earned", "last"),
    [
        (ExpiryPolicy(ExpiryKind.END_OF_MONTH, 0), date(2026, 2, 3), date(2026, 2, 28)),
        (ExpiryPolicy(ExpiryKind.END_OF_MONTH, 3), date(2026, 11, 30), date(2027, 2, 28)),
        (ExpiryPolicy(ExpiryKind.FIXED_DAY, 0, 3, 31), date(2026, 3, 30), date(2026, 3, 31)),
        (ExpiryPolicy(ExpiryKind.FIXED_DAY, 0, 3, 31), date(2026, 3, 31), date(2027, 3, 31)),
        (ExpiryPolicy(ExpiryKind.FIXED_DAY, 1, 3, 31), date(2026, 11, 22), date(2028, 3, 31)),
        (ExpiryPolicy(ExpiryKind.FIXED_DAY, 0, 2, 29), date(2026, 5, 1), date(2027, 2, 28)),
    ],
)
def test_points_live_to_the_end_of_a_month_or_to_a_fixed_day(
    policy: ExpiryPolicy, earned: date, last: date
) -> None:
    assert last_day(policy, earned) == last


def test_what_is_held_or_owed_cannot_be_chosen_again() -> None:
    lots = [a_lot("a", 10, held=7), a_lot("b", 5, None)]
    assert select_lots(lots, 8, 0) == (LotChange("a", 3), LotChange("b", 5))
    with pytest.raises(BalanceTooLow) as caught:
        select_lots(lots, 7, 0, points_owed=2)
    assert caught.value.params == {"available": 6, "wanted": 7}
    with pytest.raises(BalanceTooLow):
        redemption(HEAD, member_id="m", points=7, lots=lots, now_ms=0, points_owed=2)


def test_a_hold_keeps_lots_and_a_part_of_it_is_posted_first_kept_first() -> None:
    kept = hold_lots([a_lot("late", 5, 800), a_lot("soon", 5, 700)], 8, 100)
    assert kept == (LotChange("soon", 5), LotChange("late", 3))
    assert posted_lots(kept, 6) == (LotChange("soon", 5), LotChange("late", 1))
    assert posted_lots(kept, 0) == ()


def test_what_was_paid_is_booked_although_the_hold_and_the_points_are_gone() -> None:
    paid = paid_redemption(HEAD, member_id="m", points=9, kept=(), lots=[a_lot("a", 4)], now_ms=100)
    assert moves(paid) == [
        (POINTS_OF_M, "group/points/redeemed", 4),
        ("member/m/points_owed", "group/points/redeemed", 5),
    ]
    assert paid.lot_changes == (LotChange("a", 4),)
    held = paid_redemption(HEAD, member_id="m", points=4, kept=(LotChange("a", 4),))
    assert moves(held) == [(POINTS_OF_M, "group/points/redeemed", 4)]


def test_a_voucher_is_issued_and_redeemed_once() -> None:
    asset, account = assets.voucher("spring"), "member/m/vouchers"
    given = issue(HEAD, account=account, asset=asset, amount=1, expires_ms=500, funder="nestle")
    (lot,) = given.new_lots
    assert moves(given) == [("group/value/issued", account, 1)]
    stored = Lot(lot.lot_id, account, 1, 1, 500)
    used = burn(HEAD, account=account, asset=asset, amount=1, lots=[stored], now_ms=499)
    assert moves(used) == [(account, "group/value/redeemed", 1)]
    with pytest.raises(BalanceTooLow):
        burn(HEAD, account=account, asset=asset, amount=1, lots=[replace(stored, remaining=0)], now_ms=499)
    with pytest.raises(BalanceTooLow):
        burn(HEAD, account=account, asset=asset, amount=1, lots=[stored], now_ms=500)


def test_expiry_takes_what_is_free_of_a_lot_and_is_dated_to_its_end() -> None:
    gone = expiry(HEAD, lot=a_lot("a", 10, 900, held=3), asset=POINTS, now_ms=900)
    assert gone is not None
    assert moves(gone) == [(POINTS_OF_M, "group/points/expired", 7)]
    assert (gone.occurred_ms, gone.lot_changes) == (900, (LotChange("a", 7),))


@pytest.mark.parametrize(
    "lot", [a_lot("a", 10, 901), a_lot("a", 10, None), a_lot("a", 0), a_lot("a", 4, held=4)]
)
def test_what_is_live_empty_or_held_does_not_expire(lot: Lot) -> None:
    assert expiry(HEAD, lot=lot, asset=POINTS, now_ms=900) is None


def test_pending_points_wait_and_settle_a_debt_when_they_mature() -> None:
    policy = PendingPolicy(days=2)
    earned = pending_accrual(HEAD, member_id="m", points=9, expires_ms=900, funder="group", policy=policy)
    (new,) = earned.new_lots
    assert moves(earned) == [("group/points/issued", "member/m/points_pending", 9)]
    assert new.matures_ms == 1000 + 2 * 86_400_000
    lot = Lot(new.lot_id, new.account, 9, 7, 900, source_id="c1", funder="group")
    ripe = maturity(replace(HEAD, transaction_id="t2"), member_id="m", lot=lot, points_owed=3)
    assert moves(ripe) == [
        ("member/m/points_pending", "member/m/points_owed", 3),
        ("member/m/points_pending", POINTS_OF_M, 4),
    ]
    assert ripe is not None
    end_ms = 1000 + MATURED_POINTS_DAYS * 86_400_000
    assert [(each.amount, each.expires_ms, each.source_id) for each in ripe.new_lots] == [(4, end_ms, "c1")]
    assert maturity(HEAD, member_id="m", lot=replace(lot, remaining=0), points_owed=0) is None
    assert PendingPolicy(days=2, awaits="collected").matures_ms(5) is None
    assert not PendingPolicy().waits


@pytest.mark.parametrize(("end_days", "kept_days"), [(29, 30), (30, 30), (31, 31), (None, None)])
def test_points_that_matured_can_be_spent_for_thirty_days_at_least(
    end_days: int | None, kept_days: int | None
) -> None:
    """Their end may have passed while they waited, when nobody could spend them."""

    def moment(days: int | None) -> int | None:
        return None if days is None else HEAD.occurred_ms + days * 86_400_000

    lot = Lot("t1/1", "member/m/points_pending", 9, 7, moment(end_days), source_id="c1", funder="group")
    ripe = maturity(replace(HEAD, transaction_id="t2"), member_id="m", lot=lot, points_owed=0)
    assert ripe is not None
    assert [each.expires_ms for each in ripe.new_lots] == [moment(kept_days)]
    assert MATURED_POINTS_DAYS == 30


def test_only_pending_lots_and_restores_lengthen_the_canonical_bytes() -> None:
    plain = redemption(HEAD, member_id="m", points=4, lots=[a_lot("a", 4)], now_ms=1)
    assert canonical_bytes(plain).endswith(b'[],[["a",4]]]')
    policy = PendingPolicy(awaits="collected")
    pending = pending_accrual(HEAD, member_id="m", points=9, expires_ms=9, funder="g", policy=policy)
    assert canonical_bytes(pending).endswith(b'9,9,"c1","g",null,"collected"]],[]]')
    back = replace(plain, lot_changes=(), lot_restores=(LotChange("a", 4),))
    assert canonical_bytes(back).endswith(b'[],[],[["a",4]]]')


def a_restoration(points: int, **changed: object) -> Transaction:
    given: dict[str, object] = {
        "taken": (
            Taken("a", 5, 900, "s-a", "group", POINTS_OF_M),
            Taken("b", 3, None, "s-b", "nestle", POINTS_OF_M),
        ),
        "redeemed": 8,
        "already_restored": 0,
        "points_owed": 0,
        "now_ms": 100,
        "fresh_expires_ms": 9000,
    }
    return restoration(HEAD, member_id="m", points=points, **(given | changed))  # type: ignore[arg-type]


def test_what_was_taken_last_comes_back_first_into_its_own_lot() -> None:
    first = a_restoration(4)
    assert moves(first) == [("group/points/redeemed", POINTS_OF_M, 4)]
    assert first.lot_restores == (LotChange("b", 3), LotChange("a", 1))
    assert a_restoration(4, already_restored=4).lot_restores == (LotChange("a", 4),)
    assert first.new_lots == ()


def test_what_comes_back_into_an_expired_lot_gets_a_new_one() -> None:
    late = a_restoration(8, now_ms=900)
    assert late.lot_restores == (LotChange("b", 3),)
    assert [(lot.amount, lot.expires_ms, lot.source_id) for lot in late.new_lots] == [(5, 9000, "s-a")]


def test_what_comes_back_settles_a_debt_first() -> None:
    some = a_restoration(8, points_owed=2)
    assert moves(some) == [
        ("group/points/redeemed", "member/m/points_owed", 2),
        ("group/points/redeemed", POINTS_OF_M, 6),
    ]
    assert some.lot_restores == (LotChange("b", 1), LotChange("a", 5))
    assert moves(a_restoration(8, points_owed=9)) == [("group/points/redeemed", "member/m/points_owed", 8)]


def test_a_part_that_was_owed_and_settled_since_comes_back_as_new_points() -> None:
    back = a_restoration(3, redeemed=10)
    assert [(lot.amount, lot.expires_ms) for lot in back.new_lots] == [(2, 9000)]
    assert back.lot_restores == (LotChange("b", 1),)


@pytest.mark.parametrize(("points", "expired", "owed"), [(10, 7, 3), (5, 7, 0), (5, 2, 3), (10, 0, 10)])
def test_what_expired_is_not_owed_by_a_return(points: int, expired: int, owed: int) -> None:
    undone = reversal(HEAD, member_id="m", points=points, lot=a_lot("a", 0), balance=0, expired=expired)
    assert points_owed_by(undone) == owed


def test_a_return_takes_pending_points_first_and_leaves_what_is_held() -> None:
    pending = Lot("p", "member/m/points_pending", 10, 4, None)
    undone = reversal(HEAD, member_id="m", points=9, lot=a_lot("a", 5, held=3), balance=20, pending=[pending])
    assert moves(undone) == [
        ("member/m/points_pending", "group/points/issued", 4),
        (POINTS_OF_M, "group/points/issued", 2),
        ("member/m/points_owed", "group/points/issued", 3),
    ]
    forgiven = reversal(
        HEAD, member_id="m", points=9, lot=a_lot("a", 0), balance=20, expired=1, spent=SpentPoints.FORGIVEN
    )
    assert forgiven is None


def test_a_return_takes_what_is_spare_elsewhere_before_anything_is_owed() -> None:
    spare = [a_lot("x", 5, held=3), a_lot("y", 9)]
    undone = reversal(HEAD, member_id="m", points=9, lot=a_lot("a", 1), balance=7, spare=spare, expired=2)
    assert moves(undone) == [
        (POINTS_OF_M, "group/points/issued", 7),
    ]
    assert undone is not None
    assert undone.lot_changes == (LotChange("a", 1), LotChange("x", 2), LotChange("y", 4))


def test_spare_is_what_no_return_of_the_own_sale_can_claim() -> None:
    early, late = a_lot("a", 6, 100), a_lot("b", 4, 200)
    late = Lot("b", POINTS_OF_M, 10, 4, 200, 0, early.source_id, "group")
    untouched = a_lot("c", 10)
    held = a_lot("d", 8, held=6)
    found = spare_lots([(early, 7), (late, 7), (untouched, 10), (held, 0)])
    assert [(lot.lot_id, lot.free) for lot in found] == [("a", 3), ("d", 2)]


def test_a_donation_goes_to_the_association() -> None:
    given = donation(
        HEAD,
        member_id="m",
        association_id="red-cross",
        points=6,
        lots=[a_lot("a", 8)],
        points_owed=1,
        now_ms=0,
    )
    assert moves(given) == [(POINTS_OF_M, "association/red-cross/points", 6)]
    with pytest.raises(BalanceTooLow):
        donation(
            HEAD, member_id="m", association_id="r", points=8, lots=[a_lot("a", 8)], points_owed=1, now_ms=0
        )


def test_transferred_points_keep_expiry_sale_and_funder_and_settle_the_receivers_debt() -> None:
    lots = [a_lot("soon", 4, 500), a_lot("late", 4, 700)]
    moved = transfer(
        HEAD,
        from_member_id="m",
        to_member_id="n",
        points=7,
        lots=lots,
        from_points_owed=0,
        to_points_owed=5,
        now_ms=0,
    )
    assert moves(moved) == [
        (POINTS_OF_M, "member/n/points_owed", 5),
        (POINTS_OF_M, "member/n/points", 2),
    ]
    assert [(lot.amount, lot.expires_ms, lot.source_id) for lot in moved.new_lots] == [(2, 700, "sale-late")]
    assert moved.lot_changes == (LotChange("soon", 4), LotChange("late", 3))


@pytest.mark.parametrize(
    ("points", "today", "alone"),
    [(500, 0, True), (501, 0, False), (-500, 1500, True), (-500, 1501, False), (1, 2000, False)],
)
def test_large_corrections_need_a_second_person(points: int, today: int, alone: bool) -> None:
    assert may_correct_alone(CorrectionPolicy(), points, today) is alone


def test_a_correction_adds_a_lot_or_takes_from_lots() -> None:
    up = correction(HEAD, member_id="m", points=10, points_owed=3, lots=(), expires_ms=77, now_ms=0)
    assert moves(up) == [
        ("group/points/corrected", "member/m/points_owed", 3),
        ("group/points/corrected", POINTS_OF_M, 7),
    ]
    assert [(lot.amount, lot.expires_ms) for lot in up.new_lots] == [(7, 77)]
    settled = correction(HEAD, member_id="m", points=3, points_owed=3, lots=(), expires_ms=77, now_ms=0)
    assert settled.new_lots == ()
    lots = [a_lot("a", 10)]
    down = correction(HEAD, member_id="m", points=-4, points_owed=0, lots=lots, expires_ms=None, now_ms=0)
    assert moves(down) == [(POINTS_OF_M, "group/points/corrected", 4)]
    with pytest.raises(BalanceTooLow):
        correction(HEAD, member_id="m", points=-11, points_owed=0, lots=lots, expires_ms=None, now_ms=0)


@dataclass(frozen=True)
class Kept:
    account: str = POINTS_OF_M
    asset: str = "PTS/0"
    held: int = 4
    amount: int = 4
    lot_id: str = "a"
    lots: list[LotChange] = field(default_factory=lambda: [LotChange("a", 4)])


def test_holds_agree_with_what_accounts_and_lots_keep() -> None:
    assert list(check_holds([Kept()], [Kept()], [Kept()])) == []
    found = list(check_holds([Kept()], [Kept(held=3)], [Kept(held=5)]))
    assert [(each.code, each.subject) for each in found] == [
        (FindingCode.HELD_DIFFERS, "lot a"),
        (FindingCode.HELD_DIFFERS, "member/m/points in PTS/0"),
    ]

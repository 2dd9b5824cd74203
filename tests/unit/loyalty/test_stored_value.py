"""Stored value without a store: numbers, tenders over lines, what comes back, the law."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.ledger.assets import money
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.lots import ExpiryKind, ExpiryPolicy, Lot
from loyalty.programme.chip_numbers import is_health_card
from loyalty.value.law import (
    LAWS,
    AboveLegalMaximum,
    ExpiryTooEarly,
    law_of,
    require_lawful_expiry,
    require_lawful_maximum,
)
from loyalty.value.moves import Allotted, Back, give_back, move_all, paid_for_part
from loyalty.value.secret_numbers import plain_number, secret_number, short, spaced
from loyalty.value.tenders import TenderKind, TenderTooMuch, back_to_tenders, share_over_lines

FRANCS = money("CHF")
HEAD = EntryHead(
    transaction_id="ret/tenders",
    cause_id="ret",
    occurred_ms=100,
    recorded_ms=100,
    actor="till",
    terminal_id=None,
    ruleset_version=1,
)
OPEN = [True, True]
GIFT, PURSE, MEAL = TenderKind.GIFT_CARD, TenderKind.PURSE, TenderKind.MEAL_VOUCHERS


def test_a_number_has_sixty_random_bits_and_a_check_digit_that_catches_every_single_slip() -> None:
    number = secret_number(bytes(range(32)))
    assert len(number) == 20
    assert plain_number(spaced(number)) == number
    assert 10**19 > 2**60
    for at, digit in enumerate(number):
        for other in "0123456789":
            slip = number[:at] + other + number[at + 1 :]
            assert plain_number(slip) == (number if other == digit else None)
    assert plain_number(number[:-1]) is None
    assert short(number) == f"...{number[-4:]}"


def test_no_number_worth_money_is_one_that_a_health_card_could_have() -> None:
    """Such a number would be refused at the terminal, as an insurance card's."""
    looks_like_one = 80 * 10**17 + 42
    for above in range(200):
        secret = (above * 10**19 + looks_like_one).to_bytes(32, "big")
        number = secret_number(secret)
        assert not is_health_card(number)
        assert plain_number(spaced(number)) == number
    as_ever = (10**19 * 80 + 79 * 10**17).to_bytes(32, "big")
    assert secret_number(as_ever).startswith("79"), "all others stay what they were"


def test_tenders_share_lines_in_proportion_and_the_rest_is_other_money() -> None:
    rows = share_over_lines(
        [1000, 500],
        points_minor=300,
        points_may=[1000, 0],
        tenders=[(PURSE, 600, OPEN), (GIFT, 100, OPEN)],
        currency="CHF",
    )
    assert rows == [[300, 0], [350, 250], [58, 42]]


def test_what_not_every_line_takes_is_placed_before_what_every_line_takes() -> None:
    rows = share_over_lines(
        [1000, 500],
        points_minor=0,
        points_may=[0, 0],
        tenders=[(PURSE, 1000, OPEN), (MEAL, 500, [False, True])],
        currency="CHF",
    )
    assert rows == [[0, 0], [1000, 0], [0, 500]]


def test_a_tender_that_wants_more_than_is_left_is_refused_unless_it_was_agreed() -> None:
    tenders = [(GIFT, 900, OPEN), (MEAL, 600, [False, True])]
    with pytest.raises(TenderTooMuch) as refused:
        share_over_lines([1000, 500], points_minor=0, points_may=[0, 0], tenders=tenders, currency="CHF")
    told = {"kind": "meal_vouchers", "amount_minor": 600, "payable_minor": 500, "currency": "CHF"}
    assert refused.value.params == told, "integers for machines"
    assert "6.00 CHF would be paid with meal vouchers, but only 5.00 CHF" in str(refused.value)
    rows = share_over_lines(
        [1000, 500], points_minor=0, points_may=[0, 0], tenders=tenders, is_agreed=True, currency="CHF"
    )
    assert [sum(row) for row in rows] == [0, 900, 600]


@given(st.integers(1, 40), st.lists(st.integers(0, 5000), min_size=1, max_size=4), st.randoms())
def test_returns_in_any_steps_give_each_tender_all_that_it_paid(
    quantity: int, paid: list[int], rng: random.Random
) -> None:
    amount = sum(paid) + rng.randint(0, 3000)
    left, other, returned = list(paid), amount - sum(paid), 0
    while returned < quantity:
        units = rng.randint(1, quantity - returned)
        coming = amount * (returned + units) // quantity - amount * returned // quantity
        backs = back_to_tenders(coming, left, other_left=other)
        assert all(0 <= back <= rest for back, rest in zip(backs, left, strict=True))
        other -= coming - sum(backs)
        assert other >= 0
        left = [rest - back for rest, back in zip(left, backs, strict=True)]
        returned += units
    assert (left, other) == ([0] * len(paid), 0)


def an_allotment(
    lot_id: str, amount: int, expires_ms: int | None, account: str = "gift_card/a/value"
) -> Allotted:
    return Allotted(account, lot_id, amount, expires_ms, "sold", "shop/one")


def test_what_was_taken_last_comes_back_first_into_its_lots() -> None:
    taken = [an_allotment("l1", 300, 500), an_allotment("l2", 200, None)]
    back = Back(FRANCS, "gift_card/a/value", 250, 100, taken)
    given_back = give_back(HEAD, [back], shop_id="two", now_ms=100, fresh_expires_ms=900)
    assert given_back is not None
    assert [(each.lot_id, each.amount) for each in given_back.lot_restores] == [("l2", 100), ("l1", 150)]
    (posting,) = given_back.postings
    assert (posting.source, posting.target, posting.amount) == (
        "shop/two/value_redeemed",
        "gift_card/a/value",
        250,
    )


def test_an_expired_lot_comes_back_as_a_new_one_or_is_gone_as_the_group_says() -> None:
    back = Back(FRANCS, "gift_card/a/value", 50, 0, [an_allotment("l1", 50, 100)])
    fresh = give_back(HEAD, [back], shop_id="two", now_ms=100, fresh_expires_ms=900)
    assert fresh is not None
    (lot,) = fresh.new_lots
    assert (lot.expires_ms, lot.source_id, lot.funder) == (900, "sold", "shop/one")
    gone = give_back(HEAD, [back], shop_id="two", now_ms=100, fresh_expires_ms=100)
    assert gone is not None
    assert ([each.target for each in gone.postings], gone.new_lots) == (["group/value/expired"], ())


def test_what_goes_to_another_card_keeps_expiry_and_funder() -> None:
    back = Back(FRANCS, "gift_card/b/value", 50, 0, [an_allotment("l1", 50, 700)])
    moved = give_back(HEAD, [back], shop_id="two", now_ms=100, fresh_expires_ms=900)
    assert moved is not None
    (lot,) = moved.new_lots
    assert (lot.account, lot.expires_ms, lot.funder) == ("gift_card/b/value", 700, "shop/one")
    lots = [Lot("l1", "gift_card/a/value", 80, 50, 700, source_id="s", funder="supplier/x")]
    replaced = move_all(HEAD, lots, asset=FRANCS, to_account="gift_card/b/value")
    assert replaced is not None
    (new,) = replaced.new_lots
    assert (new.amount, new.expires_ms, new.funder, new.source_id) == (50, 700, "supplier/x", "s")
    assert move_all(HEAD, [], asset=FRANCS, to_account="gift_card/b/value") is None


@given(st.integers(0, 100_000), st.integers(1, 500))
def test_what_was_paid_for_the_units_of_a_lot_sums_up(paid: int, units: int) -> None:
    assert sum(paid_for_part(paid, units, first, 1) for first in range(units)) == paid


MONTHS, YEAR_END = ExpiryKind.MONTHS, ExpiryKind.END_OF_YEAR


@pytest.mark.parametrize(
    ("country", "policy", "is_lawful"),
    [
        ("CH", ExpiryPolicy(MONTHS, 120), True),
        ("CH", ExpiryPolicy(MONTHS, 119), False),
        ("DE", ExpiryPolicy(YEAR_END, 3), True),
        ("DE", ExpiryPolicy(YEAR_END, 2), False),
        ("DE", ExpiryPolicy(MONTHS, 36), False),
        ("DE", ExpiryPolicy(MONTHS, 48), True),
        ("FR", ExpiryPolicy(MONTHS, 120), False),
        ("CN", ExpiryPolicy(MONTHS, 120), False),
        ("XX", ExpiryPolicy(MONTHS, 120), False),
        ("XX", ExpiryPolicy(), True),
    ],
)
def test_what_was_paid_for_expires_only_as_a_source_lets_it(
    country: str, policy: ExpiryPolicy, is_lawful: bool
) -> None:
    if is_lawful:
        require_lawful_expiry(policy, country, what="A gift card")
        return
    with pytest.raises(ExpiryTooEarly):
        require_lawful_expiry(policy, country, what="A gift card")


def test_a_country_that_names_a_maximum_is_kept_to_it() -> None:
    require_lawful_maximum(100_000, "CNY", "CN", is_purse=False)
    require_lawful_maximum(10**9, "CHF", "CH", is_purse=True)
    for minor, is_purse in ((100_001, False), (500_001, True)):
        with pytest.raises(AboveLegalMaximum):
            require_lawful_maximum(minor, "CNY", "CN", is_purse=is_purse)


def test_every_law_that_says_something_names_its_source() -> None:
    for law in LAWS.values():
        assert (law.months_min is None) == (law.expiry_source is None)
        assert bool(law.card_max or law.purse_max) == (law.maximum_source is not None)
        assert bool(law.meal_classes or law.meal_per_day) == (law.meal_source is not None)
    assert law_of("XX").meal_classes == frozenset()

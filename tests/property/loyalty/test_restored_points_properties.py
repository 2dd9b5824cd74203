"""Points that paid come back with the goods: never worth more than these, all of them where they fit."""

from hypothesis import given
from hypothesis import strategies as st

from loyalty.ledger.reversal import fitting_points, restored_worth

PAID = st.integers(1, 2_000)
REDEEMED = st.integers(1, 300)
RETURNS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 400)), max_size=12)
"""By return: points that paid for what comes back, and its price."""


def one_by_one(paid_minor: int, redeemed: int, before: int, wanted: int, price_minor: int) -> int:
    found = 0
    while found < wanted and (
        restored_worth(paid_minor, redeemed=redeemed, restored_before=before, restoring=found + 1)
        <= price_minor
    ):
        found += 1
    return found


@given(PAID, REDEEMED, RETURNS)
def test_no_return_gives_more_back_than_its_price_and_what_waits_comes_as_soon_as_it_fits(
    paid_minor: int, redeemed: int, returns: list[tuple[int, int]]
) -> None:
    due = restored = worth = 0
    for points, price_minor in returns:
        due = min(redeemed, due + points)
        found = fitting_points(
            paid_minor,
            redeemed=redeemed,
            restored_before=restored,
            wanted=due - restored,
            price_minor=price_minor,
        )
        assert found == one_by_one(paid_minor, redeemed, restored, due - restored, price_minor)
        now = restored_worth(paid_minor, redeemed=redeemed, restored_before=restored, restoring=found)
        assert 0 <= now <= price_minor
        restored, worth = restored + found, worth + now
    assert restored <= redeemed
    assert worth == paid_minor * restored // redeemed, "told in any steps, they are worth what all were"


@given(PAID, REDEEMED, st.integers(0, 300))
def test_goods_that_cost_what_points_paid_bring_all_points_back(
    paid_minor: int, redeemed: int, more_minor: int
) -> None:
    found = fitting_points(
        paid_minor, redeemed=redeemed, restored_before=0, wanted=redeemed, price_minor=paid_minor + more_minor
    )
    assert found == redeemed


@given(st.integers(0, 50))
def test_points_that_paid_nothing_come_back_whatever_the_price(wanted: int) -> None:
    assert fitting_points(0, redeemed=wanted, restored_before=0, wanted=wanted, price_minor=0) == wanted

"""What tills write into ServiceIdentification: read, or refused in words; baskets as text lose nothing."""

from types import SimpleNamespace
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from loyalty.errors import LoyaltyError
from loyalty.limits.tills import ADMIN_PAIRS_MAX
from terminal.till.nexo.basket_texts import basket_of_texts, text_of_basket
from terminal.till.nexo.context import NexoFailure, Till
from terminal.till.nexo.counter import read_pairs
from wire.api_sales import BasketBody, LineBody

TILL = cast("Till", SimpleNamespace(group=lambda: None))
PIECES = st.sampled_from(["service=", "find", "&", "=", "%", "%ff", "%26", "+", "id=1", "&id=2", "\x00", ";"])
baskets = st.builds(
    BasketBody,
    currency=st.sampled_from(["CHF", "EUR", "JPY"]),
    lines=st.lists(
        st.tuples(
            st.text("0123456789ABCxyz-._", min_size=1, max_size=20),
            st.integers(1, 999),
            st.integers(0, 10_000_000),
        ),
        min_size=1,
        max_size=12,
    ).map(
        lambda lines: [
            LineBody(line_no=number, code=code, quantity=quantity, amount_minor=minor)
            for number, (code, quantity, minor) in enumerate(lines, start=1)
        ]
    ),
)


@given(st.text(max_size=300) | st.lists(PIECES, max_size=60).map("".join))
def test_any_text_is_pairs_or_a_refusal(text: str) -> None:
    try:
        pairs = read_pairs(text)
    except NexoFailure:
        return
    assert len(pairs) <= ADMIN_PAIRS_MAX


@given(
    st.text(max_size=200) | st.text("0123456789*=;.-", max_size=200), st.sampled_from(["CHF", "", "XXX", "é"])
)
def test_any_text_is_a_basket_or_a_refusal(text: str, currency: str) -> None:
    try:
        basket = basket_of_texts(TILL, currency, text)
    except LoyaltyError:
        return
    assert basket_of_texts(TILL, currency, text_of_basket(basket)) == basket


@given(baskets)
def test_a_basket_written_is_read_again_the_same(basket: BasketBody) -> None:
    assert basket_of_texts(TILL, basket.currency, text_of_basket(basket)) == basket

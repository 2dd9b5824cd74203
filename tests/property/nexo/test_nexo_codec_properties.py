"""The JSON codec: what it writes it reads again, amounts stay exact, and no bytes make it stumble."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.money import AmountDoesNotFit, format_minor, parse_minor
from wire.nexo import json_codec
from wire.nexo.base import MessageHeader, SaleData, TransactionIdentification
from wire.nexo.json_codec import BodyWrong, Message, NotNexo
from wire.nexo.loyalty import (
    LoyaltyAccountID,
    LoyaltyData,
    LoyaltyRequest,
    LoyaltyTransaction,
    SaleItem,
)

words = st.text(min_size=1, max_size=40)
minor = st.integers(min_value=0, max_value=10**14)


def amount(value: int) -> Decimal:
    return Decimal(format_minor(value, 2))


items = st.builds(
    SaleItem,
    item_id=st.integers(0, 1_000_000),
    product_code=words,
    item_amount=minor.map(amount),
    quantity=st.none() | st.integers(1, 100_000).map(Decimal),
    product_label=st.none() | words,
)
accounts = st.builds(
    LoyaltyAccountID,
    entry_mode=st.lists(st.sampled_from(["Scanned", "Keyed", "Contactless"]), min_size=1, max_size=2),
    identification_type=st.sampled_from(["AccountNumber", "BarCode"]),
    loyalty_id=words,
)
tickets = st.builds(TransactionIdentification, transaction_id=words, time_stamp=words)
requests = st.builds(
    LoyaltyRequest,
    sale_data=st.builds(SaleData, sale_transaction_id=tickets, operator_id=st.none() | words),
    loyalty_transaction=st.builds(
        LoyaltyTransaction,
        loyalty_transaction_type=st.sampled_from(["Award", "AwardRefund", "Rebate", "Redemption"]),
        currency=st.none() | words,
        total_amount=st.none() | minor.map(amount),
        sale_item=st.none() | st.lists(items, min_size=1, max_size=5),
    ),
    loyalty_data=st.none()
    | st.lists(st.builds(LoyaltyData, loyalty_account_id=accounts), min_size=1, max_size=2),
)
HEADER = MessageHeader(
    protocol_version="3.0",
    message_class="Service",
    message_category="Loyalty",
    message_type="Request",
    service_id="1",
    sale_id="TILL-1",
    poi_id="POI-1",
)


@given(requests)
def test_a_message_written_is_read_again_the_same(request: LoyaltyRequest) -> None:
    message = Message(header=HEADER, body=request)

    assert json_codec.decode(json_codec.encode(message)) == message


@given(minor)
def test_amounts_are_json_numbers_and_stay_exact(value: int) -> None:
    item = SaleItem(item_id=1, product_code="1", item_amount=amount(value))
    written = json_codec.encode_body(item)

    assert parse_minor(json.loads(written, parse_float=str, parse_int=str)["ItemAmount"], 2) == value


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_a_clear_refusal(data: bytes) -> None:
    with pytest.raises((NotNexo, BodyWrong)):
        json_codec.decode(data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | words,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
        max_leaves=10,
    )
)
def test_any_json_under_our_names_is_a_message_or_a_clear_refusal(body: object) -> None:
    header = json.loads(json_codec.encode_body(HEADER))
    data = json.dumps({"SaleToPOIRequest": {"MessageHeader": header, "LoyaltyRequest": body}}).encode()

    with pytest.raises(BodyWrong) as caught:
        json_codec.decode(data)
    assert caught.value.header == HEADER


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_float_noise_is_refused_never_rounded(left: int, right: int) -> None:
    total = left / 100 + right / 100
    written = json.dumps(total)
    item = f'{{"ItemID":1,"ProductCode":"1","ItemAmount":{written}}}'.encode()
    body = b'{"SaleToPOIRequest":{"MessageHeader":%s,"LoyaltyRequest":%s}}' % (
        json_codec.encode_body(HEADER),
        b'{"SaleData":{"SaleTransactionID":{"TransactionID":"1","TimeStamp":"1"}},'
        b'"LoyaltyTransaction":{"LoyaltyTransactionType":"Award","SaleItem":[%s]}}' % item,
    )

    request = json_codec.decode(body).body

    assert isinstance(request, LoyaltyRequest)
    assert request.loyalty_transaction.sale_item is not None
    read = request.loyalty_transaction.sale_item[0].item_amount
    assert str(read) == str(Decimal(written))
    decimals = len(written.partition(".")[2])
    if decimals > 2:
        with pytest.raises(AmountDoesNotFit):
            parse_minor(read, 2)
    else:
        assert parse_minor(read, 2) == left + right

"""The XML codec: what it writes it reads again, and no bytes make it crash, hang or grow without bound."""

import contextlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from tests.property.nexo.test_nexo_codec_properties import HEADER, accounts, amount, minor, tickets
from wire.nexo.base import SaleData
from wire.nexo.json_codec import BodyWrong, Message, NotNexo
from wire.nexo.loyalty import LoyaltyData, LoyaltyRequest, LoyaltyTransaction, SaleItem
from wire.nexo.xml import codec

MEMORY_MAX = 64 * 1024 * 1024
"""Of a body of at most 1 MiB."""

TAGS = st.sampled_from(
    ["SaleToPOIRequest", "MessageHeader", "LoyaltyRequest", "SaleData", "SaleItem", "LoyaltyData", "a", "n:b"]
)
ATTRIBUTES = st.sampled_from(
    ["MessageClass", "MessageCategory", "ItemID", "ItemAmount", "EntryMode", "xmlns", "LoyaltyID"]
)
# XML has no control characters, and reads a line end in an attribute as a blank.
readable = st.text(
    st.characters(min_codepoint=0x20, max_codepoint=0xFFFD, exclude_categories=("Cs", "Cc")), max_size=20
)
values = readable | st.sampled_from(["1", "1e999", "-0", "NaN", "Service", "Loyalty", "Contactless Scanned"])
elements = st.recursive(
    st.builds(lambda text: text.replace("<", "").replace("&", ""), readable),
    lambda inner: st.builds(
        lambda tag, attribute, value, children: (
            f'<{tag} {attribute}="{_quoted(value)}">{"".join(children)}</{tag}>'
        ),
        TAGS,
        ATTRIBUTES,
        values,
        st.lists(inner, max_size=4),
    ),
    max_leaves=15,
)
items = st.builds(
    SaleItem,
    item_id=st.integers(0, 1_000_000),
    product_code=readable.filter(bool),
    item_amount=minor.map(amount),
    product_label=st.none() | readable.map(str.strip),
)
requests = st.builds(
    LoyaltyRequest,
    sale_data=st.builds(SaleData, sale_transaction_id=tickets),
    loyalty_transaction=st.builds(
        LoyaltyTransaction,
        loyalty_transaction_type=st.sampled_from(["Award", "Rebate", "Redemption"]),
        total_amount=st.none() | minor.map(amount),
        sale_item=st.none() | st.lists(items, min_size=1, max_size=4),
    ),
    loyalty_data=st.none()
    | st.lists(st.builds(LoyaltyData, loyalty_account_id=accounts), min_size=1, max_size=2),
)

HEAD = (
    '<MessageHeader MessageClass="Service" MessageCategory="Loyalty" MessageType="Request" ServiceID="1"'
    ' SaleID="TILL-1" POIID="POI-1"/>'
)


def _quoted(text: str) -> str:
    return text.replace("&", "&amp;").replace('"', "&quot;").replace("<", "&lt;")


@given(requests)
def test_what_is_written_is_read_again_but_for_characters_that_xml_has_not(request: LoyaltyRequest) -> None:
    message = Message(header=HEADER, body=request)
    once = codec.decode(codec.encode(message))

    assert codec.decode(codec.encode(once)) == once
    assert isinstance(once.body, LoyaltyRequest)
    before, after = request.loyalty_transaction, once.body.loyalty_transaction
    assert after.total_amount == before.total_amount
    assert [each.item_amount for each in after.sale_item or ()] == [
        each.item_amount for each in before.sale_item or ()
    ]


@given(st.binary(max_size=300) | elements.map(str.encode))
def test_any_bytes_and_any_elements_are_a_message_or_a_clear_refusal(data: bytes) -> None:
    _read(data)


@given(elements)
def test_anything_beside_a_good_header_is_a_message_or_a_clear_refusal(inside: str) -> None:
    _read(f"<SaleToPOIRequest>{HEAD}<LoyaltyRequest>{inside}</LoyaltyRequest></SaleToPOIRequest>".encode())


@pytest.mark.parametrize("part", [b"<a>", b'<a b="c"/>', b"x", b"<!-- -->", b"&lt;", b"<a><b/></a>"])
def test_memory_stays_bounded(part: bytes) -> None:
    times = (HTTP_BODY_BYTES_MAX - 100) // len(part)
    data = b"<SaleToPOIRequest>" + part * times + b"</SaleToPOIRequest>"
    tracemalloc.start()
    try:
        _read(data)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEMORY_MAX


def _read(data: bytes) -> None:
    """A message or a refusal; any other exception is a failure."""
    with contextlib.suppress(NotNexo, BodyWrong):
        assert codec.decode(data).header.message_class

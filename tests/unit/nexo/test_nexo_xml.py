"""The XML dress: the same messages as in JSON, as other makers write them, and nothing that harms."""

from decimal import Decimal

import msgspec
import pytest

from loyalty.limits.tills import XML_ATTRIBUTES_MAX, XML_DEPTH_MAX, XML_ELEMENTS_MAX
from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from tests.unit.nexo.test_nexo_examples import NAMES, example
from wire.nexo import json_codec
from wire.nexo.admin import AdminRequest
from wire.nexo.base import Nexo
from wire.nexo.json_codec import BodyWrong, Message, NotNexo
from wire.nexo.loyalty import LoyaltyRequest
from wire.nexo.payment import PaymentRequest
from wire.nexo.xml import codec, tree
from wire.nexo.xml.tree import XmlRefused

HEADER = (
    '<MessageHeader ProtocolVersion="3.1" MessageClass="Service" MessageCategory="{category}"'
    ' MessageType="Request" ServiceID="533" SaleID="1" POIID="A-POIID"/>'
)
PAYMENT = f"""<?xml version="1.0" encoding="utf-8"?>
<SaleToPOIRequest>
  {HEADER.format(category="Payment")}
  <PaymentRequest>
    <SaleData TokenRequestedType="Customer">
      <SaleTransactionID TimeStamp="2023-09-08T16:17:32.9834651+02:00" TransactionID="1524253496"/>
    </SaleData>
    <PaymentTransaction>
      <AmountsReq CashBackAmount="0" Currency="SEK" RequestedAmount="514.90"/>
      <SaleItem ItemID="0" ItemAmount="446.90" ProductCode="24601">
        <UnitOfMeasure>Litre</UnitOfMeasure>
        <Quantity>20.5</Quantity>
        <ProductLabel>Huile d'olive &amp; thym</ProductLabel>
      </SaleItem>
    </PaymentTransaction>
    <PaymentData PaymentType="Normal"/>
  </PaymentRequest>
</SaleToPOIRequest>""".encode()
BOMB = b"""<?xml version="1.0"?><!DOCTYPE b [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<SaleToPOIRequest>&b;</SaleToPOIRequest>"""


@pytest.mark.parametrize("name", NAMES)
def test_every_example_is_the_same_message_in_both_dresses(name: str) -> None:
    message = json_codec.decode(example(name))
    assert isinstance(message.body, Nexo), "every example has a body that we model"

    assert codec.decode(codec.encode(message)) == message


def test_a_payment_as_another_maker_writes_it_is_read_exactly() -> None:
    body = codec.decode(PAYMENT).body

    assert isinstance(body, PaymentRequest)
    amounts = body.payment_transaction.amounts_req
    assert (amounts.currency, amounts.requested_amount) == ("SEK", Decimal("514.90"))
    assert body.payment_transaction.sale_item is not None
    [line] = body.payment_transaction.sale_item
    assert (line.item_id, line.quantity, line.item_amount) == (0, Decimal("20.5"), Decimal("446.90"))
    assert line.product_label == "Huile d'olive & thym"


def test_members_stand_where_the_schema_has_them() -> None:
    written = codec.encode(json_codec.decode(example("award_rsp"))).decode()

    assert ">2900000000018</LoyaltyAccountID>" in written
    assert '<LoyaltyAmount LoyaltyUnit="Point">18</LoyaltyAmount>' in written
    assert 'EntryMode="Contactless"' in written
    request = codec.encode(json_codec.decode(example("award_req"))).decode()
    assert '<SaleItem ItemID="0" ProductCode="7680529530016" ItemAmount="15.9" EanUpc=' in request
    assert "<Quantity>2</Quantity>" in request
    status = codec.encode(json_codec.decode(example("status_rsp_done"))).decode()
    assert "RepeatedResponseMessageBody" not in status
    assert "<RepeatedMessageResponse><MessageHeader" in status


def test_a_service_of_the_counter_is_an_element_and_comes_back_the_same() -> None:
    header = json_codec.decode(example("award_req")).header
    header = msgspec.structs.replace(header, message_category="Admin")
    message = Message(header=header, body=AdminRequest(service_identification="service=find&id=f-1"))

    written = codec.encode(message)

    inner = b"<ServiceIdentification>service=find&amp;id=f-1</ServiceIdentification>"
    assert b"<AdminRequest>" + inner + b"</AdminRequest>" in written
    assert codec.decode(written) == message


def test_prefixes_and_members_as_elements_are_read_too() -> None:
    data = (
        b'<n:SaleToPOIRequest xmlns:n="urn:nexo"><n:MessageHeader><MessageClass>Service</MessageClass>'
        b"<MessageCategory>Logout</MessageCategory><MessageType>Request</MessageType><POIID>P</POIID>"
        b"</n:MessageHeader><n:LogoutRequest/></n:SaleToPOIRequest>"
    )

    assert codec.decode(data).header.message_category == "Logout"


@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><SaleToPOIRequest/>',
        b"<a>" * (XML_DEPTH_MAX + 1) + b"</a>" * (XML_DEPTH_MAX + 1),
        b"<a>" + b"<b/>" * XML_ELEMENTS_MAX + b"</a>",
        b"<a " + b" ".join(b'x%d=""' % n for n in range(XML_ATTRIBUTES_MAX + 1)) + b"/>",
        b"<a>" + b" " * HTTP_BODY_BYTES_MAX + b"</a>",
        b"<a>&unknown;</a>",
        b'<a x="1" x="2"/>',
        b'<?xml version="1.0" encoding="klingon"?><a/>',
        b"<a></b>",
        b"",
        b"\xff\xfe\x00",
    ],
    ids=[
        "bomb",
        "external",
        "deep",
        "many",
        "attributes",
        "long",
        "entity",
        "twice",
        "encoding",
        "open",
        "empty",
        "bytes",
    ],
)
def test_what_could_harm_is_refused_at_once(data: bytes) -> None:
    with pytest.raises(XmlRefused):
        tree.read(data)
    with pytest.raises(NotNexo):
        codec.decode(data)


def test_a_wrong_body_is_named_and_what_was_sent_is_not_repeated() -> None:
    data = (
        f"<SaleToPOIRequest>{HEADER.format(category='Loyalty')}<LoyaltyRequest>"
        '<SaleData><SaleTransactionID TransactionID="1" TimeStamp="1"/></SaleData>'
        '<LoyaltyTransaction LoyaltyTransactionType="2900000000017"/></LoyaltyRequest></SaleToPOIRequest>'
    ).encode()

    with pytest.raises(BodyWrong) as caught:
        codec.decode(data)

    assert "LoyaltyTransactionType" in str(caught.value)
    assert "2900000000017" not in str(caught.value)
    assert caught.value.header.service_id == "533"


def test_characters_that_xml_has_not_are_replaced_when_written() -> None:
    message = json_codec.decode(example("award_req"))
    assert isinstance(message.body, LoyaltyRequest)
    raw = example("award_req").replace(b"Creme solaire", b"Cr\\u0000\\u001bme <&> \\ud83c\\udf1e")

    written = codec.encode(json_codec.decode(raw))

    body = codec.decode(written).body
    assert isinstance(body, LoyaltyRequest)
    assert body.loyalty_transaction.sale_item is not None
    assert body.loyalty_transaction.sale_item[1].product_label == "Cr\ufffd\ufffdme <&> \U0001f31e"

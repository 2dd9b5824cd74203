"""What a till may send wrong: each gets a clear answer, nothing is noted, the terminal goes on."""

import asyncio
import json
import ssl
import stat
from decimal import Decimal

import aiohttp
import msgspec
import pytest

from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from tests.central_fixture import CARD, SUN_CREAM
from tests.helpers import eventually
from tests.shared_data import shared_path
from tests.terminal_fixture import CREAM, Shop
from tools.till import Item, read_additional
from wire.nexo import json_codec
from wire.nexo.base import Nexo
from wire.nexo.loyalty import LoyaltyResponse


async def test_malformed_json_is_a_400_with_errors(shop: Shop) -> None:
    for data in (b"{", b"", b"[1]", b'"x"', b"\xff\xfe", b'{"SaleToPOIRequest":{}}', b"[" * 100_000):
        status, content = await shop.till.post(data)

        assert status == 400, data[:20]
        assert json.loads(content)["errors"]
    assert (await shop.till.award([CREAM], card=CARD)).response.result == "Success"


async def test_two_megabytes_are_too_large(shop: Shop) -> None:
    status, content = await shop.till.post(b" " * (2 * HTTP_BODY_BYTES_MAX))

    assert status == 413
    assert str(HTTP_BODY_BYTES_MAX) in json.loads(content)["errors"][0]


async def test_an_encrypted_message_without_a_key_is_a_non_2xx_json_error(shop: Shop) -> None:
    message = json.loads(json_codec.encode(shop.till.message(shop.till.award_request([CREAM], card=CARD))))
    inner = message["SaleToPOIRequest"]
    del inner["LoyaltyRequest"]
    inner |= {"NexoBlob": "AAAA", "SecurityTrailer": {"AdyenCryptoVersion": 1}}

    status, content = await shop.till.post(json.dumps(message).encode())

    assert status == 400
    assert "crypto error" in json.loads(content)["errors"][0]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"ItemAmount": 15.900000000000002}, "exact"),
        ({"ItemAmount": -5}, "below zero"),
        ({"ItemAmount": 1e30}, "exact"),
        ({"Quantity": -1}, "AwardRefund"),
        ({"Quantity": 0}, "above zero"),
        ({"Quantity": 10**9}, "above"),
        ({"Quantity": 1.5}, "whole number"),
        ({"ItemID": -1}, "ItemID"),
        ({"ProductCode": "", "EanUpc": None}, "article"),
    ],
)
async def test_a_wrong_line_is_a_message_format_failure_that_names_it(
    shop: Shop, change: dict[str, object], expected: str
) -> None:
    answer = await _send(shop, _award(shop, change))

    assert (answer.response.result, answer.response.error_condition) == ("Failure", "MessageFormat")
    assert expected in read_additional(answer.response.additional_response)["message"]
    assert (await shop.agent.outbox.counts()).last_seq == 0


async def test_an_item_id_twice_is_refused(shop: Shop) -> None:
    answer = await shop.till.award([CREAM, CREAM], card=CARD)

    assert answer.response.error_condition == "MessageFormat"
    assert "twice" in read_additional(answer.response.additional_response)["message"]


async def test_weighed_goods_count_as_one_piece(shop: Shop) -> None:
    answer = await _send(shop, _award(shop, {"Quantity": 0.350, "UnitOfMeasure": "Kilogram"}))

    assert answer.response.result == "Success"


async def test_a_missing_member_is_named_and_the_ticket_echoed_where_it_can_be(shop: Shop) -> None:
    message = _award(shop, {})
    del message["SaleToPOIRequest"]["LoyaltyRequest"]["LoyaltyTransaction"]

    answer = await _send(shop, message)

    assert answer.response.error_condition == "MessageFormat"
    assert "LoyaltyTransaction" in read_additional(answer.response.additional_response)["message"]
    assert answer.sale_data is not None


async def test_a_moment_without_zone_is_refused(shop: Shop) -> None:
    message = _award(shop, {})
    ticket = message["SaleToPOIRequest"]["LoyaltyRequest"]["SaleData"]["SaleTransactionID"]
    ticket["TimeStamp"] = "2026-11-22T10:15:00"

    answer = await _send(shop, message)

    assert "zone" in read_additional(answer.response.additional_response)["message"]


async def test_a_loyalty_data_that_is_one_object_is_taken(shop: Shop) -> None:
    message = _award(shop, {})
    request = message["SaleToPOIRequest"]["LoyaltyRequest"]
    request["LoyaltyData"] = request["LoyaltyData"][0]

    assert (await _send(shop, message)).response.result == "Success"


async def test_another_terminals_poiid_is_refused(shop: Shop) -> None:
    message = _award(shop, {})
    message["SaleToPOIRequest"]["MessageHeader"]["POIID"] = "OTHER-1"

    answer = await _send(shop, message)

    assert answer.response.error_condition == "NotAllowed"
    assert shop.settings.poi_id in read_additional(answer.response.additional_response)["message"]


async def test_a_payment_card_number_is_never_taken(shop: Shop) -> None:
    message = _award(shop, {})
    account = message["SaleToPOIRequest"]["LoyaltyRequest"]["LoyaltyData"][0]["LoyaltyAccountID"]
    account["IdentificationType"] = "PAN"

    answer = await _send(shop, message)

    assert answer.response.error_condition == "NotAllowed"
    assert (await shop.agent.outbox.counts()).last_seq == 0


async def test_the_path_with_a_slash_and_a_chunked_body_work(shop: Shop) -> None:
    data = json_codec.encode(shop.till.message(shop.till.award_request([CREAM], card=CARD)))

    async def chunks():  # type: ignore[no-untyped-def]
        yield data[:100]
        yield data[100:]

    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    async with (
        aiohttp.ClientSession() as session,
        session.post(shop.till.url + "/", data=chunks(), ssl=context) as response,
    ):
        assert response.status == 200
        body = json_codec.decode(await response.read()).body
    assert isinstance(body, LoyaltyResponse)
    assert body.response.result == "Success"


async def test_every_example_message_is_answered(shop: Shop) -> None:
    folder = shared_path("../protocols/nexo_examples")
    answered: dict[str, str] = {}
    for path in sorted(await asyncio.to_thread(lambda: list(folder.glob("*_req.json")))):
        raw = (await asyncio.to_thread(path.read_bytes)).replace(
            b"LOYA400-00000001", shop.settings.poi_id.encode()
        )
        if b"CardAcquisitionRequest" in raw:
            await shop.tap_known()
        if b"InputRequest" in raw:  # nobody is there to answer
            await shop.remove()
            await eventually(lambda: shop.agent.desk.current is None)
        message = json.loads(raw, parse_float=Decimal)
        message["SaleToPOIRequest"]["MessageHeader"]["ServiceID"] = path.name[:10]
        status, content = await shop.till.post(json.dumps(message, default=float).encode())
        assert status == 200
        answered[path.name] = _result(content)
    assert answered == {
        "abort_req.json": "nothing",
        "award_refund_req.json": "NotFound",
        "award_req.json": "NotFound",
        "balance_req.json": "NotFound",
        "card_acquisition_req.json": "Success",
        "enable_service_req.json": "Success",
        "input_confirm_req.json": "UnavailableDevice",
        "login_req.json": "Success",
        "rebate_req.json": "Refusal",  # a ticket of days ago
        "redemption_req.json": "MessageFormat",
        "reversal_req.json": "NotFound",
        "status_req.json": "NotFound",
        "stored_value_load_req.json": "InvalidCard",
    }


async def test_login_and_logout_are_seen_by_diagnosis(shop: Shop) -> None:
    login = await shop.till.login()
    during = await shop.till.diagnosis()
    await shop.till.logout()
    after = await shop.till.diagnosis()

    assert login.poi_system_data is not None
    assert during.logged_sale_id == ["TILL-1"]
    assert after.logged_sale_id is None
    assert during.poi_status is not None
    assert during.poi_status.card_reader_ok_flag is True


async def test_the_certificates_key_is_readable_by_nobody_else(shop: Shop) -> None:
    key = shop.settings.state_dir / "till-key.pem"

    mode = (await asyncio.to_thread(key.stat)).st_mode

    assert stat.S_IMODE(mode) == 0o600


def _award(shop: Shop, change: dict[str, object]) -> dict[str, dict[str, dict]]:  # type: ignore[type-arg]
    cream = Item(line_no=1, code=SUN_CREAM, quantity=2, amount_minor=3980)
    raw = json_codec.encode(shop.till.message(shop.till.award_request([cream], card=CARD)))
    message: dict[str, dict[str, dict]] = json.loads(raw)  # type: ignore[type-arg]
    message["SaleToPOIRequest"]["LoyaltyRequest"]["LoyaltyTransaction"]["SaleItem"][0] |= change
    return message


async def _send(shop: Shop, message: object) -> LoyaltyResponse:
    status, content = await shop.till.post(json.dumps(message).encode())
    assert status == 200, content
    body = json_codec.decode(content).body
    assert isinstance(body, LoyaltyResponse)
    return body


def _result(content: bytes) -> str:
    if not content:
        return "nothing"
    message = json_codec.decode(content)
    if message.header.message_category == "Event":
        return "Reject"
    if isinstance(message.body, Nexo):
        members = json.loads(json_codec.encode_body(message.body))
        told = members.get("Response") or members["InputResult"]["Response"]
    else:
        told = msgspec.json.decode(message.body)["Response"]
    return str(told.get("ErrorCondition", told["Result"]))

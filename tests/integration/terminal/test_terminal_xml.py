"""A till in the XML dress at a running terminal: the same answers from the same core."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.central_fixture import CARD, MEMBER
from tests.helpers import eventually
from tests.integration.central.stored import holds, sold_card, trust
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tests.unit.nexo.test_nexo_xml import BOMB, PAYMENT
from tools.till import requests
from tools.till.xml_till import XmlTill
from wire.nexo import json_codec
from wire.nexo.base import TransactionIdentification
from wire.nexo.payment import PaymentResponse, ReversalResponse


@pytest.fixture
async def till(shop: Shop) -> AsyncIterator[XmlTill]:
    async with XmlTill(shop.till.url.removesuffix("/nexo")) as running:
        yield running


async def test_a_ticket_is_paid_awarded_and_reversed_in_xml(shop: Shop, till: XmlTill) -> None:
    await trust(shop.central)
    await shop.tap_known()
    number = str((await sold_card(shop.central, 1000))["number"])
    assert (await till.login()).response.result == "Success"
    ticket = till.new_ticket()

    paid = await till.ask(
        requests.payment(till, 1000, [CREAM], ticket=ticket, gift_card=number), PaymentResponse
    )
    award = await till.award([CREAM], ticket=ticket)

    assert till.last_xml.startswith(b"<?xml version=")
    assert b"<SaleToPOIResponse><MessageHeader " in till.last_xml
    assert paid.response.result == award.response.result == "Success"
    assert await shop.central.points_of(MEMBER) == 39
    assert await holds(shop.central, number) == 0
    status = await till.status(till.last_service_id)
    assert status.repeated_message_response is not None
    assert status.repeated_message_response.repeated_response_message_body.loyalty_response == award
    assert award.poi_data is not None
    original = award.poi_data.poi_transaction_id
    assert isinstance(original, TransactionIdentification)
    back = await till.ask(requests.reversal(till, original), ReversalResponse)
    assert back.response.result == "Success"
    assert await holds(shop.central, number) == 1000


async def test_the_same_message_in_the_other_dress_is_the_same_message(shop: Shop, till: XmlTill) -> None:
    body = shop.till.award_request([CREAM], card=CARD)
    message = json_codec.encode(shop.till.message(body, "42"))

    _, in_json = await shop.till.post(message)
    _, in_xml = await till.post(message)

    assert in_xml == in_json
    assert await shop.sales_booked() == 1


async def test_an_abort_is_answered_by_204_and_ends_the_wait(shop: Shop, till: XmlTill) -> None:
    waiting = asyncio.create_task(till.acquire(service_id="7"))
    await eventually(lambda: shop.agent.till.acquisition is not None)

    async with XmlTill(shop.till.url.removesuffix("/nexo")) as second:
        await second.abort("7")
        assert second.last_xml == b""

    assert (await waiting).response.error_condition == "Aborted"


async def test_what_is_no_message_is_a_400_and_the_terminal_goes_on(shop: Shop, till: XmlTill) -> None:
    for data in (BOMB, b"", b"<a/>", b"<SaleToPOIRequest/>", b"\xff"):
        status, content = await till.post_xml(data)
        assert status == 400
        assert b"errors" in content
    status, content = await till.post_xml(PAYMENT)
    assert status == 200
    assert b'ErrorCondition="NotAllowed"' in content, "it is for another terminal"
    wrong = PAYMENT.replace(b"514.90", b"much").replace(b"A-POIID", shop.settings.poi_id.encode())
    status, content = await till.post_xml(wrong)
    assert (status, b'ErrorCondition="MessageFormat"' in content) == (200, True)
    assert (await till.award([CREAM], card=CARD)).response.result == "Success"


async def test_a_terminal_that_wants_envelopes_speaks_no_xml(tmp_path: Path, socket_dir: Path) -> None:
    async with (
        a_terminal(tmp_path, socket_dir, plain_nexo=False) as shop,
        XmlTill(shop.till.url.removesuffix("/nexo")) as till,
    ):
        status, content = await till.post_xml(PAYMENT)

    assert status == 403
    assert b"plain_nexo" in content

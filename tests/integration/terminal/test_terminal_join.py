"""Somebody joins at the kiosk by an e-mail address: real sockets, a real central (C-08)."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from central.gateways.messaging.simulated import SimulatedOutlet
from central.services.members.messages import Channel
from loyalty.limits.details import JOIN_LINK_VALID_DAYS, JOIN_MAILS_PER_ADDRESS
from tests.helpers import eventually
from tests.terminal_fixture import Shop, a_terminal
from wire.join import AskJoin, JoinNow, JoinTold
from wire.messages import EndSession

BLANK, BLANK_UID = "2900000000222", "04A1B2C3D4E5C1"


async def _told(shop: Shop, message: AskJoin | JoinNow) -> JoinTold:
    shop.kiosk.send(message)

    def answers() -> list[JoinTold]:
        told = shop.kiosk.answers
        return [each for each in told if isinstance(each, JoinTold) and each.request_id == message.request_id]

    await eventually(answers)
    return answers()[-1]


def _wish(number: int, email: str, card_session: str = "") -> JoinNow:
    return JoinNow(
        request_id=f"visitor.{number}",
        join_id=f"visitor.join.{number}",
        email=email,
        language="de",
        text_version="2026-11/de",
        card_session=card_session,
    )


@pytest.fixture
async def shop(tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    outlets = {Channel.EMAIL: SimulatedOutlet(tmp_path / "post", Channel.EMAIL)}
    async with a_terminal(
        tmp_path, socket_dir, outlets=outlets, public_url="https://points.example"
    ) as running:
        yield running


async def test_a_blank_card_that_lies_there_comes_along_and_a_cut_promises_nothing(
    shop: Shop, tmp_path: Path
) -> None:
    card = {"card_number": BLANK, "uid": BLANK_UID, "state": "stock"}
    assert (await shop.central.post("cards", card, token="office")).status == 200
    offer = await _told(shop, AskJoin(request_id="visitor.1"))
    assert (offer.days, offer.trouble) == (JOIN_LINK_VALID_DAYS, "")
    await shop.tap(BLANK_UID)
    await eventually(lambda: shop.kiosk.session.state == "refused")
    session_id = shop.kiosk.session.session_id
    shop.kiosk.send(EndSession(session_id=session_id))
    joined = await _told(shop, _wish(2, "eva@example.org", session_id))
    assert (joined.has_joined, joined.has_card, joined.trouble) == (True, True, "")
    found = await shop.central.post("cards/find", {"card_number": BLANK}, token="office")
    assert found.body["state"] == "to_validate"
    files = await shop.central.handed_on(lambda: list((tmp_path / "post").glob("*.json")))
    [letter] = [json.loads(each.read_bytes()) for each in files]
    assert "https://points.example/j/" in letter["text"]

    await shop.remove()
    await eventually(lambda: shop.agent.desk.current is None)
    assert (await _told(shop, _wish(3, "eva@example.org", session_id))).trouble == "card_gone"
    alone = await _told(shop, _wish(2, "eva@example.org"))
    assert (alone.has_joined, alone.has_card) == (True, True), "the first wish, known without its card"
    assert (await _told(shop, _wish(4, "no address"))).trouble == "not_an_address"
    for number in range(JOIN_MAILS_PER_ADDRESS - 1):
        assert (await _told(shop, _wish(10 + number, "eva@example.org"))).has_joined
    many = await _told(shop, _wish(20, "eva@example.org"))
    assert (many.trouble, many.wait_minutes > 0) == ("too_many", True)
    await shop.cut()
    assert (await _told(shop, AskJoin(request_id="visitor.30"))).trouble == "central_unreachable"
    assert (await _told(shop, _wish(31, "urs@example.org"))).trouble == "central_unreachable"


async def test_without_a_way_out_for_mail_nothing_is_offered(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir) as shop:
        assert (await _told(shop, AskJoin(request_id="visitor.1"))).trouble == "not_set_up"

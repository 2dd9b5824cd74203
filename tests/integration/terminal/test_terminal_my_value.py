"""What a member has, asked by a kiosk of a real central through the agent: as much as the card proves."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.central_fixture import CARD, GROUP, OTHER_UID, PROGRAMME, SUN_CREAM
from tests.helpers import eventually
from tests.integration.central.test_vouchers import thanks
from tests.terminal_fixture import CREAM, Shop
from tools.till import Item
from wire.messages import Answer, FromAgent, Hello, Message
from wire.my_value import (
    AskAssociations,
    AskMyValue,
    AssociationsTold,
    DonatedTold,
    DonatePoints,
    MyValueTold,
    ReportTicket,
    ReportTold,
    ShowVoucher,
    VoucherTold,
)
from wire.peer import Link, connect_forever

BIG = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=100_000)
"""Earns a thousand points."""


@dataclass
class Asker:
    """A kiosk that asks; its answers by the ids of its questions."""

    shop: Shop
    link: Link | None = None
    told: dict[str, Answer] = field(default_factory=dict)

    async def on_message(self, message: FromAgent) -> None:
        request_id = getattr(message, "request_id", "")
        if request_id:
            self.told[request_id] = message  # type: ignore[assignment]

    @property
    def session_id(self) -> str:
        return self.shop.kiosk.session.session_id

    async def ask(self, message: Message) -> Any:
        link = self.link
        assert link is not None
        await eventually(lambda: link.is_up)
        assert link.send(message)
        request_id = str(getattr(message, "request_id", ""))
        await eventually(lambda: request_id in self.told)
        return self.told.pop(request_id)


async def publish(shop: Shop, *rules: dict[str, Any], **changed: Any) -> None:
    """The group's programme with more rules and other settings."""
    services = shop.central.services
    group = await services.groups.get(GROUP)
    programme = PROGRAMME | {"rules": [*PROGRAMME["rules"], *rules]} | changed  # type: ignore[misc]
    await services.groups.put_group(
        shop.central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=json.dumps(programme),
        settings=group.settings,
    )


@pytest.fixture
async def asker(shop: Shop) -> AsyncIterator[Asker]:
    made = Asker(shop)
    hello = Hello(program="kiosk", version="0")
    async with connect_forever(
        shop.settings.socket, hello, FromAgent, made.on_message, lambda _: None
    ) as link:
        made.link = link
        yield made


async def a_voucher(asker: Asker, **changed: Any) -> MyValueTold:
    """A ticket of CHF 39.80 gives a voucher of CHF 5.00; the member asks what there is."""
    await publish(asker.shop, thanks(), **changed)
    await asker.shop.tap_known()
    assert (await asker.shop.till.award([CREAM])).response.result == "Success"
    told = await asker.ask(AskMyValue(request_id="v1", session_id=asker.session_id))
    assert isinstance(told, MyValueTold)
    return told


async def test_a_member_sees_points_their_end_and_a_voucher_with_its_number(asker: Asker) -> None:
    told = await a_voucher(asker, identification={"redeem": "nfc_uid"})

    assert (told.points, told.trouble, told.tier) == (39, "", None)
    assert [each.points for each in told.endings] == [39]
    (voucher,) = told.vouchers
    assert (voucher.worth_minor, voucher.is_limited) == (500, False)

    shown = await asker.ask(
        ShowVoucher(request_id="v2", session_id=asker.session_id, voucher_id=voucher.voucher_id)
    )
    assert isinstance(shown, VoucherTold)
    assert (shown.trouble, len(shown.payload)) == ("", 20)
    assert shown.code.replace(" ", "") == shown.payload


async def test_a_card_that_can_be_copied_is_told_no_number(asker: Asker) -> None:
    (voucher,) = (await a_voucher(asker)).vouchers
    shown = await asker.ask(
        ShowVoucher(request_id="v2", session_id=asker.session_id, voucher_id=voucher.voucher_id)
    )
    assert shown == VoucherTold(request_id="v2", trouble="needs_card")


async def test_a_voucher_of_somebody_else_is_not_there(asker: Asker) -> None:
    (voucher,) = (await a_voucher(asker, identification={"redeem": "nfc_uid"})).vouchers
    await asker.shop.remove()
    await eventually(lambda: asker.shop.kiosk.state.session is None)
    await asker.shop.tap_known(OTHER_UID)
    shown = await asker.ask(
        ShowVoucher(request_id="v3", session_id=asker.session_id, voucher_id=voucher.voucher_id)
    )
    assert shown == VoucherTold(request_id="v3", trouble="changed")


async def test_a_number_alone_and_a_session_that_is_over_are_told_nothing(asker: Asker) -> None:
    await asker.shop.tap(CARD, "barcode")
    await eventually(lambda: asker.shop.kiosk.session.state == "open")
    told = await asker.ask(AskMyValue(request_id="n1", session_id=asker.session_id))
    assert told == MyValueTold(request_id="n1", trouble="needs_card")
    told = await asker.ask(AskMyValue(request_id="n2", session_id="a-session-of-before"))
    assert told == MyValueTold(request_id="n2", trouble="not_here")


async def test_without_central_that_is_the_answer_at_once(asker: Asker) -> None:
    await asker.shop.tap_known()
    await asker.shop.cut()
    told = await asker.ask(AskMyValue(request_id="c1", session_id=asker.session_id))
    assert told == MyValueTold(request_id="c1", trouble="central_unreachable")


async def associations(asker: Asker, **table: str) -> AssociationsTold:
    await publish(asker.shop, identification=table)
    central = asker.shop.central
    assert (await central.put("parties/association/club", {"name": "FC Nyon"})).status == 200
    await asker.shop.tap_known()
    assert (await asker.shop.till.award([BIG])).response.result == "Success"
    told = await asker.ask(AskAssociations(request_id="a1", session_id=asker.session_id))
    assert isinstance(told, AssociationsTold)
    return told


def a_gift(asker: Asker, request_id: str) -> DonatePoints:
    return DonatePoints(
        request_id=request_id,
        session_id=asker.session_id,
        act_id="gift-of-this-visit",
        association_id="club",
        points=100,
    )


async def test_points_are_given_once_and_the_screen_shows_what_is_left(asker: Asker) -> None:
    told = await associations(asker, donate="nfc_uid")
    assert (told.points, [each.name for each in told.associations]) == (1000, ["FC Nyon"])
    assert asker.shop.kiosk.session.member is not None
    assert asker.shop.kiosk.session.member.may_donate

    given = await asker.ask(a_gift(asker, "a2"))
    again = await asker.ask(a_gift(asker, "a3"))

    assert given == DonatedTold(request_id="a2", points=100, balance=900)
    assert again == DonatedTold(request_id="a3", points=100, balance=900)
    assert await asker.shop.central.points_of() == 900
    await eventually(lambda: shown_points(asker) == 900)


def shown_points(asker: Asker) -> int | None:
    member = asker.shop.kiosk.session.member
    return member.points if member else None


async def test_a_card_that_can_be_copied_gives_nothing(asker: Asker) -> None:
    await associations(asker)
    assert asker.shop.kiosk.session.member is not None
    assert not asker.shop.kiosk.session.member.may_donate
    refused = await asker.ask(a_gift(asker, "a2"))
    assert refused == DonatedTold(request_id="a2", trouble="needs_card")
    assert await asker.shop.central.points_of() == 1000


async def test_a_gift_that_a_cut_kept_back_is_made_when_the_line_is_back(asker: Asker) -> None:
    await associations(asker, donate="nfc_uid")
    await asker.shop.cut()
    lost = await asker.ask(a_gift(asker, "a2"))
    assert lost == DonatedTold(request_id="a2", trouble="central_unreachable")
    await asker.shop.mend()
    assert await asker.ask(a_gift(asker, "a3")) == DonatedTold(request_id="a3", points=100, balance=900)


async def test_a_ticket_that_is_not_right_lies_with_head_office(asker: Asker) -> None:
    await asker.shop.tap_known()
    assert (await asker.shop.till.award([CREAM])).response.result == "Success"
    await eventually(lambda: bool(tickets(asker)))
    sale_id = tickets(asker)[0]
    report = ReportTicket(request_id="r1", session_id=asker.session_id, sale_id=sale_id)
    assert await asker.ask(report) == ReportTold(request_id="r1", state="open")
    (waiting,) = (await asker.shop.central.get("incidents", token="office")).body["incidents"]
    assert (waiting["sale_id"], waiting["kind"]) == (sale_id, "points_missing")
    other = ReportTicket(request_id="r2", session_id=asker.session_id, sale_id="no-such-sale")
    assert await asker.ask(other) == ReportTold(request_id="r2", trouble="not_here")


def tickets(asker: Asker) -> list[str]:
    member = asker.shop.kiosk.session.member
    return [each.sale_id for each in member.tickets] if member else []

"""A voucher of points, made by a real central through the agent: once, never by a card that can be copied."""

import msgspec

from tests.central_fixture import GROUP
from tests.helpers import eventually
from tests.integration.terminal.test_terminal_my_value import BIG, Asker, asker, publish, shown_points
from wire.conversions import (
    AskConversions,
    ConversionsTold,
    ConvertedTold,
    ConvertPoints,
    ForwardedTold,
    PayForward,
    PointsFor,
)
from wire.promotions import AskPromotions, Promotion, PromotionsTold

__all__ = ["asker"]

STEP = {"points": 100, "worth_minor": 100}


async def a_thousand_points(asker: Asker, **table: str) -> ConversionsTold:
    await publish(asker.shop, identification=table, voucher_step=STEP)
    await asker.shop.tap_known()
    assert (await asker.shop.till.award([BIG])).response.result == "Success"
    told = await asker.ask(AskConversions(request_id="a1", session_id=asker.session_id))
    assert isinstance(told, ConversionsTold)
    return told


def a_wish(asker: Asker, request_id: str, points: int = 500) -> ConvertPoints:
    return ConvertPoints(
        request_id=request_id,
        session_id=asker.session_id,
        act_id="voucher-of-this-visit",
        points=points,
        worth_minor=points,
    )


async def test_points_become_a_voucher_once_and_the_balance_follows(asker: Asker) -> None:
    told = await a_thousand_points(asker, redeem="nfc_uid")
    assert [each.points for each in told.choices] == [100, 500, 1000]
    assert told.choices[1] == PointsFor(points=500, worth_minor=500)
    member = asker.shop.kiosk.session.member
    assert member is not None
    assert member.may_convert

    made = await asker.ask(a_wish(asker, "a2"))
    again = await asker.ask(a_wish(asker, "a3"))

    assert isinstance(made, ConvertedTold)
    assert (made.points, made.balance, made.worth_minor, len(made.payload)) == (500, 500, 500, 20)
    assert (again.voucher_id, again.payload, again.balance) == (made.voucher_id, made.payload, 500)
    await eventually(lambda: shown_points(asker) == 500)
    left = asker.shop.kiosk.session.member
    assert left is not None
    assert (left.may_convert, left.worth_minor) == (True, 500), "what is left can become a voucher too"


async def test_a_card_that_can_be_copied_makes_no_voucher_and_a_cut_is_said(asker: Asker) -> None:
    await a_thousand_points(asker)
    member = asker.shop.kiosk.session.member
    assert member is not None
    assert not member.may_convert
    assert await asker.ask(a_wish(asker, "a2")) == ConvertedTold(request_id="a2", trouble="needs_card")
    await publish(asker.shop, identification={"redeem": "nfc_uid"}, voucher_step=STEP)
    assert await asker.ask(a_wish(asker, "a3", 1100)) == ConvertedTold(request_id="a3", trouble="changed")
    await asker.shop.cut()
    lost = await asker.ask(a_wish(asker, "a4"))
    assert lost == ConvertedTold(request_id="a4", trouble="central_unreachable")
    assert await asker.shop.central.points_of() == 1000


async def test_points_are_paid_forward_once_and_wait_in_this_shop(asker: Asker) -> None:
    told = await a_thousand_points(asker, donate="nfc_uid")
    assert told.forward_minor == 0
    gift = PayForward(
        request_id="f1", session_id=asker.session_id, act_id="gift-of-this-visit", points=500, worth_minor=500
    )
    given = await asker.ask(gift)
    again = await asker.ask(msgspec.structs.replace(gift, request_id="f2"))
    assert given == ForwardedTold(request_id="f1", points=500, balance=500, worth_minor=500)
    assert again == msgspec.structs.replace(given, request_id="f2")
    told = await asker.ask(AskConversions(request_id="f3", session_id=asker.session_id))
    assert (told.points, told.forward_minor) == (500, 500)
    await eventually(lambda: shown_points(asker) == 500)


async def test_offers_of_today_come_with_their_reason_through_the_agent(asker: Asker) -> None:
    services = asker.shop.central.services
    when = {"and": [{"fact": "member.is_known"}, {"fact": "member.is_first_purchase"}]}
    effects = [{"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}]
    rule = {"id": "welcome", "version": 1, "kind": "promotion", "when": when, "effects": effects}
    await publish(asker.shop, rule)
    group = await services.groups.get(GROUP)
    await services.groups.put_group(
        asker.shop.central.operator,
        name=group.row.name,
        country="CH",
        currency="CHF",
        programme=group.row.programme,
        settings=msgspec.structs.replace(group.settings, rule_names={"welcome": {"fr": "Bienvenue"}}),
    )
    await asker.shop.tap_known()
    told = await asker.ask(AskPromotions(request_id="p1", session_id=asker.session_id))
    offer = Promotion(names={"fr": "Bienvenue"}, because=("new",))
    assert told == PromotionsTold(request_id="p1", promotions=(offer,))
    await asker.shop.cut()
    told = await asker.ask(AskPromotions(request_id="p2", session_id=asker.session_id))
    assert told == PromotionsTold(request_id="p2", trouble="central_unreachable")

"""A card is replaced at the kiosk: real sockets, a real central, a blank card on the reader (C-05)."""

from typing import cast

from tests.central_fixture import CARD, OTHER_UID, UID
from tests.helpers import eventually
from tests.integration.central.test_chip_messages import tap
from tests.integration.central.test_replacements import a_clerks_chip
from tests.integration.central.test_staff_cards import STAFF_UID
from tests.terminal_fixture import Shop
from wire.messages import FromKiosk, Medium
from wire.replacements import (
    BeginReplacement,
    BeginReplacementWithout,
    HandReplacement,
    ProveReplacement,
    ReplacementTold,
    TakeCards,
)

NEW_CARD, NEW_UID = "2900000000222", "04A1B2C3D4E5B1"


async def _told(shop: Shop, message: FromKiosk) -> ReplacementTold:
    shop.kiosk.send(message)
    request_id = message.request_id  # type: ignore[union-attr]
    await eventually(lambda: any(each.request_id == request_id for each in shop.kiosk.answers))
    told = shop.kiosk.answers[-1]
    assert isinstance(told, ReplacementTold)
    return told


async def _hold(
    shop: Shop, card: str | dict[str, str], request_id: str, begun: str, *, is_staff: bool = False
) -> ReplacementTold:
    """Hold a card there, and let the agent look at it as the kiosk does."""
    await shop.remove()
    medium, value = ("nfc_uid", card) if isinstance(card, str) else (card["medium"], card["value"])
    tap_id = await shop.tap(value, cast("Medium", medium))
    return await _told(
        shop, HandReplacement(request_id=request_id, replacement_id=begun, tap_id=tap_id, is_staff=is_staff)
    )


async def test_a_clerk_confirms_and_the_blank_card_takes_the_old_one_s_place(shop: Shop) -> None:
    clerk = await a_clerks_chip(shop.central)
    blank = {"card_number": NEW_CARD, "uid": NEW_UID, "state": "stock"}
    assert (await shop.central.post("cards", blank, token="office")).status == 200
    await shop.tap_known()
    session_id = shop.kiosk.session.session_id
    begun = await _told(shop, BeginReplacement(request_id="k.1", session_id=session_id))
    assert begun.outcome == "staff", "no address of hers is known"
    shop.kiosk.send(TakeCards(is_on=True))
    await eventually(lambda: shop.agent.desk.takes_cards)
    wrong = await _hold(shop, OTHER_UID, "k.2", begun.replacement_id, is_staff=True)
    assert wrong.outcome == "not_staff"
    assert shop.kiosk.state.session is None, "a card on such a page opens no session"
    copied = await _hold(shop, STAFF_UID, "k.3", begun.replacement_id, is_staff=True)
    assert copied.outcome == "not_staff", "a UID may be copied"
    granted = await _hold(shop, tap(clerk), "k.6", begun.replacement_id, is_staff=True)
    assert granted.outcome == "card"
    assert (await _hold(shop, UID, "k.4", begun.replacement_id)).outcome == "not_blank"
    done = await _hold(shop, NEW_UID, "k.5", begun.replacement_id)
    assert (done.outcome, done.keeps_pin) == ("done", False)
    shop.kiosk.send(TakeCards(is_on=False))
    await eventually(lambda: not shop.agent.desk.takes_cards)
    await shop.remove()
    await shop.tap_known(NEW_UID)
    old = await shop.central.post("cards/find", {"card_number": CARD}, token="office")
    assert old.body["state"] == "replaced"


async def test_without_the_card_nobody_learns_anything_and_in_a_cut_nothing_happens(shop: Shop) -> None:
    asked = BeginReplacementWithout(request_id="v.1", number="2900000000999", birth_date="1961-04-12")
    begun = await _told(shop, asked)
    assert (begun.outcome, begun.channel) == ("code", "")
    code = ProveReplacement(request_id="v.2", replacement_id=begun.replacement_id, code="123456")
    assert (await _told(shop, code)).outcome == "wrong"
    assert (await _told(shop, BeginReplacement(request_id="v.3", session_id="gone"))).outcome == "not_here"
    gone = HandReplacement(request_id="v.4", replacement_id=begun.replacement_id, tap_id="never")
    assert (await _told(shop, gone)).outcome == "not_read"
    await shop.tap_known()
    await shop.cut()
    session_id = shop.kiosk.session.session_id
    away = await _told(shop, BeginReplacement(request_id="v.5", session_id=session_id))
    assert away.outcome == "central_unreachable"
    card = await shop.central.post("cards/find", {"card_number": CARD}, token="office")
    assert card.body["state"] == "active"

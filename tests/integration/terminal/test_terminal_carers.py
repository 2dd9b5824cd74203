"""Somebody acts for a member: from the kiosk's wish to the card that is refused again, over real sockets."""

from pathlib import Path

from loyalty.durations import DAY_MS
from loyalty.limits.cards import PIN_PROOF_S
from terminal.clock import wall_clock
from tests.central_fixture import CARD, MEMBER, UID
from tests.helpers import eventually
from tests.integration.central.clerks import sign_in
from tests.integration.central.test_chip_messages import a_chip, tap
from tests.integration.central.test_pins import PIN, put_pin
from tests.integration.terminal.test_terminal_offline import fetched
from tests.movable_clock import MovableClock
from tests.terminal_fixture import CREAM, Shop, a_terminal
from tools.till import read_additional
from wire.carers import AskCarers, CarersTold, EndCarer, HandCarer, PrepareCarer
from wire.messages import EnterPin, Evidence, FromKiosk, PinTold
from wire.replacements import TakeCards

CARERS, CARERS_UID = "2900000000222", "04A1B2C3D4E5B1"


async def _told(shop: Shop, message: FromKiosk) -> CarersTold:
    shop.kiosk.send(message)
    request_id = message.request_id  # type: ignore[union-attr]
    await eventually(lambda: any(each.request_id == request_id for each in shop.kiosk.answers))
    told = shop.kiosk.answers[-1]
    assert isinstance(told, CarersTold)
    return told


async def _with_pin(shop: Shop) -> str:
    """The member's card lies there and its PIN was typed; the session."""
    clerk = await sign_in(shop.central)
    card = await a_chip(shop.central)
    assert (await put_pin(shop.central, clerk)).status == 200
    blank = {"card_number": CARERS, "uid": CARERS_UID, "state": "stock"}
    assert (await shop.central.post("cards", blank, token="office")).status == 200
    await shop.tap(tap(card)["value"], "ntag424")
    await eventually(lambda: shop.kiosk.session.state == "open")
    session_id = shop.kiosk.session.session_id
    weak = await _told(shop, AskCarers(request_id="c.1", session_id=session_id))
    assert weak.outcome == "needs_pin"
    shop.kiosk.send(EnterPin(request_id="c.2", session_id=session_id, pin=PIN))
    await eventually(lambda: isinstance(shop.kiosk.answers[-1], PinTold))
    return session_id


async def _hold_new_card(shop: Shop) -> str:
    """In place of the member's own; its tap."""
    shop.kiosk.send(TakeCards(is_on=True))
    await eventually(lambda: shop.agent.desk.takes_cards)
    await shop.remove()
    return await shop.tap(CARERS_UID)


async def test_a_pin_that_was_typed_too_long_ago_is_to_be_typed_again_not_set(
    tmp_path: Path, socket_dir: Path
) -> None:
    clock = MovableClock(wall_clock())
    async with a_terminal(tmp_path, socket_dir, central_clock=clock) as shop:
        session_id = await _with_pin(shop)
        clock.now_ms += (PIN_PROOF_S - 60) * 1000
        wish = PrepareCarer(request_id="c.3", session_id=session_id, wish_id="w-1", name="Marie")
        assert (await _told(shop, wish)).outcome == "prepared"
        tap_id = await _hold_new_card(shop)
        clock.now_ms += 90_000
        late = await _told(shop, HandCarer(request_id="c.4", wish_id="w-1", tap_id=tap_id))
        assert late.outcome == "over"


async def test_a_member_gives_a_card_for_somebody_and_takes_it_back(shop: Shop) -> None:
    session_id = await _with_pin(shop)
    assert (await _told(shop, AskCarers(request_id="c.3", session_id=session_id))).carers == ()
    wish = PrepareCarer(
        request_id="c.4", session_id=session_id, wish_id="w-1", name="Marie", may=("purchases",), days=31
    )
    assert (await _told(shop, wish)).outcome == "prepared"
    tap_id = await _hold_new_card(shop)
    given = await _told(shop, HandCarer(request_id="c.5", wish_id="w-1", tap_id=tap_id))
    assert (given.outcome, [(each.name, each.may) for each in given.carers]) == (
        "given",
        [("Marie", ("purchases",))],
    )
    (kept,) = given.carers
    assert abs(kept.ends_ms - wall_clock() - 31 * DAY_MS) < DAY_MS, "as the member chose"
    again = await _told(shop, HandCarer(request_id="c.6", wish_id="w-1", tap_id=tap_id))
    assert again.outcome == "over", "a wish is good for one card"
    shop.kiosk.send(TakeCards(is_on=False))
    await eventually(lambda: not shop.agent.desk.takes_cards)
    await shop.remove()
    await shop.tap_known(CARERS_UID)
    member = shop.kiosk.session.member
    assert member is not None
    assert (member.is_carer, member.may_convert, member.may_donate) == (True, False, False)
    session_id = shop.kiosk.session.session_id
    own = await _told(shop, EndCarer(request_id="c.7", session_id=session_id, carer_id="w-1"))
    assert own.outcome == "not_here", "carers end nobody"
    await shop.remove()
    await shop.cut()
    away = await _told(shop, HandCarer(request_id="c.8", wish_id="w-2", tap_id="none"))
    assert away.outcome == "over"


async def test_a_card_that_was_taken_back_is_refused_in_a_cut_and_the_members_own_is_not(shop: Shop) -> None:
    blank = {"card_number": CARERS, "uid": CARERS_UID, "state": "stock"}
    assert (await shop.central.post("cards", blank, token="office")).status == 200
    body = {"carer_id": "c-1", "name": "Marie", "card_number": CARERS, "may": ["spend"]}
    given = await shop.central.post(f"members/{MEMBER}/carers", body, token="office")
    assert given.status == 200, given.body
    data = await fetched(shop)
    assert not data.is_hot(Evidence(medium="nfc_uid", value=CARERS_UID), "")
    ended = await shop.central.post(f"members/{MEMBER}/carers/c-1/end", None, token="office")
    assert ended.status == 200
    await data.fetch()
    await shop.cut()

    await shop.tap(CARERS_UID)
    await eventually(lambda: shop.kiosk.session.refusal == "blocked_card")
    assert shop.kiosk.session.in_cut is None, "nothing of the member is told with it"
    sold = await shop.till.award([CREAM], card=CARERS)
    assert sold.response.result == "Failure"
    assert read_additional(sold.response.additional_response)["code"] == "blocked_card"
    await shop.remove()
    await shop.tap(UID)
    await eventually(lambda: shop.kiosk.session.refusal == "central_unreachable")
    assert (await shop.till.award([CREAM], card=CARD)).response.result == "Success"

"""A clerk has a member choose a PIN: begun at the till or at the kiosk, typed by the member alone."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from central.services.core.pins import card_owner
from loyalty.errors import LoyaltyError
from loyalty.limits.cards import PIN_TRIES_MAX, PIN_WISH_CODES_MAX
from tests.central_fixture import CARD, GROUP, MEMBER, OTHER_CARD, OTHER_UID, UID
from tests.helpers import eventually
from tests.integration.terminal.test_terminal_counter import ask, signed_in
from tests.integration.terminal.test_terminal_looking_after import answer, is_done, staff_there
from tests.integration.terminal.till_pairing import STAFF_UID
from tests.terminal_fixture import Shop
from wire.messages import PinTold, Session
from wire.new_pins import (
    AskPinHolder,
    ChoosePin,
    ConfirmPin,
    LeavePin,
    NewPinTold,
    PinHolderTold,
    PinWish,
    WishPin,
)

PIN = "248613"
OTHER = "735108"


async def wished(shop: Shop) -> PinWish:
    """What the kiosk is to show."""
    await eventually(lambda: shop.kiosk.state.pin_wish is not None and shop.kiosk.state.session is not None)
    wish = shop.kiosk.state.pin_wish
    assert wish is not None
    return wish


async def choose(shop: Shop, request_id: str, pin: str = "", wish_id: str = "") -> str:
    """The member types it; the outcome."""
    wish_id = wish_id or (await wished(shop)).wish_id
    session_id = shop.kiosk.session.session_id
    shop.kiosk.send(ChoosePin(request_id=request_id, session_id=session_id, wish_id=wish_id, pin=pin))
    await eventually(lambda: any(each.request_id == request_id for each in shop.kiosk.answers))
    told = next(each for each in shop.kiosk.answers if each.request_id == request_id)
    assert isinstance(told, NewPinTold)
    return told.outcome


async def clerk_wishes(shop: Shop, session_id: str, request_id: str, *, is_unlock: bool = False) -> bool:
    """The clerk at the kiosk; whether the next member's card is waited for."""
    shop.kiosk.send(
        WishPin(request_id=request_id, session_id=session_id, is_unlock=is_unlock, identity="passport")
    )
    return await is_done(shop, request_id)


async def holder(shop: Shop, request_id: str) -> PinHolderTold:
    """Whose card came, as the clerk sees it."""
    wish = await wished(shop)
    assert wish.asks_clerk
    session_id = shop.kiosk.session.session_id
    shop.kiosk.send(AskPinHolder(request_id=request_id, session_id=session_id, wish_id=wish.wish_id))
    return await answer(shop, request_id, PinHolderTold)


async def confirm(shop: Shop, request_id: str, code: str, wish_id: str = "") -> str:
    """The clerk types their code; how it was judged."""
    wish_id = wish_id or (await wished(shop)).wish_id
    session_id = shop.kiosk.session.session_id
    shop.kiosk.send(ConfirmPin(request_id=request_id, session_id=session_id, wish_id=wish_id, code=code))
    return (await answer(shop, request_id, PinTold)).outcome


async def there(shop: Shop, uid: str = UID) -> None:
    """A member's card, and the wish is of it."""
    await shop.tap_known(uid)
    await eventually(lambda: not shop.kiosk.state.wants_card)


@asynccontextmanager
async def asking(shop: Shop, **pairs: str) -> "AsyncIterator[asyncio.Task[tuple[str, dict[str, str]]]]":
    """The till waits for the member meanwhile."""
    task = asyncio.create_task(ask(shop, "pin", identity="id_card", **pairs))
    try:
        yield task
    finally:
        task.cancel()


async def again(shop: Shop) -> Session:
    """The clerk's card lies there once more."""
    await shop.tap(STAFF_UID)
    await eventually(lambda: shop.kiosk.state.session is not None and shop.kiosk.session.staff is not None)
    return shop.kiosk.session


async def lock(shop: Shop) -> None:
    """Three wrong ones."""
    pins = shop.central.services.counter.pins._pins
    for _ in range(PIN_TRIES_MAX):
        with pytest.raises(LoyaltyError):
            await pins.check(GROUP, card_owner(CARD), "951735")
    assert await tries(shop) == PIN_TRIES_MAX


async def tries(shop: Shop) -> int:
    """Wrong ones in a row."""
    row = await shop.central.services.counter.pins._pins.find(GROUP, card_owner(CARD))
    assert row is not None
    return row.tries


async def is_right(shop: Shop, pin: str) -> bool:
    pins = shop.central.services.counter.pins._pins
    row = await pins.find(GROUP, card_owner(CARD))
    return row is not None and await pins.is_right(row, pin)


async def test_a_clerk_at_the_till_wishes_it_and_only_the_member_knows_it(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    clerk = await signed_in(shop)
    nobody, why = await ask(shop, "pin", id="a-0", clerk=clerk, kind="set", identity="id_card")
    await shop.tap_known()
    async with asking(shop, id="a-1", clerk=clerk, kind="set") as till:
        assert await choose(shop, "k.1", "1234") == "too_simple"
        busy, waits = await ask(shop, "pin", id="a-2", clerk=clerk, kind="set", identity="id_card")
        assert await choose(shop, "k.2", PIN) == "done"
        done, told = await till
    assert (nobody, why["code"]) == ("NotFound", "card_missing")
    assert (busy, waits["code"]) == ("Busy", "asked_already")
    assert (done, told["member"], told["triesLeft"]) == ("Success", MEMBER, "3")
    assert await is_right(shop, PIN)
    await eventually(lambda: shop.kiosk.state.pin_wish is None)
    acts = (await shop.central.get("counter/acts", token="office")).body["acts"]
    assert [(each["kind"], each["staff_id"], each["reason"]) for each in acts] == [
        ("pin_set", "s-7", "id_card")
    ]
    kept = "".join(
        path.read_bytes().decode("latin-1") for path in shop.settings.state_dir.rglob("*") if path.is_file()
    )
    assert PIN not in kept + caplog.text + str(told)


async def test_who_does_not_want_to_leaves_it_and_so_does_a_till_or_a_card(shop: Shop) -> None:
    clerk = await signed_in(shop)
    await shop.tap_known()
    async with asking(shop, id="a-1", clerk=clerk, kind="set") as till:
        shop.kiosk.send(LeavePin(wish_id=(await wished(shop)).wish_id))
        left, why = await till
    async with asking(shop, id="a-2", clerk=clerk, kind="set") as till:
        gone = (await wished(shop)).wish_id
        await shop.remove()
        removed, _ = await till
    await shop.tap_known(OTHER_UID)
    assert await choose(shop, "k.1", PIN, gone) == "over", "it was another member's"
    async with asking(shop, id="a-3", clerk=clerk, kind="reset") as till:
        assert await choose(shop, "k.2", PIN) == "no_pin"
        refused, told = await till
    assert (left, why["code"], removed) == ("Cancel", "nobody_answered", "Cancel")
    assert (refused, told["code"]) == ("Refusal", "pin_missing")
    assert not await is_right(shop, PIN)


async def test_a_clerk_at_the_kiosk_begins_it_and_confirms_whose_card_came(shop: Shop) -> None:
    session_id = await staff_there(shop, code="4071")
    assert await clerk_wishes(shop, session_id, "w.1")
    await eventually(lambda: shop.kiosk.state.wants_card)
    await shop.remove()
    await there(shop)
    told = await holder(shop, "h.1")
    assert (told.name, told.card_end, told.trouble) == ("R.", CARD[-4:], "")
    assert await choose(shop, "k.0", PIN) == "over", "nobody confirmed it yet"
    assert await confirm(shop, "c.1", "4072") == "wrong"
    assert await confirm(shop, "c.2", "4071") == "right"
    await eventually(
        lambda: shop.kiosk.state.pin_wish is not None and not shop.kiosk.state.pin_wish.asks_clerk
    )
    assert await choose(shop, "k.1", PIN) == "done"
    assert await is_right(shop, PIN)
    await shop.remove()

    session_id = (await again(shop)).session_id
    assert await clerk_wishes(shop, session_id, "w.2")
    await shop.remove()
    await there(shop)
    assert await confirm(shop, "c.3", "4071") == "right"
    assert await choose(shop, "k.2", OTHER) == "done", "one that was forgotten is reset"
    assert await is_right(shop, OTHER)


async def test_a_card_from_the_queue_gets_no_pin_and_the_wish_is_over_with_it(shop: Shop) -> None:
    session_id = await staff_there(shop, code="4071")
    assert await clerk_wishes(shop, session_id, "w.1")
    await shop.remove()
    await there(shop, OTHER_UID)
    assert (await holder(shop, "h.1")).name == "B.", "not the person of the passport"
    wish = await wished(shop)
    assert await choose(shop, "k.1", PIN, wish.wish_id) == "over"
    shop.kiosk.send(LeavePin(wish_id=wish.wish_id))
    await eventually(lambda: shop.kiosk.state.pin_wish is None)
    assert await confirm(shop, "c.1", "4071", wish.wish_id) == "not_here", "refused is refused"
    await shop.remove()
    await shop.tap_known(UID)
    assert shop.kiosk.state.pin_wish is None, "it is nobody's any more"
    assert await choose(shop, "k.2", PIN, wish.wish_id) == "over"
    assert (await shop.central.get("counter/acts", token="office")).body["acts"] == []
    assert await shop.central.services.counter.pins._pins.find(GROUP, card_owner(OTHER_CARD)) is None


async def test_two_wrong_codes_end_the_wish_and_lock_no_clerk(shop: Shop) -> None:
    session_id = await staff_there(shop, code="4071")
    assert await clerk_wishes(shop, session_id, "w.1")
    await shop.remove()
    await there(shop, OTHER_UID)
    assert [await confirm(shop, f"c.{number}", "4072") for number in range(PIN_WISH_CODES_MAX)] == [
        "wrong"
    ] * 2
    await eventually(lambda: shop.kiosk.state.pin_wish is None)
    await shop.remove()
    session_id = (await again(shop)).session_id
    assert await clerk_wishes(shop, session_id, "w.2")
    await shop.remove()
    await there(shop)
    assert await confirm(shop, "c.9", "4071") == "right", "a try was left"


async def test_in_a_cut_nothing_is_begun_and_nobody_is_named(shop: Shop) -> None:
    session_id = await staff_there(shop, code="4071")
    assert await clerk_wishes(shop, session_id, "w.1")
    await shop.remove()
    await there(shop)
    await shop.cut()
    assert (await holder(shop, "h.1")).trouble == "central_unreachable"
    await eventually(lambda: shop.kiosk.state.pin_wish is None)


async def test_a_till_sees_whose_card_lies_there_and_means_that_card_alone(shop: Shop) -> None:
    clerk = await signed_in(shop)
    await shop.tap_known()
    told, seen = await ask(shop, "holder", clerk=clerk)
    nobody, why = await ask(shop, "holder", clerk="made-up")
    await shop.remove()
    await shop.tap_known(OTHER_UID)
    other, instead = await ask(
        shop, "pin", id="a-1", clerk=clerk, kind="set", identity="passport", card=seen["card"]
    )
    await shop.remove()
    await shop.tap_known()
    async with asking(shop, id="a-2", clerk=clerk, kind="set", card=seen["card"]) as till:
        assert await choose(shop, "k.1", PIN) == "done"
        done, _ = await till
    assert (told, seen["name"], seen["cardEnd"], seen["member"]) == ("Success", "R.", CARD[-4:], MEMBER)
    assert (nobody, why["code"]) == ("Refusal", "sign_in_over")
    assert (other, instead["code"], done) == ("InvalidCard", "other_card", "Success")


async def test_a_locked_pin_is_unlocked_from_till_and_kiosk_and_stays_as_it_was(shop: Shop) -> None:
    clerk = await signed_in(shop)
    await shop.tap_known()
    missing, why = await ask(shop, "pin", id="a-1", clerk=clerk, kind="unlock", identity="known_person")
    async with asking(shop, id="a-2", clerk=clerk, kind="set") as till:
        assert await choose(shop, "k.1", PIN) == "done"
        await till
    await lock(shop)
    done, told = await ask(shop, "pin", id="a-3", clerk=clerk, kind="unlock", identity="known_person")
    assert (missing, why["code"]) == ("Refusal", "pin_missing")
    assert (done, told["triesLeft"], await tries(shop)) == ("Success", "3", 0)
    await lock(shop)
    await shop.remove()
    session_id = await staff_there(shop, code="4071")
    assert await clerk_wishes(shop, session_id, "w.1", is_unlock=True)
    await shop.remove()
    await there(shop)
    assert (await wished(shop)).is_unlock
    assert await choose(shop, "k.0") == "over", "nobody confirmed it yet"
    assert await confirm(shop, "c.1", "4071") == "right"
    assert await choose(shop, "k.2") == "done"
    assert (await tries(shop), await is_right(shop, PIN)) == (0, True)

"""A clerk's wish of a PIN: what a till is told that waits for it."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from loyalty.limits.cards import PIN_WISH_CARD_S, PIN_WISH_CLERK_S
from terminal.pin_wishes import PinAct, PinWishes
from terminal.session import CardSession
from wire.api import ProfileView
from wire.api_counter import PinView
from wire.messages import Evidence

ACT = PinAct(act_id="a-1", clerk="c-1", identity="passport", kind="set")


async def test_a_pin_that_central_sets_while_the_card_is_taken_away_is_told_as_set() -> None:
    wishes = PinWishes(lambda: None)
    wished = wishes.begin(ACT, session_id="s-1")
    view = PinView(member_id="m-1", tries_left=3)

    with wishes.sending(wished):
        wishes.follow(None)
        assert not wished.ended.done(), "central's answer is awaited"
        assert wishes.find(wished.wish.wish_id, "s-1") is None, "nobody may choose again"
        wishes.end(wished, view)

    assert wished.ended.result() == view


async def test_a_wish_whose_member_left_while_central_gave_no_answer_is_told_as_left() -> None:
    wishes = PinWishes(lambda: None)
    wished = wishes.begin(ACT, session_id="s-1")

    with wishes.sending(wished):
        wishes.follow(None)

    assert wished.ended.result() is None


async def test_a_wish_at_the_kiosk_ends_unless_the_clerk_confirms_in_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given: list[float] = []
    loop = asyncio.get_running_loop()
    call_later = loop.call_later

    def noting(delay: float, *rest: Any, **named: Any) -> asyncio.TimerHandle:
        given.append(delay)
        return call_later(0 if delay == PIN_WISH_CLERK_S else delay, *rest, **named)

    monkeypatch.setattr(loop, "call_later", noting)
    wishes = PinWishes(lambda: None)
    wished = wishes.begin(replace(ACT, clerk=""))
    assert (wishes.waits_for_card, wished.wish.asks_clerk) == (True, True)

    wishes.follow(a_member_there("s-1"))
    await wished.ended

    assert (wishes.shown, wished.ended.result()) == (None, None)
    assert given == [PIN_WISH_CARD_S, PIN_WISH_CLERK_S]
    assert wishes.find(wished.wish.wish_id, "s-1") is None


async def test_a_confirmed_wish_is_of_that_card_alone() -> None:
    wishes = PinWishes(lambda: None)
    wished = wishes.begin(replace(ACT, clerk=""))
    wishes.follow(a_member_there("s-1"))
    wishes.confirm(wished, "pass-1")
    assert (wished.act.clerk, wished.wish.asks_clerk) == ("pass-1", False)
    assert wishes.find(wished.wish.wish_id, "s-2") is None

    wishes.follow(a_member_there("s-2"))

    assert (wishes.shown, wished.ended.result()) == (None, None)


def a_member_there(session_id: str) -> CardSession:
    profile = ProfileView(member_id="m-1", display_name="Mme A.", language="fr")
    evidence = Evidence(medium="nfc_uid", value="04A1B2C3D4E580")
    return CardSession(
        session_id=session_id, tap_id=f"t-{session_id}", evidence=evidence, expires_ms=None, profile=profile
    )

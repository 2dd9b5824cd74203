"""A member's details at the kiosk: through a real agent to a real central, after the PIN alone (C-29)."""

import logging
from typing import Any

import pytest

from tests.central_fixture import MEMBER
from tests.helpers import eventually
from tests.integration.terminal.test_terminal_pin import PIN, Member, member
from wire.my_details import (
    AskDetails,
    ChangeDetail,
    DetailsTold,
    EnterCode,
    SayConsent,
    SendCode,
)

__all__ = ["member"]


async def _ask(member: Member, kind: type[Any], request_id: str, **values: Any) -> DetailsTold:
    session_id = member.shop.kiosk.session.session_id
    member.shop.kiosk.send(kind(request_id=request_id, session_id=session_id, **values))
    answers = member.shop.kiosk.answers
    await eventually(lambda: any(each.request_id == request_id for each in answers))
    [told] = [each for each in answers if each.request_id == request_id]
    assert isinstance(told, DetailsTold)
    return told


async def test_after_the_pin_details_are_told_changed_and_kept_with_their_words(
    member: Member, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    await member.tap()
    assert (await _ask(member, AskDetails, "d1")).trouble == "needs_pin"
    assert (await member.enter(PIN)).outcome == "right"
    told = await _ask(member, AskDetails, "d2")
    assert told.details is not None
    assert told.details.codes == (), "no way out is set up here"
    told = await _ask(member, ChangeDetail, "d3", what="address", value="Rue du Lac 1, 1260 Nyon")
    told = await _ask(member, ChangeDetail, "d4", what="preferred", value="letter")
    assert told.details is not None
    assert (told.details.address, told.details.preferred) == ("Rue du Lac 1, 1260 Nyon", "letter")
    said = {"purpose": "letter", "is_given": True, "text_version": "2026-11/fr"}
    told = await _ask(member, SayConsent, "d5", **said)
    assert told.details is not None
    assert [each.purpose for each in told.details.consents if each.is_given] == ["letter"]
    [word] = (await member.shop.central.get(f"members/{MEMBER}/consents", token="office")).body["consents"]
    assert (word["text_version"], word["shop_id"]) == ("2026-11/fr", "lac-1")
    sent = await _ask(member, SendCode, "d6", code_id="k-1", channel="email", address="anne@example.org")
    assert sent.trouble == "not_here"
    over = await _ask(member, EnterCode, "d7", code_id="k-1", code="123456")
    assert over.trouble == "code_over"
    written = caplog.text + "".join(capfd.readouterr())
    assert "Rue du Lac" not in written
    assert "anne@example.org" not in written


async def test_in_a_cut_it_is_said_and_a_member_who_left_is_told_nothing(member: Member) -> None:
    await member.tap()
    await member.enter(PIN)
    await member.shop.cut()
    assert (await _ask(member, AskDetails, "d1")).trouble == "central_unreachable"
    await member.shop.mend()

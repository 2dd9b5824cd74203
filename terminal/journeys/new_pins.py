"""A clerk at the kiosk wishes a member a new PIN and confirms whose card came; then the member chooses it."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, Literal

import msgspec

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal import session as flow
from terminal.central_link import CentralRefused, CentralUnreachable
from terminal.journeys.base import Answering, Parts
from terminal.journeys.looking_after import may_look_after
from terminal.pin_wishes import PinAct, Wished
from terminal.session import CardSession
from wire.api import EvidenceBody
from wire.api_counter import CardSignInBody, ClerkView, PinBody, PinHolderBody, PinHolderView, PinView
from wire.messages import Answer, CommandResult, PinOutcome, PinTold
from wire.new_pins import (
    FINAL,
    AskPinHolder,
    ChoosePin,
    ConfirmPin,
    LeavePin,
    NewPinOutcome,
    NewPinTold,
    PinHolderTold,
    WishPin,
)

_OUTCOMES: Final[Mapping[str, NewPinOutcome]] = {
    "pin_too_simple": "too_simple",
    "pin_invalid": "too_simple",
    "pin_missing": "no_pin",
    "role_may_not": "not_allowed",
    "counter_limit": "not_allowed",
    "sign_in_over": "over",
    "strength_too_low": "needs_card",
    "try_again": "central_unreachable",
}
_OTHER_KIND: Final[Mapping[tuple[str, str], Literal["set", "reset"]]] = {
    ("set", "pin_there"): "reset",
    ("reset", "pin_missing"): "set",
}


class NewPins:
    """Takes the clerk's wish, and what the member chose."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def wish(self, asked: WishPin) -> Sequence[Answer]:
        """The clerk chose: now the next member's card is waited for."""
        parts, card = self._parts, self._parts.session(asked.session_id)
        if card is None or not may_look_after(card) or parts.pin_wishes.is_busy:
            return [CommandResult(request_id=asked.request_id, is_done=False, error="not_here")]
        try:
            parts.link.require_up()
        except CentralUnreachable:
            return [CommandResult(request_id=asked.request_id, is_done=False, error="central_unreachable")]
        act = PinAct(
            act_id=f"pin-{secrets.token_hex(12)}",
            identity=asked.identity,
            kind="unlock" if asked.is_unlock else None,
            staff_card=_evidence_of(card),
        )
        parts.pin_wishes.begin(act)
        return [CommandResult(request_id=asked.request_id, is_done=True)]

    async def tell_holder(self, asked: AskPinHolder) -> Sequence[Answer]:
        """Whose card came, for the clerk who saw a paper: asked by the clerk's own card."""
        parts, card = self._parts, self._parts.session(asked.session_id)
        wished = parts.pin_wishes.find(asked.wish_id, asked.session_id)
        if card is None or wished is None or wished.act.staff_card is None:
            return [PinHolderTold(request_id=asked.request_id, trouble="over")]
        body = PinHolderBody(holder=_evidence_of(card), staff_card=wished.act.staff_card)
        path = "/counter/pins/holder"
        try:
            parts.link.require_up()
            told = await parts.link.call("POST", path, body, PinHolderView, CENTRAL_TIMEOUT_S, card.tap_id)
        except CentralUnreachable:
            parts.pin_wishes.end(wished, None)
            return [PinHolderTold(request_id=asked.request_id, trouble="central_unreachable")]
        except CentralRefused as error:
            outcome = _OUTCOMES.get(error.problem.code, "not_here")
            parts.pin_wishes.end(wished, None)
            return [PinHolderTold(request_id=asked.request_id, trouble=outcome)]
        return [PinHolderTold(request_id=asked.request_id, name=told.name, card_end=told.card_end)]

    async def confirm(self, asked: ConfirmPin) -> Sequence[Answer]:
        """The clerk signs in by card and code: with that they say that it is this member, and no other."""

        def told(outcome: PinOutcome, tries_left: int = 0) -> Sequence[Answer]:
            return [PinTold(request_id=asked.request_id, outcome=outcome, tries_left=tries_left)]

        parts, wishes = self._parts, self._parts.pin_wishes
        wished = wishes.find(asked.wish_id, asked.session_id)
        if wished is None or wished.act.staff_card is None or wished.act.clerk:
            return told("not_here")
        body = CardSignInBody(card=wished.act.staff_card, code=asked.code)
        try:
            parts.link.require_up()
            clerk = await parts.link.call("POST", "/counter/sign-in/card", body, ClerkView, CENTRAL_TIMEOUT_S)
        except CentralUnreachable:
            return told("central_unreachable")
        except CentralRefused as error:
            match error.problem.code:
                case "pin_wrong":
                    wishes.wrong_code(wished)
                    return told("wrong", int(error.problem.params["tries_left"] or 0))
                case "pin_locked":
                    wishes.end(wished, None)
                    return told("locked")
            wishes.end(wished, None)
            return told("not_here")
        if wishes.find(asked.wish_id, asked.session_id) is not wished:
            return told("not_here")
        wishes.confirm(wished, clerk.clerk)
        return told("right")

    async def choose(self, asked: ChoosePin) -> Sequence[Answer]:
        """What the member typed, or that theirs may be unlocked."""
        parts, card = self._parts, self._parts.session(asked.session_id)
        wished = parts.pin_wishes.find(asked.wish_id, asked.session_id)
        if card is None or wished is None or not wished.act.clerk:
            return [NewPinTold(request_id=asked.request_id, outcome="over")]
        with parts.pin_wishes.sending(wished):
            try:
                parts.link.require_up()
                done = await self._put(card, wished, asked.pin)
            except CentralUnreachable:
                return [NewPinTold(request_id=asked.request_id, outcome="central_unreachable")]
            except CentralRefused as error:
                return [NewPinTold(request_id=asked.request_id, outcome=self._refused(wished, error))]
            parts.pin_wishes.end(wished, done)
        desk = parts.desk
        desk.put(flow.pin_judged(desk.sessions, card.session_id, has_pin=True))
        return [NewPinTold(request_id=asked.request_id, outcome="done")]

    async def leave(self, asked: LeavePin) -> Sequence[Answer]:
        """They do not want to; or the clerk refuses the card that came."""
        self._parts.pin_wishes.leave(asked.wish_id)
        return ()

    async def _put(self, card: CardSession, wished: Wished, pin: str) -> PinView:
        act = wished.act
        kind = act.kind or ("reset" if card.identified is not None and card.identified.has_pin else "set")
        body = PinBody(
            act_id=act.act_id,
            clerk=act.clerk,
            holder=_evidence_of(card),
            kind=kind,
            identity=act.identity,
            pin=None if act.kind == "unlock" else pin,
        )
        try:
            return await self._send(card, body)
        except CentralRefused as error:
            # A locked PIN, and a card whose chip did not sign, look to us as if there were none.
            other = _OTHER_KIND.get((kind, error.problem.code)) if act.kind is None else None
            if other is None:
                raise
            wished.act = replace(act, kind=other)  # asked again after a lost answer it is the same act
            return await self._send(card, msgspec.structs.replace(body, kind=other))

    async def _send(self, card: CardSession, body: PinBody) -> PinView:
        link = self._parts.link
        return await link.call("POST", "/counter/pins", body, PinView, CENTRAL_TIMEOUT_S, card.tap_id)

    def _refused(self, wished: Wished, error: CentralRefused) -> NewPinOutcome:
        outcome = _OUTCOMES.get(error.problem.code, "not_here")
        if outcome in FINAL:
            self._parts.pin_wishes.end(wished, error)
        return outcome


def _evidence_of(card: CardSession) -> EvidenceBody:
    return EvidenceBody(medium=card.evidence.medium, value=card.evidence.value)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    new_pins = NewPins(parts)
    return {
        WishPin: new_pins.wish,
        AskPinHolder: new_pins.tell_holder,
        ConfirmPin: new_pins.confirm,
        ChoosePin: new_pins.choose,
        LeavePin: new_pins.leave,
    }

"""A PIN that was typed at the kiosk: handed to central at once, and kept nowhere here."""

from collections.abc import Mapping, Sequence

from terminal import session as flow
from terminal.journeys.base import Answering, Parts, Untold
from terminal.session import CardSession
from wire.api import IdentifyBody, IdentifyView
from wire.messages import Answer, EnterPin, PinOutcome, PinTold


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def enter(entered: EnterPin) -> Sequence[Answer]:
        card = parts.session(entered.session_id)
        if card is None or not card.asks_pin:
            return [_told(entered, "not_here")]
        told = await parts.ask(
            card,
            "/identify",
            body=lambda holder: IdentifyBody(evidence=holder, pin=entered.pin),
            answer=IdentifyView,
        )
        if isinstance(told, Untold):
            return [_refused(parts, card, entered, told)]
        desk = parts.desk
        desk.put(flow.pin_judged(desk.sessions, card.session_id, has_pin=True, pin_proof=told.pin_proof))
        return [_told(entered, "right")]

    return {EnterPin: enter}


def _refused(parts: Parts, card: CardSession, entered: EnterPin, untold: Untold) -> PinTold:
    match untold.code:
        case "pin_wrong":
            return _told(entered, "wrong", int(untold.params["tries_left"] or 0))
        case "pin_locked":
            desk = parts.desk
            desk.put(flow.pin_judged(desk.sessions, card.session_id, has_pin=False))
            return _told(entered, "locked")
    return _told(entered, "central_unreachable" if untold.trouble == "central_unreachable" else "not_here")


def _told(entered: EnterPin, outcome: PinOutcome, tries_left: int = 0) -> PinTold:
    return PinTold(request_id=entered.request_id, outcome=outcome, tries_left=tries_left)

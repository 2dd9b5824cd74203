"""A PIN that was typed at the kiosk: handed to central at once, and kept nowhere here."""

import structlog

from terminal import session as flow
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from terminal.desk import CardDesk
from wire.api import EvidenceBody
from wire.messages import EnterPin, PinOutcome, PinTold

log = structlog.get_logger(__name__)


async def enter_pin(desk: CardDesk, link: CentralLink, entered: EnterPin) -> PinTold:
    """Ask central, once; what a right one leaves stays with this tap's session."""
    current = desk.current
    if current is None or current.session_id != entered.session_id or not current.asks_pin:
        return _told(entered, "not_here")
    evidence = EvidenceBody(medium=current.evidence.medium, value=current.evidence.value)
    try:
        view = await link.identify_by_pin(evidence, entered.pin, current.tap_id)
    except CentralUnreachable:
        log.info("pin_unanswered", tap_id=current.tap_id)
        return _told(entered, "central_unreachable")
    except CentralRefused as error:
        log.info("pin_refused", tap_id=current.tap_id, code=error.problem.code)
        if error.problem.code == "pin_wrong":
            return _told(entered, "wrong", int(error.problem.params["tries_left"] or 0))
        if error.problem.code != "pin_locked":
            return _told(entered, "not_here")
        desk.put(flow.pin_judged(desk.sessions, current.session_id, has_pin=False))
        return _told(entered, "locked")
    desk.put(flow.pin_judged(desk.sessions, current.session_id, has_pin=True, pin_proof=view.pin_proof))
    return _told(entered, "right")


def _told(entered: EnterPin, outcome: PinOutcome, tries_left: int = 0) -> PinTold:
    return PinTold(request_id=entered.request_id, outcome=outcome, tries_left=tries_left)

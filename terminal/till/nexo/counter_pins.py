"""A clerk at the till has a member's PIN set, reset or unlocked; what the member types never comes here."""

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from loyalty.programme.numbers import is_same_number
from terminal import session as flow
from terminal.central_link import CentralRefused
from terminal.pin_wishes import PinAct
from terminal.till.nexo.context import POI_TRANSACTION, Ask, NexoFailure, Till
from wire.api_counter import PinBody, PinView


async def have_pin(till: Till, ask: Ask, body: PinBody, *, card: str) -> PinView:
    """Unlock it; or have the member who stands at the kiosk choose one, and wait for that.

    `card`: the number that `holder` told, or the reference of an acquisition: the clerk saw whose it is.

    Raises: NexoFailure, CentralUnreachable, CentralRefused.
    """
    if card and not _lies_there(till, ask, card):
        raise NexoFailure(
            "InvalidCard",
            "Another card lies on the reader now. Look whose it is (holder), then repeat with its card=.",
            reason_code="other_card",
        )
    if body.kind == "unlock":
        return await till.link.call("POST", "/counter/pins", body, PinView, CENTRAL_TIMEOUT_S)
    current = flow.card_for(till.desk.sessions, ask.sale_id, till.clock())
    if current is None or current.profile is None or not current.is_shown:
        raise NexoFailure(
            "UnavailableDevice",
            "Nobody stands at the kiosk: have the member put their card on its reader, then repeat.",
            reason_code="nobody_there",
        )
    if till.pin_wishes.is_busy:
        raise NexoFailure(
            "Busy",
            "The member is being asked something already. Wait, or abort it.",
            reason_code="asked_already",
        )
    act = PinAct(act_id=body.act_id, clerk=body.clerk, identity=body.identity, kind=body.kind)
    wished = till.pin_wishes.begin(act, session_id=current.session_id, key=ask.key)
    try:
        ended = await wished.ended
    finally:  # the till may have gone
        till.pin_wishes.end(wished, None)
    if isinstance(ended, CentralRefused):
        raise ended
    if ended is None:
        raise NexoFailure(
            "Cancel",
            "The member did not choose a PIN. Ask aloud, or ask again.",
            reason_code="nobody_answered",
        )
    return ended


def _lies_there(till: Till, ask: Ask, card: str) -> bool:
    """Whether it still is the card that the clerk looked at."""
    current = flow.card_for(till.desk.sessions, ask.sale_id, till.clock())
    if current is None or current.identified is None:
        return False
    if card.startswith(POI_TRANSACTION):
        acquired = till.desk.sessions.acquired.get(card)
        return acquired is not None and acquired.session_id == current.session_id
    return is_same_number(card, current.identified.card_number)

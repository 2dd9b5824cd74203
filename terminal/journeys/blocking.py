"""The member blocks the card that lies there (P-37)."""

from collections.abc import Mapping, Sequence

import structlog

from terminal import session as flow
from terminal.journeys.base import Answering, Parts, Untold
from wire.api_members import BlockBody, CardView
from wire.messages import Answer, BlockCard, CommandResult

log = structlog.get_logger(__name__)


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers."""

    async def block(asked: BlockCard) -> Sequence[Answer]:
        error = await _block(parts, asked.session_id)
        return (CommandResult(request_id=asked.request_id, is_done=not error, error=error),)

    return {BlockCard: block}


async def _block(parts: Parts, session_id: str) -> str:
    """Block the card of this session; what to tell when that did not work."""
    card = parts.session(session_id)
    if card is None or card.identified is None:
        return "The session has ended: hold the card to the reader and try again."
    if card.profile is None or "block_card" not in card.profile.may:
        return "This card cannot be blocked here: ask at the counter."
    body = BlockBody(card_number=card.identified.card_number, reason="member_request")
    told = await parts.ask(card, "/cards/block", body=lambda _holder: body, answer=CardView)
    if isinstance(told, Untold):
        return told.text
    log.info("card_blocked", tap_id=card.tap_id)
    text = "This card was just blocked at this terminal."
    parts.desk.put(flow.refused(parts.desk.sessions, session_id, "blocked_card", text))
    return ""

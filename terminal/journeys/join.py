"""Somebody joins by an e-mail address: handed to central at once, kept and logged nowhere here."""

from collections.abc import Mapping, Sequence
from typing import Final

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire.api import EvidenceBody
from wire.api_join import JoinBody, JoinOfferView, JoinView
from wire.join import AskJoin, JoinNow, JoinTold, JoinTrouble
from wire.messages import Answer

_TROUBLES: Final[Mapping[str, JoinTrouble]] = {
    "join_not_set_up": "not_set_up",
    "enrolment_invalid": "not_an_address",
    "join_too_many": "too_many",
}


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""

    async def offer(asked: AskJoin) -> Sequence[Answer]:
        told = await parts.ask_openly("/joins/offer", None, JoinOfferView, method="GET")
        if isinstance(told, Untold):
            return [_untold(asked.request_id, told)]
        return [JoinTold(request_id=asked.request_id, days=told.days)]

    async def join(asked: JoinNow) -> Sequence[Answer]:
        card = None
        if asked.card_session:
            lying = parts.desk.current
            if lying is None or lying.session_id != asked.card_session:
                return [JoinTold(request_id=asked.request_id, trouble="card_gone")]
            card = EvidenceBody(medium=lying.evidence.medium, value=lying.evidence.value)
        body = JoinBody(
            join_id=asked.join_id,
            email=asked.email,
            agreed=True,
            text_version=asked.text_version,
            language=asked.language,
            card=card,
        )
        told = await parts.ask_openly("/joins", body, JoinView, CENTRAL_TIMEOUT_S)
        if isinstance(told, Untold):
            return [_untold(asked.request_id, told)]
        has_card = told.card_state is not None
        return [JoinTold(request_id=asked.request_id, days=told.days, has_joined=True, has_card=has_card)]

    return {AskJoin: offer, JoinNow: join}


def _untold(request_id: str, told: Untold) -> JoinTold:
    wait_s = told.params.get("retry_after_s")
    minutes = -(-wait_s // 60) if isinstance(wait_s, int) else 0
    return JoinTold(request_id=request_id, trouble=told.trouble_by(_TROUBLES), wait_minutes=minutes)

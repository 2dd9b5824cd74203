"""Operations by which cards prove themselves, and the table of what that permits; a part of `routes`."""

from typing import Final

from central.chips import ev2first
from central.services.core import access
from central.services.members import card_proofs
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from central.web.api.routes_value import PREFIX
from wire import api_card_proofs as messages


async def begin_card_proof(call: Call) -> Answer:
    """Let the card on the reader prove itself: the first commands for it."""
    return Answer(await call.services.card_proofs.begin(call.actor, call.body))


async def answer_card_proof(call: Call) -> Answer:
    """What the card answered: the next commands, or its proof."""
    return Answer(await call.services.card_proofs.answer(call.actor, call.body))


async def get_strength_table(call: Call) -> Answer:
    """What each strength of identification may do, and up to how much."""
    return Answer(await call.services.groups.get_strength_table(call.actor))


CARD_PROOF_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{PREFIX}/cards/proofs",
        operation="begin_card_proof",
        tag="cards",
        permission=access.IDENTIFY,
        handler=begin_card_proof,
        body=messages.BeginCardProofBody,
        answer=messages.CardTalkView,
        errors=(*CARD_REFUSED, card_proofs.CardProofImpossible),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/cards/proofs/answers",
        operation="answer_card_proof",
        tag="cards",
        permission=access.IDENTIFY,
        handler=answer_card_proof,
        body=messages.CardAnswersBody,
        answer=messages.CardTalkView,
        errors=(ev2first.CardProofFailed, card_proofs.CardTalkOver),
    ),
    Route(
        method="GET",
        path=f"{PREFIX}/identification",
        operation="get_strength_table",
        tag="group",
        permission=access.GROUP_READ,
        handler=get_strength_table,
        answer=messages.StrengthTableView,
    ),
)

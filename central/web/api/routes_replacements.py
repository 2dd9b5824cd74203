"""Operations on cards that are replaced at a kiosk; a part of the one table in `routes`."""

from typing import Final

from central.chips.sun import CardMessageInvalid
from central.services.cards.chip_messages import CardMessageReplayed
from central.services.cards.staff_cards import StaffCardRefused
from central.services.core import access, requests
from central.services.group.shops import ShopNotFound
from central.services.visits import blank_cards, replacements
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.programme import pin
from wire import api_replacements


async def begin_replacement(call: Call) -> Answer:
    """The holder of a card wants another one for it, at a kiosk: proved by the PIN, a code, or a clerk."""
    return Answer(await call.services.visits.replacements.begin(call.actor, call.body))


async def begin_replacement_without_card(call: Call) -> Answer:
    """Somebody without their card wants a new one: the answer says nothing of who is a member."""
    return Answer(await call.services.visits.replacements.begin_without(call.actor, call.body))


async def prove_replacement(call: Call) -> Answer:
    """The code that was sent came back."""
    return Answer(await call.services.visits.replacements.prove(call.actor, call.body))


async def confirm_replacement(call: Call) -> Answer:
    """A clerk confirms by the card of staff that the right person holds the old card."""
    return Answer(await call.services.visits.replacements.confirm(call.actor, call.body))


async def finish_replacement(call: Call) -> Answer:
    """A blank card takes the old one's place: balance, lots, history and consents are the member's."""
    view, is_replay = await call.services.visits.replacements.finish(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_replacements(call: Call) -> Answer:
    """Cards replaced at kiosks, the latest first; also what was asked for with data that are nobody's."""
    return Answer(await call.services.visits.replacements.list_replacements(call.actor, call.query))


_PREFIX: Final = "/api/v1"

REPLACEMENT_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/card-replacements",
        operation="begin_replacement",
        tag="cards",
        permission=access.SALES_TELL,
        handler=begin_replacement,
        body=api_replacements.ReplacementBody,
        answer=api_replacements.ReplacementView,
        errors=(
            *CARD_REFUSED,
            access.ShopMissing,
            ShopNotFound,
            replacements.ReplacementsTooMany,
            requests.TryAgain,
        ),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/card-replacements/without-card",
        operation="begin_replacement_without_card",
        tag="cards",
        permission=access.SALES_TELL,
        handler=begin_replacement_without_card,
        body=api_replacements.ReplacementWithoutBody,
        answer=api_replacements.ReplacementView,
        errors=(access.ShopMissing, ShopNotFound, replacements.ReplacementsTooMany),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/card-replacements/code",
        operation="prove_replacement",
        tag="cards",
        permission=access.SALES_TELL,
        handler=prove_replacement,
        body=api_replacements.ReplacementCodeBody,
        answer=api_replacements.ReplacementGrantedView,
        errors=(replacements.ReplacementCodeWrong,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/card-replacements/staff",
        operation="confirm_replacement",
        tag="cards",
        permission=access.SALES_TELL,
        handler=confirm_replacement,
        body=api_replacements.ReplacementStaffBody,
        answer=api_replacements.ReplacementGrantedView,
        errors=(
            StaffCardRefused,
            CardMessageInvalid,
            CardMessageReplayed,
            pin.PinInvalid,
            pin.PinMissing,
            pin.PinWrong,
            pin.PinLocked,
            requests.TryAgain,
            replacements.ReplacementStaffCode,
            replacements.ReplacementsTooMany,
            replacements.ReplacementOver,
        ),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/card-replacements/card",
        operation="finish_replacement",
        tag="cards",
        permission=access.SALES_TELL,
        handler=finish_replacement,
        body=api_replacements.ReplacementCardBody,
        answer=api_replacements.ReplacementDoneView,
        errors=(
            replacements.ReplacementsTooMany,
            replacements.ReplacementOver,
            blank_cards.NewCardRefused,
        ),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/card-replacements",
        operation="list_replacements",
        tag="cards",
        permission=access.CARDS_READ,
        handler=list_replacements,
        query=api_replacements.ReplacementsQuery,
        answer=api_replacements.ReplacementListView,
    ),
)

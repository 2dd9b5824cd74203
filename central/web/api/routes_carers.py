"""Operations on carers' cards; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import MemberMerged, MemberNotFound
from central.services.visits import blank_cards, carers
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from wire import api_carers


async def show_carers(call: Call) -> Answer:
    """Who acts for the holder of a card; it takes the card and its PIN."""
    return Answer(await call.services.visits.carers.show(call.actor, call.body))


async def give_carer(call: Call) -> Answer:
    """The holder lets somebody act for them, with a blank card that is held to the reader."""
    view, is_replay = await call.services.visits.carers.give(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def end_carer(call: Call) -> Answer:
    """The holder takes it back: the carer's card is refused at once."""
    return Answer(await call.services.visits.carers.end(call.actor, call.body))


async def list_carers(call: Call) -> Answer:
    """Who acts for a member, and what they did for them."""
    return Answer(await call.services.visits.carers.list_of_member(call.actor, call.path["member_id"]))


async def give_carer_by_staff(call: Call) -> Answer:
    """Staff give a carer's card, with the member beside them."""
    view, is_replay = await call.services.visits.carers.give_by_staff(
        call.actor, call.path["member_id"], call.body
    )
    return Answer(view, is_replay=is_replay)


async def end_carer_by_staff(call: Call) -> Answer:
    """Staff take a carer's card back, as the member wishes."""
    return Answer(
        await call.services.visits.carers.end_by_staff(
            call.actor, call.path["member_id"], call.path["carer_id"]
        )
    )


_HOLDERS: Final = "/api/v1/holders/carers"
_MEMBERS: Final = "/api/v1/members/{member_id}/carers"
_THERE: Final = (MemberNotFound, MemberMerged)

CARER_ROUTES: Final = (
    Route(
        method="POST",
        path=_HOLDERS,
        operation="show_carers",
        tag="members",
        permission=access.SALES_TELL,
        handler=show_carers,
        body=api_carers.CarersBody,
        answer=api_carers.CarerListView,
        errors=CARD_REFUSED,
    ),
    Route(
        method="POST",
        path=f"{_HOLDERS}/given",
        operation="give_carer",
        tag="members",
        permission=access.SALES_TELL,
        handler=give_carer,
        body=api_carers.CarerBody,
        answer=api_carers.CarerListView,
        errors=(
            *CARD_REFUSED,
            blank_cards.NewCardRefused,
            carers.CarersEnough,
            carers.CarerCardsTooMany,
            IdempotencyConflict,
            TryAgain,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_HOLDERS}/ended",
        operation="end_carer",
        tag="members",
        permission=access.SALES_TELL,
        handler=end_carer,
        body=api_carers.CarerEndBody,
        answer=api_carers.CarerListView,
        errors=(*CARD_REFUSED, carers.CarerNotFound),
    ),
    Route(
        method="GET",
        path=_MEMBERS,
        operation="list_carers",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=list_carers,
        answer=api_carers.CarerListView,
        errors=_THERE,
    ),
    Route(
        method="POST",
        path=_MEMBERS,
        operation="give_carer_by_staff",
        tag="members",
        permission=access.CARDS_WRITE,
        handler=give_carer_by_staff,
        body=api_carers.MemberCarerBody,
        answer=api_carers.CarerListView,
        errors=(*_THERE, blank_cards.NewCardRefused, carers.CarersEnough, IdempotencyConflict, TryAgain),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_MEMBERS}/{{carer_id}}/end",
        operation="end_carer_by_staff",
        tag="members",
        permission=access.CARDS_WRITE,
        handler=end_carer_by_staff,
        answer=api_carers.CarerListView,
        errors=(*_THERE, carers.CarerNotFound),
    ),
)

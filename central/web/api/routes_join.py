"""Operations of joining by an e-mail address at a kiosk; a part of the one table in `routes`."""

from typing import Final

from central.services.cards import cards
from central.services.core import access, agreement
from central.services.group.shops import ShopNotFound
from central.services.visits import join
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.programme import member
from wire import api_join


async def get_join_offer(call: Call) -> Answer:
    """Whether one may join by e-mail here: mail leaves central, and its links lead somewhere."""
    return Answer(await call.services.visits.join.offer(call.actor))


async def join_by_email(call: Call) -> Answer:
    """Somebody joins by an e-mail address; the answer says nothing of who is a member."""
    view, is_replay = await call.services.visits.join.join(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


_PREFIX: Final = "/api/v1"

JOIN_ROUTES: Final = (
    Route(
        method="GET",
        path=f"{_PREFIX}/joins/offer",
        operation="get_join_offer",
        tag="members",
        permission=access.SALES_TELL,
        handler=get_join_offer,
        answer=api_join.JoinOfferView,
        errors=(join.JoinNotSetUp,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/joins",
        operation="join_by_email",
        tag="members",
        permission=access.SALES_TELL,
        handler=join_by_email,
        body=api_join.JoinBody,
        answer=api_join.JoinView,
        errors=(
            *CARD_REFUSED,
            access.ShopMissing,
            ShopNotFound,
            agreement.AgreementNeeded,
            member.EnrolmentInvalid,
            join.JoinNotSetUp,
            join.JoinTooMany,
            cards.CardTaken,
            IdempotencyConflict,
        ),
        is_repeatable=True,
    ),
)

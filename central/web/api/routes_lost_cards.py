"""Operations on cards that are blocked without the card; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.core.requests import TryAgain
from central.services.group.shops import ShopNotFound
from central.services.visits import lost_cards
from central.web.api.route import Answer, Call, Route
from wire import api_lost_cards


async def report_lost_card(call: Call) -> Answer:
    """Somebody without their card wants it blocked: the answer says nothing of who is a member."""
    return Answer(await call.services.visits.lost_cards.report(call.actor, call.body))


async def end_lost_card(call: Call) -> Answer:
    """The member types the code that they were sent: the card stays blocked, or is unblocked."""
    view, is_replay = await call.services.visits.lost_cards.end(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_lost_cards(call: Call) -> Answer:
    """Reports of lost cards, the latest first; also those that were nobody's."""
    return Answer(await call.services.visits.lost_cards.list_reports(call.actor, call.query))


_PREFIX: Final = "/api/v1"

LOST_CARD_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/lost-cards",
        operation="report_lost_card",
        tag="cards",
        permission=access.CARDS_BLOCK,
        handler=report_lost_card,
        body=api_lost_cards.LostCardBody,
        answer=api_lost_cards.LostCardView,
        errors=(access.ShopMissing, ShopNotFound, lost_cards.LostCardTooMany),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/lost-cards/code",
        operation="end_lost_card",
        tag="cards",
        permission=access.CARDS_BLOCK,
        handler=end_lost_card,
        body=api_lost_cards.LostCardCodeBody,
        answer=api_lost_cards.LostCardEndedView,
        errors=(lost_cards.LostCardTooMany, lost_cards.LostCodeWrong, TryAgain),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/lost-cards",
        operation="list_lost_cards",
        tag="cards",
        permission=access.CARDS_READ,
        handler=list_lost_cards,
        query=api_lost_cards.LostReportsQuery,
        answer=api_lost_cards.LostReportListView,
    ),
)

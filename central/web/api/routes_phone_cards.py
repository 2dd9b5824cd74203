"""Operations on cards in phones; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.members import phone_cards
from central.storage.base import IdempotencyConflict
from central.web.api.route import Answer, Call, Route
from loyalty.programme.card import BlockedCard, CardNotActive, ExpiredCard, ReplacedCard, UnknownCard
from wire import api_phone_cards


async def put_card_in_phone(call: Call) -> Answer:
    """Put a card into its member's phone: the link of a page whose code changes every 30 seconds."""
    view, is_replay = await call.services.phone_cards.make(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def end_card_in_phone(call: Call) -> Answer:
    """End the link: the phone was lost, or the link went astray."""
    return Answer(await call.services.phone_cards.end(call.actor, call.body))


_PREFIX: Final = "/api/v1"

PHONE_CARD_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/cards/phone",
        operation="put_card_in_phone",
        tag="cards",
        permission=access.CARDS_WRITE,
        handler=put_card_in_phone,
        body=api_phone_cards.PhoneCardBody,
        answer=api_phone_cards.PhoneCardView,
        errors=(UnknownCard, BlockedCard, ExpiredCard, ReplacedCard, CardNotActive, IdempotencyConflict),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/cards/phone/end",
        operation="end_card_in_phone",
        tag="cards",
        permission=access.CARDS_WRITE,
        handler=end_card_in_phone,
        body=api_phone_cards.PhoneCardEndBody,
        answer=api_phone_cards.PhoneCardEndedView,
        errors=(UnknownCard, phone_cards.NoPhoneCard),
    ),
)

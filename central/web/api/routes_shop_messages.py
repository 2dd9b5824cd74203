"""Operations on what members ask of a pharmacy; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.group.shops import ShopNotFound
from central.services.visits import pharmacists, shop_messages
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from wire import api_shop_messages


async def write_to_shop(call: Call) -> Answer:
    """A member at the kiosk asks the pharmacy something, by a ready sentence or in own words."""
    view, is_replay = await call.services.visits.messages.write(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_shop_messages(call: Call) -> Answer:
    """What members asked of a pharmacy and is not done, the oldest first."""
    return Answer(await call.services.visits.messages.list_open(call.actor, call.query))


async def end_shop_message(call: Call) -> Answer:
    """What a member asked is done."""
    view, is_replay = await call.services.visits.messages.end(call.actor, call.path["message_id"])
    return Answer(view, is_replay=is_replay)


_PREFIX: Final = "/api/v1"

SHOP_MESSAGE_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/shop-messages",
        operation="write_to_shop",
        tag="shops",
        permission=access.IDENTIFY,
        handler=write_to_shop,
        body=api_shop_messages.ShopMessageBody,
        answer=api_shop_messages.ShopMessageView,
        errors=(
            *CARD_REFUSED,
            access.ShopMissing,
            shop_messages.ShopMessageTextWrong,
            shop_messages.ShopMessagesTooMany,
            pharmacists.PharmacistUnknown,
            IdempotencyConflict,
        ),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/shop-messages",
        operation="list_shop_messages",
        tag="shops",
        permission=access.COUNTER,
        handler=list_shop_messages,
        query=api_shop_messages.ShopMessagesQuery,
        answer=api_shop_messages.ShopMessageListView,
        errors=(access.ShopMissing, access.ShopNotYours, ShopNotFound),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/shop-messages/{{message_id}}/done",
        operation="end_shop_message",
        tag="shops",
        permission=access.COUNTER,
        handler=end_shop_message,
        answer=api_shop_messages.ShopMessageView,
        errors=(shop_messages.ShopMessageNotFound,),
        is_repeatable=True,
    ),
)

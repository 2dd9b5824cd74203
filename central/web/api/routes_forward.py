"""Operations of what members pay forward; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, requests
from central.services.counter import forward
from central.services.group import shops
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from central.web.api.routes_counter import ACTING
from loyalty.ledger import lots
from loyalty.programme import conversion
from wire import api_conversions


async def pay_forward(call: Call) -> Answer:
    """A member gives points for whoever needs it, in this shop, at the worth that was told."""
    view, is_replay = await call.services.counter.forward.give(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def show_forward(call: Call) -> Answer:
    """What members paid forward in the clerk's shop, and nobody was given yet."""
    return Answer(await call.services.counter.forward.show(call.actor, call.body))


async def hand_out(call: Call) -> Answer:
    """A pharmacist gives somebody a voucher of what was paid forward; nobody's name is asked for."""
    view, is_replay = await call.services.counter.forward.hand_out(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


FORWARD_ROUTES: Final = (
    Route(
        method="POST",
        path="/api/v1/forwards",
        operation="pay_forward",
        tag="value",
        permission=access.VALUE_MOVE,
        handler=pay_forward,
        body=api_conversions.ForwardBody,
        answer=api_conversions.ForwardView,
        errors=(
            *CARD_REFUSED,
            conversion.ConversionUnavailable,
            conversion.ConversionChanged,
            lots.BalanceTooLow,
            access.ShopMissing,
            shops.ShopNotFound,
            IdempotencyConflict,
            requests.TryAgain,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path="/api/v1/counter/forward",
        operation="show_forward",
        tag="counter",
        permission=access.COUNTER,
        handler=show_forward,
        body=api_conversions.ForwardClerkBody,
        answer=api_conversions.ForwardStandView,
        errors=(ACTING[0],),
    ),
    Route(
        method="POST",
        path="/api/v1/counter/handouts",
        operation="hand_out",
        tag="counter",
        permission=access.COUNTER,
        handler=hand_out,
        body=api_conversions.ForwardHandOutBody,
        answer=api_conversions.HandOutView,
        errors=(*ACTING, forward.ForwardTooMuch, requests.TryAgain),
        is_repeatable=True,
    ),
)

"""Operations of the counter: clerks and members' PINs; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, requests
from central.services.group import shops, staff
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.programme import counter, pin
from wire import api_counter


async def put_staff(call: Call) -> Answer:
    """Make, change or end a clerk of the counter, or set the code to sign in with."""
    return Answer(await call.services.counter.staff.put(call.actor, call.path["staff_id"], call.body))


async def list_staff(call: Call) -> Answer:
    """Who serves at the counters, or did."""
    return Answer(await call.services.counter.staff.list_staff(call.actor))


async def sign_in(call: Call) -> Answer:
    """A clerk begins to serve at this terminal; the pass goes with each act."""
    return Answer(await call.services.counter.staff.sign_in(call.actor, call.body))


async def put_pin(call: Call) -> Answer:
    """Set, reset or unlock the PIN of a member who is there with card and proof of identity."""
    view, is_replay = await call.services.counter.pins.put(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def change_pin(call: Call) -> Answer:
    """A member who knows the PIN chooses another."""
    view, is_replay = await call.services.counter.pins.change(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_counter_acts(call: Call) -> Answer:
    """What clerks did at the counters, the latest first."""
    return Answer(await call.services.counter.acts.list_acts(call.actor, call.query))


_PREFIX: Final = "/api/v1"
ACTING: Final = (
    staff.SignInOver,
    counter.RoleMayNot,
    counter.CounterLimit,
    IdempotencyConflict,
)
"""Why a clerk's act is refused."""
_TRIED: Final = (pin.PinInvalid, pin.PinMissing, pin.PinWrong, pin.PinLocked, requests.TryAgain)

COUNTER_ROUTES: Final = (
    Route(
        method="GET",
        path=f"{_PREFIX}/staff",
        operation="list_staff",
        tag="counter",
        permission=access.COUNTER_READ,
        handler=list_staff,
        answer=api_counter.StaffListView,
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/staff/{{staff_id}}",
        operation="put_staff",
        tag="counter",
        permission=access.STAFF_WRITE,
        handler=put_staff,
        body=api_counter.StaffBody,
        answer=api_counter.StaffView,
        errors=(shops.ShopNotFound, pin.PinInvalid, pin.PinTooSimple, requests.TryAgain),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/sign-in",
        operation="sign_in",
        tag="counter",
        permission=access.COUNTER,
        handler=sign_in,
        body=api_counter.SignInBody,
        answer=api_counter.ClerkView,
        errors=(
            *_TRIED,
            access.ShopMissing,
            access.ShopNotYours,
            staff.StaffUnknown,
            staff.TooManySignIns,
        ),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/pins",
        operation="put_pin",
        tag="counter",
        permission=access.COUNTER,
        handler=put_pin,
        body=api_counter.PinBody,
        answer=api_counter.PinView,
        errors=(
            *ACTING,
            *CARD_REFUSED,
            pin.PinInvalid,
            pin.PinTooSimple,
            pin.PinThere,
            pin.PinMissing,
            requests.TryAgain,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/pins/change",
        operation="change_pin",
        tag="counter",
        permission=access.COUNTER,
        handler=change_pin,
        body=api_counter.PinChangeBody,
        answer=api_counter.PinView,
        errors=(*_TRIED, pin.PinTooSimple, *CARD_REFUSED),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/counter/acts",
        operation="list_counter_acts",
        tag="counter",
        permission=access.COUNTER_READ,
        handler=list_counter_acts,
        query=api_counter.CounterActsQuery,
        answer=api_counter.CounterActListView,
    ),
)

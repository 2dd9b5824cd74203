"""Operations of the counter: clerks and members' PINs; a part of the one table in `routes`."""

from typing import Final

from central.services.cards.staff_cards import StaffCardRefused
from central.services.core import access, requests
from central.services.counter import parked, tickets
from central.services.group import shops, staff
from central.services.tickets import line_keys, sales
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.programme import counter, pin
from loyalty.programme.counter import CounterAct
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


async def tell_pin_holder(call: Call) -> Answer:
    """Whose card lies there, for a clerk who is to have its PIN chosen: by pass, or by card of staff."""
    body = call.body
    if body.staff_card is not None:
        await call.services.staff_cards.identify(call.actor, body.staff_card)
    elif body.clerk is None:
        raise staff.SignInOver
    return Answer(await call.services.counter.pins.tell_holder(call.actor, body.holder, clerk=body.clerk))


async def change_pin(call: Call) -> Answer:
    """A member who knows the PIN chooses another."""
    view, is_replay = await call.services.counter.pins.change(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_counter_acts(call: Call) -> Answer:
    """What clerks did at the counters, the latest first."""
    return Answer(await call.services.counter.acts.list_acts(call.actor, call.query))


async def undo_sale(call: Call) -> Answer:
    """All of the last ticket of this terminal comes back, soon after it was sold."""
    view, is_replay = await call.services.counter.tickets.undo(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def add_late_card(call: Call) -> Answer:
    """A ticket of nobody becomes the member's whose card was forgotten."""
    view, is_replay = await call.services.counter.tickets.give(call.actor, call.body, CounterAct.LATE_CARD)
    return Answer(view, is_replay=is_replay)


async def move_ticket(call: Call) -> Answer:
    """A ticket of the wrong member becomes the right one's, with its points, lots and limits."""
    view, is_replay = await call.services.counter.tickets.give(call.actor, call.body, CounterAct.MOVE_TICKET)
    return Answer(view, is_replay=is_replay)


async def park_ticket(call: Call) -> Answer:
    """Put a basket aside, for any till of this shop."""
    view, is_replay = await call.services.counter.parked.park(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def list_parked(call: Call) -> Answer:
    """The baskets that wait in this shop."""
    return Answer(await call.services.counter.parked.list_parked(call.actor, call.body))


async def take_parked(call: Call) -> Answer:
    """Take a basket up again: one till does."""
    return Answer(await call.services.counter.parked.take(call.actor, call.path["parked_id"], call.body))


async def report_counter(call: Call) -> Answer:
    """What clerks did how often, and what in it a person should look at."""
    return Answer(await call.services.counter.report.report(call.actor, call.query))


_PREFIX: Final = "/api/v1"
ACTING: Final = (
    staff.SignInOver,
    counter.RoleMayNot,
    counter.CounterLimit,
    IdempotencyConflict,
)
"""Why a clerk's act is refused."""
_TRIED: Final = (pin.PinInvalid, pin.PinMissing, pin.PinWrong, pin.PinLocked, requests.TryAgain)
_MENDED: Final = (
    *ACTING,
    *CARD_REFUSED,
    sales.SaleNotFound,
    counter.TicketTooOldHere,
    tickets.TicketComesBack,
    line_keys.LinesErased,
    requests.TryAgain,
)
_GIVEN: Final = (
    *_MENDED,
    tickets.TicketHasMember,
    tickets.TicketOfNobody,
    tickets.TicketIsTheirs,
    tickets.TicketPaidByValue,
    tickets.TicketPointsBurned,
)

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
        path=f"{_PREFIX}/counter/pins/holder",
        operation="tell_pin_holder",
        tag="counter",
        permission=access.COUNTER,
        handler=tell_pin_holder,
        body=api_counter.PinHolderBody,
        answer=api_counter.PinHolderView,
        errors=(*ACTING, *CARD_REFUSED, StaffCardRefused),
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
    Route(
        method="GET",
        path=f"{_PREFIX}/counter/report",
        operation="report_counter",
        tag="counter",
        permission=access.COUNTER_READ,
        handler=report_counter,
        query=api_counter.CounterActsQuery,
        answer=api_counter.CounterReportView,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/undo",
        operation="undo_sale",
        tag="counter",
        permission=access.COUNTER,
        handler=undo_sale,
        body=api_counter.UndoBody,
        answer=api_counter.MendedTicketView,
        errors=(*_MENDED, tickets.NotLastTicket),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/late-cards",
        operation="add_late_card",
        tag="counter",
        permission=access.COUNTER,
        handler=add_late_card,
        body=api_counter.GiveTicketBody,
        answer=api_counter.MendedTicketView,
        errors=_GIVEN,
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/ticket-moves",
        operation="move_ticket",
        tag="counter",
        permission=access.COUNTER,
        handler=move_ticket,
        body=api_counter.GiveTicketBody,
        answer=api_counter.MendedTicketView,
        errors=_GIVEN,
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/parked",
        operation="park_ticket",
        tag="counter",
        permission=access.COUNTER,
        handler=park_ticket,
        body=api_counter.ParkBody,
        answer=api_counter.ParkedView,
        errors=(staff.SignInOver, parked.TooManyParked, IdempotencyConflict),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/parked/list",
        operation="list_parked",
        tag="counter",
        permission=access.COUNTER,
        handler=list_parked,
        body=api_counter.ParkedListBody,
        answer=api_counter.ParkedListView,
        errors=(staff.SignInOver,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/counter/parked/{{parked_id}}/take",
        operation="take_parked",
        tag="counter",
        permission=access.COUNTER,
        handler=take_parked,
        body=api_counter.TakeUpBody,
        answer=api_counter.TakenUpView,
        errors=(staff.SignInOver, parked.ParkedNotThere),
    ),
)

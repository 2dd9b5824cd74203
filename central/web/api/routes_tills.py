"""Operations of terminals about tills and cards of staff; a part of the one table in `routes`."""

from typing import Final

from central.chips.sun import CardMessageInvalid
from central.services.cards.chip_messages import CardMessageReplayed
from central.services.cards.staff_cards import StaffCardRefused
from central.services.core import access, requests
from central.services.group import staff
from central.storage.base import IdempotencyConflict
from central.web.api.route import Answer, Call, Route
from central.web.api.routes_value import PREFIX
from loyalty.programme import pin
from wire import api, api_counter, api_tills


async def identify_staff(call: Call) -> Answer:
    """Whose card of staff is this, and what does it open at this terminal?"""
    body = call.body
    return Answer(await call.services.staff_cards.identify(call.actor, body.evidence, pin=body.pin))


async def sign_in_by_card(call: Call) -> Answer:
    """Sign a clerk in by card of staff and code: the card says who it is, and alone it moves nothing."""
    body = call.body
    holder = await call.services.staff_cards.identify(call.actor, body.card)
    known = api_counter.SignInBody(staff_id=holder.staff_id, code=body.code, shop_id=body.shop_id)
    return Answer(await call.services.counter.staff.sign_in(call.actor, known))


async def note_till_act(call: Call) -> Answer:
    """A terminal tells that a till was paired or put out, or that a code for one was guessed at."""
    view, is_replay = await call.services.tills.note(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


TILL_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{PREFIX}/identify/staff",
        operation="identify_staff",
        tag="terminals",
        permission=access.IDENTIFY,
        handler=identify_staff,
        body=api.IdentifyBody,
        answer=api_tills.StaffHolderView,
        errors=(
            StaffCardRefused,
            CardMessageInvalid,
            CardMessageReplayed,
            pin.PinInvalid,
            pin.PinMissing,
            pin.PinWrong,
            pin.PinLocked,
            requests.TryAgain,
        ),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/counter/sign-in/card",
        operation="sign_in_by_card",
        tag="counter",
        permission=access.COUNTER,
        handler=sign_in_by_card,
        body=api_counter.CardSignInBody,
        answer=api_counter.ClerkView,
        errors=(
            StaffCardRefused,
            CardMessageInvalid,
            CardMessageReplayed,
            pin.PinInvalid,
            pin.PinMissing,
            pin.PinWrong,
            pin.PinLocked,
            requests.TryAgain,
            access.ShopMissing,
            access.ShopNotYours,
            staff.StaffUnknown,
            staff.TooManySignIns,
        ),
    ),
    Route(
        method="POST",
        path=f"{PREFIX}/tills/acts",
        operation="note_till_act",
        tag="terminals",
        permission=access.SALES_WRITE,
        handler=note_till_act,
        body=api_tills.TillActBody,
        answer=api_tills.TillActView,
        errors=(access.ShopMissing, IdempotencyConflict),
        is_repeatable=True,
    ),
)

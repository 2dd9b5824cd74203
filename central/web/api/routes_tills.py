"""Operations of terminals about tills and cards of staff; a part of the one table in `routes`."""

from typing import Final

from central.chips.sun import CardMessageInvalid
from central.services.cards.chip_messages import CardMessageReplayed
from central.services.cards.staff_cards import StaffCardRefused
from central.services.core import access
from central.storage.base import IdempotencyConflict
from central.web.api.route import Answer, Call, Route
from central.web.api.routes_value import PREFIX
from wire import api, api_tills


async def identify_staff(call: Call) -> Answer:
    """Whose card of staff is this, and what does it open at this terminal?"""
    return Answer(await call.services.staff_cards.identify(call.actor, call.body.evidence))


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
        errors=(StaffCardRefused, CardMessageInvalid, CardMessageReplayed),
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

"""Operations by which members see and change how they are reached; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.core.requests import TryAgain
from central.services.members.messages import ChannelNotSetUp, MessagesTooMany
from central.services.visits import details
from central.storage.base import IdempotencyConflict
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from loyalty.programme.member import EnrolmentInvalid
from wire import api_details


async def show_details(call: Call) -> Answer:
    """How the holder of a card is reached, and what they agreed to; it takes the card and its PIN."""
    return Answer(await call.services.visits.details.show(call.actor, call.body))


async def change_details(call: Call) -> Answer:
    """Language, preferred channel or postal address of the holder of a card."""
    return Answer(await call.services.visits.details.change(call.actor, call.body))


async def say_consent(call: Call) -> Answer:
    """The holder agrees to be written to by one way, or withdraws it; kept with day, text and place."""
    return Answer(await call.services.visits.details.say(call.actor, call.body))


async def send_contact_code(call: Call) -> Answer:
    """Send a code to a new e-mail address or mobile number of the holder."""
    view, is_replay = await call.services.visits.details.send_code(call.actor, call.body)
    return Answer(view, is_replay=is_replay)


async def prove_contact(call: Call) -> Answer:
    """The code came back: the new address takes the place of the old one."""
    return Answer(await call.services.visits.details.prove(call.actor, call.body))


_PREFIX: Final = "/api/v1/holders/details"

DETAILS_ROUTES: Final = (
    Route(
        method="POST",
        path=_PREFIX,
        operation="show_details",
        tag="members",
        permission=access.SALES_TELL,
        handler=show_details,
        body=api_details.DetailsBody,
        answer=api_details.DetailsView,
        errors=CARD_REFUSED,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/changes",
        operation="change_details",
        tag="members",
        permission=access.SALES_TELL,
        handler=change_details,
        body=api_details.DetailsChangeBody,
        answer=api_details.DetailsView,
        errors=(*CARD_REFUSED, TryAgain),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/consents",
        operation="say_consent",
        tag="members",
        permission=access.SALES_TELL,
        handler=say_consent,
        body=api_details.DetailsConsentBody,
        answer=api_details.DetailsView,
        errors=CARD_REFUSED,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/codes",
        operation="send_contact_code",
        tag="members",
        permission=access.SALES_TELL,
        handler=send_contact_code,
        body=api_details.ContactCodeBody,
        answer=api_details.ContactCodeView,
        errors=(
            *CARD_REFUSED,
            EnrolmentInvalid,
            details.PhoneWithoutCountry,
            details.ContactCodesTooMany,
            ChannelNotSetUp,
            MessagesTooMany,
            IdempotencyConflict,
        ),
        is_repeatable=True,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/proofs",
        operation="prove_contact",
        tag="members",
        permission=access.SALES_TELL,
        handler=prove_contact,
        body=api_details.ContactProofBody,
        answer=api_details.DetailsView,
        errors=(*CARD_REFUSED, details.ContactCodeOver, details.ContactCodeWrong, TryAgain),
    ),
)

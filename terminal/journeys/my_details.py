"""How a member is reached, and what they agreed to: asked of central each time, kept nowhere."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import msgspec

from loyalty.limits.terminal import CENTRAL_TIMEOUT_S
from terminal.journeys.base import Answering, Parts, Untold
from wire import api_details as api
from wire.api import EvidenceBody
from wire.messages import Answer
from wire.my_details import (
    AskDetails,
    ChangeDetail,
    Consent,
    Details,
    DetailsTold,
    DetailsTrouble,
    EnterCode,
    SayConsent,
    SendCode,
)

_TROUBLES: Final[Mapping[str, DetailsTrouble]] = {
    "enrolment_invalid": "not_an_address",
    "phone_without_country": "no_country",
    "contact_codes_too_many": "too_many",
    "messages_too_many": "too_many",
    "contact_code_wrong": "code_wrong",
    "contact_code_over": "code_over",
}
_API_NAMES: Final = {"language": "language", "preferred": "preferred_channel", "address": "address"}


class MyDetails:
    """Answers what a member asks and says of themselves."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def show(self, asked: AskDetails) -> Sequence[Answer]:
        """All of them."""
        return await self._answer(asked, "", lambda holder: api.DetailsBody(holder=holder))

    async def change(self, asked: ChangeDetail) -> Sequence[Answer]:
        """One of them, as the member says it."""

        def body(holder: EvidenceBody) -> api.DetailsChangeBody:
            changed = {"holder": holder, _API_NAMES[asked.what]: asked.value}
            return msgspec.convert(changed, api.DetailsChangeBody, from_attributes=True)

        return await self._answer(asked, "/changes", body)

    async def say(self, asked: SayConsent) -> Sequence[Answer]:
        """A word on one way to be written to."""
        return await self._answer(
            asked,
            "/consents",
            lambda holder: api.DetailsConsentBody(
                holder=holder,
                purpose=asked.purpose,
                is_given=asked.is_given,
                text_version=asked.text_version,
            ),
        )

    async def send_code(self, asked: SendCode) -> Sequence[Answer]:
        """Have a code sent to what was typed."""
        return await self._answer(
            asked,
            "/codes",
            lambda holder: api.ContactCodeBody(
                holder=holder, code_id=asked.code_id, channel=asked.channel, address=asked.address
            ),
            answer=api.ContactCodeView,
        )

    async def prove(self, asked: EnterCode) -> Sequence[Answer]:
        """The code came back."""
        return await self._answer(
            asked,
            "/proofs",
            lambda holder: api.ContactProofBody(holder=holder, code_id=asked.code_id, code=asked.code),
        )

    async def _answer(
        self,
        asked: Any,
        path: str,
        body: Callable[[EvidenceBody], msgspec.Struct],
        answer: type[api.DetailsView | api.ContactCodeView] = api.DetailsView,
    ) -> Sequence[Answer]:
        card = self._parts.session(asked.session_id)
        if card is None:
            return [DetailsTold(request_id=asked.request_id, trouble="not_here")]
        told = await self._parts.ask(
            card, f"/holders/details{path}", body=body, answer=answer, timeout_s=CENTRAL_TIMEOUT_S
        )
        if not isinstance(told, Untold):
            details = _shown(told) if isinstance(told, api.DetailsView) else None
            return [DetailsTold(request_id=asked.request_id, details=details)]
        trouble: DetailsTrouble = told.trouble_by(_TROUBLES)
        if self._parts.wants_pin(card, told):
            trouble = "needs_pin"
        return [DetailsTold(request_id=asked.request_id, trouble=trouble)]


def _shown(view: api.DetailsView) -> Details:
    return Details(
        email=view.email,
        phone=view.phone,
        address=view.address,
        language=view.language,
        preferred=view.preferred_channel,
        consents=tuple(
            Consent(purpose=each.purpose, is_given=each.is_given, at_ms=each.at_ms or 0)
            for each in view.consents
        ),
        codes=tuple(view.codes),
    )


def table(parts: Parts) -> Mapping[type, Answering]:
    """Who answers which message."""
    answers = MyDetails(parts)
    return {
        AskDetails: answers.show,
        ChangeDetail: answers.change,
        SayConsent: answers.say,
        SendCode: answers.send_code,
        EnterCode: answers.prove,
    }

"""The JSON API's bodies and views of what members see and change about themselves (C-29, R-08)."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from loyalty.limits.details import ADDRESS_CHARS_MAX, CONTACT_CODE_DIGITS
from loyalty.limits.texts import ID_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, View
from wire.api_profiles import Channel
from wire.message_base import Language

ContactPurpose = Literal["email", "sms", "letter", "wechat"]
"""Ways to write to a member; each takes a consent of its own."""
CodeChannel = Literal["email", "sms"]
ContactAddress = Annotated[str, Meta(min_length=3, max_length=254)]
TextVersion = Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX, pattern=r"^[A-Za-z0-9./\-]+(?!\n)$")]


class DetailsBody(Body, frozen=True):
    """Whose: the card that is shown, with its PIN's proof."""

    holder: EvidenceBody


class ContactConsentView(View, frozen=True):
    """The member's last word on a way to write to them; `at_ms` null: never asked."""

    purpose: ContactPurpose
    is_given: bool
    at_ms: int | None


class DetailsView(View, frozen=True):
    """How a member is reached. `codes`: the ways by which a new address can be proved here."""

    email: str
    phone: str
    address: str
    language: str
    preferred_channel: str
    consents: list[ContactConsentView]
    codes: list[CodeChannel]


class DetailsChangeBody(Body, frozen=True):
    """What is to be other than it is; the same again changes nothing. E-mail and telephone take a code."""

    holder: EvidenceBody
    language: Language | UnsetType = UNSET
    preferred_channel: Channel | UnsetType = UNSET
    address: Annotated[str, Meta(max_length=ADDRESS_CHARS_MAX)] | UnsetType = UNSET


class DetailsConsentBody(Body, frozen=True):
    """The member's word on one way. `text_version`: of the sentences that they read."""

    holder: EvidenceBody
    purpose: ContactPurpose
    is_given: bool
    text_version: TextVersion


class ContactCodeBody(Body, frozen=True):
    """Send a code to a new e-mail address or mobile number. `code_id`: made before it is sent."""

    holder: EvidenceBody
    code_id: Id
    channel: CodeChannel
    address: ContactAddress


class ContactCodeView(View, frozen=True):
    """A code is on its way, and counts until then."""

    code_id: str
    channel: CodeChannel
    expires_ms: int


class ContactProofBody(Body, frozen=True):
    """The code as it arrived: the address takes the place of the old one."""

    holder: EvidenceBody
    code_id: Id
    code: Annotated[str, Meta(pattern=rf"^[0-9]{{{CONTACT_CODE_DIGITS}}}$")]

"""A member's own details on the kiosk: what the kiosk and the terminal agent say to each other about them.

Every question has the same answer: the details as they are now, or why not. What was typed is in no `repr`.
"""

from typing import Annotated, Final, Literal

import msgspec

from loyalty.limits.details import ADDRESS_CHARS_MAX, CONTACT_CODE_DIGITS
from loyalty.limits.texts import ID_CHARS_MAX
from wire.message_base import Message, UsualTrouble

ContactPurpose = Literal["email", "sms", "letter", "wechat"]
"""Ways to write to a member; each takes a consent of its own."""
CodeChannel = Literal["email", "sms"]
PreferredChannel = Literal["", "email", "sms", "letter", "telephone"]
DetailsTrouble = (
    UsualTrouble | Literal["needs_pin", "not_an_address", "no_country", "too_many", "code_wrong", "code_over"]
)
"""needs_pin: the PIN has to be typed (again). not_an_address, no_country: what was typed is no address, or no
number with its country. too_many: enough codes for today. code_wrong, code_over: try again, or have another.
"""
CONSENT_TEXT: Final = "2026-11-26"
"""The version of the sentences that the kiosk puts to members who may agree. Raise it with their words."""
_Id = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_CHARS_MAX)]


class Consent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The member's last word on a way to write to them; `at_ms` 0: never asked."""

    purpose: ContactPurpose
    is_given: bool = False
    at_ms: int = 0


class Details(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a member is reached. `codes`: the ways by which a new address can be proved here."""

    email: str = ""
    phone: str = ""
    address: str = ""
    language: str = ""
    preferred: str = ""
    consents: tuple[Consent, ...] = ()
    codes: tuple[CodeChannel, ...] = ()

    def __repr__(self) -> str:
        """Without what is the member's, wherever a message is printed."""
        return "Details(...)"


# Terminal agent -> kiosk ------------------------------------------------------------------------------------


class DetailsTold(Message, frozen=True):
    """The details as they are now; None after a trouble, or where a code was sent: they stay as they were."""

    request_id: str
    details: Details | None = None
    trouble: DetailsTrouble = ""


# Kiosk -> terminal agent ------------------------------------------------------------------------------------


class AskDetails(Message, frozen=True):
    """How is the member of this session reached?"""

    request_id: str
    session_id: str


class ChangeDetail(Message, frozen=True):
    """Language, preferred channel or postal address are to be `value`."""

    request_id: str
    session_id: str
    what: Literal["language", "preferred", "address"]
    value: Annotated[str, msgspec.Meta(max_length=ADDRESS_CHARS_MAX)]

    def __repr__(self) -> str:
        """Without what was typed, wherever a message is printed."""
        return f"ChangeDetail(request_id={self.request_id!r}, what={self.what!r})"


class SayConsent(Message, frozen=True):
    """The member agrees to be written to by one way, or does not any more, having read `text_version`."""

    request_id: str
    session_id: str
    purpose: ContactPurpose
    is_given: bool
    text_version: str


class SendCode(Message, frozen=True):
    """Send a code to what the member typed. `code_id`: the same, for the same address, when tried again."""

    request_id: str
    session_id: str
    code_id: _Id
    channel: CodeChannel
    address: Annotated[str, msgspec.Meta(min_length=1, max_length=254)]

    def __repr__(self) -> str:
        """Without what was typed, wherever a message is printed."""
        return f"SendCode(request_id={self.request_id!r}, channel={self.channel!r})"


class EnterCode(Message, frozen=True):
    """The code as it arrived."""

    request_id: str
    session_id: str
    code_id: _Id
    code: Annotated[str, msgspec.Meta(pattern=rf"^[0-9]{{{CONTACT_CODE_DIGITS}}}$")]

    def __repr__(self) -> str:
        """Without the code, wherever a message is printed."""
        return f"EnterCode(request_id={self.request_id!r}, code_id={self.code_id!r})"


OfMyDetails = AskDetails | ChangeDetail | SayConsent | SendCode | EnterCode

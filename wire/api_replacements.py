"""A card is replaced at the kiosk by a blank one: the API's bodies and views (C-05, P-38)."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.cards import PIN_DIGITS_MAX
from loyalty.limits.replacements import REPLACEMENT_CODE_DIGITS
from wire.api import EvidenceBody
from wire.api_base import Body, Id, Millis, View
from wire.api_lost_cards import BirthDay, Number

Code = Annotated[str, Meta(pattern=rf"^[0-9]{{{REPLACEMENT_CODE_DIGITS}}}(?!\n)$")]
NextProof = Literal["card", "code", "staff"]
"""card: it is proved. code: one was sent. staff: no way reaches the member, so a clerk confirms."""


class ReplacementBody(Body, frozen=True):
    """The holder of a card wants another one for it. With the PIN it is proved at once, else by a code."""

    request_id: Id
    holder: EvidenceBody


class ReplacementWithoutBody(Body, frozen=True):
    """Somebody without their card wants a new one: by number and birth date, and the code that is sent."""

    request_id: Id
    number: Number
    birth_date: BirthDay


class ReplacementView(View, frozen=True):
    """It was begun. `by`: what proves it; without the card always the code, whoever it was.

    `channel`: the way the code took; empty without the card.
    """

    replacement_id: str
    by: NextProof
    channel: Literal["", "email", "sms"] = ""


class ReplacementCodeBody(Body, frozen=True):
    """The code that was sent."""

    replacement_id: Id
    code: Code


class ReplacementStaffBody(Body, frozen=True):
    """A clerk confirms, by the card of staff: the old card lay on the reader, they looked at who holds it.

    The chip must sign (NTAG 424 DNA): a copied UID confirms nothing. `pin`: the code of a clerk who has one.
    """

    replacement_id: Id
    staff: EvidenceBody
    pin: Annotated[str, Meta(max_length=PIN_DIGITS_MAX)] | None = None


class ReplacementGrantedView(View, frozen=True):
    """It is proved: the new card may be held to the reader."""

    seconds: int


class ReplacementCardBody(Body, frozen=True):
    """The new card: a blank one of the group."""

    replacement_id: Id
    card: EvidenceBody


class ReplacementDoneView(View, frozen=True):
    """The new card counts; the old one never again. `keeps_pin`: its PIN is that of the old one."""

    keeps_pin: bool


class ReplacementRowView(View, frozen=True):
    """One as head office sees it. `state`: unknown (nobody has these data), asked, granted, done."""

    replacement_id: str
    shop_id: str
    token_id: str
    is_with_card: bool
    state: str
    proof: str
    staff_id: str | None
    member_id: str | None
    made_ms: int
    done_ms: int | None


class ReplacementsQuery(Body, frozen=True):
    """Those made before a moment."""

    before_ms: Millis = 253_402_300_799_999


class ReplacementListView(View, frozen=True):
    """The latest first, at most a page."""

    replacements: list[ReplacementRowView]

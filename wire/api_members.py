"""Members and their cards: the API's bodies and views."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.members import PROFILE_FIELDS_MAX
from loyalty.limits.texts import NAME_CHARS_MAX
from wire.api import ExpiringView, TicketView
from wire.api_base import (
    Body,
    Code,
    Id,
    Millis,
    Name,
    Uid,
    View,
)  # fmt: skip
from wire.api_profiles import Channel, FieldValue, Payment, ProfileName


class MemberBody(Body, frozen=True):
    """Enrolment (P-24). Only what has a purpose: names for the greeting and mail, language, contact."""

    member_id: Id
    family_name: Name
    given_name: Annotated[str, Meta(max_length=NAME_CHARS_MAX)] = ""
    salutation: Literal["", "mr", "ms"] = ""
    language: Literal["fr", "de", "it", "en", "zh"] = "fr"
    email: Annotated[str, Meta(max_length=254)] = ""
    phone: Annotated[str, Meta(max_length=32)] = ""
    birth_date: Annotated[str, Meta(pattern=r"^(\d{4}-\d{2}-\d{2})?(?!\n)$")] = ""
    home_shop_id: Id | None = None
    card_number: Code | None = None
    profile: ProfileName = ""
    profile_fields: Annotated[dict[str, FieldValue], Meta(max_length=PROFILE_FIELDS_MAX)] = {}
    preferred_channel: Channel = ""
    preferred_payment: Payment = ""


class MemberPersonView(View, frozen=True):
    """A member's personal data, for those who may read them."""

    member_id: str
    family_name: str
    given_name: str
    salutation: str
    language: str
    email: str
    phone: str
    birth_date: str
    home_shop_id: str | None
    enrolled_ms: int
    cards: list["CardView"]
    points: int
    possible_duplicates: list[str] = []
    """Members with the same e-mail address or phone number: told at enrolment, to who may read members."""
    merged_into: str | None = None
    """The member that this one, a duplicate, was merged into: everything is there now."""
    merged_ids: list[str] = []
    """Duplicates that were merged into this member."""


class CardBody(Body, frozen=True):
    """A card enters the books, in stock or for a member. `uid`: the chip's UID in upper-case hex, or
    `iccsn:` and the serial number of a contact chip card.
    """

    card_number: Code
    uid: Uid = ""
    member_id: Id | None = None
    state: Literal["stock", "to_validate", "active"] = "active"
    valid_until_ms: Millis | None = None


class CardView(View, frozen=True):
    """A card and its state."""

    card_number: str
    member_id: str | None
    state: str
    reason: str
    replaced_by: str | None
    valid_until_ms: int | None


class FindCardBody(Body, frozen=True):
    """Which state is this card in? Card numbers travel in bodies, never in addresses (ASVS 14.2.1)."""

    card_number: Code


class BlockBody(Body, frozen=True):
    """Block a card (P-37)."""

    card_number: Code
    reason: Literal["lost", "stolen", "member_request", "fraud", "damaged"]


class ValidateBody(Body, frozen=True):
    """A card of stock or to be validated becomes active, for `member_id` where it had no member yet."""

    card_number: Code
    member_id: Id | None = None


class ReplaceBody(Body, frozen=True):
    """Replace a card by another from stock or new; balance and history stay with the member."""

    card_number: Code
    new_card_number: Code
    new_uid: Uid = ""


class BalanceView(View, frozen=True):
    """A member's points."""

    member_id: str
    points: int
    points_owed: int
    expiring: ExpiringView | None
    points_held: int = 0
    points_pending: int = 0
    points_leased: int = 0
    """Of those held what is set aside for shops that may lose the line (leases)."""


class PageView(View, frozen=True):
    """Tickets of a member, newest first; `next` is the cursor of the next page, null at the end."""

    tickets: list[TicketView]
    next: str | None

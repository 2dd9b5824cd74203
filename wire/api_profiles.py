"""The JSON API's profiles of members: type, the group's own fields, what the member prefers."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from loyalty.limits.members import PROFILE_FIELDS_MAX
from loyalty.limits.rules import RULE_COUNT_MAX, RULE_TEXT_CHARS_MAX
from wire.api_base import Body, View

ProfileName = Annotated[str, Meta(max_length=RULE_TEXT_CHARS_MAX)]
FieldValue = (
    Annotated[int, Meta(ge=-RULE_COUNT_MAX, le=RULE_COUNT_MAX)]
    | Annotated[str, Meta(max_length=RULE_TEXT_CHARS_MAX)]
)
Channel = Literal["", "email", "sms", "letter", "telephone"]
Payment = Literal["", "cash", "card", "purse", "invoice"]


class ProfileBody(Body, frozen=True):
    """What changes; what is left out stays. An empty profile or preference: none. A field null: not known.

    A field that the profile does not have is refused, and goes when the profile changes.
    """

    profile: ProfileName | UnsetType = UNSET
    fields: Annotated[dict[str, FieldValue | None], Meta(max_length=PROFILE_FIELDS_MAX)] = field(
        default_factory=dict
    )
    preferred_channel: Channel | UnsetType = UNSET
    preferred_payment: Payment | UnsetType = UNSET


class ProfileFieldView(View, frozen=True):
    """A field that is kept, why, and until when. Fields that are not for the asker's eyes are left out."""

    field: str
    value: int | str
    purpose: str
    basis: str
    until: str


class MemberProfileView(View, frozen=True):
    """A member's profile."""

    member_id: str
    profile: str
    fields: list[ProfileFieldView]
    preferred_channel: str
    preferred_payment: str

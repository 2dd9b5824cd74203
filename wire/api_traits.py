"""The JSON API's traits of members: what rules may look at beyond enrolment and purchases."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType, field

from loyalty.limits import members as limits
from wire.api_base import Body, Id, Millis, PageSize, View

TraitText = Annotated[str, Meta(min_length=1, max_length=limits.TRAIT_CHARS_MAX)]
BirthDate = Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}(?!\n)$")]


class TraitsBody(Body, frozen=True):
    """What changes; what is left out stays. null ends a tier, a grade, a sponsor, a spouse's birthday.

    `join_segments`, `leave_segments`: single segments, so that several systems may fill them at once.
    `child_birth_dates` replaces all of them. The same again changes nothing. A `tier` given here goes before
    the one that is worked out from purchases, to the end of `tier_until`; without that, until null ends it.
    """

    tier: TraitText | UnsetType | None = UNSET
    tier_until: BirthDate | None = None
    grade: TraitText | UnsetType | None = UNSET
    sponsor_id: Id | UnsetType | None = UNSET
    join_segments: Annotated[list[TraitText], Meta(max_length=limits.MEMBER_SEGMENTS_MAX)] = field(
        default_factory=list
    )
    leave_segments: Annotated[list[TraitText], Meta(max_length=limits.MEMBER_SEGMENTS_MAX)] = field(
        default_factory=list
    )
    spouse_birth_date: BirthDate | UnsetType | None = UNSET
    child_birth_dates: Annotated[list[BirthDate], Meta(max_length=limits.MEMBER_CHILDREN_MAX)] | UnsetType = (
        UNSET
    )


class TraitView(View, frozen=True):
    """A trait from a moment to a moment; `to_ms` null: it still holds. `by`: `hand`, or `purchases` for what
    is worked out. `until`: the last day of a tier that was given until then.
    """

    kind: str
    value: str
    from_ms: int
    to_ms: int | None
    by: str
    until: str | None


class TraitsView(View, frozen=True):
    """A member's traits now, and how they came about, the latest first."""

    member_id: str
    tier: str | None
    tier_until: str | None
    grade: str | None
    sponsor_id: str | None
    segments: list[str]
    spouse_birth_date: str | None
    child_birth_dates: list[str]
    history: list[TraitView]


class SponsorQuery(Body, frozen=True):
    """From when (included) until when (excluded) purchases of the sponsored count."""

    from_ms: Millis = 0
    to_ms: Millis = 253_402_300_799_999
    limit: PageSize = 50


class SponsorView(View, frozen=True):
    """A sponsor, whom they brought, how many of these bought, and what these spent and kept, minor units."""

    sponsor_id: str
    sponsored: int
    buyers: int
    spent_minor: int


class SponsorListView(View, frozen=True):
    """Sponsors, those whose members spent most first."""

    sponsors: list[SponsorView]

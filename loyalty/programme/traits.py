"""Traits: what is kept of a member so that rules can look at it, beyond what enrolment asks (P-17, R-08)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.members import MEMBER_CHILDREN_MAX, MEMBER_SEGMENTS_MAX, TRAIT_CHARS_MAX
from loyalty.programme.member import Purpose, read_birth_date


class TraitKind(StrEnum):
    """Dated traits: each holds from a moment to a moment; of all but segments a member has one at a time."""

    TIER = "tier"
    GRADE = "grade"
    SPONSOR = "sponsor"
    SEGMENT = "segment"


TRAIT_FIELDS: Mapping[str, tuple[Purpose, ...]] = MappingProxyType(
    {
        "tier": (Purpose.BENEFITS_BY_STANDING,),
        "grade": (Purpose.BENEFITS_BY_STANDING,),
        "segments": (Purpose.BENEFITS_BY_STANDING,),
        "sponsor_id": (Purpose.SPONSOR_REWARD,),
        "spouse_birth_date": (Purpose.FAMILY_BIRTHDAY_BENEFIT,),
        "child_birth_dates": (Purpose.FAMILY_BIRTHDAY_BENEFIT,),
    }
)
"""What each trait is for; the birth dates are personal data and lie sealed beside the name."""


class TraitInvalid(LoyaltyError):
    """A trait is not well formed. The value is not repeated: it may be personal."""

    code = "trait_invalid"
    text = "The trait {field} must be {expected}. Correct it and send it again."


class SponsorRefused(LoyaltyError):
    """Nobody brings themselves, directly or by way of others."""

    code = "sponsor_refused"
    trouble = Trouble.REFUSED
    text = "{sponsor_id} cannot be the sponsor: that would be a ring. Name the member who brought this one."


class GradeIsWorkedOut(LoyaltyError):
    """The programme says how grades come about: nobody gives one by hand beside it."""

    code = "grade_is_worked_out"
    trouble = Trouble.REFUSED
    text = "Grades are worked out from purchases here. Give a tier, or take `grades` out of the programme."


@dataclass(frozen=True, slots=True)
class FamilyBirthdays:
    """Checked birth dates of the family; None and an empty tuple: not known."""

    spouse: date | None = None
    children: tuple[date, ...] = ()


NO_FAMILY = FamilyBirthdays()


def parse_family(spouse: str, children: tuple[str, ...], *, today: date) -> FamilyBirthdays:
    """Check birth dates as they were entered; an empty text is none.

    Raises: TraitInvalid.
    """
    if len(children) > MEMBER_CHILDREN_MAX:
        raise TraitInvalid(field="child_birth_dates", expected=f"at most {MEMBER_CHILDREN_MAX} days")
    days = tuple(_birth_date("child_birth_dates", text, today) for text in children)
    if None in days:
        raise TraitInvalid(field="child_birth_dates", expected="past days as YYYY-MM-DD")
    known = sorted(day for day in days if day is not None)
    return FamilyBirthdays(_birth_date("spouse_birth_date", spouse, today), tuple(known))


def check_text(field: str, text: str) -> str:
    """A tier, grade or segment as it is kept: one line without `|`, which parts the texts of a set.

    Raises: TraitInvalid.
    """
    plain = text.strip()
    if not 1 <= len(plain) <= TRAIT_CHARS_MAX or not plain.isprintable() or "|" in plain:
        raise TraitInvalid(field=field, expected=f"one line of 1 to {TRAIT_CHARS_MAX} characters, no |")
    return plain


def check_tier_until(tier: str | None, until: str | None, *, today: date) -> str | None:
    """The last day of a tier that is given by hand, as it is kept; None: until it is taken away.

    Raises: TraitInvalid.
    """
    if until is None:
        return None
    try:
        day = date.fromisoformat(until)
    except ValueError:
        day = None
    if tier is None or day is None or day < today:
        raise TraitInvalid(field="tier_until", expected="beside a tier, a day to come as YYYY-MM-DD")
    return day.isoformat()


def check_segments(held: frozenset[str], join: frozenset[str], leave: frozenset[str]) -> None:
    """Refuse a segment that is to be joined and left at once, and more segments than a member may have.

    Raises: TraitInvalid.
    """
    if join & leave:
        raise TraitInvalid(field="join_segments", expected="without those of leave_segments")
    if len((held | join) - leave) > MEMBER_SEGMENTS_MAX:
        raise TraitInvalid(
            field="join_segments", expected=f"so few that the member is in {MEMBER_SEGMENTS_MAX} at most"
        )


def _birth_date(field: str, text: str, today: date) -> date | None:
    try:
        return read_birth_date(text, today)
    except LoyaltyError as error:
        raise TraitInvalid(field=field, expected=str(error.params["expected"])) from None

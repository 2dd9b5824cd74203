"""Grades of members by what they bought and when (J-08), with the figures of the programme. Pure.

The conditions overlap: who enrolled a week ago and bought four times is new and core. So they are tried in
one order, and the first that holds is the grade: core, new, ordinary, invalid, dormant. Core stands before
new, because value decides whom to talk to first (R-03, R-10); new before ordinary, because nearly everybody
buys on the day of enrolment and nobody would be new; invalid before dormant, which all invalid ones are too.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loyalty.limits.members import GRADE_MONTHS_MAX
from loyalty.limits.rules import RULE_COUNT_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.programme.member_facts import months_before
from loyalty.rules.reading import invalid
from loyalty.rules.shape import NO_CONTEXT, Choice, Items, Record, Whole


class Grade(StrEnum):
    """The grades, in the order in which they are tried."""

    CORE = "core"
    NEW = "new"
    ORDINARY = "ordinary"
    INVALID = "invalid"
    DORMANT = "dormant"


class Needed(StrEnum):
    """What may have to be known of a member for the data to be complete."""

    FAMILY_NAME = "family_name"
    CONTACT = "contact"
    """An e-mail address or a phone number."""
    BIRTH_DATE = "birth_date"


@dataclass(frozen=True, slots=True, kw_only=True)
class GradePolicy:
    """The figures of a programme; the defaults are those of J-08, amounts in the group's currency."""

    core_visits: int = 3
    core_spent_minor: int = 500_00
    recent_months: int = 3
    """Purchases of so many months make core and ordinary; none of them makes dormant."""
    new_months: int = 1
    lost_months: int = 6
    """No purchase in so many months may make invalid."""
    complete: tuple[Needed, ...] = (Needed.FAMILY_NAME, Needed.CONTACT)


@dataclass(frozen=True, slots=True, kw_only=True)
class GradeFacts:
    """What a grade is decided on, as of one local day.

    Returned tickets count out: a ticket that came back whole is no visit, and what came back is not spent.
    """

    enrolled_on: date
    visits_recent: int
    spent_recent_minor: int
    last_on: date | None
    """Day of the last purchase of which something was kept."""
    known: frozenset[Needed]
    is_call_back_failed: bool
    """Whether the last call-back after the last purchase reached nobody."""


def grade_of(policy: GradePolicy, facts: GradeFacts, day: date) -> Grade:
    """The grade on a local day; months end where the calendar's do (31 May less three is 28 February)."""
    is_big = facts.spent_recent_minor >= policy.core_spent_minor
    if facts.visits_recent >= policy.core_visits and is_big:
        return Grade.CORE
    if facts.enrolled_on >= months_before(day, policy.new_months):
        return Grade.NEW
    if facts.visits_recent > 0:
        return Grade.ORDINARY
    is_lost = facts.last_on is None or facts.last_on < months_before(day, policy.lost_months)
    is_complete = facts.known >= frozenset(policy.complete)
    if is_lost and (not is_complete or facts.is_call_back_failed):
        return Grade.INVALID
    return Grade.DORMANT


CORE_SHAPE = Record({}, {"visits": Whole(1, RULE_COUNT_MAX), "spent_minor": Whole(1, LINE_AMOUNT_MINOR_MAX)})
_MONTHS = Whole(1, GRADE_MONTHS_MAX)
GRADES_SHAPE = Record(
    {},
    {
        "core": CORE_SHAPE,
        "recent_months": _MONTHS,
        "new_months": _MONTHS,
        "lost_months": _MONTHS,
        "complete": Items(Choice(Needed), at_most=len(Needed), at_least=0),
    },
)


def parse_grades(document: object) -> GradePolicy | None:
    """The `grades` of a programme document; None where grades are given by hand.

    Raises: ProgrammeInvalid.
    """
    if document is None:
        return None
    path = "programme.grades"
    given = GRADES_SHAPE.read(document, path, NO_CONTEXT)
    core = {f"core_{name}": value for name, value in given.pop("core", {}).items()}
    policy = GradePolicy(**given, **core)
    if policy.lost_months < policy.recent_months:
        expected = f"at least recent_months ({policy.recent_months})"
        raise invalid(f"{path}.lost_months", expected, policy.lost_months)
    return policy

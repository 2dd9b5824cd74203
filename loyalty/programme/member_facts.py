"""The `member.*` facts of the rules, derived from what is known of a member at one moment. Pure."""

from calendar import monthrange
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from loyalty.programme.birthday import age_years, nearest_birthday_days
from loyalty.programme.traits import NO_FAMILY, FamilyBirthdays
from loyalty.rules.language import Value

MemberFactValues = Mapping[str, Value | None]
"""Facts by full name; None: not known, and nothing that needs it is granted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases:
    """A member's tickets before this one. `tickets` counts all, `returned` those that came back whole.

    Spent is what the member kept: amounts of tickets less what came back of them, minor units.
    """

    tickets: int = 0
    returned: int = 0
    visits_3_months: int = 0
    spent_3_months_minor: int = 0
    spent_12_months_minor: int = 0
    last_on: date | None = None


NO_PURCHASES = Purchases()


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownMember:
    """What is known of a member on a local day; None: not known."""

    language: str
    home_shop: str | None
    enrolled_on: date
    birth_date: date | None = None
    family: FamilyBirthdays = NO_FAMILY
    tier: str | None = None
    grade: str | None = None
    profile: str | None = None
    choices: frozenset[str] | None = None
    """Own fields as `field=choice`; None: none was told."""
    preferred_channel: str | None = None
    preferred_payment: str | None = None
    classes: frozenset[str] | None = None
    """Automatic classes of health; None: not known, above all without consent."""
    segments: frozenset[str] = frozenset()
    is_sponsored: bool = False
    points: int = 0
    purchases: Purchases = NO_PURCHASES


def _birthday(known: KnownMember, day: date) -> int | None:
    return nearest_birthday_days((known.birth_date,) if known.birth_date else (), day)


def _spouse_birthday(known: KnownMember, day: date) -> int | None:
    return nearest_birthday_days((known.family.spouse,) if known.family.spouse else (), day)


def _since_purchase(known: KnownMember, day: date) -> int | None:
    last = known.purchases.last_on
    return None if last is None else max(0, (day - last).days)


DERIVED: Mapping[str, Callable[[KnownMember, date], Value | None]] = MappingProxyType(
    {
        "member.grade": lambda known, _: known.grade,
        "member.tier": lambda known, _: known.tier,
        "member.profile": lambda known, _: known.profile,
        "member.classes": lambda known, _: known.classes,
        "member.choices": lambda known, _: known.choices,
        "member.preferred_channel": lambda known, _: known.preferred_channel,
        "member.preferred_payment": lambda known, _: known.preferred_payment,
        "member.segments": lambda known, _: known.segments,
        "member.language": lambda known, _: known.language or None,
        "member.home_shop": lambda known, _: known.home_shop,
        "member.age_years": lambda known, day: age_years(known.birth_date, day) if known.birth_date else None,
        "member.birthday_days": _birthday,
        "member.spouse_birthday_days": _spouse_birthday,
        "member.child_birthday_days": lambda known, day: nearest_birthday_days(known.family.children, day),
        "member.points": lambda known, _: known.points,
        "member.visits": lambda known, _: known.purchases.tickets - known.purchases.returned + 1,
        "member.visits_3_months": lambda known, _: known.purchases.visits_3_months,
        "member.spent_3_months_minor": lambda known, _: known.purchases.spent_3_months_minor,
        "member.spent_12_months_minor": lambda known, _: known.purchases.spent_12_months_minor,
        "member.is_first_purchase": lambda known, _: known.purchases.tickets == 0,
        "member.days_since_purchase": _since_purchase,
        "member.days_since_enrolment": lambda known, day: max(0, (day - known.enrolled_on).days),
        "member.is_sponsored": lambda known, _: known.is_sponsored,
    }
)
"""How each fact comes about; `member.is_known` is a matter of the ticket."""

TRAIT_FACTS = frozenset({"member.grade", "member.tier", "member.segments", "member.is_sponsored"})
COUNT_FACTS = frozenset({"member.visits", "member.is_first_purchase"})
QUARTER_FACTS = frozenset({"member.visits_3_months", "member.spent_3_months_minor"})
YEAR_FACTS = frozenset({"member.spent_12_months_minor"})
LAST_FACTS = frozenset({"member.days_since_purchase"})
POINTS_FACTS = frozenset({"member.points"})
PERSON_FACTS = frozenset(
    {
        "member.age_years",
        "member.birthday_days",
        "member.spouse_birthday_days",
        "member.child_birthday_days",
        "member.profile",
        "member.choices",
        "member.preferred_channel",
        "member.preferred_payment",
    }
)
"""Facts out of the sealed record: it is opened only where a rule reads one of these."""
MOVING_FACTS = COUNT_FACTS | QUARTER_FACTS | YEAR_FACTS | LAST_FACTS | POINTS_FACTS
"""Facts that another ticket of the member changes: who decides on them must be the next ticket."""


def derive_facts(known: KnownMember, needed: frozenset[str], day: date) -> dict[str, Value | None]:
    """The facts that are needed, on a local day of the shop; what is no fact of a member is left out."""
    return {name: DERIVED[name](known, day) for name in sorted(needed & DERIVED.keys())}


def months_before(day: date, months: int) -> date:
    """The same day some months earlier; the last of the month where there is none (31 May: 28 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))

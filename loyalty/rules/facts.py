"""The facts a rule may read: one table that validates, documents, generates the schema and the SQL."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from loyalty.programme.articles import ArticleClass


class Kind(StrEnum):
    """What sort of value an expression has; kinds never mix."""

    BOOL = "boolean"
    INT = "whole number"
    TEXT = "text"
    DAY = "day (YYYY-MM-DD)"
    TIME = "time of day (HH:MM)"
    TEXTS = "set of texts"


class Weekday(StrEnum):
    """Days of the week, in ISO order."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


WEEKDAYS = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class FactSpec:
    """A fact rules may read. `values`: the only texts it can have, None: any."""

    kind: Kind
    meaning: str
    values: frozenset[str] | None = None


def _texts(choices: type[StrEnum]) -> frozenset[str]:
    return frozenset(choice.value for choice in choices)


FACTS: Mapping[str, FactSpec] = MappingProxyType(
    {
        "basket.total_minor": FactSpec(Kind.INT, "Sum of the lines that count toward a threshold by law."),
        "basket.currency": FactSpec(Kind.TEXT, "ISO 4217 code of the basket's currency."),
        "basket.local_day": FactSpec(Kind.DAY, "The shop's local day."),
        "basket.local_time": FactSpec(Kind.TIME, "The shop's local time of day."),
        "basket.weekday": FactSpec(Kind.TEXT, "The shop's local day of the week.", _texts(Weekday)),
        "basket.vouchers": FactSpec(Kind.TEXTS, "Definitions of the vouchers presented with this basket."),
        "shop.id": FactSpec(Kind.TEXT, "The shop."),
        "shop.country": FactSpec(Kind.TEXT, "ISO 3166 code of the shop's country."),
        "member.is_known": FactSpec(Kind.BOOL, "Whether a member is identified."),
        "member.grade": FactSpec(Kind.TEXT, "The member's grade."),
        "member.tier": FactSpec(Kind.TEXT, "The member's tier."),
        "member.profile": FactSpec(Kind.TEXT, "The member's profile, one of the programme's."),
        "member.choices": FactSpec(Kind.TEXTS, "The profile's fields with a choice, as `field=choice`."),
        "member.preferred_channel": FactSpec(Kind.TEXT, "How the member likes to be reached."),
        "member.preferred_payment": FactSpec(Kind.TEXT, "How the member likes to pay."),
        "member.classes": FactSpec(Kind.TEXTS, "Automatic classes of health; for segments alone."),
        "member.segments": FactSpec(Kind.TEXTS, "Segments the member was put into."),
        "member.language": FactSpec(Kind.TEXT, "The member's language."),
        "member.home_shop": FactSpec(Kind.TEXT, "The shop the member belongs to."),
        "member.age_years": FactSpec(Kind.INT, "Whole years of age on the local day."),
        "member.birthday_days": FactSpec(Kind.INT, "Days to or since the nearest birthday, 0 on the day."),
        "member.spouse_birthday_days": FactSpec(Kind.INT, "The same for the spouse."),
        "member.child_birthday_days": FactSpec(Kind.INT, "The same for the child whose birthday is nearest."),
        "member.points": FactSpec(Kind.INT, "Points balance before this ticket."),
        "member.visits": FactSpec(Kind.INT, "Purchases so far, this one included."),
        "member.visits_3_months": FactSpec(Kind.INT, "Purchases of the last three months, without this one."),
        "member.spent_3_months_minor": FactSpec(Kind.INT, "Spent in the last three months, without this."),
        "member.spent_12_months_minor": FactSpec(Kind.INT, "Spent in the last twelve months, without this."),
        "member.is_first_purchase": FactSpec(Kind.BOOL, "Whether the member never bought before."),
        "member.days_since_purchase": FactSpec(Kind.INT, "Days since the last purchase before this one."),
        "member.days_since_enrolment": FactSpec(Kind.INT, "Days since the enrolment."),
        "member.is_sponsored": FactSpec(Kind.BOOL, "Whether another member brought this one."),
        "line.article_id": FactSpec(Kind.TEXT, "The group's id of the article."),
        "line.article_class": FactSpec(Kind.TEXT, "Legal class of the article.", _texts(ArticleClass)),
        "line.brand": FactSpec(Kind.TEXT, "Brand of the article."),
        "line.range": FactSpec(Kind.TEXT, "Range of the article."),
        "line.amount_minor": FactSpec(Kind.INT, "What the customer pays for the line."),
        "line.quantity": FactSpec(Kind.INT, "Units of the line."),
        "line.price_minor": FactSpec(Kind.INT, "Central's price of one unit."),
    }
)
PRODUCT_FACTS = frozenset({"line.article_class", "line.brand", "line.range", "line.article_id"})
"""A rule that reads one of these is tied to products; some laws then look at it differently."""

MEMBER_PREFIX = "member."
LINE_PREFIX = "line."

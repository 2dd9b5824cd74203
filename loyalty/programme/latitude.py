"""The counter keeps its latitude (P-14): goodwill points and manual discounts within limits, with a reason.

What the programme allows a role per act and per day; sums of a day are per shop and role, guarded by storage.
The law holds as for any benefit: a manual discount reaches only lines that may be discounted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.rules import RATE_BP_MAX, RULE_COUNT_MAX, RULE_LIST_ITEMS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.money import format_minor, scale_of
from loyalty.pricing.apportion import apportion
from loyalty.pricing.basket import Basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import LegalAct, verdict
from loyalty.rules.reading import invalid
from loyalty.rules.shape import NO_CONTEXT, Record, Whole

LATITUDE_SHAPE = Record(
    {},
    {
        "goodwill_points": Whole(1, RULE_COUNT_MAX),
        "goodwill_points_per_day": Whole(1, RULE_COUNT_MAX),
        "discount_rate_bp": Whole(1, RATE_BP_MAX),
        "discount_minor_per_day": Whole(1, LINE_AMOUNT_MINOR_MAX),
    },
)
"""What a role may be given; what is left out is 0."""


@dataclass(frozen=True, slots=True)
class Latitude:
    """What a role may do on its own: per act, and per shop and local day."""

    goodwill_points: int = 0
    goodwill_points_per_day: int = 0
    discount_rate_bp: int = 0
    discount_minor_per_day: int = 0


NO_LATITUDE = Latitude()
LATITUDE = "latitude"
"""Stands for a rule's id in what the counter gives: no rule gave it."""
Latitudes = Mapping[str, Latitude]
NOBODYS: Latitudes = MappingProxyType({})


class ReasonMissing(LoyaltyError):
    """A goodwill act without a reason."""

    code = "reason_missing"
    text = "Say why: goodwill points and manual discounts are kept with their reason."


class LatitudeExceeded(LoyaltyError):
    """More than the role may give on its own."""

    code = "latitude_exceeded"
    trouble = Trouble.REFUSED
    text = "{role} may give at most {most} here, not {asked}. Ask somebody who may give more."


class NothingToDiscount(LoyaltyError):
    """No line of the basket may be discounted by law."""

    code = "nothing_to_discount"
    trouble = Trouble.REFUSED
    text = "The law of {country} lets no line of this basket be discounted. Offer something else."


def parse_latitudes(document: object, path: str = "programme.latitude") -> Latitudes:
    """What each role may do: {role: {goodwill_points, ...}}.

    Raises: ProgrammeInvalid.
    """
    if not isinstance(document, Mapping) or len(document) > RULE_LIST_ITEMS_MAX:
        raise invalid(path, "an object of roles", document)
    read = {
        str(role): Latitude(**LATITUDE_SHAPE.read(value, f"{path}.{role}", NO_CONTEXT))
        for role, value in document.items()
    }
    return MappingProxyType(read)


def goodwill_key(role: str, day: date) -> str:
    """The counter of what a role gave in points on a local day, per shop."""
    return f"{LATITUDE}/{role}/points/{day.isoformat()}"


def discount_key(role: str, day: date) -> str:
    """The counter of what a role took off on a local day, in minor units, per shop."""
    return f"{LATITUDE}/{role}/discount/{day.isoformat()}"


def check_goodwill_points(
    latitudes: Latitudes, *, role: str, points: int, given_today: int, reason: str
) -> None:
    """Whether a role may give goodwill points now.

    Args:
        points: > 0; given_today: points of goodwill this role gave in this shop on this local day, >= 0.
    Raises: ReasonMissing, LatitudeExceeded.
    """
    assert points > 0
    _require_reason(reason)
    latitude = latitudes.get(role, NO_LATITUDE)
    allowed = min(latitude.goodwill_points, max(0, latitude.goodwill_points_per_day - given_today))
    if points > allowed:
        raise LatitudeExceeded(
            role=role, allowed=allowed, wanted=points, most=f"{allowed} points", asked=f"{points}"
        )


def manual_discount(
    latitudes: Latitudes, basket: Basket, *, role: str, off_minor: int, given_today_minor: int, reason: str
) -> list[int]:
    """Split a manual discount over the lines the law lets be discounted.

    Args:
        off_minor: > 0; given_today_minor: what this role took off in this shop on this local day, >= 0.
    Returns: minor units per line of the basket, summing to off_minor.
    Raises: ReasonMissing, NothingToDiscount, LatitudeExceeded.
    """
    assert off_minor > 0
    _require_reason(reason)
    weights = [
        line.amount_minor
        if _may_be_discounted(basket, line.article.article_class if line.article else None)
        else 0
        for line in basket.lines
    ]
    total = sum(weights)
    if not total:
        raise NothingToDiscount(country=basket.country)
    latitude = latitudes.get(role, NO_LATITUDE)
    by_rate = total * latitude.discount_rate_bp // RATE_BP_MAX
    allowed = min(by_rate, max(0, latitude.discount_minor_per_day - given_today_minor))
    if off_minor > allowed:
        scale = scale_of(basket.currency)
        raise LatitudeExceeded(
            role=role,
            allowed=allowed,
            wanted=off_minor,
            most=f"{format_minor(allowed, scale)} {basket.currency} off",
            asked=f"{format_minor(off_minor, scale)}",
        )
    return apportion(off_minor, weights)


def _may_be_discounted(basket: Basket, article_class: ArticleClass | None) -> bool:
    known = article_class or ArticleClass.UNKNOWN
    return verdict(basket.country, known, LegalAct.BE_DISCOUNTED, basket.local_day).is_allowed


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise ReasonMissing

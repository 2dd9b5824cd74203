"""What a rule does when its condition is true: plain data, made by the table in `effect_table.py`."""

from dataclasses import dataclass
from typing import ClassVar

from loyalty.programme.articles import ArticleClass
from loyalty.rules.effect_names import DeniedAct, EffectName, Measure, Per
from loyalty.rules.language import Node
from loyalty.rules.rounding import Rounding, divide


@dataclass(frozen=True, slots=True)
class Deny:
    """The lines may not do this, whatever other rules say."""

    acts: frozenset[DeniedAct]
    name: ClassVar[EffectName] = EffectName.DENY


@dataclass(frozen=True, slots=True)
class UnitPrice:
    """One unit of the lines costs this."""

    unit_price_minor: int
    name: ClassVar[EffectName] = EffectName.UNIT_PRICE


@dataclass(frozen=True, slots=True)
class PriceRate:
    """One unit of the lines costs this share of central's price, rounded per unit."""

    rate_bp: int
    rounding: Rounding
    name: ClassVar[EffectName] = EffectName.PRICE_RATE


@dataclass(frozen=True, slots=True)
class PercentOff:
    """A share off the sum of the lines, rounded once per ticket."""

    rate_bp: int
    rounding: Rounding
    name: ClassVar[EffectName] = EffectName.PERCENT_OFF


@dataclass(frozen=True, slots=True)
class AmountOff:
    """An amount off the ticket's lines together, or off each unit."""

    off_minor: int
    per: Per
    name: ClassVar[EffectName] = EffectName.AMOUNT_OFF


@dataclass(frozen=True, slots=True)
class SpecialPrice:
    """One unit costs at most this."""

    unit_price_minor: int
    name: ClassVar[EffectName] = EffectName.SPECIAL_PRICE


@dataclass(frozen=True, slots=True)
class BuyGet:
    """Of `buy` + `get` units, the cheapest `get` cost `rate_bp` less; or units of `get_lines` do."""

    buy: int
    get: int
    rate_bp: int = 10_000
    rounding: Rounding = Rounding.FLOOR
    get_lines: Node | None = None
    times_max: int | None = None
    name: ClassVar[EffectName] = EffectName.BUY_GET


@dataclass(frozen=True, slots=True)
class NthUnit:
    """Of every `nth` units of one article, one costs `rate_bp` less."""

    nth: int
    rate_bp: int
    rounding: Rounding = Rounding.FLOOR
    name: ClassVar[EffectName] = EffectName.NTH_UNIT


@dataclass(frozen=True, slots=True)
class CheapestFree:
    """For every `of` units the cheapest of all units is free, once each."""

    of: int
    name: ClassVar[EffectName] = EffectName.CHEAPEST_FREE


@dataclass(frozen=True, slots=True)
class BundlePart:
    """So many units of such lines."""

    quantity: int
    lines: Node


@dataclass(frozen=True, slots=True)
class BundlePrice:
    """The parts together cost `price_minor`, as often as they are complete."""

    parts: tuple[BundlePart, ...]
    price_minor: int
    times_max: int | None = None
    name: ClassVar[EffectName] = EffectName.BUNDLE_PRICE


@dataclass(frozen=True, slots=True)
class PercentStep:
    """From so much on, this share off."""

    reach: int
    rate_bp: int


@dataclass(frozen=True, slots=True)
class AmountStep:
    """From so much on, this amount off."""

    reach: int
    off_minor: int


@dataclass(frozen=True, slots=True)
class StepPercentOff:
    """The highest step reached decides the share."""

    by: Measure
    steps: tuple[PercentStep, ...]
    rounding: Rounding
    name: ClassVar[EffectName] = EffectName.STEP_PERCENT_OFF


@dataclass(frozen=True, slots=True)
class StepAmountOff:
    """The highest step reached decides the amount."""

    by: Measure
    steps: tuple[AmountStep, ...]
    name: ClassVar[EffectName] = EffectName.STEP_AMOUNT_OFF


@dataclass(frozen=True, slots=True)
class FreeArticle:
    """Units of one article are a gift: free when they lie in the basket, else offered."""

    article_id: str
    article_class: ArticleClass
    quantity: int = 1
    name: ClassVar[EffectName] = EffectName.FREE_ARTICLE


@dataclass(frozen=True, slots=True)
class NextPurchaseVoucher:
    """A voucher for a later purchase; minting it is the ledger's work."""

    voucher: str
    worth_minor: int
    valid_days: int
    redeem_on: tuple[ArticleClass, ...] = ()
    name: ClassVar[EffectName] = EffectName.NEXT_PURCHASE_VOUCHER


@dataclass(frozen=True, slots=True)
class Segment:
    """Members who meet the condition are in this segment."""

    segment: str
    name: ClassVar[EffectName] = EffectName.SEGMENT


@dataclass(frozen=True, slots=True)
class PointsPerAmount:
    """`points` for every `per_minor` minor units of the ticket's eligible lines, rounded once per ticket."""

    points: int
    per_minor: int
    rounding: Rounding
    name: ClassVar[EffectName] = EffectName.POINTS_PER_AMOUNT

    def points_for(self, eligible_minor: int) -> int:
        """Points of a ticket whose eligible lines cost `eligible_minor` (>= 0) in all."""
        return divide(self.points * eligible_minor, self.per_minor, self.rounding)


@dataclass(frozen=True, slots=True)
class PointsFixed:
    """So many points for the ticket, or for each unit."""

    points: int
    per: Per
    name: ClassVar[EffectName] = EffectName.POINTS_FIXED


@dataclass(frozen=True, slots=True)
class PointsNthVisit:
    """So many points on every `every`-th purchase."""

    every: int
    points: int
    name: ClassVar[EffectName] = EffectName.POINTS_NTH_VISIT


@dataclass(frozen=True, slots=True)
class PointsMultiplier:
    """The lines' points of the rules before, times this; multipliers add up, none multiplies another."""

    times_bp: int
    rounding: Rounding
    name: ClassVar[EffectName] = EffectName.POINTS_MULTIPLIER


@dataclass(frozen=True, slots=True)
class PointsThreshold:
    """So many points when this ticket takes the balance to `at_points` or over."""

    at_points: int
    points: int
    name: ClassVar[EffectName] = EffectName.POINTS_THRESHOLD


@dataclass(frozen=True, slots=True)
class PointsSponsor:
    """Points for the member who brought this one, and for this one; once per member, ever."""

    sponsor_points: int
    sponsored_points: int
    name: ClassVar[EffectName] = EffectName.POINTS_SPONSOR


@dataclass(frozen=True, slots=True)
class ContestEntry:
    """Entries in a contest; drawing is another's work."""

    contest: str
    entries: int
    name: ClassVar[EffectName] = EffectName.CONTEST_ENTRY


Discount = (
    PercentOff
    | AmountOff
    | SpecialPrice
    | BuyGet
    | NthUnit
    | CheapestFree
    | BundlePrice
    | StepPercentOff
    | StepAmountOff
    | FreeArticle
)
Accrual = PointsPerAmount | PointsFixed | PointsNthVisit | PointsMultiplier | PointsThreshold
Datum = NextPurchaseVoucher | PointsSponsor | ContestEntry
Effect = Deny | UnitPrice | PriceRate | Discount | Segment | Accrual | Datum

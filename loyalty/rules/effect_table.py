"""The table of effects: who may have them, their members. It validates, and is published."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from loyalty.limits.rules import (
    EFFECT_PARTS_MAX,
    MULTIPLIER_BP_MAX,
    RATE_BP_MAX,
    RULE_COUNT_MAX,
    RULE_RATE_MAX,
    VOUCHER_VALID_DAYS_MAX,
)
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX, LINE_QUANTITY_MAX
from loyalty.programme.articles import ArticleClass
from loyalty.rules import effects as fx
from loyalty.rules.effect_names import DeniedAct, EffectName, Measure, Per
from loyalty.rules.effects import Effect
from loyalty.rules.kinds import RuleKind
from loyalty.rules.reading import invalid, propose
from loyalty.rules.rounding import Rounding
from loyalty.rules.shape import Choice, Condition, Context, Items, Member, Record, Text, Whole, ordered

_RATE = Whole(1, RATE_BP_MAX)
_MONEY = Whole(1, LINE_AMOUNT_MINOR_MAX)
_PRICE = Whole(0, LINE_AMOUNT_MINOR_MAX)
_UNITS = Whole(1, LINE_QUANTITY_MAX)
_POINTS = Whole(1, RULE_COUNT_MAX)
_ROUNDING = Choice(Rounding)
_LINES = Condition(is_in_line=True)


@dataclass(frozen=True, slots=True)
class EffectSpec:
    """One effect: the kinds that may have it, its members, and how it is built from them."""

    kinds: tuple[RuleKind, ...]
    make: Callable[..., Effect]
    required: Mapping[str, Member]
    optional: Mapping[str, Member]
    meaning: str

    def record(self) -> Record:
        """The members without `effect` itself."""
        return Record(self.required, self.optional)


def _spec(
    kinds: tuple[RuleKind, ...], make: Callable[..., Effect], meaning: str, /, **members: Member
) -> EffectSpec:
    """Members whose name ends in `_` may be left out."""
    required = {name: shape for name, shape in members.items() if not name.endswith("_")}
    optional = {name[:-1]: shape for name, shape in members.items() if name.endswith("_")}
    return EffectSpec(kinds, make, required, optional, meaning)


def _deny(acts: tuple[DeniedAct, ...]) -> fx.Deny:
    return fx.Deny(frozenset(acts))


def _bundle(parts: tuple[dict[str, Any], ...], **rest: Any) -> fx.BundlePrice:
    return fx.BundlePrice(tuple(fx.BundlePart(**part) for part in parts), **rest)


def _step_percent(by: Measure, steps: tuple[dict[str, Any], ...], rounding: Rounding) -> fx.StepPercentOff:
    return fx.StepPercentOff(by, tuple(fx.PercentStep(**step) for step in steps), rounding)


def _step_amount(by: Measure, steps: tuple[dict[str, Any], ...]) -> fx.StepAmountOff:
    return fx.StepAmountOff(by, tuple(fx.AmountStep(**step) for step in steps))


def _steps(**gain: Member) -> Items:
    return Items(Record({"reach": _MONEY, **gain}, {}), at_most=EFFECT_PARTS_MAX)


_RESTRICTION, _PRICE_KIND, _PROMOTION = (RuleKind.RESTRICTION,), (RuleKind.PRICE,), (RuleKind.PROMOTION,)
_SEGMENT, _CAMPAIGN = (RuleKind.SEGMENT,), (RuleKind.CAMPAIGN,)

EFFECTS: Mapping[EffectName, EffectSpec] = MappingProxyType(
    {
        EffectName.DENY: _spec(
            _RESTRICTION, _deny, "Forbids acts on the lines.", acts=Items(Choice(DeniedAct), at_most=3)
        ),
        EffectName.UNIT_PRICE: _spec(
            _PRICE_KIND, fx.UnitPrice, "Sets the price of a unit.", unit_price_minor=_PRICE
        ),
        EffectName.PRICE_RATE: _spec(
            _PRICE_KIND,
            fx.PriceRate,
            "Sets the price of a unit to a share of central's price.",
            rate_bp=Whole(0, 10 * RATE_BP_MAX),
            rounding=_ROUNDING,
        ),
        EffectName.PERCENT_OFF: _spec(
            _PROMOTION,
            fx.PercentOff,
            "A share off the lines' sum, rounded once.",
            rate_bp=_RATE,
            rounding=_ROUNDING,
        ),
        EffectName.AMOUNT_OFF: _spec(
            _PROMOTION,
            fx.AmountOff,
            "An amount off the ticket or each unit.",
            off_minor=_MONEY,
            per=Choice(Per),
        ),
        EffectName.SPECIAL_PRICE: _spec(
            _PROMOTION, fx.SpecialPrice, "A unit costs at most this.", unit_price_minor=_PRICE
        ),
        EffectName.BUY_GET: _spec(
            _PROMOTION,
            fx.BuyGet,
            "Buy so many, get so many free or for less.",
            buy=_UNITS,
            get=_UNITS,
            rate_bp_=_RATE,
            rounding_=_ROUNDING,
            get_lines_=_LINES,
            times_max_=_UNITS,
        ),
        EffectName.NTH_UNIT: _spec(
            _PROMOTION,
            fx.NthUnit,
            "One of every n units of an article for less.",
            nth=Whole(2, LINE_QUANTITY_MAX),
            rate_bp=_RATE,
            rounding_=_ROUNDING,
        ),
        EffectName.CHEAPEST_FREE: _spec(
            _PROMOTION,
            fx.CheapestFree,
            "For every n units the cheapest is free.",
            of=Whole(2, LINE_QUANTITY_MAX),
        ),
        EffectName.BUNDLE_PRICE: _spec(
            _PROMOTION,
            _bundle,
            "Parts together at one price.",
            parts=Items(Record({"quantity": _UNITS, "lines": _LINES}, {}), at_most=EFFECT_PARTS_MAX),
            price_minor=_PRICE,
            times_max_=_UNITS,
        ),
        EffectName.STEP_PERCENT_OFF: _spec(
            _PROMOTION,
            _step_percent,
            "The highest step reached decides the share off.",
            by=Choice(Measure),
            steps=_steps(rate_bp=_RATE),
            rounding=_ROUNDING,
        ),
        EffectName.STEP_AMOUNT_OFF: _spec(
            _PROMOTION,
            _step_amount,
            "The highest step reached decides the amount off.",
            by=Choice(Measure),
            steps=_steps(off_minor=_MONEY),
        ),
        EffectName.FREE_ARTICLE: _spec(
            _PROMOTION,
            fx.FreeArticle,
            "An article as a gift.",
            article_id=Text(),
            article_class=Choice(ArticleClass),
            quantity_=_UNITS,
        ),
        EffectName.NEXT_PURCHASE_VOUCHER: _spec(
            (*_PROMOTION, *_CAMPAIGN),
            fx.NextPurchaseVoucher,
            "A voucher for a later purchase.",
            voucher=Text(),
            worth_minor=_MONEY,
            valid_days=Whole(1, VOUCHER_VALID_DAYS_MAX),
            redeem_on_=Items(Choice(ArticleClass), at_most=len(ArticleClass)),
        ),
        EffectName.SEGMENT: _spec(_SEGMENT, fx.Segment, "Names the segment.", segment=Text()),
        EffectName.POINTS_PER_AMOUNT: _spec(
            _CAMPAIGN,
            fx.PointsPerAmount,
            "Points for every so many minor units, rounded once.",
            points=Whole(1, RULE_RATE_MAX),
            per_minor=_MONEY,
            rounding=_ROUNDING,
        ),
        EffectName.POINTS_FIXED: _spec(
            _CAMPAIGN,
            fx.PointsFixed,
            "Points for the ticket or for each unit.",
            points=Whole(1, RULE_COUNT_MAX // LINE_QUANTITY_MAX),
            per=Choice(Per),
        ),
        EffectName.POINTS_NTH_VISIT: _spec(
            _CAMPAIGN,
            fx.PointsNthVisit,
            "Points on every n-th purchase.",
            every=Whole(2, RULE_COUNT_MAX),
            points=_POINTS,
        ),
        EffectName.POINTS_MULTIPLIER: _spec(
            _CAMPAIGN,
            fx.PointsMultiplier,
            "The lines' points times this.",
            times_bp=Whole(RATE_BP_MAX + 1, MULTIPLIER_BP_MAX),
            rounding=_ROUNDING,
        ),
        EffectName.POINTS_THRESHOLD: _spec(
            _CAMPAIGN,
            fx.PointsThreshold,
            "Points when the balance reaches so many.",
            at_points=_POINTS,
            points=_POINTS,
        ),
        EffectName.POINTS_SPONSOR: _spec(
            _CAMPAIGN,
            fx.PointsSponsor,
            "Points for sponsor and sponsored.",
            sponsor_points=Whole(0, RULE_COUNT_MAX),
            sponsored_points=Whole(0, RULE_COUNT_MAX),
        ),
        EffectName.CONTEST_ENTRY: _spec(
            _CAMPAIGN, fx.ContestEntry, "Entries in a contest.", contest=Text(), entries=_UNITS
        ),
    }
)


def parse_effect(document: object, path: str, kind: RuleKind, context: Context) -> Effect:
    """Check one effect of a rule of this kind.

    Raises: ProgrammeInvalid and the errors of `parse_condition`.
    """
    known = [name.value for name, spec in EFFECTS.items() if kind in spec.kinds]
    if not isinstance(document, Mapping):
        raise invalid(path, "an object", document)
    if "effect" not in document:
        raise invalid(f"{path}.effect", "given", "missing", f"Name one of {', '.join(known)}.")
    name = document["effect"]
    if name not in known:
        expected = f"an effect of a {kind.value}: " + ", ".join(known)
        raise invalid(f"{path}.effect", expected, name, propose(name, known))
    spec = EFFECTS[EffectName(name)]
    rest = {member: value for member, value in document.items() if member != "effect"}
    members = spec.record().read(rest, path, context)
    if "steps" in members:
        ordered([step["reach"] for step in members["steps"]], f"{path}.steps", "reach")
    return spec.make(**members)

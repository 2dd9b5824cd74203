"""A rule: under one condition, some effects. Checked and compiled once, when it is read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from loyalty.limits.rules import RULE_COUNT_MAX, RULE_LIST_ITEMS_MAX
from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX, LINE_QUANTITY_MAX
from loyalty.rules import language as lang
from loyalty.rules.effect_names import EffectName
from loyalty.rules.effect_table import EFFECTS, parse_effect
from loyalty.rules.effects import (
    BundlePrice,
    BuyGet,
    Effect,
    FreeArticle,
    NextPurchaseVoucher,
    PointsSponsor,
)
from loyalty.rules.evaluate import (
    Condition,
    LineCondition,
    compile_condition,
    compile_line_condition,
)
from loyalty.rules.facts import MEMBER_PREFIX, Weekday
from loyalty.rules.kinds import RuleKind
from loyalty.rules.language import PRODUCT_FACTS, CompareOp, Kind, Node, facts_read
from loyalty.rules.reading import invalid, propose, read_choice, read_list, read_object
from loyalty.rules.shape import (
    NO_CONTEXT,
    Choice,
    Clock,
    Context,
    Day,
    Flag,
    Funder,
    Items,
    Member,
    Record,
    Text,
    Whole,
)
from loyalty.rules.shape import Condition as ConditionShape

__all__ = ["Limit", "LimitPer", "LimitWindow", "Rule", "RuleKind", "Stacking", "parse_rule"]

EFFECTS_PER_RULE_MAX = 10
RULE_VERSION_MAX = 2**31 - 1
PRIORITY_MAX = 1_000
PRIORITY_DEFAULT = 500
DEFAULT_GROUP = "default"
_LIMITS_MAX = 12
_ACCOUNT_ID = re.compile(rf"[A-Za-z0-9._:\-]{{1,{ID_CHARS_MAX}}}", re.ASCII)
"""A rule with a budget names an account of the ledger by its id (`campaign/<id>/budget`)."""
_ASSET_ID = re.compile(r"[A-Za-z0-9_\-]{1,48}", re.ASCII)
"""A voucher names a unit of the ledger (`VCH.<voucher>/0`)."""


class LimitPer(StrEnum):
    """Who a limit counts for."""

    MEMBER = "member"
    SHOP = "shop"
    GROUP = "group"


class LimitWindow(StrEnum):
    """The time a limit counts over, in the shop's local days."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `times` tickets per member, shop or group in a window."""

    per: LimitPer
    window: LimitWindow
    times: int


@dataclass(frozen=True, slots=True)
class Stacking:
    """How a rule meets others. Higher priority comes first; `exclusive`: alone on its lines."""

    group: str = DEFAULT_GROUP
    priority: int = PRIORITY_DEFAULT
    exclusive: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """A checked rule.

    `when` has period, hours and shops folded in. `lines`: which lines it reaches, None: all.
    `is_product_bound`: it looks at article, class, brand or range. `consumes`: later promotions do not see
    the lines it used.
    """

    rule_id: str
    version: int
    kind: RuleKind
    when: Node
    effects: tuple[Effect, ...]
    is_product_bound: bool
    is_met: Condition = field(compare=False, repr=False)
    lines: Node | None = None
    reaches: LineCondition | None = field(default=None, compare=False, repr=False)
    min_quantity: int = 0
    max_discount_minor: int | None = None
    stacking: Stacking = Stacking()
    consumes: bool = False
    limits: tuple[Limit, ...] = ()
    budget: int | None = None
    shops: tuple[str, ...] = ()
    funder: str | None = None
    """Who pays for what it gives; None: whoever pays without being named (docs/clearing.md)."""

    @property
    def is_bounded(self) -> bool:
        """Whether it has limits or a budget: what was used must be known to quote it."""
        return bool(self.limits) or self.budget is not None


_UNIT_EFFECTS = frozenset(
    {
        EffectName.BUY_GET,
        EffectName.NTH_UNIT,
        EffectName.CHEAPEST_FREE,
        EffectName.BUNDLE_PRICE,
        EffectName.FREE_ARTICLE,
    }
)
"""Effects that use units up: their rules consume lines unless they say otherwise."""

_SHOPS = Items(Text(), at_most=RULE_LIST_ITEMS_MAX)
_EVERY_KIND: Mapping[str, Member] = {
    "lines": ConditionShape(is_in_line=True),
    "period": Record({"from": Day(), "to": Day()}, {}),
    "hours": Record({"from": Clock(), "to": Clock()}, {"weekdays": Items(Choice(Weekday), at_most=7)}),
    "shops": _SHOPS,
}
_GRANTS: Mapping[str, Member] = {
    **_EVERY_KIND,
    "min_quantity": Whole(1, LINE_QUANTITY_MAX),
    "stacking": Record({}, {"group": Text(), "priority": Whole(0, PRIORITY_MAX), "exclusive": Flag()}),
    "limits": Items(
        Record(
            {"per": Choice(LimitPer), "window": Choice(LimitWindow), "times": Whole(1, RULE_COUNT_MAX)}, {}
        ),
        at_most=_LIMITS_MAX,
    ),
    "budget": Whole(1, RULE_COUNT_MAX),
    "funder": Funder(),
}
OPTIONS: Mapping[RuleKind, Mapping[str, Member]] = MappingProxyType(
    {
        RuleKind.RESTRICTION: _EVERY_KIND,
        RuleKind.PRICE: _EVERY_KIND,
        RuleKind.PROMOTION: {
            **_GRANTS,
            "max_discount_minor": Whole(1, LINE_AMOUNT_MINOR_MAX),
            "consumes": Flag(),
        },
        RuleKind.SEGMENT: {},
        RuleKind.CAMPAIGN: _GRANTS,
    }
)
"""The members a rule of each kind may have besides the five that every rule has."""

HEAD: Mapping[str, Member] = MappingProxyType(
    {
        "id": Text(),
        "version": Whole(1, RULE_VERSION_MAX),
        "when": ConditionShape(is_in_line=False),
    }
)
_REQUIRED = frozenset({"id", "version", "kind", "when", "effects"})


def parse_rule(document: object, path: str = "rule", context: Context = NO_CONTEXT) -> Rule:
    """Check one rule of the form {id, version, kind, when, effects} and the options of its kind.

    Raises: the errors of `parse_condition`, and ProgrammeInvalid.
    """
    every_option = frozenset(name for options in OPTIONS.values() for name in options)
    members = read_object(document, path, required=_REQUIRED, optional=every_option)
    kind = read_choice(members["kind"], f"{path}.kind", RuleKind)
    members = read_object(document, path, required=_REQUIRED, optional=frozenset(OPTIONS[kind]))
    head = {name: shape.read(members[name], f"{path}.{name}", context) for name, shape in HEAD.items()}
    options = {
        name: shape.read(members[name], f"{path}.{name}", context)
        for name, shape in OPTIONS[kind].items()
        if name in members
    }
    listed = read_list(members["effects"], f"{path}.effects", at_least=1, at_most=EFFECTS_PER_RULE_MAX)
    effects = tuple(
        parse_effect(each, f"{path}.effects.{at}", kind, context) for at, each in enumerate(listed)
    )
    _check_segment(kind, head["when"], effects, path)
    if "budget" in options and not _ACCOUNT_ID.fullmatch(head["id"]):
        proposal = "Use letters, digits and . _ : - only, at most 64."
        raise invalid(f"{path}.id", "an id that can name its budget's account", head["id"], proposal)
    for at, effect in enumerate(effects):
        if isinstance(effect, NextPurchaseVoucher) and not _ASSET_ID.fullmatch(effect.voucher):
            proposal = "Use letters, digits, _ and - only, at most 48."
            expected = "a name that can stand in a unit of the ledger"
            raise invalid(f"{path}.effects.{at}.voucher", expected, effect.voucher, proposal)
    return _build(kind, head, options, effects, path)


def _build(
    kind: RuleKind,
    head: Mapping[str, Any],
    options: Mapping[str, Any],
    effects: tuple[Effect, ...],
    path: str,
) -> Rule:
    when = lang.And((head["when"], *folded)) if (folded := _folded(options, path)) else head["when"]
    lines: Node | None = options.get("lines")
    read = facts_read(when) | (facts_read(lines) if lines is not None else frozenset())
    return Rule(
        rule_id=head["id"],
        version=head["version"],
        kind=kind,
        when=when,
        effects=effects,
        is_product_bound=bool(read & PRODUCT_FACTS) or _names_products(effects),
        is_met=compile_condition(when),
        lines=lines,
        reaches=None if lines is None else compile_line_condition(lines),
        min_quantity=options.get("min_quantity", 0),
        max_discount_minor=options.get("max_discount_minor"),
        stacking=Stacking(**options.get("stacking", {})),
        consumes=options.get("consumes", any(effect.name in _UNIT_EFFECTS for effect in effects)),
        limits=_limits(options.get("limits", ()), effects),
        budget=options.get("budget"),
        shops=options.get("shops", ()),
        funder=options.get("funder"),
    )


def _limits(told: Sequence[Mapping[str, Any]], effects: tuple[Effect, ...]) -> tuple[Limit, ...]:
    """The rule's limits. A sponsor is rewarded once for a member, ever, whether the rule says so or not."""
    limits = tuple(Limit(**limit) for limit in told)
    once = Limit(LimitPer.MEMBER, LimitWindow.EVER, 1)
    sponsors = any(isinstance(effect, PointsSponsor) for effect in effects)
    return (*limits, once) if sponsors and once not in limits else limits


def _names_products(effects: tuple[Effect, ...]) -> bool:
    return any(
        isinstance(effect, BundlePrice | FreeArticle)
        or (isinstance(effect, BuyGet) and effect.get_lines is not None)
        for effect in effects
    )


def _folded(options: Mapping[str, Any], path: str) -> tuple[Node, ...]:
    """Period, hours and shops as conditions: one evaluation, one index, one explanation."""
    nodes: list[Node] = []
    if period := options.get("period"):
        if period["to"] < period["from"]:
            proposal = f"Swap them: from {period['to']} to {period['from']}."
            raise invalid(f"{path}.period.to", f"on or after {period['from']}", period["to"], proposal)
        nodes.append(_compare(CompareOp.GE, "basket.local_day", period["from"], Kind.DAY))
        nodes.append(_compare(CompareOp.LE, "basket.local_day", period["to"], Kind.DAY))
    if hours := options.get("hours"):
        if hours["to"] <= hours["from"]:
            proposal = "Hours over midnight are two rules: one until 24:00, one from 00:00."
            raise invalid(f"{path}.hours.to", f"after {hours['from']}", hours["to"], proposal)
        nodes.append(_compare(CompareOp.GE, "basket.local_time", hours["from"], Kind.TIME))
        nodes.append(_compare(CompareOp.LT, "basket.local_time", hours["to"], Kind.TIME))
        if "weekdays" in hours:
            days = frozenset(str(day.value) for day in hours["weekdays"])
            nodes.append(lang.In(lang.FactRef("basket.weekday"), days))
    if shops := options.get("shops"):
        nodes.append(lang.In(lang.FactRef("shop.id"), frozenset(shops)))
    return tuple(nodes)


def _compare(op: CompareOp, fact: str, value: str, kind: Kind) -> Node:
    return lang.Compare(op, lang.FactRef(fact), lang.Literal(value, kind))


def _check_segment(kind: RuleKind, when: Node, effects: tuple[Effect, ...], path: str) -> None:
    """A segment is about members alone, so that it is the same in a basket and in the member table."""
    if kind is not RuleKind.SEGMENT:
        return
    foreign = sorted(fact for fact in facts_read(when) if not fact.startswith(MEMBER_PREFIX))
    if foreign:
        raise invalid(f"{path}.when", "about member.* facts only", foreign[0], "Use a campaign for baskets.")
    if len(effects) != 1:
        raise invalid(f"{path}.effects", "one segment", len(effects), propose("segment", EFFECTS))

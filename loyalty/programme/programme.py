"""A group's programme: its rules and settings, read from a plain document and checked before it is saved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from loyalty.ledger.lots import NO_EXPIRY, ExpiryPolicy
from loyalty.ledger.reversal import SpentPoints
from loyalty.limits.my_value import CONVERTED_VOUCHER_DAYS, CONVERTED_VOUCHER_DAYS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX
from loyalty.programme.expiry import parse_expiry
from loyalty.programme.grades import GradePolicy, parse_grades
from loyalty.programme.identification import DEFAULT_TABLE, StrengthTable, parse_table
from loyalty.programme.latitude import NOBODYS, Latitudes, parse_latitudes
from loyalty.programme.offline import NO_OFFLINE, OfflinePolicy, parse_offline
from loyalty.programme.party import GROUP
from loyalty.programme.profiles import NO_PROFILES, Profiles, parse_profiles
from loyalty.programme.rule_set import Stack, parse_rules, parse_stacking, read_names
from loyalty.programme.segments import MemberCondition, require_no_health, segments_by_rule
from loyalty.programme.tiers import TierPolicy, parse_tiers, require_tiers_known
from loyalty.rules.index import RuleIndex, build_index
from loyalty.rules.needs import member_facts_of
from loyalty.rules.reading import read_choice, read_int, read_object, read_text
from loyalty.rules.rule import Rule

VOUCHER_POINTS_MAX = 1_000_000_000
CASH_ROUNDING_MINOR_MAX = 100
NO_STACKING: Mapping[str, Stack] = MappingProxyType({})


class PointsBase(StrEnum):
    """What points are counted on: a choice that must be said (complaint 20)."""

    PAID_TAX_INCLUDED = "paid_tax_included"
    """What the customer pays for the line: after all discounts, tax included."""
    PAID_TAX_EXCLUDED = "paid_tax_excluded"
    """The same without tax; a line whose tax rate is not known earns nothing."""
    FULL_TAX_INCLUDED = "full_tax_included"
    """What the line cost before the programme's discounts and vouchers, tax included."""
    FULL_TAX_EXCLUDED = "full_tax_excluded"
    """The same without tax."""


class BenefitsReach(StrEnum):
    """Where the benefits are valid."""

    EVERY_SHOP = "every_shop"
    ONE_SHOP = "one_shop"


@dataclass(frozen=True, slots=True)
class VoucherStep:
    """Every `points` points are worth `worth_minor` minor units as a voucher.

    `valid_days`: how long a voucher that a member made of points is good for.
    """

    points: int
    worth_minor: int
    valid_days: int = CONVERTED_VOUCHER_DAYS


@dataclass(frozen=True, slots=True)
class Milestone:
    """The next voucher in reach: at `points` in all, all vouchers together are worth `worth_minor`."""

    points: int
    worth_minor: int


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything a quote and a ledger move need to know of a group's programme; immutable per version."""

    ruleset_version: int
    rules: tuple[Rule, ...]
    expiry: ExpiryPolicy = NO_EXPIRY
    voucher_step: VoucherStep | None = None
    points_base: PointsBase = PointsBase.PAID_TAX_INCLUDED
    reach: BenefitsReach = BenefitsReach.EVERY_SHOP
    spent_points: SpentPoints = SpentPoints.OWED
    strength_table: StrengthTable = field(default_factory=lambda: DEFAULT_TABLE)
    funder: str = GROUP
    """Who pays for the points, and for vouchers whose rule names nobody."""
    stacking: Mapping[str, Stack] = field(default_factory=lambda: NO_STACKING)
    """How promotions and campaigns of one group meet; a group that is not named takes `all`."""
    cash_rounding_minor: int = 1
    """What cash is rounded to; 5 where the smallest coin is 5 rappen. A tender matter: no line changes."""
    latitudes: Latitudes = field(default_factory=lambda: NOBODYS)
    """What each role at the counter may give on its own."""
    grades: GradePolicy | None = None
    """How central works grades out; None: they are given by hand. Never both."""
    tiers: TierPolicy | None = None
    """How central works tiers out; None: they are given by hand alone."""
    profiles: Profiles = field(default_factory=lambda: NO_PROFILES)
    """Types of members that the group defines, with their own fields."""
    offline: OfflinePolicy = NO_OFFLINE
    """What goes on while central cannot be reached."""
    segments: frozenset[str] = frozenset()
    """Names of segments that people or other systems fill."""
    funders: Mapping[str, str] = field(init=False, compare=False, repr=False)
    """Who pays, by the ids of the rules that name somebody."""
    index: RuleIndex = field(init=False, compare=False, repr=False)
    has_bounds: bool = field(init=False, compare=False, repr=False)
    """Whether any rule has limits or a budget; without, a quote needs no usage."""
    budgeted: tuple[str, ...] = field(init=False, compare=False, repr=False)
    """The ids of the rules that have a budget."""
    member_facts: frozenset[str] = field(init=False, compare=False, repr=False)
    """The `member.*` facts that some rule reads; no others are looked up."""
    defined_segments: Mapping[str, MemberCondition] = field(init=False, compare=False, repr=False)
    """The segments that rules define."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "defined_segments", segments_by_rule(self.rules))
        named = {rule.rule_id: rule.funder for rule in self.rules if rule.funder is not None}
        object.__setattr__(self, "funders", MappingProxyType(named))
        object.__setattr__(self, "index", build_index(self.rules))
        object.__setattr__(self, "has_bounds", any(rule.is_bounded for rule in self.rules))
        budgeted = tuple(rule.rule_id for rule in self.rules if rule.budget is not None)
        object.__setattr__(self, "budgeted", budgeted)
        object.__setattr__(self, "member_facts", member_facts_of(self.rules))


OPTIONAL = frozenset(
    {
        "expiry",
        "voucher_step",
        "points_base",
        "benefits_valid_in",
        "spent_points",
        "identification",
        "funder",
        "segments",
        "stacking",
        "cash_rounding_minor",
        "latitude",
        "grades",
        "tiers",
        "profiles",
        "offline",
    }
)


def parse_programme(document: object, *, ruleset_version: int) -> Programme:
    """Check a programme document (docs/rules.md) and compile its rules.

    Args:
        document: what a JSON parser gives.
        ruleset_version: the number this version of the document has in the group's history.
    Raises: ProgrammeInvalid and the errors of `parse_rule`, each naming the place.
    """
    members = read_object(document, "programme", required=frozenset({"rules"}), optional=OPTIONAL)
    rules = parse_rules(members["rules"], members.get("segments", []))
    require_no_health(rules)
    tiers = parse_tiers(members.get("tiers"))
    require_tiers_known(rules, tiers)
    return Programme(
        ruleset_version=ruleset_version,
        rules=rules,
        expiry=parse_expiry(members.get("expiry", {"policy": "none"})),
        voucher_step=_parse_voucher_step(members.get("voucher_step")),
        points_base=read_choice(
            members.get("points_base", PointsBase.PAID_TAX_INCLUDED), "programme.points_base", PointsBase
        ),
        reach=read_choice(
            members.get("benefits_valid_in", BenefitsReach.EVERY_SHOP),
            "programme.benefits_valid_in",
            BenefitsReach,
        ),
        spent_points=read_choice(
            members.get("spent_points", SpentPoints.OWED), "programme.spent_points", SpentPoints
        ),
        strength_table=parse_table(members.get("identification", {}), "programme.identification"),
        funder=read_text(members.get("funder", GROUP), "programme.funder"),
        stacking=parse_stacking(members.get("stacking", {})),
        cash_rounding_minor=read_int(
            members.get("cash_rounding_minor", 1),
            "programme.cash_rounding_minor",
            low=1,
            high=CASH_ROUNDING_MINOR_MAX,
        ),
        latitudes=parse_latitudes(members.get("latitude", {})),
        profiles=parse_profiles(members.get("profiles", [])),
        grades=parse_grades(members.get("grades")),
        offline=parse_offline(members.get("offline", {})),
        tiers=tiers,
        segments=frozenset(read_names(members.get("segments", []))),
    )


def worth_minor(programme: Programme, points: int) -> int:
    """What `points` (>= 0) are worth as vouchers, in whole steps; 0 without vouchers."""
    step = programme.voucher_step
    return 0 if step is None else points // step.points * step.worth_minor


def next_milestone(programme: Programme, points: int) -> Milestone | None:
    """The next voucher above `points`; None without vouchers."""
    step = programme.voucher_step
    if step is None:
        return None
    steps = points // step.points + 1
    return Milestone(points=steps * step.points, worth_minor=steps * step.worth_minor)


def _parse_voucher_step(document: object) -> VoucherStep | None:
    if document is None:
        return None
    path = "programme.voucher_step"
    members = read_object(
        document,
        path,
        required=frozenset({"points", "worth_minor"}),
        optional=frozenset({"valid_days"}),
    )
    return VoucherStep(
        points=read_int(members["points"], f"{path}.points", low=1, high=VOUCHER_POINTS_MAX),
        worth_minor=read_int(
            members["worth_minor"], f"{path}.worth_minor", low=1, high=LINE_AMOUNT_MINOR_MAX
        ),
        valid_days=read_int(
            members.get("valid_days", CONVERTED_VOUCHER_DAYS),
            f"{path}.valid_days",
            low=1,
            high=CONVERTED_VOUCHER_DAYS_MAX,
        ),
    )

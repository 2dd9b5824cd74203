"""A group's programme: its rules and settings, read from a plain document and checked before it is saved."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from loyalty.ledger.lots import NO_EXPIRY, ExpiryKind, ExpiryPolicy
from loyalty.ledger.reversal import SpentPoints
from loyalty.limits import LINE_AMOUNT_MINOR_MAX, RULES_PER_GROUP_MAX
from loyalty.programme.compliance import require_lawful_reach
from loyalty.programme.identification import DEFAULT_POLICY, StrengthPolicy, parse_policy
from loyalty.rules.reading import invalid, read_choice, read_int, read_list, read_object, read_text
from loyalty.rules.rule import Rule, parse_rule

EXPIRY_MONTHS_MAX = 120
EXPIRY_YEARS_MAX = 10
VOUCHER_POINTS_MAX = 1_000_000_000


class PointsBase(StrEnum):
    """What points are counted on: a choice that must be said (complaint 20)."""

    PAID_TAX_INCLUDED = "paid_tax_included"
    """What the customer pays for the line: after all discounts, tax included."""


class BenefitsReach(StrEnum):
    """Where the benefits are valid."""

    EVERY_SHOP = "every_shop"
    ONE_SHOP = "one_shop"


@dataclass(frozen=True, slots=True)
class VoucherStep:
    """Every `points` points are worth `worth_minor` minor units as a voucher."""

    points: int
    worth_minor: int


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
    strength_policy: StrengthPolicy = field(default_factory=lambda: DEFAULT_POLICY)
    funder: str = "group"


_OPTIONAL = frozenset(
    {"expiry", "voucher_step", "points_base", "benefits_valid_in", "spent_points", "identification", "funder"}
)


def parse_programme(document: object, *, ruleset_version: int) -> Programme:
    """Check a programme document (docs/rules.md) and compile its rules.

    Args:
        document: what a JSON parser gives.
        ruleset_version: the number this version of the document has in the group's history.
    Raises: ProgrammeInvalid and the errors of `parse_rule`, each naming the place.
    """
    members = read_object(document, "programme", required=frozenset({"rules"}), optional=_OPTIONAL)
    listed = read_list(members["rules"], "programme.rules", at_least=0, at_most=RULES_PER_GROUP_MAX)
    rules = tuple(parse_rule(each, f"programme.rules.{index}") for index, each in enumerate(listed))
    _check_unique(rules)
    return Programme(
        ruleset_version=ruleset_version,
        rules=rules,
        expiry=_parse_expiry(members.get("expiry", {"policy": "none"})),
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
        strength_policy=parse_policy(members.get("identification", {}), "programme.identification"),
        funder=read_text(members.get("funder", "group"), "programme.funder"),
    )


def require_publishable(programme: Programme, *, countries: frozenset[str], day: date) -> None:
    """Check a programme against the law of every country the group has shops in, before publication.

    Raises: ShopOnlyProgrammeRefused.
    """
    is_every_shop = programme.reach is BenefitsReach.EVERY_SHOP
    require_lawful_reach(countries, is_every_shop=is_every_shop, day=day)


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


def _check_unique(rules: tuple[Rule, ...]) -> None:
    seen: set[str] = set()
    for index, rule in enumerate(rules):
        if rule.rule_id in seen:
            raise invalid(f"programme.rules.{index}.id", "unlike every other rule's id", rule.rule_id)
        seen.add(rule.rule_id)


def _parse_expiry(document: object) -> ExpiryPolicy:
    path = "programme.expiry"
    members = read_object(
        document, path, required=frozenset({"policy"}), optional=frozenset({"months", "years"})
    )
    kind = read_choice(members["policy"], f"{path}.policy", ExpiryKind)
    unit = {ExpiryKind.MONTHS: "months", ExpiryKind.END_OF_YEAR: "years"}.get(kind)
    read_object(document, path, required=frozenset({"policy", unit} if unit else {"policy"}))
    if unit == "months":
        return ExpiryPolicy(kind, read_int(members[unit], f"{path}.months", low=1, high=EXPIRY_MONTHS_MAX))
    if unit == "years":
        return ExpiryPolicy(kind, read_int(members[unit], f"{path}.years", low=0, high=EXPIRY_YEARS_MAX))
    return ExpiryPolicy(kind)


def _parse_voucher_step(document: object) -> VoucherStep | None:
    if document is None:
        return None
    path = "programme.voucher_step"
    members = read_object(document, path, required=frozenset({"points", "worth_minor"}))
    return VoucherStep(
        points=read_int(members["points"], f"{path}.points", low=1, high=VOUCHER_POINTS_MAX),
        worth_minor=read_int(
            members["worth_minor"], f"{path}.worth_minor", low=1, high=LINE_AMOUNT_MINOR_MAX
        ),
    )

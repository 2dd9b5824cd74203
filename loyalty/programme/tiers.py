"""Tiers of members by what they bought in a period, with the thresholds of the programme. Pure.

A tier follows from the purchases alone, never from the tier before: whoever counts again, at any time and in
any order, finds the same. Up it goes at once. Down it goes when the period ends (`period_end`): a calendar
period leaves the tier that it came to for the whole next one; a rolling one is kept for so many months after
the last day on which its threshold was met. `at_once` looks at the running period alone. What came back never
counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.members import TIER_MONTHS_MAX, TIERS_MAX
from loyalty.limits.rules import RULE_COUNT_MAX
from loyalty.programme.member_facts import months_before
from loyalty.programme.traits import TraitInvalid, check_text
from loyalty.rules import language as lang
from loyalty.rules.language import Node
from loyalty.rules.reading import invalid, propose
from loyalty.rules.rule import Rule
from loyalty.rules.shape import NO_CONTEXT, Choice, Items, Record, Text, Whole, ordered

TIER_FACT = "member.tier"
CALENDAR_MONTHS = (1, 3, 6, 12)
"""How long a calendar period may be: a month, quarter, half-year, year."""


class Counted(StrEnum):
    """What of the purchases makes a tier."""

    SPENT = "spent"
    """What was paid for them and kept, minor units of the group's currency."""
    POINTS = "points"
    """The points of tickets; points given otherwise are no purchase."""
    VISITS = "visits"
    """How many there were; one that came back whole is none."""


class PeriodKind(StrEnum):
    """Which purchases count together."""

    CALENDAR = "calendar"
    """Those of this year, half-year, quarter or month."""
    ROLLING = "rolling"
    """Those of the last months, by day."""


class Down(StrEnum):
    """When a tier that is not reached any more ends."""

    PERIOD_END = "period_end"
    AT_ONCE = "at_once"


class TierUnknown(LoyaltyError):
    """The programme has no such tier."""

    code = "tier_unknown"
    trouble = Trouble.NOT_FOUND
    text = "The programme has no tier {tier}. {proposal}"


@dataclass(frozen=True, slots=True)
class TierStep:
    """A tier, and from how much on it is reached."""

    tier: str
    at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TierPolicy:
    """The tiers of a programme, from low to high."""

    count: Counted
    period: PeriodKind
    months: int
    down: Down = Down.PERIOD_END
    steps: tuple[TierStep, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The tiers' names, from low to high."""
        return tuple(step.tier for step in self.steps)

    def step_of(self, counted: int) -> TierStep | None:
        """The highest tier that so much reaches; None: none."""
        return next((step for step in reversed(self.steps) if counted >= step.at), None)

    def next_step(self, counted: int) -> TierStep | None:
        """The lowest tier that so much does not reach; None: all are reached."""
        return next((step for step in self.steps if counted < step.at), None)

    def begins_on(self, day: date) -> date:
        """The first day of the period that runs on a day."""
        if self.period is PeriodKind.ROLLING:
            return months_before(day, self.months)
        return date(day.year, (day.month - 1) // self.months * self.months + 1, 1)

    def reads_from(self, day: date) -> date:
        """The first day of which purchases bear on the tier of a day."""
        begin = self.begins_on(day)
        return begin if self.down is Down.AT_ONCE else months_before(begin, self.months)


@dataclass(frozen=True, slots=True)
class Bought:
    """What was kept of one ticket, and its local day; `visits` 0: all of it came back."""

    day: date
    spent_minor: int
    points: int
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TierStanding:
    """A member's tier as it is worked out. `counted`: in the running period; `before`: the most that a
    period came to whose tier still holds; `next_tier`: what `missing` more reaches now.
    """

    tier: str | None
    counted: int
    before: int
    next_tier: str | None
    missing: int


def tier_of(policy: TierPolicy, bought: Iterable[Bought], day: date) -> TierStanding:
    """The tier on a local day. `bought`: the tickets from `reads_from(day)` on, in any order."""
    kept = [(each.day, _amount(policy, each)) for each in bought if each.day <= day]
    begin = policy.begins_on(day)
    counted = sum(amount for at, amount in kept if at >= begin)
    before = 0
    if policy.down is Down.PERIOD_END:
        before = (
            _most_rolling(policy, kept, day)
            if policy.period is PeriodKind.ROLLING
            else _last(policy, kept, day)
        )
    step = policy.step_of(max(counted, before))
    following = policy.next_step(max(counted, before))
    return TierStanding(
        tier=None if step is None else step.tier,
        counted=counted,
        before=before,
        next_tier=None if following is None else following.tier,
        missing=0 if following is None else following.at - counted,
    )


def _amount(policy: TierPolicy, bought: Bought) -> int:
    amounts = {
        Counted.SPENT: bought.spent_minor,
        Counted.POINTS: bought.points,
        Counted.VISITS: bought.visits,
    }
    return amounts[policy.count]


def _last(policy: TierPolicy, kept: Sequence[tuple[date, int]], day: date) -> int:
    """What the calendar period before came to."""
    end = policy.begins_on(day)
    begin = months_before(end, policy.months)
    return sum(amount for at, amount in kept if begin <= at < end)


def _most_rolling(policy: TierPolicy, kept: Sequence[tuple[date, int]], day: date) -> int:
    """The most that the rolling period came to on a day that still bears; it grows with tickets alone."""
    by_day: dict[date, int] = defaultdict(int)
    for at, amount in kept:
        by_day[at] += amount
    first = policy.begins_on(day)
    most = 0
    for end in {first, *(at for at in by_day if at >= first)}:
        begin = policy.begins_on(end)
        most = max(most, sum(amount for at, amount in by_day.items() if begin <= at <= end))
    return most


# Reading ----------------------------------------------------------------------------------------------------

TIERS_SHAPE = Record(
    {
        "count": Choice(Counted),
        "period": Choice(PeriodKind),
        "months": Whole(1, TIER_MONTHS_MAX),
        "steps": Items(Record({"tier": Text(), "at": Whole(0, RULE_COUNT_MAX)}, {}), at_most=TIERS_MAX),
    },
    {"down": Choice(Down)},
)
_PATH = "programme.tiers"


def parse_tiers(document: object) -> TierPolicy | None:
    """The `tiers` of a programme document; None where tiers are given by hand.

    Raises: ProgrammeInvalid.
    """
    if document is None:
        return None
    given = TIERS_SHAPE.read(document, _PATH, NO_CONTEXT)
    steps = tuple(TierStep(_name(each["tier"], at), each["at"]) for at, each in enumerate(given.pop("steps")))
    names = [step.tier for step in steps]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise invalid(f"{_PATH}.steps.{at}.tier", "unlike every other tier's name", name, "Rename one.")
    ordered([step.at for step in steps], f"{_PATH}.steps", "at")
    policy = TierPolicy(**given, steps=steps)
    if policy.period is PeriodKind.CALENDAR and policy.months not in CALENDAR_MONTHS:
        expected = "1, 3, 6 or 12: a calendar period is a month, quarter, half-year or year"
        raise invalid(f"{_PATH}.months", expected, policy.months, "Or make the period rolling.")
    return policy


def _name(text: str, at: int) -> str:
    try:
        return check_text("tier", text)
    except TraitInvalid as error:
        raise invalid(f"{_PATH}.steps.{at}.tier", str(error.params["expected"]), text) from None


def require_tiers_known(rules: Sequence[Rule], policy: TierPolicy | None) -> None:
    """A rule for a tier that nobody can ever have is a slip of the pen. By hand there is any.

    Raises: ProgrammeInvalid.
    """
    if policy is None:
        return
    for at, rule in enumerate(rules):
        for name in sorted(_named(rule.when)):
            if name not in policy.names:
                expected = f"about a tier of programme.tiers ({', '.join(policy.names)})"
                raise invalid(f"programme.rules.{at}.when", expected, name, propose(name, policy.names))


def require_tier(policy: TierPolicy | None, tier: str) -> None:
    """Refuse a tier that the programme does not have; where all are given by hand it has any.

    Raises: TierUnknown.
    """
    if policy is not None and tier not in policy.names:
        raise TierUnknown(tier=tier, proposal=f"It has {', '.join(policy.names)}.")


def _named(node: Node) -> frozenset[str]:
    """The tiers that a condition compares the member's with."""
    match node:
        case (
            lang.Compare(left=lang.FactRef(name=name), right=lang.Literal(value=value))
            | lang.Compare(left=lang.Literal(value=value), right=lang.FactRef(name=name))
        ):
            return frozenset({str(value)}) if name == TIER_FACT else frozenset()
        case lang.In(item=lang.FactRef(name=name), options=options):
            return frozenset(map(str, options)) if name == TIER_FACT else frozenset()
        case _:
            return frozenset[str]().union(*map(_named, lang.children(node)))

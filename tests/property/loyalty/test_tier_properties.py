"""Any purchases in any order: the tier is what going through the calendar day by day gives."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme.member_facts import months_before
from loyalty.programme.tiers import Bought, Counted, Down, PeriodKind, TierPolicy, TierStep, tier_of

FIRST = date(2023, 11, 29)
STEPS = (TierStep("one", 5), TierStep("two", 9), TierStep("three", 20))
DAYS = st.integers(0, 1_200).map(lambda days: FIRST + timedelta(days=days))
TICKETS = st.lists(
    st.builds(Bought, DAYS, st.integers(0, 8), st.integers(0, 8), st.integers(0, 1)), max_size=25
)
POLICIES = st.builds(
    TierPolicy,
    count=st.sampled_from(Counted),
    period=st.sampled_from(PeriodKind),
    months=st.sampled_from((1, 3, 6, 12)),
    down=st.sampled_from(Down),
    steps=st.just(STEPS),
)


def walked(policy: TierPolicy, tickets: list[Bought], day: date) -> str | None:
    """Each day on which a period came to something that still bears, one by one."""
    field = {Counted.SPENT: "spent_minor", Counted.POINTS: "points", Counted.VISITS: "visits"}[policy.count]

    def came_to(end: date) -> int:
        if policy.period is PeriodKind.ROLLING:
            begin = months_before(end, policy.months)
        else:
            begin = end.replace(day=1)
            while (begin.month - 1) % policy.months:
                begin = months_before(begin, 1)
        return sum(getattr(each, field) for each in tickets if begin <= each.day <= end)

    amounts = [came_to(day)]
    if policy.down is Down.PERIOD_END and policy.period is PeriodKind.ROLLING:
        at = months_before(day, policy.months)
        while at < day:
            amounts.append(came_to(at))
            at += timedelta(days=1)
    elif policy.down is Down.PERIOD_END:
        end = day
        while came_to_key(policy, end) == came_to_key(policy, day):
            end -= timedelta(days=1)
        amounts.append(came_to(end))
    reached = [step.tier for step in STEPS if max(amounts) >= step.at]
    return reached[-1] if reached else None


def came_to_key(policy: TierPolicy, day: date) -> tuple[int, int]:
    return day.year, (day.month - 1) // policy.months


@given(POLICIES, TICKETS, DAYS)
def test_a_tier_is_what_walking_through_the_days_gives(
    policy: TierPolicy, tickets: list[Bought], day: date
) -> None:
    assert tier_of(policy, tickets, day).tier == walked(policy, tickets, day)
    assert tier_of(policy, reversed(tickets), day) == tier_of(policy, tickets, day), "in any order"
    bearing = [each for each in tickets if each.day >= policy.reads_from(day)]
    assert tier_of(policy, bearing, day) == tier_of(policy, tickets, day), "older ones do not bear on it"


@given(POLICIES, TICKETS, DAYS, st.builds(Bought, DAYS, st.integers(0, 8), st.integers(0, 8), st.just(1)))
def test_buying_more_never_lowers_a_tier_and_taking_it_back_leaves_it_as_it_was(
    policy: TierPolicy, tickets: list[Bought], day: date, more: Bought
) -> None:
    names = (None, *policy.names)
    before = tier_of(policy, tickets, day)
    after = tier_of(policy, [*tickets, more], day)
    assert names.index(after.tier) >= names.index(before.tier)
    taken_back = Bought(more.day, 0, 0, 0)
    assert tier_of(policy, [*tickets, taken_back], day) == before

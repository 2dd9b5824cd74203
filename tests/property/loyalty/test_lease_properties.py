"""Leases and the time they are judged by: no burn beyond a lease or after its end, whatever clocks do."""

from dataclasses import dataclass, field, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.leases import at_risk, leased_redemption, rest_of
from loyalty.ledger.lots import Lot, take_in_order
from loyalty.ledger.postings import LotChange
from loyalty.limits.leases import CLOCK_DRIFT_PPM_MAX, LEASE_MARGIN_S, TRUSTED_TIME_MAX_S
from loyalty.limits.rules import RATE_BP_MAX
from loyalty.programme.leasing import (
    LeaseAtHand,
    LeaseFacts,
    LeaseMissing,
    LeaseOver,
    LeaseTimeUnknown,
    LeaseTooSmall,
    lease_points,
    require_burn,
)
from loyalty.programme.offline import LeasePolicy
from loyalty.programme.trusted_time import TimeMark, trusted_now

HEAD = EntryHead(
    transaction_id="t",
    cause_id="s",
    occurred_ms=0,
    recorded_ms=0,
    actor="a",
    terminal_id="x",
    ruleset_version=1,
)
points = st.integers(0, 5_000)
policies = st.builds(
    LeasePolicy,
    points=st.integers(1, 2_000),
    share_bp=st.integers(1, RATE_BP_MAX),
    hours=st.integers(1, 168),
    terminal_points=st.integers(1, 10_000),
    terminal_leases=st.integers(1, 5),
)
facts = st.builds(
    LeaseFacts,
    balance=points,
    owed=points,
    free=points,
    leased=points,
    terminal_leases=st.integers(0, 6),
    terminal_points=points,
    has_here=st.booleans(),
)


@given(policies, facts, st.integers(1, 500))
def test_a_grant_keeps_every_bound_and_whole_steps(policy: LeasePolicy, found: LeaseFacts, step: int) -> None:
    granted = lease_points(policy, found, step=step)
    assert granted >= 0
    assert granted % step == 0
    assert granted <= found.free
    if granted:
        assert granted <= policy.points
        assert (granted + found.leased) * RATE_BP_MAX <= (found.balance - found.owed) * policy.share_bp
        assert found.terminal_points + granted <= policy.terminal_points
        assert found.terminal_leases < policy.terminal_leases
        assert not found.has_here


@given(policies, facts, st.integers(1, 500), points)
def test_more_to_spend_never_sets_less_aside(
    policy: LeasePolicy, found: LeaseFacts, step: int, more: int
) -> None:
    richer = replace(found, balance=found.balance + more, free=found.free + more)
    assert lease_points(policy, richer, step=step) >= lease_points(policy, found, step=step)


@given(st.lists(st.integers(1, 300), min_size=1, max_size=5), st.data())
def test_pieces_of_a_hold_are_all_of_it(amounts: list[int], data: st.DataObject) -> None:
    kept = tuple(LotChange(f"lot-{number}", amount) for number, amount in enumerate(amounts))
    taken = data.draw(st.integers(0, sum(amounts)))
    rest = rest_of(kept, taken)
    assert sum(change.amount for change in rest) == sum(amounts) - taken
    assert all(change.amount > 0 for change in rest)
    assert list(rest)[1:] == list(kept)[len(kept) - len(rest) + 1 :], "what is kept first goes first"


@given(st.integers(1, 500), points, st.booleans(), st.booleans())
def test_a_settled_burn_moves_exactly_its_points_and_nobody_falls_below_what_is_there(
    burned: int, there: int, is_proven: bool, is_live: bool
) -> None:
    lots = [Lot("a", "member/m/points", there, there, None)] if there else []
    kept = take_in_order([Lot("h", "member/m/points", burned, burned, None)], burned) if is_live else ()
    booked = leased_redemption(
        HEAD, member_id="m", points=burned, kept=kept, lots=lots, now_ms=0, is_proven=is_proven
    )
    by_member = sum(each.amount for each in booked.postings if each.source == chart.member_points("m"))
    assert by_member + at_risk(booked.postings) == burned
    assert by_member == sum(change.amount for change in booked.lot_changes)
    assert by_member <= (burned if is_live else there)
    assert is_proven or by_member == 0
    assert {each.target for each in booked.postings} == {chart.POINTS_REDEEMED}
    assert {each.asset for each in booked.postings} == {POINTS}


@given(
    st.integers(0, 10**13),
    st.integers(0, 10**12),
    st.integers(0, TRUSTED_TIME_MAX_S * 2_000),
    st.integers(-CLOCK_DRIFT_PPM_MAX, CLOCK_DRIFT_PPM_MAX),
)
def test_trusted_time_is_never_early_however_the_counter_drifts(
    central_ms: int, ticks_ms: int, really_passed_ms: int, drift_ppm: int
) -> None:
    counted_ms = really_passed_ms * (1_000_000 + drift_ppm) // 1_000_000
    # A counter that is off by p gives time * (1 + p); what was really passed is at most counted / (1 - p).
    mark = TimeMark("boot", ticks_ms, central_ms)
    now = trusted_now(mark, boot_id="boot", ticks_ms=ticks_ms + counted_ms)
    slack_ms = 2 + really_passed_ms // 10_000_000  # the square of the drift, and rounding
    assert now is None or now >= central_ms + really_passed_ms - slack_ms
    assert trusted_now(mark, boot_id="other", ticks_ms=ticks_ms + counted_ms) is None
    assert trusted_now(mark, boot_id="boot", ticks_ms=ticks_ms - 1) is None
    assert trusted_now(mark, boot_id="", ticks_ms=ticks_ms) is None


HOUR_MS = 3_600_000


@dataclass
class _Machine:
    """A terminal: a counter that starts anew with each boot, a wall clock that anybody sets, its lease."""

    boot: int = 0
    ticks_ms: int = 0
    wall_ms: int = 0
    mark: TimeMark | None = None
    lease: LeaseAtHand | None = None
    burned: list[tuple[int, int]] = field(default_factory=list)


class CutsAndClocks(RuleBasedStateMachine):
    """A terminal in a cut, whatever happens to its clocks: burns stay in the lease, and before its end."""

    def __init__(self) -> None:
        super().__init__()
        self.true_ms = 1_790_000_000_000
        self.machine = _Machine()
        self.is_rebooted_since_told = False

    @initialize(amount=st.integers(1, 400), hours=st.integers(1, 72))
    def granted(self, amount: int, hours: int) -> None:
        self.told()
        self.machine.lease = LeaseAtHand(amount=amount, drawn=0, expires_ms=self.true_ms + hours * HOUR_MS)

    @rule()
    def told(self) -> None:
        """The line is there for a moment."""
        self.machine.mark = TimeMark(str(self.machine.boot), self.machine.ticks_ms, self.true_ms)
        self.is_rebooted_since_told = False

    @rule(passed_ms=st.integers(0, 20 * HOUR_MS))
    def time_passes(self, passed_ms: int) -> None:
        self.true_ms += passed_ms
        self.machine.ticks_ms += passed_ms
        self.machine.wall_ms += passed_ms

    @rule(to_ms=st.integers(0, 4_000_000_000_000))
    def the_wall_clock_jumps(self, to_ms: int) -> None:
        self.machine.wall_ms = to_ms

    @rule(off_ms=st.integers(0, 100 * HOUR_MS))
    def reboots(self, off_ms: int) -> None:
        self.true_ms += off_ms
        self.machine.boot += 1
        self.machine.ticks_ms = 0
        self.is_rebooted_since_told = True

    @rule(asked=st.integers(1, 200))
    def burns(self, asked: int) -> None:
        machine = self.machine
        now_ms = trusted_now(machine.mark, boot_id=str(machine.boot), ticks_ms=machine.ticks_ms)
        try:
            require_burn(machine.lease, asked, now_ms)
        except (LeaseMissing, LeaseTimeUnknown, LeaseOver, LeaseTooSmall):
            return
        assert not self.is_rebooted_since_told, "who does not know the time burns nothing"
        assert machine.lease is not None
        machine.burned.append((asked, self.true_ms))
        machine.lease = replace(machine.lease, drawn=machine.lease.drawn + asked)

    @invariant()
    def burns_stay_within_the_lease_and_its_time(self) -> None:
        lease = self.machine.lease
        if lease is None:
            return
        assert sum(asked for asked, _ in self.machine.burned) <= lease.amount
        assert all(at_ms < lease.expires_ms - LEASE_MARGIN_S * 1000 for _, at_ms in self.machine.burned)


TestCutsAndClocks = CutsAndClocks.TestCase
TestCutsAndClocks.settings = settings(max_examples=200, stateful_step_count=40, deadline=None)

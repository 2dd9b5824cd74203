"""How many points to set aside for a terminal, and what it may burn of them in a cut (`ledger.leases`)."""

from dataclasses import dataclass

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.leases import LEASE_LOST_AFTER_S, LEASE_MARGIN_S
from loyalty.limits.rules import RATE_BP_MAX
from loyalty.programme.offline import LeasePolicy


class LeaseMissing(LoyaltyError):
    """No points were set aside here for this card."""

    code = "lease_missing"
    trouble = Trouble.REFUSED
    text = "Without a line to central this card's points cannot pay here. Take another tender, or wait."


class LeaseTimeUnknown(LoyaltyError):
    """The machine was started since central last told the time."""

    code = "lease_time_unknown"
    trouble = Trouble.REFUSED
    text = (
        "This terminal was restarted without a line to central and does not know the time: points cannot pay"
        " until the line is back. Take another tender."
    )


class LeaseOver(LoyaltyError):
    """Its time is over."""

    code = "lease_over"
    trouble = Trouble.REFUSED
    text = (
        "What was set aside for this card has run out with time: points cannot pay until the line is back."
        " Take another tender."
    )


class LeaseTooSmall(LoyaltyError):
    """More points than were set aside."""

    code = "lease_too_small"
    trouble = Trouble.REFUSED
    text = (
        "Without a line to central at most {left} points of this card can pay here, not {points}."
        " Take fewer, or another tender."
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseFacts:
    """What a grant is decided on. Points; `leased`: what the member's live leases keep; `free`: to be spent
    now; `terminal_leases` and `terminal_points`: what this terminal has of all members; `has_here`: it has
    one of this member.
    """

    balance: int
    owed: int
    free: int
    leased: int
    terminal_leases: int
    terminal_points: int
    has_here: bool


def lease_points(policy: LeasePolicy, facts: LeaseFacts, *, step: int) -> int:
    """How many points to set aside, in whole steps of `step` (> 0) in which points pay; 0: none."""
    if facts.has_here or facts.terminal_leases >= policy.terminal_leases:
        return 0
    own = max(0, facts.balance - facts.owed)
    most = min(
        policy.points,
        own * policy.share_bp // RATE_BP_MAX - facts.leased,
        facts.free,
        policy.terminal_points - facts.terminal_points,
    )
    return max(0, most) // step * step


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseAtHand:
    """A lease as its terminal has it: of `amount` points `drawn` are burned; given back it is not open."""

    amount: int
    drawn: int
    expires_ms: int
    is_open: bool = True

    @property
    def left(self) -> int:
        """What may still be burned."""
        return self.amount - self.drawn


def require_burn(lease: LeaseAtHand | None, points: int, now_ms: int | None) -> None:
    """Whether `points` (> 0) may be burned in a cut now.

    Args:
        now_ms: the latest it can be (`programme.trusted_time`); None: nobody knows.
    Raises: LeaseMissing, LeaseTimeUnknown, LeaseOver, LeaseTooSmall.
    """
    assert points > 0
    if lease is None or not lease.is_open:
        raise LeaseMissing
    if now_ms is None:
        raise LeaseTimeUnknown
    if now_ms >= spent_until_ms(lease.expires_ms):
        raise LeaseOver
    if points > lease.left:
        raise LeaseTooSmall(left=lease.left, points=points)


def spent_until_ms(expires_ms: int) -> int:
    """The terminal stops a little before its lease is over."""
    return expires_ms - LEASE_MARGIN_S * 1000


def lost_from_ms(expires_ms: int) -> int:
    """From when on a person may declare a lease lost: time enough for a terminal to come back and settle."""
    return expires_ms + LEASE_LOST_AFTER_S * 1000

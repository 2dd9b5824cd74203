"""Lots: dated parts of a balance. Burns take what expires first, and the choice is stored."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from enum import StrEnum

from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.postings import LotChange


class BalanceTooLow(LoyaltyError):
    """A member wants to spend more than the lots hold."""

    code = "balance_too_low"
    trouble = Trouble.REFUSED
    text = (
        "Only {available} points can be spent, not {wanted}. Choose a reward of at most {available} points."
    )


class ExpiryKind(StrEnum):
    """How long points live."""

    NONE = "none"
    MONTHS = "months"
    END_OF_MONTH = "end_of_month"
    END_OF_YEAR = "end_of_year"
    FIXED_DAY = "fixed_day"


@dataclass(frozen=True, slots=True)
class ExpiryPolicy:
    """`months`: `count` months after the day earned. `end_of_month`: the end of the month `count` months on.
    `end_of_year`: 31 December, `count` years on. `fixed_day`: the next `day` of `month` after the day earned,
    and `count` years on; 29 February is the 28th in a common year.
    """

    kind: ExpiryKind = ExpiryKind.NONE
    count: int = 0
    month: int = 12
    day: int = 31


NO_EXPIRY = ExpiryPolicy()


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as it stands: of `amount` units `remaining` are still there, `held` of them promised."""

    lot_id: str
    account: str
    amount: int
    remaining: int
    expires_ms: int | None
    held: int = 0
    source_id: str = ""
    funder: str = ""

    @property
    def free(self) -> int:
        """What is there and not promised to a hold."""
        return self.remaining - self.held

    def is_live(self, now_ms: int) -> bool:
        """Whether it has not expired; a lot ends at `expires_ms`."""
        return self.expires_ms is None or self.expires_ms > now_ms


def last_day(policy: ExpiryPolicy, earned_on: date) -> date | None:
    """The last day on which points earned on a local day can be spent; None: for ever."""
    if policy.kind is ExpiryKind.NONE:
        return None
    if policy.kind is ExpiryKind.END_OF_YEAR:
        return date(earned_on.year + policy.count, 12, 31)
    if policy.kind is ExpiryKind.FIXED_DAY:
        this_year = _day_of(earned_on.year, policy.month, policy.day)
        return _day_of(earned_on.year + policy.count + (this_year <= earned_on), policy.month, policy.day)
    year, month = divmod(earned_on.year * 12 + earned_on.month - 1 + policy.count, 12)
    return _day_of(year, month + 1, 31 if policy.kind is ExpiryKind.END_OF_MONTH else earned_on.day)


def _day_of(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


def end_of_day_ms(day: date, zone: tzinfo) -> int:
    """UTC milliseconds of the midnight that ends a local day."""
    following = day + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day, tzinfo=zone)
    return int(midnight.timestamp()) * 1000


def expires_ms(policy: ExpiryPolicy, earned_on: date, zone: tzinfo) -> int | None:
    """When points earned on a local day expire, in UTC milliseconds; None: never."""
    day = last_day(policy, earned_on)
    return None if day is None else end_of_day_ms(day, zone)


def select_lots(
    lots: Iterable[Lot], wanted: int, now_ms: int, *, points_owed: int = 0
) -> tuple[LotChange, ...]:
    """Choose what to take for `wanted` units: earliest expiry first, then by id.

    Expired lots and what is held give nothing; what the member owes is kept back.

    Raises: BalanceTooLow.
    """
    assert wanted > 0
    live = [lot for lot in lots if lot.free > 0 and lot.is_live(now_ms)]
    available = max(0, sum(lot.free for lot in live) - points_owed)
    if available < wanted:
        raise BalanceTooLow(available=available, wanted=wanted)
    return take_in_order(live, wanted)


def take_in_order(lots: Iterable[Lot], wanted: int) -> tuple[LotChange, ...]:
    """Take up to `wanted` free units, earliest expiry first, then by id; fewer where there are fewer."""
    changes: list[LotChange] = []
    left = wanted
    for lot in sorted(lots, key=_by_expiry):
        taken = min(left, lot.free)
        if taken:
            changes.append(LotChange(lot.lot_id, taken))
            left -= taken
    return tuple(changes)


def _by_expiry(lot: Lot) -> tuple[bool, int, str]:
    return (lot.expires_ms is None, lot.expires_ms or 0, lot.lot_id)

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
    END_OF_YEAR = "end_of_year"


@dataclass(frozen=True, slots=True)
class ExpiryPolicy:
    """`months`: `count` months after the day earned; `end_of_year`: 31 December, `count` years on."""

    kind: ExpiryKind = ExpiryKind.NONE
    count: int = 0


NO_EXPIRY = ExpiryPolicy()


@dataclass(frozen=True, slots=True)
class Lot:
    """A lot as it stands: of `amount` points, `remaining` are still there."""

    lot_id: str
    account: str
    amount: int
    remaining: int
    expires_ms: int | None


def last_day(policy: ExpiryPolicy, earned_on: date) -> date | None:
    """The last day on which points earned on a local day can be spent; None: for ever."""
    if policy.kind is ExpiryKind.NONE:
        return None
    if policy.kind is ExpiryKind.END_OF_YEAR:
        return date(earned_on.year + policy.count, 12, 31)
    year, month = divmod(earned_on.year * 12 + earned_on.month - 1 + policy.count, 12)
    return date(year, month + 1, min(earned_on.day, monthrange(year, month + 1)[1]))


def end_of_day_ms(day: date, zone: tzinfo) -> int:
    """UTC milliseconds of the midnight that ends a local day."""
    following = day + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day, tzinfo=zone)
    return int(midnight.timestamp()) * 1000


def expires_ms(policy: ExpiryPolicy, earned_on: date, zone: tzinfo) -> int | None:
    """When points earned on a local day expire, in UTC milliseconds; None: never."""
    day = last_day(policy, earned_on)
    return None if day is None else end_of_day_ms(day, zone)


def select_lots(lots: Iterable[Lot], wanted: int, now_ms: int) -> tuple[LotChange, ...]:
    """Choose what to take for `wanted` points: earliest expiry first, then by id; expired lots give nothing.

    Raises: BalanceTooLow.
    """
    assert wanted > 0
    live = [lot for lot in lots if lot.remaining > 0 and (lot.expires_ms is None or lot.expires_ms > now_ms)]
    available = sum(lot.remaining for lot in live)
    if available < wanted:
        raise BalanceTooLow(available=available, wanted=wanted)
    changes: list[LotChange] = []
    left = wanted
    for lot in sorted(live, key=_by_expiry):
        taken = min(left, lot.remaining)
        changes.append(LotChange(lot.lot_id, taken))
        left -= taken
        if not left:
            break
    return tuple(changes)


def _by_expiry(lot: Lot) -> tuple[bool, int, str]:
    return (lot.expires_ms is None, lot.expires_ms or 0, lot.lot_id)

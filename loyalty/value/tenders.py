"""Mixed tender: which part of which line each tender pays, and what goes back to which for a returned unit.

Nothing here is a discount: what the goods cost and earn is the same, however they are paid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from loyalty.errors import Trouble
from loyalty.ledger.assets import Asset
from loyalty.money import MoneyError
from loyalty.pricing.apportion import apportion


class TenderKind(StrEnum):
    """What pays. `points` are asked for by `redeem_points`; other money is whatever is left."""

    POINTS = "points"
    PURSE = "purse"
    GIFT_CARD = "gift_card"
    MEAL_VOUCHERS = "meal_vouchers"


class TenderTooMuch(MoneyError):
    """A tender wants to pay more than there is to pay."""

    code = "tender_too_much"
    trouble = Trouble.REFUSED
    text = (
        "{amount_minor} would be paid with {kind}, but only {payable_minor} of this ticket is left for it."
        " Take less."
    )


class StoredValueTooLow(MoneyError):
    """More is to be paid than is there."""

    code = "stored_value_too_low"
    trouble = Trouble.REFUSED
    text = "With {kind} {available_minor} can be paid, not {wanted_minor}. Take less, and other money too."


@dataclass(frozen=True, slots=True)
class Tender:
    """`amount_minor` (> 0) out of an account with lots."""

    kind: TenderKind
    account: str
    asset: Asset
    amount_minor: int


@dataclass(frozen=True, slots=True)
class LineShare:
    """What one tender (`tender_no`; 0: points) paid of one line, less what came back."""

    line_no: int
    tender_no: int
    amount_minor: int
    returned_minor: int = 0

    @property
    def left_minor(self) -> int:
        """What can still come back."""
        return self.amount_minor - self.returned_minor


def share_over_lines(
    amounts: Sequence[int],
    *,
    points_minor: int,
    points_may: Sequence[int],
    tenders: Sequence[tuple[TenderKind, int, Sequence[bool]]],
    currency: str,
    is_agreed: bool = False,
) -> list[list[int]]:
    """Split what each tender pays over the lines: points, then what not every line takes, then the rest.

    Args:
        amounts: what each line costs, shape (lines,).
        points_may: what of each line points may pay, shape (lines,).
        tenders: kind, amount and which lines each may pay.
        currency: of the basket, for what is refused.
        is_agreed: paid already: where lines changed since, it is shared over what there is, and not refused.
    Returns: shape (1 + tenders, lines): points, then the tenders in the order given. What is left of a line
        is other money.
    Raises: TenderTooMuch.
    """
    left = list(amounts)
    unit = None if is_agreed else currency
    shares = [_take(left, points_minor, points_may, TenderKind.POINTS, unit)]
    shares += [[0] * len(left) for _ in tenders]
    narrow_first = sorted(range(len(tenders)), key=lambda at: all(tenders[at][2]))
    for at in narrow_first:
        kind, amount, may = tenders[at]
        payable = [minor if is_open else 0 for minor, is_open in zip(left, may, strict=True)]
        shares[at + 1] = _take(left, amount, payable, kind, unit)
    return shares


def _take(
    left: list[int], amount: int, payable: Sequence[int], kind: TenderKind, currency: str | None
) -> list[int]:
    """`currency` None: agreed, nothing is refused."""
    if amount > sum(payable):
        if currency is not None:
            raise TenderTooMuch(
                kind=kind.value, amount_minor=amount, payable_minor=sum(payable), currency=currency
            )
        payable = list(left)
        amount = min(amount, sum(payable))
    shares = apportion(amount, payable)
    for at, share in enumerate(shares):
        left[at] -= share
    return shares


def back_to_tenders(returning_minor: int, left: Sequence[int], *, other_left: int) -> list[int]:
    """What goes back to each tender for `returning_minor` of a line; the rest is other money.

    In proportion to what each still has in the line, by largest remainder; equal remainders favour points,
    then the tenders in their order, then other money. Returns in any steps give each tender all that it paid.

    Args:
        left: what each tender can still get back, in order; other_left: the same of other money.
    """
    assert 0 <= returning_minor <= sum(left) + other_left, "no more of a line comes back than it cost"
    return apportion(returning_minor, [*left, other_left])[:-1]


def beside_points(
    money_minor: int, parts: Sequence[int], left: Sequence[int], *, other_part: int, other_left: int
) -> list[int]:
    """What each tender gets of the money that goes back beside whole points; the rest is other money.

    Points come back whole, so what they are worth differs from their part of the lines, this way now and the
    other way later. The difference is the first tender's as far as it goes, then the next one's, other
    money's last: each gets exactly what it paid once all is back, and no tender more before. Only where
    points paid so much that no tender can take the difference, other money is more than was paid.

    Args:
        money_minor: the price of what comes back without what the restored points are worth.
        parts: each tender's part of the lines that come back; other_part: that of other money.
        left: what each tender can still get back; other_left: the same of other money.
    """
    found = [min(part, rest) for part, rest in zip(parts, left, strict=True)]
    over = money_minor - sum(found) - max(0, min(other_part, other_left))
    for at, amount in enumerate(found):
        taken = min(over, left[at] - amount) if over > 0 else max(over, -amount)
        found[at] += taken
        over -= taken
    return found

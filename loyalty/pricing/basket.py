"""Baskets: the facts a quote is made of."""

from dataclasses import dataclass
from datetime import date

from loyalty.errors import LoyaltyError
from loyalty.limits.tickets import BASKET_LINES_MAX, LINE_AMOUNT_MINOR_MAX, LINE_QUANTITY_MAX
from loyalty.money import MoneyError
from loyalty.programme.articles import ArticleClass
from loyalty.values import quick


class BasketSizeInvalid(LoyaltyError):
    """A basket has no line or too many."""

    code = "basket_size_invalid"
    text = "A basket has 1 to {limit} lines, not {lines}. Split the ticket."


class QuantityOutOfRange(LoyaltyError):
    """A line's quantity is 0, negative or huge."""

    code = "quantity_out_of_range"
    text = (
        "Line {line_no}: the quantity must be from 1 to {limit}, not {quantity}."
        " Correct it; send goods that come back as a return."
    )


class AmountOutOfRange(MoneyError):
    """A line's amount is negative or huge."""

    code = "amount_out_of_range"
    text = (
        "Line {line_no}: the amount must be from 0 to {limit_minor}, not {amount_minor}."
        " Correct it; send goods that come back as a return."
    )


class LineNumberTwice(LoyaltyError):
    """Two lines have the same number."""

    code = "line_number_twice"
    text = "The line number {line_no} is there twice. Number the lines so that each is different."


@quick
@dataclass(frozen=True, slots=True)
class ArticleFacts:
    """What rules may know of an article. `price_minor` is central's price, None when it has none."""

    article_id: str
    article_class: ArticleClass
    brand: str = ""
    range: str = ""
    price_minor: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class BasketLine:
    """One line: `quantity` units (>= 1) for `amount_minor` in all (net of the till's own discounts, tax in).

    `article` is None for a code central does not know; `tax_rate_bp`: the tax in the amount, None: not known.
    """

    line_no: int
    code: str
    article: ArticleFacts | None
    quantity: int
    amount_minor: int
    tax_rate_bp: int | None = None


@quick
@dataclass(frozen=True, slots=True)
class ManualDiscount:
    """So much (> 0) that somebody at the counter takes off on their own, in a role, with a reason (P-14)."""

    off_minor: int
    role: str
    reason: str


@quick
@dataclass(frozen=True, slots=True)
class Basket:
    """A priced basket in one currency, in one shop, on one local day of that shop.

    `local_time` is the shop's `HH:MM`; without it, rules with hours are unknown. `discount`: what the
    counter takes off, after promotions and before vouchers.
    """

    lines: tuple[BasketLine, ...]
    currency: str
    shop_id: str
    country: str
    local_day: date
    local_time: str | None = None
    discount: ManualDiscount | None = None


def validate_basket(basket: Basket) -> None:
    """Refuse a basket that no till can mean.

    Raises: BasketSizeInvalid, QuantityOutOfRange, AmountOutOfRange, LineNumberTwice.
    """
    if not 1 <= len(basket.lines) <= BASKET_LINES_MAX:
        raise BasketSizeInvalid(lines=len(basket.lines), limit=BASKET_LINES_MAX)
    seen: set[int] = set()
    for line in basket.lines:
        if not 1 <= line.quantity <= LINE_QUANTITY_MAX:
            raise QuantityOutOfRange(line_no=line.line_no, quantity=line.quantity, limit=LINE_QUANTITY_MAX)
        if not 0 <= line.amount_minor <= LINE_AMOUNT_MINOR_MAX:
            raise AmountOutOfRange(
                line_no=line.line_no,
                amount_minor=line.amount_minor,
                limit_minor=LINE_AMOUNT_MINOR_MAX,
                currency=basket.currency,
            )
        if line.line_no in seen:
            raise LineNumberTwice(line_no=line.line_no)
        seen.add(line.line_no)

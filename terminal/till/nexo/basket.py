"""From nexo's lines to central's: decimals become minor units exactly, or are refused with a clear text."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Final

from loyalty.limits.rules import RATE_BP_MAX
from loyalty.limits.texts import NAME_CHARS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX, LINE_QUANTITY_MAX
from loyalty.money import AmountDoesNotFit, UnknownCurrency, format_minor, parse_minor, scale_of
from terminal.till.nexo.context import NexoFailure, Till
from wire.api_sales import BasketBody, LineBody
from wire.nexo.loyalty import LoyaltyTransaction, SaleItem

WEIGHED: Final = frozenset(
    {
        "Centilitre",
        "Centimetre",
        "Foot",
        "Gram",
        "Inch",
        "Kilogram",
        "Kilometre",
        "Litre",
        "Meter",
        "Mile",
        "Ounce",
        "Pint",
        "Pound",
        "Quart",
        "UKGallon",
        "USGallon",
        "Yard",
    }
)
"""Units in which a quantity may be a fraction: such a line counts as one piece of its whole amount."""

CASH_ROUNDING_MINOR: Final = 5
"""Coins end at 5 rappen: a total paid in cash may differ by so much."""
_RATE: Final = re.compile(r"[0-9]{1,3}\.[0-9]{1,2}", re.ASCII)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def make_basket(till: Till, transaction: LoyaltyTransaction) -> BasketBody:
    """The ticket's lines.

    Raises: NexoFailure: MessageFormat, with the line and what to do.
    """
    basket = make_lines(till, transaction.sale_item, transaction.currency)
    if transaction.total_amount is not None:
        amount_of(transaction.total_amount, scale_of(basket.currency), "TotalAmount")
    return basket


def make_lines(till: Till, items: list[SaleItem] | None, currency: str | None) -> BasketBody:
    """Lines in a currency, the group's where none is told.

    Raises: NexoFailure.
    """
    currency = currency_of(till, currency)
    scale = scale_or_refuse(currency)
    if not items:
        raise NexoFailure(
            "MessageFormat",
            "SaleItem is missing: points depend on each article. Send the ticket's lines.",
            reason_code="sale_items_missing",
        )
    _require_distinct(items)
    return BasketBody(currency=currency, lines=[_line(item, scale) for item in items])


def total_warning(transaction: LoyaltyTransaction, basket: BasketBody) -> str | None:
    """What to tell a till whose TotalAmount is not the sum of its lines; the lines count.

    Paid in cash a total may be rounded; what is off by more is a line forgotten or a discount untold.
    """
    if transaction.total_amount is None:
        return None
    scale = scale_of(basket.currency)
    total_minor = amount_of(transaction.total_amount, scale, "TotalAmount")
    lines_minor = sum(line.amount_minor or 0 for line in basket.lines)
    if abs(total_minor - lines_minor) <= CASH_ROUNDING_MINOR:
        return None
    return (
        f"TotalAmount is {format_minor(total_minor, scale)}, the lines are {format_minor(lines_minor, scale)}"
        " together: the lines counted. Check the till's lines and discounts."
    )


def scale_or_refuse(currency: str) -> int:
    """Decimals of a currency. Raises: NexoFailure."""
    try:
        return scale_of(currency)
    except UnknownCurrency as error:
        raise NexoFailure("MessageFormat", str(error), reason_code=error.code) from None


def currency_of(till: Till, currency: str | None) -> str:
    """The request's currency, or the group's. Raises: NexoFailure."""
    group = till.group()
    currency = currency or (group.currency if group else "")
    if not currency:
        raise NexoFailure(
            "MessageFormat",
            "Currency is missing, and this terminal does not know its group's yet. Send the currency.",
            reason_code="currency_missing",
        )
    return currency


def quantity_of(item: SaleItem) -> int:
    """Pieces of a line, at least one.

    Raises: NexoFailure.
    """
    given = Decimal(1) if item.quantity is None else item.quantity
    where = f"SaleItem {item.item_id}: Quantity"
    if given <= 0:
        raise _wrong(f"{where} must be above zero. Send goods that come back as AwardRefund.")
    if item.unit_of_measure in WEIGHED:
        return 1
    if given > LINE_QUANTITY_MAX:
        raise _wrong(f"{where} is above {LINE_QUANTITY_MAX}. Check the line, or split it.")
    try:
        return parse_minor(given, 0)
    except AmountDoesNotFit:
        raise _wrong(f"{where} must be a whole number of pieces.") from None


def amount_of(value: Decimal, scale: int, where: str) -> int:
    """An amount in minor units, 0 or more.

    Raises: NexoFailure.
    """
    try:
        minor = parse_minor(value, scale)
    except AmountDoesNotFit as error:
        raise NexoFailure("MessageFormat", f"{where}: {error}", reason_code=error.code) from None
    if minor < 0:
        raise _wrong(
            f"{where} is below zero. Take a discount off the lines it is for; send returns as AwardRefund."
        )
    if minor > LINE_AMOUNT_MINOR_MAX:
        raise _wrong(f"{where} is larger than any ticket. Check it.")
    return minor


def tax_rate_bp_of(tax_code: str | None) -> int | None:
    """Basis points of a TaxCode that says its rate (`2.6`, `8.10`); None: it is a code, the article decides.

    nexo leaves the code to the till. Only a decimal with its point is taken for a rate in per cent: `2` may
    as well be the till's second rate, and a rate that is not known earns less, never more.
    """
    if tax_code is None or not _RATE.fullmatch(tax_code):
        return None
    rate_bp = parse_minor(tax_code, 2)
    return rate_bp if rate_bp <= RATE_BP_MAX else None


def occurred_ms(time_stamp: str) -> int:
    """The till's moment. A wrong till clock is information, no reason to refuse: central decides.

    Raises: NexoFailure: no ISO 8601 moment with its zone.
    """
    try:
        moment = datetime.fromisoformat(time_stamp)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None or moment < EPOCH:
        raise _wrong(
            "SaleTransactionID.TimeStamp must be an ISO 8601 moment with its zone,"
            " such as 2026-11-22T10:15:00.000Z."
        )
    return (moment - EPOCH) // timedelta(milliseconds=1)


def _line(item: SaleItem, scale: int) -> LineBody:
    code = item.ean_upc or item.product_code
    if not code:
        raise _wrong(f"SaleItem {item.item_id}: EanUpc or ProductCode must name the article.")
    return LineBody(
        line_no=item.item_id,
        code=code,
        quantity=quantity_of(item),
        amount_minor=amount_of(item.item_amount, scale, f"SaleItem {item.item_id}: ItemAmount"),
        label=(item.product_label or "")[:NAME_CHARS_MAX],
        tax_rate_bp=tax_rate_bp_of(item.tax_code),
    )


def _require_distinct(items: list[SaleItem]) -> None:
    seen: set[int] = set()
    for item in items:
        if item.item_id in seen:
            raise _wrong(f"ItemID {item.item_id} stands twice. Number the lines.")
        seen.add(item.item_id)


def _wrong(message: str) -> NexoFailure:
    return NexoFailure("MessageFormat", message, reason_code="line_invalid")

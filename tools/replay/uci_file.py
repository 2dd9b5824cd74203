"""The UCI Online Retail file: one CSV line per ticket line (D. Chen, UCI, CC BY 4.0).

Columns InvoiceNo, StockCode, Description, Quantity, InvoiceDate, UnitPrice, CustomerID, Country. Invoices
that begin with C are cancellations; a negative quantity gives goods back; CustomerID is written `17850.0`,
or empty.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from central.gateways.rows import Parsed, Record
from central.gateways.tables import read_table
from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from loyalty.limits.tickets import LINE_AMOUNT_MINOR_MAX, LINE_QUANTITY_MAX
from loyalty.money import AmountDoesNotFit, parse_minor

TIME_ZONE: Final = "Europe/London"
CURRENCY: Final = "GBP"
PRICE_SCALE: Final = 4
"""Prices are read with four decimals, so that those that do not fit pence are seen and not rounded."""
MINOR_SCALE: Final = 2
_PER_MINOR: Final = 10 ** (PRICE_SCALE - MINOR_SCALE)
_COLUMNS: Final = (
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
)
_INVOICE: Final = re.compile(r"[A-Z]?[0-9]{1,12}", re.ASCII)
_CUSTOMER: Final = re.compile(r"([0-9]{1,12})(?:\.0)?", re.ASCII)
_QUANTITY: Final = re.compile(r"-?[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class UciLine:
    """A line as written. `price_e4`: unit price in 1/10,000 pound; `customer` is empty when anonymous."""

    invoice: str
    code: str
    label: str
    quantity: int
    occurred_ms: int
    price_e4: int
    customer: str

    @property
    def amount_e4(self) -> int:
        """Quantity times price, in 1/10,000 pound; negative for goods that come back."""
        return self.quantity * self.price_e4

    @property
    def amount_minor(self) -> int:
        """The amount in pence; only for lines that fit (`trouble_of` is None)."""
        return self.amount_e4 // _PER_MINOR


class _LineRefused(Exception):
    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code


def read(path: Path, lines: int | None = None) -> Parsed[UciLine]:
    """Read the first `lines` lines after the header (None: all).

    Lines that cannot be read at all are refused here; lines whose value is wrong are judged by `trouble_of`.
    Raises: FileUnreadable, FileBroken.
    """
    table = read_table(path, needed={name: [name] for name in _COLUMNS}, separator=",")
    parsed: Parsed[UciLine] = Parsed(facts=table.facts)
    zone = ZoneInfo(TIME_ZONE)
    for row in table.rows():
        if parsed.rows == lines:
            break
        parsed.rows += 1
        try:
            if row.trouble:
                raise _LineRefused("row_unreadable", row.trouble)
            line = _line({name: row.cells[name.casefold()] for name in _COLUMNS}, zone)
        except _LineRefused as refused:
            parsed.refuse(row.line, refused.code, str(refused))
            continue
        parsed.records.append(Record(row.line, line.invoice, line))
    return parsed


def trouble_of(line: UciLine) -> tuple[str, str] | None:
    """Why a line cannot be sold or returned, as code and text; None when it can."""
    if line.quantity == 0:
        return "quantity_zero", "The quantity is 0."
    if abs(line.quantity) > LINE_QUANTITY_MAX:
        return "quantity_too_large", f"The quantity {line.quantity} is above {LINE_QUANTITY_MAX}."
    if line.price_e4 < 0:
        return "price_negative", "The price is negative; a ticket line never is."
    if line.amount_e4 % _PER_MINOR:
        return "amount_does_not_fit", "Quantity times price does not fit whole pence; it is not rounded."
    if abs(line.amount_minor) > LINE_AMOUNT_MINOR_MAX:
        return "amount_too_large", "The amount is above the limit of a line."
    return None


def _line(cells: dict[str, str], zone: ZoneInfo) -> UciLine:
    invoice, code, customer = cells["InvoiceNo"], cells["StockCode"], cells["CustomerID"]
    if not _INVOICE.fullmatch(invoice):
        raise _LineRefused("invoice_invalid", f"“{invoice[:40]}” is no invoice number.")
    if not 1 <= len(code) <= ID_CHARS_MAX:
        raise _LineRefused("code_invalid", f"The stock code must have 1 to {ID_CHARS_MAX} characters.")
    if not _QUANTITY.fullmatch(cells["Quantity"]):
        raise _LineRefused("quantity_invalid", f"“{cells['Quantity'][:40]}” is no whole quantity.")
    match = _CUSTOMER.fullmatch(customer)
    if customer and match is None:
        raise _LineRefused("customer_invalid", f"“{customer[:40]}” is no customer number.")
    try:
        price_e4 = parse_minor(cells["UnitPrice"], PRICE_SCALE)
    except AmountDoesNotFit as error:
        raise _LineRefused("price_invalid", f"“{cells['UnitPrice'][:40]}” is no price.") from error
    try:
        local = datetime.fromisoformat(cells["InvoiceDate"]).replace(tzinfo=zone)
    except ValueError as error:
        raise _LineRefused("date_invalid", f"“{cells['InvoiceDate'][:40]}” is no date.") from error
    return UciLine(
        invoice=invoice,
        code=code,
        label=" ".join(cells["Description"].split())[:NAME_CHARS_MAX],
        quantity=int(cells["Quantity"]),
        occurred_ms=int(local.astimezone(UTC).timestamp()) * 1000,
        price_e4=price_e4,
        customer=match[1] if match else "",
    )

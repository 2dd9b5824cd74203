"""A printed ticket, read by a layout: number, moment, lines, total; what does not add up is unread. Pure."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from loyalty.errors import LoyaltyError
from loyalty.limits.rules import RATE_BP_MAX
from loyalty.limits.texts import ID_CHARS_MAX, NAME_CHARS_MAX
from loyalty.limits.tickets import BASKET_LINES_MAX, LINE_QUANTITY_MAX
from loyalty.pricing.apportion import apportion
from terminal.till.escpos.layout import DATE_FORMATS, Layout
from terminal.till.escpos.template import minor_of

CASH_ROUNDING_MINOR: Final = {"CHF": 5, "EUR": 0}
"""A total paid in cash may be rounded to 5 rappen; coins of euros are not rounded on tickets."""
LABEL_CODE: Final = "label:"
"""How a line without a printed article number is named: head office may give articles such a code."""


class TicketUnread(LoyaltyError):
    """A ticket that no layout reads for sure; it prints all the same."""

    code = "ticket_unread"
    text = "{reason}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketLine:
    """One line. `amount_minor`: for all pieces, less its discounts; below zero for goods that come back."""

    code: str
    label: str
    quantity: int
    amount_minor: int
    tax_rate_bp: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTicket:
    """`moment`: as the till's clock shows it, without a zone."""

    layout: str
    number: str
    moment: datetime
    currency: str
    lines: tuple[TicketLine, ...]
    total_minor: int
    tender_minor: int | None = None

    @property
    def key(self) -> str:
        """The ticket's own identity: the same on every reprint."""
        return f"{self.number}|{self.moment.isoformat()}"

    @property
    def is_return(self) -> bool:
        """Whether goods came back that were not sold on the same ticket."""
        return any(line.amount_minor < 0 for line in self.lines)


@dataclass(slots=True)
class _Found:
    number: str = ""
    moment: datetime | None = None
    lines: list[TicketLine] = field(default_factory=list)
    discount_minor: int = 0
    total_minor: int | None = None
    tender_minor: int | None = None
    quantity: int | None = None


def recognises(layout: Layout, rows: Sequence[str]) -> bool:
    """Whether every row that marks this layout is there."""
    stripped = [row.strip() for row in rows]
    return all(any(each.fullmatch(row) for row in stripped) for each in layout.templates["recognise"])


def read_ticket(layouts: Iterable[Layout], rows: Sequence[str]) -> PrintedTicket:
    """The ticket by the one layout that recognises it.

    Raises: TicketUnread: none does, or several read it differently, or it does not add up.
    """
    fitting = [layout for layout in layouts if recognises(layout, rows)]
    if not fitting:
        raise TicketUnread(reason="no layout recognises it")
    read: list[PrintedTicket] = []
    why = ""
    for layout in fitting:
        try:
            read.append(read_by(layout, rows))
        except TicketUnread as error:
            why = f"{layout.name}: {error}"
    if not read:
        raise TicketUnread(reason=why)
    if any(replace(each, layout="") != replace(read[0], layout="") for each in read):
        raise TicketUnread(reason=f"layouts differ about it: {', '.join(each.layout for each in read)}")
    return read[0]


def read_by(layout: Layout, rows: Sequence[str]) -> PrintedTicket:
    """The ticket by this layout. Raises: TicketUnread."""
    found = _Found()
    for row in rows:
        _take(layout, found, row.strip())
    if not found.number or found.moment is None:
        raise TicketUnread(reason="it has no number, or no date and time")
    if found.total_minor is None or not found.lines:
        raise TicketUnread(reason="it has no total, or no lines")
    lines = _with_discount(_without_voids(found.lines), found.discount_minor)
    total = sum(line.amount_minor for line in lines)
    if abs(total - found.total_minor) > CASH_ROUNDING_MINOR[layout.body.currency]:
        raise TicketUnread(reason=f"its lines come to {total}, its total is {found.total_minor}")
    if not lines or len(lines) > BASKET_LINES_MAX:
        raise TicketUnread(reason=f"it has no lines, or more than {BASKET_LINES_MAX}")
    return PrintedTicket(
        layout=layout.name,
        number=found.number,
        moment=found.moment,
        currency=layout.body.currency,
        lines=tuple(lines),
        total_minor=found.total_minor,
        tender_minor=found.tender_minor,
    )


def _take(layout: Layout, found: _Found, row: str) -> None:
    """What one row says. Lines end at the total."""
    match = _match(layout, row, "number")
    if match and not found.number:
        found.number = match["number"]
    match = _match(layout, row, "moment")
    if match and found.moment is None:
        found.moment = _moment(layout, match["date"], match["time"])
    if match := _match(layout, row, "loyalty_tender"):
        found.tender_minor = (found.tender_minor or 0) + abs(_amount(layout, match["amount"]))
    if found.total_minor is not None:
        return
    if match := _match(layout, row, "total"):
        found.total_minor = _amount(layout, match["amount"])
    elif match := _match(layout, row, "ticket_discount"):
        found.discount_minor += abs(_amount(layout, match["amount"]))
    elif match := _match(layout, row, "discount"):
        _take_discount(found, abs(_amount(layout, match["amount"])))
    elif match := _match(layout, row, "item_quantity"):
        _take_quantity(layout, found, int(match["quantity"]))
    elif match := _match(layout, row, "item"):
        _take_item(layout, found, match)


def _take_item(layout: Layout, found: _Found, match: "re.Match[str]") -> None:
    fields = match.groupdict()
    quantity = int(fields.get("quantity") or found.quantity or 1)
    found.quantity = None
    label = " ".join((fields.get("label") or "").split())[:NAME_CHARS_MAX]
    code = fields.get("code") or f"{LABEL_CODE}{label.upper()}"[:ID_CHARS_MAX]
    line = TicketLine(
        code=code,
        label=label,
        quantity=_whole(quantity),
        amount_minor=_amount(layout, fields["amount"] or ""),
        tax_rate_bp=_tax(layout.body.tax, fields.get("tax")),
    )
    found.lines.append(line)


def _take_quantity(layout: Layout, found: _Found, quantity: int) -> None:
    if layout.body.quantity_stands == "before":
        found.quantity = _whole(quantity)
    elif found.lines:
        found.lines[-1] = replace(found.lines[-1], quantity=_whole(quantity))


def _take_discount(found: _Found, minor: int) -> None:
    if not found.lines:
        raise TicketUnread(reason="a discount stands before every line")
    last = found.lines[-1]
    if minor > abs(last.amount_minor):
        raise TicketUnread(reason="a discount is larger than its line")
    left = last.amount_minor - minor if last.amount_minor >= 0 else last.amount_minor + minor
    found.lines[-1] = replace(last, amount_minor=left)


def _without_voids(lines: Sequence[TicketLine]) -> list[TicketLine]:
    """Goods taken off the same ticket again: both lines go."""
    kept: list[TicketLine] = []
    for line in lines:
        opposite = next((each for each in reversed(kept) if _is_void_of(line, each)), None)
        if opposite is None:
            kept.append(line)
        else:
            kept.remove(opposite)
    return kept


def _is_void_of(line: TicketLine, sold: TicketLine) -> bool:
    same = (line.code, line.quantity, -line.amount_minor) == (sold.code, sold.quantity, sold.amount_minor)
    return same and line.amount_minor < 0


def _with_discount(lines: Sequence[TicketLine], minor: int) -> list[TicketLine]:
    """A discount on the whole ticket, on its lines by their amounts."""
    weights = [max(0, line.amount_minor) for line in lines]
    if not minor:
        return list(lines)
    if minor > sum(weights):
        raise TicketUnread(reason="a discount is larger than the ticket")
    shares = apportion(minor, weights)
    return [
        replace(line, amount_minor=line.amount_minor - share)
        for line, share in zip(lines, shares, strict=True)
    ]


def _match(layout: Layout, row: str, kind: str) -> "re.Match[str] | None":
    for pattern in layout.templates[kind]:
        if match := pattern.fullmatch(row):
            return match
    return None


def _amount(layout: Layout, text: str) -> int:
    return minor_of(text, decimal=layout.body.decimal)


def _whole(quantity: int) -> int:
    if not 0 < quantity <= LINE_QUANTITY_MAX:
        raise TicketUnread(reason="a quantity is zero, or too large")
    return quantity


def _moment(layout: Layout, date: str, time: str) -> datetime:
    order = DATE_FORMATS[layout.body.date_order]
    parts = re.split(r"[./-]", date)
    year = order.index("%Y")
    if len(parts[year]) == 2:
        parts[year] = f"20{parts[year]}"
    clock = time.replace("h", ":").replace("H", ":").split(":")
    text = f"{' '.join(parts)} {' '.join(clock)}"
    pattern = f"{' '.join(order)} {' '.join(('%H', '%M', '%S')[: len(clock)])}"
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007  (a till prints no zone: the shop has one)
    except ValueError:
        raise TicketUnread(reason=f"{date} {time} is no moment") from None


def _tax(rates: Mapping[str, int], text: str | None) -> int | None:
    """The rate of a tax letter, or of a printed rate; None where it is not known: the article decides."""
    if not text:
        return None
    if text.upper() in rates:
        return rates[text.upper()]
    if not text.endswith("%"):
        return None
    whole, _, part = text.rstrip("% ").replace(",", ".").partition(".")
    rate_bp = int(whole) * 100 + int(part.ljust(2, "0") or 0)
    return rate_bp if rate_bp <= RATE_BP_MAX else None

"""The desk's till: takes payment and goods back through nexo as a shop's till does, keeps its tickets."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from loyalty.errors import LoyaltyError, Trouble
from tools.till import Item, SimulatedTill, read_additional
from wire.nexo.base import TransactionIdentification
from wire.nexo.loyalty import LoyaltyResponse

TICKETS_KEPT_MAX: Final = 200


class TicketUnknown(LoyaltyError):
    """The desk does not know this ticket."""

    code = "desk_ticket_unknown"
    trouble = Trouble.NOT_FOUND
    text = "This ticket is not known at the desk any more. Take a payment first."


@dataclass(frozen=True, slots=True, kw_only=True)
class CounterLine:
    """One scanned article."""

    code: str
    label: str
    quantity: int
    price_minor: int


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """What the till was told: the four things of P-30, or why not."""

    ticket: str
    is_success: bool
    is_queued: bool = False
    is_anonymous: bool = False
    is_by_api: bool = False
    """It went to central itself, not through the terminal: this page cannot take its lines back."""
    detail: str = ""
    member: str | None = None
    points: int | None = None
    balance: int | None = None
    total: int | None = None
    """Where it is not the sum of the shelf's prices."""
    prices: list[int] = []
    receipt: list[str] = []
    """The rows that a till would print, codes of vouchers among them."""


@dataclass(frozen=True, slots=True)
class _Ticket:
    original: TransactionIdentification
    items: tuple[Item, ...]


class Counter:
    """A till with its tickets of today."""

    def __init__(self, till: SimulatedTill) -> None:
        self._till = till
        self._tickets: dict[str, _Ticket] = {}

    async def pay(self, lines: Sequence[CounterLine], *, has_card: bool, found: str = "") -> Told:
        """Report a paid ticket for the card on the reader, or for who was found; else nothing is reported."""
        ticket = self._till.new_ticket()
        name = ticket.sale_transaction_id.transaction_id
        if not has_card and not found:
            return Told(ticket=name, is_success=True, is_anonymous=True)
        items = tuple(
            Item(
                line_no=number,
                code=line.code,
                quantity=line.quantity,
                amount_minor=line.quantity * line.price_minor,
                label=line.label,
            )
            for number, line in enumerate(lines, start=1)
        )
        answer = await self._till.award(items, card=found or None, ticket=ticket)
        told = _read(name, answer, "earned")
        if (told.is_success or told.is_queued) and answer.poi_data is not None:
            self._keep(name, _Ticket(answer.poi_data.poi_transaction_id, items))
        return told

    async def give_back(self, name: str, place: int, quantity: int) -> Told:
        """Take units of the line at a place of the ticket back. Raises: TicketUnknown."""
        ticket = self._tickets.get(name)
        if ticket is None or not 0 <= place < len(ticket.items):
            raise TicketUnknown
        sold = ticket.items[place]
        price_minor = sold.amount_minor // sold.quantity
        item = Item(
            line_no=sold.line_no,
            code=sold.code,
            quantity=quantity,
            amount_minor=quantity * price_minor,
            label=sold.label,
        )
        answer = await self._till.award_refund(ticket.original, [item])
        return _read(name, answer, "takenBack")

    def _keep(self, name: str, ticket: _Ticket) -> None:
        self._tickets[name] = ticket
        while len(self._tickets) > TICKETS_KEPT_MAX:
            del self._tickets[next(iter(self._tickets))]


def _read(ticket: str, answer: LoyaltyResponse, points_name: str) -> Told:
    """Read an answer as a till does: Result first, then the pairs of AdditionalResponse."""
    pairs = read_additional(answer.response.additional_response)
    if answer.response.result != "Success":
        detail = pairs.get("message") or answer.response.error_condition or "Failure"
        return Told(ticket=ticket, is_success=False, detail=detail)
    if pairs.get("queued") == "true":
        return Told(ticket=ticket, is_success=False, is_queued=True, receipt=_receipt(answer))
    prices = sorted(
        (int(name.split(".")[1]), int(value)) for name, value in pairs.items() if name.startswith("price.")
    )
    return Told(
        ticket=ticket,
        is_success=True,
        member=pairs.get("memberName"),
        points=int(pairs[points_name]) if points_name in pairs else None,
        balance=int(pairs["balance"]) if "balance" in pairs else None,
        prices=[price for _, price in prices],
        receipt=_receipt(answer),
    )


def _receipt(answer: LoyaltyResponse) -> list[str]:
    rows: list[str] = []
    for part in answer.payment_receipt or ():
        content = part.output_content
        rows += [row.text or "" for row in content.output_text or ()]
        if content.output_barcode is not None:
            rows.append(f"[{content.output_barcode.barcode_type} {content.output_barcode.barcode_value}]")
    return rows

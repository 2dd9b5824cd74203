"""A ticket that a till tells in parts: promised prices, cards that pay, perhaps undone, then paid or left."""

from dataclasses import dataclass, field
from typing import Any, Final, Literal

from tools.simulation import catalogue as it
from tools.simulation.fold import State, need
from tools.simulation.till import Report
from wire.nexo.base import SaleData, TransactionIdentification

PartState = Literal["open", "told", "refused", "undone", "undoing"]
"""`open`: nothing is known yet. `undoing`: it was told, and whether it was undone is not known."""

REFUSALS: Final = frozenset(
    {
        "stored_value_too_low",
        "tender_too_much",
        "central_unreachable",
        "ticket_booked",
        "ticket_too_old",
        "quote_changed",
        "quote_expired",
    }
)
"""Codes that are right for a part: too little on the card, the line, the ticket was booked without it, hours
passed, or somebody else took the last of a limit, between quote and reservation."""


@dataclass(slots=True, eq=False)
class Part:
    """A gift card that is to pay; without a `card_id` the promise of prices for a member."""

    card_id: str | None = None
    amount_minor: int = 0
    state: PartState = "open"
    poi: TransactionIdentification | None = None


@dataclass(slots=True, eq=False)
class UnderWay:
    """The ticket, its parts in the order told, and the report of it once it is paid."""

    ticket: it.Ticket
    sale_data: SaleData
    parts: list[Part] = field(default_factory=list)
    report: Report | None = None

    @property
    def holds(self) -> bool:
        """Whether the till was told of something that stands."""
        return any(part.state == "told" for part in self.parts)

    @property
    def took_value(self) -> bool:
        """Whether the till was told that a card paid, and nothing else since."""
        return any(part.state == "told" and part.card_id for part in self.parts)

    def require_kept(self, state: State, where: str, *, may_be_refused: bool) -> None:
        """Peace: what a till was told of paid, and nothing that it was told not to. Raises: Violation."""
        key = (self.ticket.shop_id, self.ticket.business_key)
        sold = next((each for each in state.sold.values() if _key_of(each.row) == key), None)
        if sold is None:
            is_lost = self.took_value and not may_be_refused
            need(not is_lost, "2 acknowledged", where, "was told of a payment that no ticket took:", key)
            return
        found = dict(sold.tenders)
        for card_id in sorted({part.card_id for part in self.parts if part.card_id}):
            self._require_card(card_id, it.card_of(card_id) in found, sold.ticket.tenders, where)

    def _require_card(
        self, card_id: str, has_paid: bool, booked: tuple[tuple[str, int], ...], where: str
    ) -> None:
        """`booked`: what the ticket was to be paid with; a hold that ended may have left less."""
        theirs = [part for part in self.parts if part.card_id == card_id]
        key, account = self.ticket.business_key, it.card_of(card_id)
        told = [(account, part.amount_minor) for part in theirs if part.state == "told"]
        need(
            set(told) <= set(booked), "2 acknowledged", where, "told to pay and does not:", key, told, booked
        )
        if all(part.state in ("refused", "undone") for part in theirs):
            need(not has_paid, "8 authority", where, "refused or undone, and pays:", key, account, booked)


def _key_of(row: dict[str, Any]) -> tuple[str, str]:
    return row["shop_id"], row["business_key"]

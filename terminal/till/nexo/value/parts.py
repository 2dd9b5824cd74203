"""Parts of a ticket under way: found again by kind or by the POITransactionID that a till was given."""

from typing import Final

from terminal.open_tickets import OpenTicket, Part, PartKind
from terminal.till.nexo.context import Ask, NexoFailure, Till
from wire.nexo.base import TransactionIdentification

AWARD: Final = "Loyalty.Award"
"""The end of a paid ticket's business key."""


def part_of(ticket: OpenTicket, kind: PartKind, number: str = "") -> Part | None:
    """The part of a kind; of gift cards the one with this number."""
    return next((each for each in ticket.parts if each.kind == kind and each.number == number), None)


async def is_booked(till: Till, ticket: OpenTicket) -> bool:
    """Whether its paid ticket is noted: a crash may have come before it was written here too."""
    return ticket.state == "booked" or await till.outbox.is_noted(f"{ticket.key}|{AWARD}")


async def find_booked(
    till: Till, key: str, kind: PartKind, number: str = ""
) -> tuple[OpenTicket, Part] | None:
    """A part of a ticket that is booked by now: whoever asks for it again was not answered before."""
    ticket = await till.tickets.find(key)
    if ticket is None or not await is_booked(till, ticket):
        return None
    part = part_of(ticket, kind, number)
    return None if part is None else (ticket, part)


def same_or_refuse(is_same: bool) -> None:
    """A part that is there already may come again as it was. Raises: NexoFailure."""
    if not is_same:
        raise NexoFailure(
            "NotAllowed",
            "This ticket has this kind of payment with another amount already. Reverse it first.",
            reason_code="ticket_changed",
        )


async def find_part(
    till: Till, ask: Ask, reference: TransactionIdentification | None
) -> tuple[OpenTicket, Part | None]:
    """The part a till means; None when it was undone before.

    Raises: NexoFailure: not named, not known, or its ticket is booked.
    """
    if reference is None:
        raise NexoFailure(
            "MessageFormat",
            "OriginalPOITransaction.POITransactionID is missing: send the one of the first answer.",
            reason_code="original_missing",
        )
    ticket = await till.tickets.find_of_part(reference.transaction_id)
    if ticket is None or ticket.sale_id != ask.sale_id:
        raise NexoFailure(
            "NotFound",
            "Nothing with this POITransactionID was done at this terminal for this till. Check the ticket.",
            reason_code="original_unknown",
        )
    part = next((each for each in ticket.parts if each.poi_id == reference.transaction_id), None)
    if part is not None and await is_booked(till, ticket):
        raise NexoFailure(
            "NotAllowed",
            "The ticket is booked. Reverse the award, or send the goods back as AwardRefund: what paid for"
            " them is given back.",
            reason_code="ticket_booked",
        )
    return ticket, part

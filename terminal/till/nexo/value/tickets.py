"""Which ticket a message of a till is about, and whether it is still the same one."""

from msgspec.structs import replace

from loyalty.limits.tills import TILL_TICKET_AGE_MAX_S
from terminal.open_tickets import OpenTicket
from terminal.till.nexo.basket import make_lines, occurred_ms
from terminal.till.nexo.context import Ask, NexoFailure, Till
from terminal.till.nexo.holder import Holder
from terminal.till.nexo.noting import evidence_body
from terminal.till.nexo.value.parts import AWARD, is_booked
from wire.api_sales import BasketBody
from wire.nexo.base import SaleData
from wire.nexo.loyalty import SaleItem


def ticket_key(ask: Ask, sale_data: SaleData) -> str:
    """The ticket: what all messages about one sale have in common."""
    ticket = sale_data.sale_transaction_id
    return "|".join((ask.sale_id, ticket.transaction_id, ticket.time_stamp))


async def begin_or_find(
    till: Till,
    ask: Ask,
    sale_data: SaleData,
    *,
    holder: Holder | None,
    items: list[SaleItem] | None,
    currency: str | None,
) -> OpenTicket:
    """The ticket as it stands, with the lines and the card of this message where they are new.

    Raises: NexoFailure: no lines were told yet; another card, other lines, or the ticket is booked.
    """
    key = ticket_key(ask, sale_data)
    found = await till.tickets.find(key)
    basket = make_lines(till, items, currency) if items else None
    if found is None or (found.state == "open" and not found.parts):
        basket = basket or (found.basket if found else None)
        if basket is None:
            raise NexoFailure(
                "MessageFormat",
                "SaleItem is missing: what may pay depends on each article. Send the ticket's lines.",
                reason_code="sale_items_missing",
            )
        await _require_new(till, key, sale_data)
        return OpenTicket(
            key=key,
            sale_id=ask.sale_id,
            occurred_ms=occurred_ms(sale_data.sale_transaction_id.time_stamp),
            operator=(sale_data.operator_id or "")[:64],
            basket=basket,
            holder=evidence_body(holder.evidence) if holder else None,
            account=holder.account if holder else None,
            tap_id=holder.tap_id if holder else "",
            candidates=tuple(found.may_stand) if found else (),
        )
    if await is_booked(till, found):
        raise _booked()
    if basket is not None and not is_same_basket(found, basket):
        raise NexoFailure(
            "NotAllowed",
            "This ticket was begun with other lines. Send the same lines, or reverse it and begin anew.",
            reason_code="ticket_changed",
        )
    return with_holder(found, holder)


async def _require_new(till: Till, key: str, sale_data: SaleData) -> None:
    """Value is taken for a ticket of now, which is not booked. Raises: NexoFailure."""
    if await till.outbox.is_noted(f"{key}|{AWARD}"):
        raise _booked()
    age_ms = till.clock() - occurred_ms(sale_data.sale_transaction_id.time_stamp)
    if age_ms > TILL_TICKET_AGE_MAX_S * 1000:
        raise NexoFailure(
            "Refusal",
            f"The ticket's TimeStamp is more than {TILL_TICKET_AGE_MAX_S // 3600} hours old. Set the till's"
            " clock, then begin a new ticket.",
            reason_code="ticket_too_old",
        )


def with_holder(ticket: OpenTicket, holder: Holder | None) -> OpenTicket:
    """The ticket with the card of this message; one that has a card keeps it.

    Raises: NexoFailure: it is another card.
    """
    if holder is None:
        return ticket
    if ticket.holder is None:
        body = evidence_body(holder.evidence)
        return replace(ticket, holder=body, account=holder.account, tap_id=holder.tap_id)
    if evidence_body(holder.evidence) == replace(ticket.holder, proof_id=None):
        return ticket
    known = ticket.account.loyalty_id if ticket.account else None
    if known is None or known != holder.account.loyalty_id:
        raise _other_card()
    return ticket


def is_same_basket(ticket: OpenTicket, basket: BasketBody) -> bool:
    """Whether these are the ticket's lines, each at its first amount or at the one quoted for it."""
    if len(basket.lines) != len(ticket.basket.lines) or basket.currency != ticket.basket.currency:
        return False
    for told, line in zip(basket.lines, ticket.basket.lines, strict=True):
        if (told.line_no, told.code, told.quantity) != (line.line_no, line.code, line.quantity):
            return False
        if told.amount_minor not in (line.amount_minor, ticket.amounts.get(line.line_no)):
            return False
    return True


def _booked() -> NexoFailure:
    return NexoFailure(
        "NotAllowed",
        "This ticket is booked already. Send what follows as a new ticket, returns as AwardRefund.",
        reason_code="ticket_booked",
    )


def _other_card() -> NexoFailure:
    return NexoFailure(
        "NotAllowed",
        "This ticket was begun with another card. Use that card, or reverse the ticket and begin anew.",
        reason_code="ticket_changed",
    )

"""A ticket that was read from the paper: awarded to the member whose card is there, once for ever.

Every trouble ends in None: then the ticket prints as the till sent it (ADR 26).
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

import apsw
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.other_tills import CAPTURE_TICKET_AGE_MAX_S
from terminal import session as flow
from terminal.offline.pricing import tell
from terminal.outbox import Fact
from terminal.sender import Outcome
from terminal.till.escpos.joining import Joining
from terminal.till.escpos.layout import Layout
from terminal.till.escpos.ticket import PrintedTicket, TicketUnread, read_ticket
from terminal.till.escpos.weave import Extra
from terminal.till.nexo import texts
from terminal.till.nexo.context import Till
from terminal.till.nexo.holder import Holder, find_holder
from terminal.till.nexo.loyalty_answers import group_language
from terminal.till.nexo.noting import (
    evidence_body,
    is_central_away,
    new_entry,
    note_and_wait,
    require_not_hot,
)
from terminal.till.nexo.of_nobody import find_kept, keep, under
from wire.api_sales import BasketBody, LineBody, SaleBody, SaleView

log = structlog.get_logger(__name__)

AUTO: Final = "auto"


class TicketCapture:
    """Reads and awards the tickets of all captured printers."""

    def __init__(self, till: Till, layouts: Mapping[str, Layout]) -> None:
        self._till = till
        self._layouts = layouts
        self._joining = Joining(till)
        self._used = ""
        """The passing card whose ticket was printed: it earns on no other."""

    async def award_printed(self, sale_id: str, layout: str, rows: Sequence[str]) -> Extra | None:
        """What to print more; None: nothing, whatever the reason."""
        if self._till.in_training(sale_id):
            log.info("printed_ticket_practised", sale_id=sale_id)
            return None
        try:
            return await self._extra(sale_id, layout, rows)
        except TicketUnread as error:
            log.info("printed_ticket_unread", sale_id=sale_id, reason=str(error))
        except (LoyaltyError, apsw.Error) as error:
            log.info("printed_ticket_not_awarded", sale_id=sale_id, reason=type(error).__name__)
        except Exception:  # the boundary of one ticket: whatever it is, the paper comes first
            log.exception("printed_ticket_broke", sale_id=sale_id)
        return None

    async def _extra(self, sale_id: str, layout: str, rows: Sequence[str]) -> Extra | None:
        zone = self._zone_name()
        ticket, at_ms = await asyncio.to_thread(
            _read, self._fitting(layout), list(rows), zone, self._till.clock()
        )
        self._require_fit(ticket, at_ms)
        outcome = await self._award(sale_id, ticket, at_ms)
        if outcome is None or not isinstance(outcome.answer, SaleView):
            return None
        return self._said(outcome.answer)

    def _fitting(self, layout: str) -> list[Layout]:
        if layout == AUTO:
            return list(self._layouts.values())
        found = self._layouts.get(layout)
        if found is None:
            raise TicketUnread(reason=f"there is no layout {layout}")
        return [found]

    def _require_fit(self, ticket: PrintedTicket, at_ms: int) -> None:
        group = self._till.group()
        if group is not None and group.currency != ticket.currency:
            raise TicketUnread(reason=f"it is in {ticket.currency}, the group's money is {group.currency}")
        if ticket.is_return:
            raise TicketUnread(reason="goods come back on it: take their points back at the till or central")
        if abs(self._till.clock() - at_ms) > CAPTURE_TICKET_AGE_MAX_S * 1000:
            raise TicketUnread(
                reason="its date and time are not now: old paper, or the till's clock is wrong"
            )

    async def _award(self, sale_id: str, ticket: PrintedTicket, at_ms: int) -> Outcome | None:
        till = self._till
        async with till.turn_of(sale_id):
            holder = self._holder(sale_id)
            basket = basket_of(ticket)
            paid = await self._joining.find(sale_id, ticket)
            if paid is not None:
                fact, outcome = await self._joining.book(sale_id, ticket, paid, basket=basket, holder=holder)
            elif holder is None:
                await self._keep(sale_id, ticket, basket, at_ms)
                return None
            else:
                fact, outcome = await self._note(sale_id, ticket, basket, holder, at_ms)
        self._use_up(sale_id)
        log.info("printed_ticket_noted", sale_id=sale_id, layout=ticket.layout, entry_id=fact.entry_id)
        return outcome

    async def _note(
        self, sale_id: str, ticket: PrintedTicket, basket: BasketBody, holder: Holder, at_ms: int
    ) -> tuple[Fact, Outcome | None]:
        till, key = self._till, award_key(sale_id, ticket)
        kept = await find_kept(till, key)
        entry_id = kept.entry.entry_id if kept else secrets.token_hex(16)
        if not await till.outbox.is_noted(key):
            require_not_hot(till, holder.evidence, holder.uid)
        told = await tell(till.offline, basket, occurred_ms=at_ms) if is_central_away(till) else None
        body = SaleBody(
            sale_id=entry_id,
            business_key=key,
            occurred_ms=min(at_ms, self._till.clock()),
            sent_ms=self._till.clock(),
            basket=basket,
            holder=evidence_body(holder.evidence),
            told=None if told is None else told.body(before_payment=False),
            receipt_columns=self._till.settings.receipt_columns,
        )
        lines = [(line.line_no, line.quantity) for line in basket.lines]
        content = [basket.currency, [[n.line_no, n.code, n.quantity, n.amount_minor] for n in basket.lines]]
        new = under(kept, new_entry(till, "sale", entry_id, entry_id, body, lines, holder, content, told))
        return await note_and_wait(till, new, holder.evidence)

    async def _keep(self, sale_id: str, ticket: PrintedTicket, basket: BasketBody, at_ms: int) -> None:
        """Nobody's so far: a clerk may add the card that was forgotten."""
        key = award_key(sale_id, ticket)
        if await self._till.outbox.is_noted(key):
            return
        now_ms = self._till.clock()
        body = SaleBody(
            sale_id=secrets.token_hex(16),
            business_key=key,
            occurred_ms=min(at_ms, now_ms),
            sent_ms=now_ms,
            basket=basket,
        )
        kept = await keep(self._till, body, sale_id=sale_id, number=ticket.number, is_told=False)
        log.info("printed_ticket_kept", sale_id=sale_id, ticket=kept.entry.poi_transaction_id)

    def _holder(self, sale_id: str) -> Holder | None:
        card = flow.card_for(self._till.desk.sessions, sale_id, self._till.clock())
        if card is None or card.session_id == self._used:
            return None
        return find_holder(self._till, sale_id, None, None)

    def _use_up(self, sale_id: str) -> None:
        """A card read in passing is of one ticket: the next customer's earns nothing for it."""
        card = flow.card_for(self._till.desk.sessions, sale_id, self._till.clock())
        if card is not None and card.expires_ms is not None:
            self._used = card.session_id

    def _zone_name(self) -> str:
        group = self._till.group()
        return group.shop.time_zone if group is not None and group.shop is not None else ""

    def _said(self, view: SaleView) -> Extra:
        language = view.profile.language if view.profile else group_language(self._till)
        short = [f"+{view.points}"]
        if view.balance_points is not None:
            short = [texts.line("balance", "en" if language == "zh" else language, view.balance_points)]
        return Extra(
            rows=tuple(view.receipt),
            codes=tuple(each.payload for each in view.vouchers),
            short=tuple(short),
        )


def basket_of(ticket: PrintedTicket) -> BasketBody:
    """The ticket's lines as central takes them."""
    lines = [
        LineBody(
            line_no=number,
            code=line.code,
            quantity=line.quantity,
            amount_minor=line.amount_minor,
            label=line.label,
            tax_rate_bp=line.tax_rate_bp,
        )
        for number, line in enumerate(ticket.lines, start=1)
    ]
    return BasketBody(currency=ticket.currency, lines=lines)


def award_key(sale_id: str, ticket: PrintedTicket) -> str:
    """A ticket is awarded once, however often it is printed."""
    return f"{sale_id}|{ticket.key}|Print.Award"


def _read(
    layouts: Sequence[Layout], rows: Sequence[str], zone: str, now_ms: int
) -> tuple[PrintedTicket, int]:
    """The ticket, and its moment in UTC milliseconds: of an hour that comes twice, the one nearer to now."""
    ticket = read_ticket(layouts, rows)
    here = ZoneInfo(zone) if zone else datetime.now(UTC).astimezone().tzinfo
    moments = [int(ticket.moment.replace(tzinfo=here, fold=fold).timestamp()) * 1000 for fold in (0, 1)]
    return ticket, min(moments, key=lambda at_ms: abs(at_ms - now_ms))

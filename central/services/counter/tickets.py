"""Tickets mended at the counter: undone, given to the right member, or to one whose card was forgotten.

Nothing is edited. A ticket that changes its member comes back whole and is sold again, for the same amounts
and at the same moment, to the other: points, lots, limits, visits and turnover follow by the ways they always
go. What cannot follow (value that paid, points that were burned since) is refused, with its reason.
The act is noted before anything moves; the same act sent again finishes what a crash cut off.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.counter.acts import Acting, CounterActs
from central.services.members.identify import IdentifyService
from central.services.tickets.line_keys import LineKeys
from central.services.tickets.returns import ReturnsService
from central.services.tickets.sales import SaleNotFound, SalesService
from central.storage.interface.rows import SaleRow, StoredLine
from loyalty.errors import LoyaltyError, Trouble
from loyalty.programme.counter import CounterAct, require_young
from wire import api_counter, api_sales


class NotLastTicket(LoyaltyError):
    """Another ticket was sold at this terminal since."""

    code = "not_last_ticket"
    trouble = Trouble.REFUSED
    text = "The ticket {sale_id} is not the last of this till. Take its goods back as a return."


class TicketComesBack(LoyaltyError):
    """A part of the ticket, or all of it, came back already."""

    code = "ticket_came_back"
    trouble = Trouble.REFUSED
    text = "Goods of the ticket {sale_id} came back already. Hand it to head office as an incident."


class TicketHasMember(LoyaltyError):
    """No card was forgotten."""

    code = "ticket_has_member"
    trouble = Trouble.REFUSED
    text = "The ticket {sale_id} belongs to a member already. Move it, if it is the wrong one."


class TicketOfNobody(LoyaltyError):
    """There is nobody to move it from."""

    code = "ticket_of_nobody"
    trouble = Trouble.REFUSED
    text = "The ticket {sale_id} belongs to nobody. Add the card that was forgotten instead."


class TicketIsTheirs(LoyaltyError):
    """It is where it should be."""

    code = "ticket_is_theirs"
    trouble = Trouble.CONFLICT
    text = "The ticket {sale_id} is this member's already."


class TicketPaidByValue(LoyaltyError):
    """What paid it was the wrong member's."""

    code = "ticket_paid_by_value"
    trouble = Trouble.REFUSED
    text = "Points, vouchers or stored value paid a part of the ticket {sale_id}. Take it back instead."


class TicketPointsBurned(LoyaltyError):
    """The wrong member used what it gave."""

    code = "ticket_points_burned"
    trouble = Trouble.REFUSED
    text = "{burned} of its {points} points were used since. Hand it to head office as an incident."


@dataclass(frozen=True, slots=True)
class _Found:
    """A ticket and what stands on it."""

    row: SaleRow
    lines: Sequence[StoredLine]


class CounterTickets:
    """Mends tickets for clerks."""

    def __init__(
        self,
        context: Context,
        *,
        acts: CounterActs,
        identify: IdentifyService,
        sales: SalesService,
        returns: ReturnsService,
        line_keys: LineKeys,
    ) -> None:
        self._store = context.store
        self._acts = acts
        self._identify = identify
        self._sales = sales
        self._returns = returns
        self._line_keys = line_keys

    async def undo(
        self, actor: Actor, body: api_counter.UndoBody
    ) -> tuple[api_counter.MendedTicketView, bool]:
        """All of the last ticket of this terminal comes back; the same again is a replay (True).

        Raises: SignInOver, RoleMayNot, CounterLimit, SaleNotFound, TicketTooOldHere, NotLastTicket,
            TicketComesBack, IdempotencyConflict, those of returns.
        """
        acting = await self._acts.begin(actor, body.clerk, CounterAct.UNDO)
        first = await self._store.find_counter_act(actor.group_id, body.act_id)
        found = await self._find(actor, acting, body.sale_id, is_new=first is None)
        if first is None:
            await self._require_last(acting, found.row)
        row = self._acts.row(
            acting,
            body.act_id,
            [body.sale_id, body.reason],
            reason=body.reason,
            member_id=found.row.member_id,
            sale_id=body.sale_id,
        )
        was_noted = await self._acts.note(acting, row)
        returned, was_done = await self._take_back(actor, acting, body.act_id, found, row.at_ms)
        view = api_counter.MendedTicketView(
            act_id=body.act_id,
            sale_id=body.sale_id,
            return_id=returned.return_id,
            new_sale_id=None,
            member_id=found.row.member_id,
            points=-returned.points,
            total_minor=-returned.total_minor,
        )
        return view, was_noted and was_done

    async def give(
        self, actor: Actor, body: api_counter.GiveTicketBody, act: CounterAct
    ) -> tuple[api_counter.MendedTicketView, bool]:
        """The ticket becomes the card's member's; the same again is a replay (True).

        `act`: LATE_CARD for a ticket of nobody, MOVE_TICKET for one of the wrong member.
        Raises: as `undo`; TicketHasMember, TicketOfNobody, TicketIsTheirs, TicketPaidByValue,
            TicketPointsBurned, the refusals of a card, StrengthTooLow: who was found without one, those of
            sales.
        """
        acting = await self._acts.begin(actor, body.clerk, act)
        first = await self._store.find_counter_act(actor.group_id, body.act_id)
        found = await self._find(actor, acting, body.sale_id, is_new=first is None)
        holder = await self._identify.get_card_holder(
            actor, acting.group, body.holder, first.at_ms if first else acting.now_ms
        )
        if first is None:
            self._require_fitting(act, found.row, holder.member.member_id)
            await self._require_movable(found)
        row = self._acts.row(
            acting,
            body.act_id,
            [body.sale_id, body.reason, holder.member.member_id],
            reason=body.reason,
            member_id=holder.member.member_id,
            from_id=found.row.member_id,
            sale_id=body.sale_id,
        )
        was_noted = await self._acts.note(acting, row)
        at_ms = first.at_ms if first else row.at_ms
        returned, _ = await self._take_back(actor, acting, body.act_id, found, at_ms)
        sold, was_sold = await self._sell_again(actor, acting, body, found)
        view = api_counter.MendedTicketView(
            act_id=body.act_id,
            sale_id=body.sale_id,
            return_id=returned.return_id,
            new_sale_id=sold.sale_id,
            member_id=holder.member.member_id,
            points=sold.points,
            total_minor=sold.total_minor,
        )
        return view, was_noted and was_sold

    async def _find(self, actor: Actor, acting: Acting, sale_id: str, *, is_new: bool) -> _Found:
        """A ticket of the clerk's shop, young enough. What an act began with is not judged again."""
        row = await self._store.find_sale(actor.group_id, sale_id)
        if row is None or row.shop_id != acting.clerk.shop_id:
            raise SaleNotFound(sale_id=sale_id)
        key = await self._line_keys.of_sale(row)
        lines = await self._store.list_sale_lines(actor.group_id, key.line_key) if key else ()
        if is_new:
            require_young(acting.policy, occurred_ms=row.occurred_ms, now_ms=acting.now_ms)
            if not lines or any(line.returned_quantity for line in lines):
                raise TicketComesBack(sale_id=sale_id)
        return _Found(row, lines)

    async def _require_last(self, acting: Acting, sale: SaleRow) -> None:
        last = await self._store.find_last_sale(
            sale.group_id, sale.shop_id, acting.actor.terminal_id, sale.occurred_ms
        )
        if last != sale.sale_id:
            raise NotLastTicket(sale_id=sale.sale_id)

    def _require_fitting(self, act: CounterAct, sale: SaleRow, member_id: str) -> None:
        if sale.member_id == member_id:
            raise TicketIsTheirs(sale_id=sale.sale_id)
        if act is CounterAct.LATE_CARD and sale.member_id is not None:
            raise TicketHasMember(sale_id=sale.sale_id)
        if act is CounterAct.MOVE_TICKET and sale.member_id is None:
            raise TicketOfNobody(sale_id=sale.sale_id)

    async def _require_movable(self, found: _Found) -> None:
        sale = found.row
        used = (await self._store.find_benefits(sale.group_id, sale.sale_id)).uses
        tenders = await self._store.find_sale_tenders(sale.group_id, sale.sale_id)
        if sale.points_redeemed or used or tenders:
            raise TicketPaidByValue(sale_id=sale.sale_id)
        lots = await self._store.list_sale_lots(sale.group_id, sale.sale_id)
        burned = sum(lot.amount - lot.remaining + lot.held for lot in lots)
        if burned:
            raise TicketPointsBurned(burned=burned, points=sale.points)

    async def _take_back(
        self, actor: Actor, acting: Acting, act_id: str, found: _Found, at_ms: int
    ) -> tuple[api_sales.ReturnView, bool]:
        return_id = f"{act_id}:return"
        body = api_sales.ReturnBody(
            return_id=return_id,
            business_key=f"counter/{return_id}",
            occurred_ms=at_ms,
            sent_ms=acting.now_ms,
            lines=[
                api_sales.ReturnLineBody(line_no=line.line_no, quantity=line.quantity) for line in found.lines
            ],
            operator=acting.clerk.staff_id,
        )
        return await self._returns.record_return(actor, found.row.sale_id, body)

    async def _sell_again(
        self, actor: Actor, acting: Acting, body: api_counter.GiveTicketBody, found: _Found
    ) -> tuple[api_sales.SaleView, bool]:
        """For what was paid: prices of the member's own would be money that nobody gives back here."""
        sale_id = f"{body.act_id}:sale"
        lines = [
            api_sales.LineBody(
                line_no=line.line_no,
                code=line.code,
                quantity=line.quantity,
                amount_minor=line.amount_minor,
                tax_rate_bp=line.tax_rate_bp,
            )
            for line in found.lines
        ]
        sale = api_sales.SaleBody(
            sale_id=sale_id,
            business_key=f"counter/{sale_id}",
            occurred_ms=found.row.occurred_ms,
            sent_ms=acting.now_ms,
            basket=api_sales.BasketBody(currency=found.row.currency, lines=lines),
            holder=body.holder,
            shop_id=found.row.shop_id,
            operator=acting.clerk.staff_id,
        )
        return await self._sales.commit(actor, sale)

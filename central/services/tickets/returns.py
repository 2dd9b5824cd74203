"""Returns: named units of a sale come back, and exactly the points they earned go back."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.core.requests import TryAgain, check_clock, content_hash
from central.services.group.groups import GroupsService
from central.services.members.holder import Holder
from central.services.members.identify import IdentifyService
from central.services.members.profile import ProfileService
from central.services.tickets.funding import FundingService
from central.services.tickets.line_keys import LineKey, LineKeys, LinesErased
from central.services.tickets.sales import SaleNotFound
from central.services.tickets.sponsoring import Sponsoring
from central.services.tickets.tenders.refunding import PointsBack, Refunding
from central.services.tickets.unclaiming import Unclaiming, is_returned_whole
from central.services.tickets.undoing import Beside, Undoing
from central.storage.base import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.rows import ReturnedLine, ReturnRecord, ReturnRow, SaleRow, StoredLine
from loyalty.errors import LoyaltyError
from loyalty.ledger.entry import EntryHead
from loyalty.ledger.reversal import (
    ReturnExceedsSale,
    fitting_points,
    points_owed_by,
    restored_worth,
    return_points,
    returned_share,
)
from loyalty.limits.tickets import COMMIT_TRIES_MAX
from loyalty.pricing.basket import LineNumberTwice
from loyalty.programme.identification import Act
from loyalty.programme.programme import worth_minor
from wire import api_sales


class SaleLineNotFound(LoyaltyError):
    """The sale has no such line."""

    code = "sale_line_not_found"
    text = "The sale has no line {line_no}. Name the lines as they were sold."


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ticket:
    """A return on its way: who sends it, what it says, the sale behind it."""

    actor: Actor
    group: Group
    body: api_sales.ReturnBody
    sale: SaleRow
    shop_id: str
    input_hash: bytes
    key: LineKey

    @property
    def line_key(self) -> bytes:
        """Where the sale's lines are."""
        return self.key.line_key


class ReturnsService:
    """Records returns."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        identify: IdentifyService,
        profiles: ProfileService,
        line_keys: LineKeys,
        undoing: Undoing,
        unclaiming: Unclaiming,
        refunding: Refunding,
    ) -> None:
        self._refunding = refunding
        self._undoing = undoing
        self._unclaiming = unclaiming
        self._sponsoring = Sponsoring(context)
        self._funding = FundingService(context)
        self._store = context.store
        self._vault = context.vault
        self._clock = context.clock
        self._groups = groups
        self._identify = identify
        self._profiles = profiles
        self._line_keys = line_keys

    async def record_return(
        self, actor: Actor, sale_id: str, body: api_sales.ReturnBody
    ) -> tuple[api_sales.ReturnView, bool]:
        """Record a return once, in any shop of the group; the same again gives the first answer (True).

        Raises: SaleNotFound, SaleLineNotFound, ReturnExceedsSale, IdempotencyConflict, ClockSkew,
            OccurredAhead, TicketTooOld, LinesErased, TryAgain.
        """
        access.require(actor, access.SALES_WRITE)
        sale = await self._store.find_sale(actor.group_id, sale_id)
        if sale is None:
            raise SaleNotFound(sale_id=sale_id)
        group = await self._groups.get(actor.group_id)
        shop_id = actor.shop_id or sale.shop_id
        input_hash = content_hash(self._vault, actor.group_id, body, shop_id, sale_id)
        first = await self._find_first(actor, shop_id, body, input_hash)
        if first is None:
            moment_ms = check_clock(
                actor, occurred_ms=body.occurred_ms, sent_ms=body.sent_ms, now_ms=self._clock()
            )
            body = msgspec.structs.replace(body, occurred_ms=moment_ms)
        # Known before anything is written: what is recorded is never answered with a card's refusal.
        holder = await self._find_holder(actor, group, sale, body)
        if first is not None:
            return await self._view(group, sale, holder, shop_id, first), True
        key = await self._line_keys.of_sale(sale)
        if key is None:
            raise LinesErased
        ticket = _Ticket(
            actor=actor,
            group=group,
            body=body,
            sale=sale,
            shop_id=shop_id,
            input_hash=input_hash,
            key=key,
        )
        recorded = await self._record(ticket)
        return await self._view(group, sale, holder, shop_id, recorded.row), recorded.is_replay

    async def _record(self, ticket: _Ticket) -> Recorded[ReturnRow]:
        for _ in range(COMMIT_TRIES_MAX):
            try:
                return await self._store.record_return(await self._record_of(ticket))
            except GuardFailed:
                sale = await self._store.find_sale(ticket.sale.group_id, ticket.sale.sale_id)
                assert sale is not None, "a sale is never taken out of the books"
                ticket = replace(ticket, sale=sale)  # its member may have been merged since
                continue
            except ReturnExceedsSale:
                # The units may be gone because this very return was recorded since we looked.
                first = await self._find_first(ticket.actor, ticket.shop_id, ticket.body, ticket.input_hash)
                if first is None:
                    raise
                return Recorded(first, is_replay=True)
        raise TryAgain

    async def _find_first(
        self, actor: Actor, shop_id: str, body: api_sales.ReturnBody, input_hash: bytes
    ) -> ReturnRow | None:
        """The return as recorded earlier, if it was. Raises: IdempotencyConflict."""
        row = await self._store.find_recorded_return(
            actor.group_id, body.return_id, shop_id, body.business_key
        )
        if row is not None and row.input_hash != input_hash:
            raise IdempotencyConflict(what="The return", id=body.return_id)
        return row

    async def _record_of(self, ticket: _Ticket) -> ReturnRecord:
        now_ms = self._clock()
        actor, body, sale = ticket.actor, ticket.body, ticket.sale
        # Before the lines: a return that comes after this breaks the guard, whichever lines it brings back.
        returns_before = await self._store.count_returns(actor.group_id, sale.sale_id)
        stored = await self._store.list_sale_lines(actor.group_id, ticket.line_key)
        lines = _returned_lines(body.lines, {line.line_no: line for line in stored})
        points = sum(line.points for line in lines)
        head = EntryHead(
            transaction_id=f"{body.return_id}/reversal",
            cause_id=body.return_id,
            occurred_ms=body.occurred_ms,
            recorded_ms=now_ms,
            actor=actor.token_id,
            terminal_id=actor.terminal_id,
            ruleset_version=sale.ruleset_version,
        )
        programme = await self._groups.get_programme(ticket.group, sale.ruleset_version)
        paid_minor = worth_minor(programme, sale.points_redeemed)
        restored = _restored_by(lines, stored, paid_minor, await self._restored_before(sale))
        undone = await self._undoing.decide(
            head, sale, programme, points=points, restored=restored.restoring, returns_before=returns_before
        )
        unclaimed = await self._unclaiming.decide(
            head, sale, shop_id=ticket.shop_id, line_key=ticket.line_key, stored=stored, returned=lines
        )
        paid_back, refund = await self._refunding.decide(
            head,
            ticket.group,
            sale,
            shop_id=ticket.shop_id,
            line_key=ticket.line_key,
            stored=stored,
            returned=lines,
            points=restored,
        )
        if refund is not None:
            unclaimed = replace(unclaimed, transactions=(*unclaimed.transactions, refund))
        unclaimed = replace(unclaimed, paid_back=paid_back)
        if sale.member_id is not None and is_returned_whole(stored, lines):
            sponsor = await self._sponsoring.take_back(head, sale, programme, Beside(points, undone.reversal))
            unclaimed = replace(unclaimed, sponsor=sponsor)
        record = ReturnRecord(
            group_id=actor.group_id,
            return_id=body.return_id,
            business_key=body.business_key,
            input_hash=ticket.input_hash,
            sale_id=sale.sale_id,
            shop_id=ticket.shop_id,
            terminal_id=actor.terminal_id,
            operator=body.operator,
            member_id=sale.member_id,
            occurred_ms=body.occurred_ms,
            recorded_ms=now_ms,
            total_minor=sum(line.amount_minor for line in lines),
            points=points,
            points_owed=points_owed_by(undone.reversal),
            line_key=ticket.line_key,
            lines=lines,
            transaction=undone.reversal,
            restoration=undone.restoration,
            points_restored=restored.restoring,
            returns_before=returns_before,
            expired_before=undone.expired_before,
            lots_before=undone.lots_before,
            unclaimed=unclaimed,
        )
        funding = await self._funding.of_return(ticket.group, record, sale, ticket.key, programme, stored)
        return replace(record, funding=funding)

    async def _restored_before(self, sale: SaleRow) -> int:
        """Points that earlier returns gave back; another return in between breaks `Undoing`'s guard."""
        if not sale.points_redeemed or sale.member_id is None:
            return 0
        known = await self._store.find_sale_points(sale.group_id, sale.sale_id, sale.member_id)
        return known.restored

    async def _view(
        self, group: Group, sale: SaleRow, holder: Holder | None, shop_id: str, row: ReturnRow
    ) -> api_sales.ReturnView:
        """The answer shows as much of the member as the card presented with the return allows."""
        profile = None
        if holder is not None:
            zone = await self._profiles.zone_of(group.row.group_id, shop_id)
            profile = await self._profiles.build(
                group, holder.member, holder.may, zone=zone, now_ms=self._clock()
            )
        may_see = holder is not None and Act.SEE_BALANCE in holder.may
        restored, ended = await self._unclaiming.vouchers_of(row)
        restored_minor = await self._restored_minor(group, sale, row)
        tenders = await self._refunding.views(row)
        return api_sales.ReturnView(
            return_id=row.return_id,
            sale_id=row.sale_id,
            transaction_id=row.transaction_id,
            recorded_ms=row.recorded_ms,
            total_minor=row.total_minor,
            points=row.points,
            points_owed=row.points_owed,
            balance_points=row.balance_after if may_see else None,
            profile=profile,
            restored_points=row.points_restored,
            restored_minor=restored_minor,
            tenders=tenders,
            other_minor=row.total_minor - restored_minor - sum(each.amount_minor for each in tenders),
            restored_vouchers=restored,
            ended_vouchers=ended,
        )

    async def _restored_minor(self, group: Group, sale: SaleRow, row: ReturnRow) -> int:
        """What restored points were worth when they paid: the rest of the price is money.

        Shared as points are, so that returns in any steps sum to what the points had paid.
        """
        programme = await self._groups.get_programme(group, sale.ruleset_version)
        return restored_worth(
            worth_minor(programme, sale.points_redeemed),
            redeemed=sale.points_redeemed,
            restored_before=row.restored_before,
            restoring=row.points_restored,
        )

    async def _find_holder(
        self, actor: Actor, group: Group, sale: SaleRow, body: api_sales.ReturnBody
    ) -> Holder | None:
        """The member of the sale, if it is their card that came with the goods and is in use."""
        if sale.member_id is None:
            return None
        holder = await self._identify.find_earner(actor, group, body.holder, body.occurred_ms)
        return holder if holder is not None and holder.member.member_id == sale.member_id else None


def _restored_by(
    lines: Sequence[ReturnedLine], stored: Sequence[StoredLine], paid_minor: int, restored_before: int
) -> PointsBack:
    """Points that paid for what is back with this return and are not restored yet, as many as fit its price.

    `paid_minor`: what all of them were worth; `restored_before`: those that came back with earlier returns.
    """
    coming = {line.line_no: line.quantity for line in lines}
    due = sum(
        line.points_redeemed * (line.returned_quantity + coming.get(line.line_no, 0)) // line.quantity
        for line in stored
    )
    redeemed = sum(line.points_redeemed for line in stored)
    restoring = fitting_points(
        # A late ticket may have cost less than was agreed: then all that paid comes back all the same.
        min(paid_minor, sum(line.amount_minor for line in stored)),
        redeemed=redeemed,
        restored_before=restored_before,
        wanted=due - restored_before,
        price_minor=sum(line.amount_minor for line in lines),
    )
    return PointsBack(
        paid_minor=paid_minor, redeemed=redeemed, restored_before=restored_before, restoring=restoring
    )


def _returned_lines(
    asked: Sequence[api_sales.ReturnLineBody], sold: dict[int, StoredLine]
) -> tuple[ReturnedLine, ...]:
    lines: dict[int, ReturnedLine] = {}
    for ask in asked:
        if ask.line_no not in sold:
            raise SaleLineNotFound(line_no=ask.line_no)
        if ask.line_no in lines:
            raise LineNumberTwice(line_no=ask.line_no)
        line = sold[ask.line_no]
        already = line.returned_quantity
        lines[ask.line_no] = ReturnedLine(
            line_no=ask.line_no,
            quantity=ask.quantity,
            points=return_points(line.points, line.quantity, already, ask.quantity),
            amount_minor=returned_share(
                line.amount_minor, quantity=line.quantity, already_returned=already, returning=ask.quantity
            ),
            already_returned=already,
        )
    return tuple(lines.values())

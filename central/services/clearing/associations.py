"""Associations: whose members are whose, the share that shops give, the monthly payout (C-21 to C-23)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from central.services.clearing.statements import DONATION, SHARE, ClearingService, share_of
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.requests import TryAgain
from central.services.core.sealed_people import require_there
from central.services.group.groups import GroupsService
from central.services.group.months import check_month, month_of, zone_of
from central.services.group.parties import PartiesService
from central.services.group.shops import ShopsService
from central.storage.base import GuardFailed
from central.storage.interface.parties import PartyRow
from central.storage.interface.rows import ReadLogRow
from central.storage.interface.settlement import DealRow, PayoutRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS, money
from loyalty.ledger.entry import EntryHead, entry
from loyalty.ledger.postings import Posting, Transaction
from loyalty.programme.party import PartyKind, PartyState
from wire import api_settlement as api

PAYOUT = "payout"
_KIND = PartyKind.ASSOCIATION.value


class AlreadyPaid(LoyaltyError):
    """An association is paid once for a month."""

    code = "already_paid"
    trouble = Trouble.CONFLICT
    text = "The association {association_id} was paid for {month} already. Nothing was moved."


class MonthOpen(LoyaltyError):
    """What is paid must not change any more."""

    code = "month_open"
    trouble = Trouble.CONFLICT
    text = "{month} is not closed yet, so its sums may still change. Close it first."


class AssociationEnded(LoyaltyError):
    """Nobody joins an association that has ended."""

    code = "association_ended"
    trouble = Trouble.REFUSED
    text = "The association {association_id} has ended. Choose one of GET /parties that is active."


@dataclass(frozen=True, slots=True)
class _Part:
    payer: str
    counted_minor: int = 0
    share_minor: int = 0
    points: int = 0
    points_minor: int = 0
    rates: tuple[api.RateShareView, ...] = ()


class AssociationsService:
    """Memberships, deals, statements and payouts."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        parties: PartiesService,
        clearing: ClearingService,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._parties = parties
        self._clearing = clearing

    async def join(
        self, actor: Actor, member_id: str, body: api.AssociationChoiceBody
    ) -> api.MemberAssociationsView:
        """Make a member belong to an association from now on, or to none; the same again changes nothing.

        Raises: MemberNotFound, MemberMerged, PartyNotFound, AssociationEnded, TryAgain.
        """
        access.require(actor, access.MEMBERS_WRITE)
        await self._require_member(actor.group_id, member_id)
        if body.association_id is not None:
            party = await self._parties.get_row(actor.group_id, _KIND, body.association_id)
            if party.state != PartyState.ACTIVE:
                raise AssociationEnded(association_id=body.association_id)
        try:
            await self._store.put_membership(
                actor.group_id, member_id, body.association_id, now_ms=self._clock(), actor=actor.token_id
            )
        except GuardFailed as error:
            raise TryAgain from error
        return await self._memberships(actor.group_id, member_id)

    async def memberships(self, actor: Actor, member_id: str) -> api.MemberAssociationsView:
        """A member's associations, newest first. Raises: MemberNotFound, MemberMerged."""
        access.require(actor, access.MEMBERS_READ)
        await self._require_member(actor.group_id, member_id)
        return await self._memberships(actor.group_id, member_id)

    async def put_deal(self, actor: Actor, association_id: str, body: api.DealBody) -> api.DealListView:
        """Set the share that a shop, or every other shop, gives from now on.

        Raises: PartyNotFound, ShopNotFound.
        """
        access.require(actor, access.PARTIES_WRITE)
        await self._parties.get_row(actor.group_id, _KIND, association_id)
        if body.shop_id is not None:
            await self._shops.get_row(actor.group_id, body.shop_id)
        row = DealRow(actor.group_id, association_id, body.shop_id or "", body.share_bp)
        await self._store.put_deal(row, self._clock())
        return await self._deals(actor.group_id, association_id)

    async def deals(self, actor: Actor, association_id: str) -> api.DealListView:
        """What shops give an association. Raises: PartyNotFound."""
        access.require(actor, access.PARTIES_READ)
        await self._parties.get_row(actor.group_id, _KIND, association_id)
        return await self._deals(actor.group_id, association_id)

    async def statement(self, actor: Actor, month: str, association_id: str) -> api.AssociationStatementView:
        """What an association gets for a month, payer by payer. Raises: MonthInvalid, PartyNotFound."""
        access.require(actor, access.SETTLEMENTS_READ)
        party = await self._parties.get_row(actor.group_id, _KIND, association_id)
        return await self._statement(actor.group_id, check_month(month), party)

    async def list_tickets(
        self, actor: Actor, month: str, association_id: str, *, after: str, limit: int
    ) -> api.CountedTicketListView:
        """A page of the tickets behind a month's shares: needs lines.read; it is logged for the members.

        Raises: MonthInvalid, PartyNotFound.
        """
        access.require(actor, access.SETTLEMENTS_READ)
        access.require(actor, access.LINES_READ)
        group_id = actor.group_id
        await self._parties.get_row(group_id, _KIND, association_id)
        rows = await self._store.list_counted(group_id, check_month(month), association_id, after, limit)
        for member_id in sorted({row.member_id for row in rows if row.member_id is not None}):
            read = ReadLogRow(
                at_ms=self._clock(), member_id=member_id, actor=actor.token_id, purpose="settlement"
            )
            await self._store.log_read(group_id, read)
        return api.CountedTicketListView(
            association_id=association_id,
            month=month,
            tickets=[
                api.CountedTicketView(
                    sale_id=row.sale_id,
                    cause_id=row.cause_id,
                    shop_id=row.shop_id,
                    share_bp=row.share_bp,
                    counted_minor=row.counted_minor,
                )
                for row in rows
            ],
            next=rows[-1].cause_id if len(rows) == limit else None,
        )

    async def pay(self, actor: Actor, month: str, association_id: str) -> api.AssociationStatementView:
        """Book the payout of a closed month, once. What a payer is left below 0 waits for the next month.

        Raises: MonthInvalid, PartyNotFound, MonthOpen, AlreadyPaid, TryAgain.
        """
        access.require(actor, access.SETTLEMENTS_CLOSE)
        group_id = actor.group_id
        party = await self._parties.get_row(group_id, _KIND, association_id)
        if await self._store.find_close(group_id, check_month(month)) is None:
            raise MonthOpen(month=month)
        group = await self._groups.get(group_id)
        parts, before = await self._parts(group_id, month, party)
        now_ms = self._clock()
        head = EntryHead(
            transaction_id=f"payout/{association_id}/{month}",
            cause_id=f"payout/{association_id}/{month}",
            occurred_ms=now_ms,
            recorded_ms=now_ms,
            actor=actor.token_id,
            terminal_id=None,
            ruleset_version=group.row.ruleset_version,
        )
        rows, transactions = [], []
        for part in parts:
            due = part.share_minor + part.points_minor + before.get(part.payer, 0)
            transaction = _payout(head, association_id, part, max(0, due), group.row.currency)
            if transaction is not None:
                transactions.append(transaction)
            rows.append(
                PayoutRow(
                    group_id=group_id,
                    association_id=association_id,
                    month=month,
                    payer=part.payer,
                    counted_minor=part.counted_minor,
                    share_minor=part.share_minor,
                    points=part.points,
                    points_minor=part.points_minor,
                    before_minor=before.get(part.payer, 0),
                    paid_minor=max(0, due),
                    after_minor=min(0, due),
                    currency=group.row.currency,
                    transaction_id=None if transaction is None else transaction.transaction_id,
                    paid_ms=now_ms,
                    actor=actor.token_id,
                )
            )
        if rows:
            try:
                written = await self._store.record_payouts(rows, transactions)
            except GuardFailed as error:
                raise TryAgain from error
            if written is None:
                raise AlreadyPaid(association_id=association_id, month=month)
        return await self._statement(group_id, month, party)

    async def panel(self, actor: Actor, association_id: str) -> api.PanelView:
        """What a panel in the shop may show: what was paid in all, and nothing of single months or shops."""
        access.require(actor, access.GROUP_READ)
        party = await self._parties.get_row(actor.group_id, _KIND, association_id)
        group = await self._groups.get(actor.group_id)
        rows = await self._store.list_payouts(actor.group_id, association_id)
        months = sorted({row.month for row in rows})
        return api.PanelView(
            association_id=association_id,
            name=party.name,
            currency=group.row.currency,
            paid_minor=sum(row.paid_minor for row in rows),
            months=len(months),
            last_month=months[-1] if months else None,
        )

    async def overview(
        self, actor: Actor, association_id: str, month: str | None = None
    ) -> api.AssociationOverviewView:
        """An association: members, deals, a month (None: this one), payouts.

        Raises: PartyNotFound, MonthInvalid.
        """
        access.require(actor, access.SETTLEMENTS_READ)
        party = await self._parties.get_row(actor.group_id, _KIND, association_id)
        group = await self._groups.get(actor.group_id)
        if month is None:
            month = month_of(self._clock(), await zone_of(self._zones, group))
        parts, _ = await self._parts(actor.group_id, check_month(month), party)
        rows = await self._store.list_payouts(actor.group_id, association_id)
        return api.AssociationOverviewView(
            association_id=association_id,
            name=party.name,
            currency=group.row.currency,
            members=await self._store.count_association_members(actor.group_id, association_id),
            deals=(await self._deals(actor.group_id, association_id)).deals,
            month=month,
            counted_minor=sum(part.counted_minor for part in parts),
            share_minor=sum(part.share_minor for part in parts),
            points=sum(part.points for part in parts),
            points_minor=sum(part.points_minor for part in parts),
            paid_minor=sum(row.paid_minor for row in rows),
            paid=_by_month(rows),
        )

    async def _parts(self, group_id: str, month: str, party: PartyRow) -> tuple[list[_Part], dict[str, int]]:
        """What each payer owes for the month, and what earlier payouts left open of each (0 or below)."""
        view = await self._clearing.view_of(group_id, month)
        parts: dict[str, _Part] = {}
        for due in view.dues:
            if due.creditor == party.party and due.what == SHARE:
                part = parts.get(due.debtor, _Part(due.debtor))
                parts[due.debtor] = replace(part, share_minor=part.share_minor + due.amount_minor)
            elif due.creditor == party.party and due.what == DONATION:
                part = parts.get(due.debtor, _Part(due.debtor))
                parts[due.debtor] = replace(part, points_minor=part.points_minor + due.amount_minor)
        for each in view.donations:
            if each.association == party.party:
                part = parts.get(each.payer, _Part(each.payer))
                parts[each.payer] = replace(part, points=part.points + each.points)
        for turnover in await self._store.sum_turnover(group_id, month, party.party_id):
            payer = f"shop/{turnover.shop_id}"
            part = parts.get(payer, _Part(payer))
            rate = api.RateShareView(
                share_bp=turnover.share_bp,
                tickets=turnover.tickets,
                counted_minor=turnover.counted_minor,
                share_minor=share_of(turnover.counted_minor, turnover.share_bp),
            )
            counted = part.counted_minor + turnover.counted_minor
            parts[payer] = replace(part, counted_minor=counted, rates=(*part.rates, rate))
        before: dict[str, int] = {}
        for row in reversed(await self._store.list_payouts(group_id, party.party_id)):
            if row.month < month:
                before[row.payer] = row.after_minor
        for payer, open_minor in before.items():
            if open_minor and payer not in parts:
                parts[payer] = _Part(payer)
        return [parts[payer] for payer in sorted(parts)], before

    async def _statement(self, group_id: str, month: str, party: PartyRow) -> api.AssociationStatementView:
        group = await self._groups.get(group_id)
        parts, before = await self._parts(group_id, month, party)
        paid = {
            row.payer: row
            for row in await self._store.list_payouts(group_id, party.party_id)
            if row.month == month
        }
        is_closed = await self._store.find_close(group_id, month) is not None
        shares = []
        for part in parts:
            left = before.get(part.payer, 0)
            shares.append(
                api.ShareView(
                    payer=part.payer,
                    counted_minor=part.counted_minor,
                    share_minor=part.share_minor,
                    points=part.points,
                    points_minor=part.points_minor,
                    before_minor=left,
                    due_minor=part.share_minor + part.points_minor + left,
                    paid_minor=paid[part.payer].paid_minor if part.payer in paid else None,
                    rates=list(part.rates),
                )
            )
        return api.AssociationStatementView(
            association_id=party.party_id,
            name=party.name,
            month=month,
            state="closed" if is_closed else "open",
            is_paid=bool(paid),
            paid_ms=max((row.paid_ms for row in paid.values()), default=None),
            currency=group.row.currency,
            shares=shares,
            due_minor=sum(each.due_minor for each in shares),
            paid_minor=sum(row.paid_minor for row in paid.values()) if paid else None,
            bank_account=party.bank_account,
            bank_reference=party.bank_reference,
        )

    async def _memberships(self, group_id: str, member_id: str) -> api.MemberAssociationsView:
        rows = await self._store.list_associations_of(group_id, member_id)
        return api.MemberAssociationsView(
            memberships=[
                api.AssociationSpanView(
                    association_id=row.association_id, from_ms=row.from_ms, to_ms=row.to_ms
                )
                for row in rows
            ]
        )

    async def _deals(self, group_id: str, association_id: str) -> api.DealListView:
        rows = await self._store.list_deals(group_id, association_id)
        return api.DealListView(
            association_id=association_id,
            deals=[api.DealView(shop_id=row.shop_id or None, share_bp=row.share_bp) for row in rows],
        )

    async def _require_member(self, group_id: str, member_id: str) -> None:
        require_there(await self._store.find_member(group_id, member_id), member_id)


def _by_month(rows: Sequence[PayoutRow]) -> list[api.PaidMonthView]:
    months = dict.fromkeys(row.month for row in rows)
    found = []
    for month in months:
        of_month = [row for row in rows if row.month == month]
        found.append(
            api.PaidMonthView(
                month=month,
                share_minor=sum(row.share_minor for row in of_month),
                points=sum(row.points for row in of_month),
                points_minor=sum(row.points_minor for row in of_month),
                paid_minor=sum(row.paid_minor for row in of_month),
                paid_ms=max(row.paid_ms for row in of_month),
            )
        )
    return found


def _payout(
    head: EntryHead, association_id: str, part: _Part, paid_minor: int, currency: str
) -> Transaction | None:
    """The points given, redeemed; the money of this payer. One transaction for each payer."""
    postings = []
    if part.points:
        source = chart.association_points(association_id)
        postings.append(Posting(source, chart.POINTS_REDEEMED, POINTS, part.points))
    if paid_minor:
        target = chart.association_money(association_id)
        postings.append(Posting(chart.CONTRIBUTED, target, money(currency), paid_minor))
    if not postings:
        return None
    named = f"{head.transaction_id}/{part.payer}".replace("/", ":")
    return entry(head.named(named), PAYOUT, tuple(postings))

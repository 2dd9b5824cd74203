"""The clearing of a month: dues from lines, lots, associations, set off; months are closed in order."""

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import tzinfo

import msgspec

from central.services.clearing.lot_moves import LotMoves
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.groups import GroupsService
from central.services.group.months import check_month, month_of, next_month, start_ms, zone_of
from central.storage.base import GuardFailed
from central.storage.interface.settlement import CloseRow, EndedLots, OpenLots, OpenService
from loyalty.clearing.moves import DONATED
from loyalty.clearing.netting import Due, expected_use, netted, positions
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import POINTS, Family, family_of, money, parse_asset
from loyalty.limits.clearing import BREAKAGE_LOTS_MIN
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.party import PartyKind
from loyalty.programme.programme import VoucherStep
from loyalty.value.moves import paid_for_part
from wire import api_settlement as api

OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: unknown)."""

SHARE = "association_share"
DONATION = "donation"
_RATE = 10_000


class MonthNotOver(LoyaltyError):
    """A month is closed when it is over."""

    code = "month_not_over"
    trouble = Trouble.CONFLICT
    text = "{month} is not over yet. Close it when the next month has begun."


class MonthNotBegun(LoyaltyError):
    """Nothing is known of a month to come."""

    code = "month_not_begun"
    trouble = Trouble.REFUSED
    text = "{month} has not begun yet: nothing is known of it. Name this month or one before it."


class MonthOutOfOrder(LoyaltyError):
    """Months are closed one after the other."""

    code = "month_out_of_order"
    trouble = Trouble.CONFLICT
    text = "{expected} is the next month to close, not {month}."


@dataclass(slots=True)
class _Dues:
    """What a month's entries come to; only sums are held."""

    money: dict[tuple[str, str, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))
    units: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    donated: dict[tuple[str, str], int] = field(default_factory=lambda: defaultdict(int))

    def owe(self, debtor: str, creditor: str, what: str, amount_minor: int, entries: int = 1) -> None:
        told = self.money[debtor, creditor, what]
        told[0] += entries
        told[1] += amount_minor


class ClearingService:
    """Works out open months from the ledger and the lines; closed ones are read as they were closed."""

    def __init__(self, context: Context, groups: GroupsService) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._moves = LotMoves(context, groups)

    async def of(
        self, actor: Actor, month: str, on_progress: OnProgress = lambda _what, _done, _total: None
    ) -> api.ClearingView:
        """The clearing of a month. Raises: MonthInvalid, MonthNotBegun."""
        access.require(actor, access.SETTLEMENTS_READ)
        return await self.view_of(actor.group_id, check_month(month), on_progress)

    async def view_of(
        self, group_id: str, month: str, on_progress: OnProgress = lambda _what, _done, _total: None
    ) -> api.ClearingView:
        """The same, for other services."""
        closed = await self._store.find_close(group_id, month)
        if closed is not None:
            view = msgspec.json.decode(closed.statement, type=api.ClearingView)
            return msgspec.structs.replace(view, closed_ms=closed.closed_ms)
        group = await self._groups.get(group_id)
        after_seq, until_seq = await self._range(group, month)
        return await self._worked_out(group, month, after_seq, until_seq, on_progress)

    async def close(
        self, actor: Actor, month: str, on_progress: OnProgress = lambda _what, _done, _total: None
    ) -> tuple[api.ClearingView, bool]:
        """Close a month: it never changes again. The same again gives the same statement (True).

        Raises: MonthInvalid, MonthNotOver, MonthOutOfOrder.
        """
        access.require(actor, access.SETTLEMENTS_CLOSE)
        group = await self._groups.get(actor.group_id)
        if await self._store.find_close(actor.group_id, check_month(month)) is not None:
            return await self.view_of(actor.group_id, month), True
        zone = await zone_of(self._zones, group)
        if self._clock() < start_ms(next_month(month), zone):
            raise MonthNotOver(month=month)
        expected = await self._next_to_close(actor.group_id, zone)
        if expected is not None and month != expected:
            raise MonthOutOfOrder(month=month, expected=expected)
        after_seq, until_seq = await self._range(group, month)
        view = await self._worked_out(group, month, after_seq, until_seq, on_progress)
        closed_ms = self._clock()
        view = msgspec.structs.replace(view, state="closed", closed_ms=closed_ms)
        row = CloseRow(
            group_id=actor.group_id,
            month=month,
            next_month=next_month(month),
            until_seq=until_seq,
            closed_ms=closed_ms,
            actor=actor.token_id,
            statement=msgspec.json.encode(view).decode(),
        )
        try:
            is_first = await self._store.close_month(row)
        except GuardFailed as error:
            raise MonthOutOfOrder(month=month, expected="a later one") from error
        return (view, False) if is_first else (await self.view_of(actor.group_id, month), True)

    async def list_moves(self, actor: Actor, month: str, *, after: int) -> api.MovedLotListView:
        """A page of the journal's entries behind a month's clearing. Raises: MonthInvalid, MonthNotBegun."""
        access.require(actor, access.SETTLEMENTS_READ)
        group = await self._groups.get(actor.group_id)
        first, until = await self._range(group, check_month(month))
        async for seq, page in self._moves.pages(group, max(after, first), until):
            if page or seq >= until:
                views = [
                    api.MovedLotView(
                        journal_seq=each.row.seq,
                        transaction_id=each.row.transaction.transaction_id,
                        cause_id=each.row.transaction.cause_id,
                        what=each.moved.what,
                        debtor=each.moved.debtor,
                        creditor=each.moved.creditor,
                        asset=each.moved.asset,
                        amount=each.moved.amount,
                        amount_minor=each.amount_minor,
                        sold_by=list(each.sold_by),
                    )
                    for each in page
                ]
                return api.MovedLotListView(month=month, moves=views, next=seq if seq < until else None)
        return api.MovedLotListView(month=month, moves=[], next=None)

    async def _next_to_close(self, group_id: str, zone: tzinfo) -> str | None:
        """After the last closed month; before any was closed, the first that has anything in it: what lies
        before a closed month could never be closed or paid. None: nothing is there at all.
        """
        last = await self._store.find_last_close(group_id)
        if last is not None:
            return last.next_month
        oldest = await self._store.find_oldest(group_id)
        months = [] if oldest.month is None else [oldest.month]
        if oldest.recorded_ms is not None:
            months.append(month_of(oldest.recorded_ms, zone))
        return min(months, default=None)

    async def _range(self, group: Group, month: str) -> tuple[int, int]:
        """The entries of the journal of a month: (after, until]. Raises: MonthNotBegun."""
        group_id = group.row.group_id
        closed = await self._store.find_close(group_id, month)
        if closed is not None:
            view = msgspec.json.decode(closed.statement, type=api.ClearingView)
            return view.after_seq, view.until_seq
        zone = await zone_of(self._zones, group)
        if self._clock() < start_ms(month, zone):
            raise MonthNotBegun(month=month)
        before = await self._store.find_close_before(group_id, month)
        after_seq = await self._store.find_journal_end(group_id, start_ms(month, zone))
        if before is not None:
            after_seq = max(after_seq, before.until_seq) if before.next_month != month else before.until_seq
        until_seq = await self._store.find_journal_end(group_id, start_ms(next_month(month), zone))
        return after_seq, max(after_seq, until_seq)

    async def _worked_out(
        self, group: Group, month: str, after_seq: int, until_seq: int, on_progress: OnProgress
    ) -> api.ClearingView:
        dues = _Dues()
        async for seq, page in self._moves.pages(group, after_seq, until_seq):
            on_progress("journal", seq - after_seq, until_seq - after_seq)
            for each in page:
                moved = each.moved
                if moved.what == DONATED:
                    dues.donated[moved.creditor, moved.debtor] += moved.amount
                elif each.amount_minor is None:
                    dues.units[moved.debtor, moved.creditor, moved.asset] += moved.amount
                else:
                    dues.owe(moved.debtor, moved.creditor, _what(moved.asset), each.amount_minor)
        await self._add_lines(group.row.group_id, month, dues, on_progress)
        await self._add_shares(group.row.group_id, month, dues)
        donations = self._add_donations(group, dues)
        nets = netted(Due(debtor, creditor, told[1]) for (debtor, creditor, _), told in dues.money.items())
        return api.ClearingView(
            month=month,
            state="open",
            currency=group.row.currency,
            after_seq=after_seq,
            until_seq=until_seq,
            dues=[
                api.DueView(
                    debtor=debtor, creditor=creditor, what=what, entries=told[0], amount_minor=told[1]
                )
                for (debtor, creditor, what), told in sorted(dues.money.items())
            ],
            nets=[
                api.NetView(debtor=due.debtor, creditor=due.creditor, amount_minor=due.amount_minor)
                for due in nets
            ],
            positions=[
                api.PositionView(
                    party=name,
                    owed_minor=at.owed_minor,
                    owes_minor=at.owes_minor,
                    net_minor=at.owed_minor - at.owes_minor,
                )
                for name, at in positions(nets).items()
            ],
            unsettled=[
                api.UnsettledView(debtor=debtor, creditor=creditor, asset=asset, amount=amount)
                for (debtor, creditor, asset), amount in sorted(dues.units.items())
            ],
            donations=donations,
            liabilities=await self._liabilities(group),
        )

    async def _add_lines(self, group_id: str, month: str, dues: _Dues, on_progress: OnProgress) -> None:
        done = 0
        for funder in await self._store.list_funders(group_id, month):
            after = ""
            while rows := await self._store.list_funded(group_id, month, funder, after, PAGE_ROWS_MAX):
                for row in rows:
                    dues.owe(funder, row.creditor, row.what, row.amount_minor)
                done += len(rows)
                on_progress("lines", done, None)
                after = rows[-1].entry_id

    async def _add_shares(self, group_id: str, month: str, dues: _Dues) -> None:
        for party in await self._store.list_parties(group_id):
            if party.kind != PartyKind.ASSOCIATION:
                continue
            for each in await self._store.sum_turnover(group_id, month, party.party_id):
                amount = share_of(each.counted_minor, each.share_bp)
                dues.owe(f"shop/{each.shop_id}", party.party, SHARE, amount, each.tickets)

    def _add_donations(self, group: Group, dues: _Dues) -> list[api.DonationSumView]:
        views = []
        for (association, payer), points in sorted(dues.donated.items()):
            amount = points_worth(group.programme.voucher_step, points)
            views.append(
                api.DonationSumView(association=association, payer=payer, points=points, amount_minor=amount)
            )
            if amount:
                dues.owe(payer, association, DONATION, amount)
        return views

    async def _liabilities(self, group: Group) -> list[api.LiabilityView]:
        """What is out now: of a closed month, what was out when it was closed."""
        group_id = group.row.group_id
        ended = {
            (each.kind, each.asset): each
            for each in await self._store.sum_ended_lots(group_id, self._clock())
        }
        services = await self._store.list_open_services(group_id)
        return [
            _liability(group, out, ended.get((out.kind, out.asset)), services)
            for out in await self._store.sum_open_lots(group_id)
        ]


def _liability(
    group: Group, out: OpenLots, history: EndedLots | None, services: Sequence[OpenService]
) -> api.LiabilityView:
    """What has no end never expires; of the rest the share that expired of its kind is expected to."""
    expected: tuple[int, int] | None = (0, 0) if not out.dated else None
    if out.dated and history is not None:
        expected = expected_use(
            out.dated,
            ended=history.amount,
            expired=history.expired,
            lots=history.lots,
            lots_min=BREAKAGE_LOTS_MIN,
        )
    return api.LiabilityView(
        kind=out.kind,
        asset=out.asset,
        funder=out.funder,
        amount=out.remaining,
        dated_amount=out.dated,
        worth_minor=_open_worth(group, out, services),
        breakage_bp=None if expected is None else expected[1],
        expected_amount=None if expected is None else out.remaining - out.dated + expected[0],
    )


def _open_worth(group: Group, out: OpenLots, services: Sequence[OpenService]) -> int | None:
    """In money; None where units have no price."""
    if out.asset == str(POINTS):
        return points_worth(group.programme.voucher_step, out.remaining)
    if out.asset in (str(money(group.row.currency)), f"MEAL.{money(group.row.currency)}"):
        return out.remaining
    family = family_of(parse_asset(out.asset))
    if family is Family.VOUCHER:
        return out.voucher_worth_minor
    return _services_worth(out, services) if family is Family.SERVICE else None


def _what(asset: str) -> str:
    family = family_of(parse_asset(asset))
    if family is Family.POINTS:
        return "points_spent"
    return "service" if family is Family.SERVICE else "stored_value"


def _services_worth(out: OpenLots, services: Sequence[OpenService]) -> int | None:
    """What was paid for the units that are left, as if drawn next; None: not all was sold by acts."""
    own = [each for each in services if (each.asset, each.funder) == (out.asset, out.funder)]
    if sum(each.remaining for each in own) != out.remaining:
        return None
    return sum(paid_for_part(each.paid_minor, each.units, each.drawn, each.remaining) for each in own)


def share_of(counted_minor: int, share_bp: int) -> int:
    """A share of a month's turnover, half a minor unit away from 0: once for each shop and share."""
    size = (2 * abs(counted_minor) * share_bp + _RATE) // (2 * _RATE)
    return size if counted_minor >= 0 else -size


def points_worth(step: VoucherStep | None, points: int) -> int | None:
    """Points in money at the group's rate, rounded down; None where the group names none: not worth 0."""
    return None if step is None else points * step.worth_minor // step.points

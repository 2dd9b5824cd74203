"""What a party owes for a month: ticket lines one by one, and all else of the clearing (P-52)."""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from central.services.clearing.statements import ClearingService
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.group.groups import GroupsService
from central.services.group.months import check_month, start_of_day_ms
from central.services.group.parties import PartiesService
from central.services.group.shops import ShopsService
from central.services.tickets.line_keys import LineKeys
from central.storage.interface.rows import ReadLogRow, SaleRow
from central.storage.interface.settlement import FundedLineRow
from loyalty.durations import DAY_MS
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.clearing import SETTLEMENT_TICKETS_MIN, TRACE_TICKETS_MAX
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.party import GROUP
from wire import api_settlement as api

OnProgress = Callable[[str, int, int | None], None]
"""Called with what is being done, how many are done, and of how many (None: unknown)."""

OF_LINES = ("discount", "voucher", "points")
"""What is written line by line with a ticket."""
_RATE = 10_000


class EntryNotFound(LoyaltyError):
    """No such line in this month's settlement."""

    code = "entry_not_found"
    trouble = Trouble.NOT_FOUND
    text = "There is no line {entry} in this settlement. Copy it from the lines of the same month and party."


@dataclass(slots=True)
class _Sum:
    lines: int = 0
    tickets: int = 0
    quantity: int = 0
    points: int = 0
    amount_minor: int = 0

    def add(self, row: FundedLineRow, *, is_new_ticket: bool) -> None:
        self.lines += 1
        self.tickets += is_new_ticket
        self.quantity += row.quantity
        self.points += row.points
        self.amount_minor += row.amount_minor


@dataclass(slots=True)
class _Sums:
    """All sums of a settlement in one pass over its lines; they come sorted by ticket."""

    all: _Sum = field(default_factory=_Sum)
    rules: dict[tuple[str, int, str], _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    creditors: dict[str, _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    taxes: dict[int | None, _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    shops: dict[str, _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    _last_ticket: str = ""

    def add(self, row: FundedLineRow) -> None:
        is_new = row.ticket_ref != self._last_ticket
        self._last_ticket = row.ticket_ref
        for each in (
            self.all,
            self.rules[row.rule_id, row.rule_version, row.what],
            self.creditors[row.creditor],
            self.taxes[row.tax_rate_bp],
            self.shops[row.shop_id],
        ):
            each.add(row, is_new_ticket=is_new)


class SettlementsService:
    """Reads settlements in pages by key; holds sums alone."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        shops: ShopsService,
        parties: PartiesService,
        line_keys: LineKeys,
        months: ClearingService,
    ) -> None:
        self._store = context.store
        self._clock = context.clock
        self._zones = context.zones
        self._groups = groups
        self._shops = shops
        self._parties = parties
        self._line_keys = line_keys
        self._months = months

    async def of(
        self,
        actor: Actor,
        month: str,
        kind: str,
        party_id: str,
        on_progress: OnProgress = lambda _what, _done, _total: None,
    ) -> api.SettlementView:
        """What a party owes and is owed for a month.

        Raises: MonthInvalid, MonthNotBegun, PartyNotFound, PartyKindUnknown, ShopNotFound.
        """
        access.require(actor, access.SETTLEMENTS_READ)
        funder, name = await self._named(actor.group_id, kind, party_id)
        clearing = await self._months.view_of(actor.group_id, check_month(month), on_progress)
        dues = _dues_of(clearing, funder)
        sums = await self._sum(actor.group_id, month, funder, on_progress)
        group = await self._groups.get(actor.group_id)
        return api.SettlementView(
            funder=funder,
            name=name,
            month=month,
            state=clearing.state,
            currency=group.row.currency,
            lines=sums.all.lines,
            tickets=sums.all.tickets,
            quantity=sums.all.quantity,
            points=sums.all.points,
            amount_minor=sums.all.amount_minor,
            rules=[
                api.RuleSumView(
                    rule_id=rule_id,
                    rule_version=version,
                    what=what,
                    lines=each.lines,
                    quantity=each.quantity,
                    points=each.points,
                    amount_minor=each.amount_minor,
                )
                for (rule_id, version, what), each in sorted(sums.rules.items())
            ],
            creditors=[
                api.CreditorSumView(
                    creditor=creditor, lines=each.lines, tickets=each.tickets, amount_minor=each.amount_minor
                )
                for creditor, each in sorted(sums.creditors.items())
            ],
            taxes=[
                api.TaxSumView(
                    tax_rate_bp=rate,
                    amount_minor=sums.taxes[rate].amount_minor,
                    tax_minor=None if rate is None else tax_in(sums.taxes[rate].amount_minor, rate),
                )
                for rate in sorted(sums.taxes, key=lambda rate: -1 if rate is None else rate)
            ],
            dues=dues,
            nets=[each for each in clearing.nets if funder in (each.debtor, each.creditor)],
            due_minor=sum(signed(each, funder) for each in dues),
        )

    async def list_lines(
        self, actor: Actor, month: str, kind: str, party_id: str, *, after: str, limit: int
    ) -> api.FundedLineListView:
        """A page of the lines, for the office: by ticket. Raises: as `of`."""
        access.require(actor, access.SETTLEMENTS_READ)
        funder, _ = await self._named(actor.group_id, kind, party_id)
        rows = await self._store.list_funded(actor.group_id, check_month(month), funder, after, limit)
        return api.FundedLineListView(
            funder=funder,
            month=month,
            lines=[line_view(row) for row in rows],
            next=rows[-1].entry_id if len(rows) == limit else None,
        )

    async def lines_for_the_party(
        self, actor: Actor, month: str, kind: str, party_id: str
    ) -> AsyncIterator[api.FundedLineView]:
        """The lines as the party itself may have them: see `handed_out`."""
        access.require(actor, access.SETTLEMENTS_READ)
        funder, _ = await self._named(actor.group_id, kind, party_id)
        sums = await self._sum(actor.group_id, check_month(month), funder, lambda *_: None)
        few = {shop for shop, each in sums.shops.items() if each.tickets < SETTLEMENT_TICKETS_MIN}
        number = 0
        async for row in self._rows(actor.group_id, month, funder):
            number += 1
            yield handed_out(row, number, is_few=row.shop_id in few)

    async def trace(self, actor: Actor, month: str, kind: str, party_id: str, entry: str) -> api.TraceView:
        """The ticket of a line: needs lines.read, and the member's key; it is logged for the member.

        Raises: EntryNotFound, and as `of`.
        """
        access.require(actor, access.SETTLEMENTS_READ)
        access.require(actor, access.LINES_READ)
        funder, _ = await self._named(actor.group_id, kind, party_id)
        ticket_ref = entry.partition("/")[0]
        rows = await self._store.list_funded_of(actor.group_id, ticket_ref)
        if not any((row.entry_id, row.funder, row.month) == (entry, funder, month) for row in rows):
            raise EntryNotFound(entry=entry[:80])
        sold = next((row for row in rows if not row.return_ref), None)
        view = api.TraceView(entry=entry, sale_id=None, shop_id=rows[0].shop_id, day=rows[0].local_day)
        if sold is None:
            return view
        sale = await self._sale_of(actor, sold)
        return api.TraceView(
            entry=entry,
            sale_id=None if sale is None else sale.sale_id,
            shop_id=sold.shop_id,
            day=sold.local_day,
        )

    async def _sale_of(self, actor: Actor, row: FundedLineRow) -> SaleRow | None:
        """By trying the tickets around the line's day: the name is made with the member's key."""
        shop = await self._shops.get_row(actor.group_id, row.shop_id)
        zone = await self._zones.get(shop.time_zone)
        from_ms = start_of_day_ms(row.local_day, zone) - DAY_MS
        after: tuple[int, str] | None = None
        for _ in range(TRACE_TICKETS_MAX // PAGE_ROWS_MAX):
            sales = await self._store.list_sales(
                actor.group_id, from_ms, from_ms + 3 * DAY_MS, after, PAGE_ROWS_MAX
            )
            for sale in sales:
                if sale.shop_id != row.shop_id:
                    continue
                key = await self._line_keys.of_sale(sale)
                if key is not None and key.ref(sale.sale_id) == row.ticket_ref:
                    await self._log(actor, sale)
                    return sale
            if len(sales) < PAGE_ROWS_MAX:
                break
            after = (sales[-1].occurred_ms, sales[-1].sale_id)
        return None

    async def _log(self, actor: Actor, sale: SaleRow) -> None:
        if sale.member_id is not None:
            read = ReadLogRow(
                at_ms=self._clock(), member_id=sale.member_id, actor=actor.token_id, purpose="settlement"
            )
            await self._store.log_read(actor.group_id, read)

    async def _sum(self, group_id: str, month: str, funder: str, on_progress: OnProgress) -> _Sums:
        sums = _Sums()
        async for row in self._rows(group_id, month, funder):
            sums.add(row)
            if not sums.all.lines % PAGE_ROWS_MAX:
                on_progress("lines", sums.all.lines, None)
        on_progress("lines", sums.all.lines, sums.all.lines)
        return sums

    async def _rows(self, group_id: str, month: str, funder: str) -> AsyncIterator[FundedLineRow]:
        after = ""
        while True:
            rows = await self._store.list_funded(group_id, month, funder, after, PAGE_ROWS_MAX)
            for row in rows:
                yield row
            if len(rows) < PAGE_ROWS_MAX:
                return
            after = rows[-1].entry_id

    async def _named(self, group_id: str, kind: str, party_id: str) -> tuple[str, str]:
        """A party's name in the ledger, and on paper."""
        if kind == GROUP:
            group = await self._groups.get(group_id)
            return GROUP, group.row.name
        if kind == "shop":
            row = await self._shops.get_row(group_id, party_id)
            return f"shop/{party_id}", row.name
        party = await self._parties.get_row(group_id, kind, party_id)
        return party.party, party.name


def _dues_of(clearing: api.ClearingView, name: str) -> list[api.DueView]:
    """What a party owes and is owed; nobody owes themselves."""
    return [each for each in clearing.dues if (each.debtor == name) != (each.creditor == name)]


def signed(due: api.DueView | api.NetView, name: str) -> int:
    """What a due makes a party pay; below 0: get."""
    return due.amount_minor if due.debtor == name else -due.amount_minor


def beside_lines(view: api.SettlementView) -> list[api.DueView]:
    """The dues that are no ticket lines which this party pays for."""
    return [each for each in view.dues if each.debtor != view.funder or each.what not in OF_LINES]


def tax_in(amount_minor: int, rate_bp: int) -> int:
    """The tax in an amount that has it in, half a minor unit away from 0: once for each rate."""
    size = abs(amount_minor)
    tax = (2 * size * rate_bp + _RATE + rate_bp) // (2 * (_RATE + rate_bp))
    return tax if amount_minor >= 0 else -tax


def line_view(row: FundedLineRow) -> api.FundedLineView:
    """A line as the office sees it."""
    return api.FundedLineView(
        entry=row.entry_id,
        what=row.what,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        creditor=row.creditor,
        shop_id=row.shop_id,
        day=row.local_day,
        article_id=row.article_id,
        quantity=row.quantity,
        points=row.points,
        amount_minor=row.amount_minor,
        tax_rate_bp=row.tax_rate_bp,
        is_return=bool(row.return_ref),
    )


def handed_out(row: FundedLineRow, number: int, *, is_few: bool) -> api.FundedLineView:
    """A line as it leaves the house: a number in the place of its name, and of a shop with few tickets the
    month in the place of the day: one customer in one shop on one day could be known.
    """
    view = line_view(row)
    return api.FundedLineView(
        entry=str(number),
        what=view.what,
        rule_id=view.rule_id,
        rule_version=view.rule_version,
        creditor=view.creditor,
        shop_id=view.shop_id,
        day=row.local_day[:7] if is_few else view.day,
        article_id=view.article_id,
        quantity=view.quantity,
        points=view.points,
        amount_minor=view.amount_minor,
        tax_rate_bp=view.tax_rate_bp,
        is_return=view.is_return,
    )

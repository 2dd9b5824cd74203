"""What a sale or return writes of who pays: lines that others pay for, what counts for associations."""

from collections.abc import Mapping, Sequence

from central.services.core.clock import local_day
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.months import month_of, zone_of
from central.services.tickets.line_keys import LineKey
from central.services.tickets.terms import Terms
from central.storage.interface.claims import Claimed, Unclaimed
from central.storage.interface.rows import MemberRow, ReturnRecord, SaleRow, StoredLine
from central.storage.interface.settlement import NO_FUNDING, Counted, FundedLineRow, Funding
from loyalty.clearing.funded import Asked, Back, FundedLine, PaidVoucher, What, funded_lines, taken_back
from loyalty.ledger.assets import POINTS
from loyalty.ledger.entry import EntryHead
from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance.association import counts_for_association
from loyalty.programme.party import SELLING_SHOP
from loyalty.programme.programme import Programme
from loyalty.rules.effects import NextPurchaseVoucher


class FundingService:
    """Works it out; the store writes it in the sale's or return's own transaction."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._zones = context.zones

    async def of_sale(
        self,
        group: Group,
        head: EntryHead,
        terms: Terms,
        claimed: Claimed,
        key: LineKey,
        member: MemberRow | None,
    ) -> Funding:
        """Who pays for what of a ticket."""
        counted_minor = _counted_of_sale(terms) if member is not None else 0
        asked = Asked(
            lines=terms.quote.lines,
            programme=terms.programme,
            shop_id=terms.shop.shop_id,
            vouchers=_paid_vouchers(terms, claimed),
            spent=_spent(terms, claimed),
        )
        lines = funded_lines(asked)
        if not lines and not counted_minor:
            return NO_FUNDING
        month = month_of(head.recorded_ms, await zone_of(self._zones, group))
        articles = {
            line.line_no: (line.article.article_id if line.article else "", line.tax_rate_bp)
            for line in terms.basket.lines
        }
        ticket = _Ticket(
            group_id=group.row.group_id,
            month=month,
            shop_id=terms.shop.shop_id,
            local_day=terms.basket.local_day.isoformat(),
            currency=terms.basket.currency,
            ticket_ref=key.ref(head.cause_id),
            return_ref="",
            articles=articles,
        )
        counted = None
        if member is not None and counted_minor:
            counted = Counted(
                month=month,
                shop_id=terms.shop.shop_id,
                member_id=member.member_id,
                at_ms=head.occurred_ms,
                counted_minor=counted_minor,
                currency=terms.basket.currency,
            )
        return Funding(tuple(ticket.row(line) for line in lines), counted)

    async def of_return(
        self,
        group: Group,
        record: ReturnRecord,
        sale: SaleRow,
        key: LineKey,
        programme: Programme,
        stored: Sequence[StoredLine],
    ) -> Funding:
        """What a return takes back of both: the shop that takes the goods gives back what others paid."""
        shop = await self._store.find_shop(sale.group_id, sale.shop_id)
        assert shop is not None, "a sale was made in a shop"
        zone = await self._zones.get(shop.time_zone)
        rows = await self._store.list_funded_of(sale.group_id, key.ref(sale.sale_id))
        sold = [row for row in rows if not row.return_ref]
        lines: list[FundedLine] = []
        if sold:
            backs = [Back(line.line_no, line.quantity, line.already_returned or 0) for line in record.lines]
            lines = taken_back(
                [_line_of(row) for row in sold],
                backs,
                unpaid=await self._unpaid(sale.group_id, record.unclaimed, sold),
                budgets=_given_back(programme, record.unclaimed),
                shop_id=record.shop_id,
            )
        month = month_of(record.recorded_ms, await zone_of(self._zones, group))
        counted_minor = 0
        if sale.member_id is not None:
            at_ms = sale.occurred_ms if sale.as_of_ms is None else sale.as_of_ms
            classes = {line.line_no: ArticleClass(line.article_class) for line in stored}
            counted_minor = sum(
                line.amount_minor
                for line in record.lines
                if counts_for_association(shop.country, classes[line.line_no], local_day(at_ms, zone))
            )
        if not lines and not counted_minor:
            return NO_FUNDING
        ticket = _Ticket(
            group_id=sale.group_id,
            month=month,
            shop_id=record.shop_id,
            local_day=local_day(record.occurred_ms, zone).isoformat(),
            currency=sale.currency,
            ticket_ref=key.ref(sale.sale_id),
            return_ref=key.ref(record.return_id),
            articles={row.line_no: (row.article_id, row.tax_rate_bp) for row in sold},
        )
        counted = None
        if counted_minor and sale.member_id is not None:
            counted = Counted(
                month=month,
                shop_id=sale.shop_id,
                member_id=sale.member_id,
                at_ms=record.occurred_ms,
                counted_minor=counted_minor,
                currency=sale.currency,
            )
        return Funding(tuple(ticket.row(line) for line in lines), counted)

    async def _unpaid(
        self, group_id: str, unclaimed: Unclaimed, sold: Sequence[FundedLineRow]
    ) -> frozenset[str]:
        """The definitions of vouchers whose goods are back: good again, or ended by then."""
        ids = [*(voucher_id for voucher_id, _ in unclaimed.vouchers.restored), *unclaimed.vouchers.void]
        if not ids or not any(row.what == What.VOUCHER for row in sold):
            return frozenset()
        known = await self._store.list_vouchers(group_id, ids)
        return frozenset(stands.row.definition for stands in known.values())


class _Ticket:
    """What all lines of a ticket or return say alike."""

    def __init__(
        self,
        *,
        group_id: str,
        month: str,
        shop_id: str,
        local_day: str,
        currency: str,
        ticket_ref: str,
        return_ref: str,
        articles: Mapping[int, tuple[str, int | None]],
    ) -> None:
        self._group_id = group_id
        self._month = month
        self._shop_id = shop_id
        self._local_day = local_day
        self._currency = currency
        self._ticket_ref = ticket_ref
        self._return_ref = return_ref
        self._articles = articles

    def row(self, line: FundedLine) -> FundedLineRow:
        """The line as it is kept."""
        article_id, tax_rate_bp = self._articles[line.line_no]
        where = [self._ticket_ref, str(line.line_no), line.what, line.rule_id, line.voucher, self._return_ref]
        return FundedLineRow(
            group_id=self._group_id,
            month=self._month,
            funder=line.funder,
            entry_id="/".join(where),
            ticket_ref=self._ticket_ref,
            return_ref=self._return_ref,
            line_no=line.line_no,
            rule_id=line.rule_id,
            rule_version=line.rule_version,
            what=line.what._value_,
            voucher=line.voucher,
            creditor=line.creditor,
            shop_id=self._shop_id,
            local_day=self._local_day,
            article_id=article_id,
            quantity=line.quantity,
            points=line.points,
            amount_minor=line.amount_minor,
            currency=self._currency,
            tax_rate_bp=tax_rate_bp,
        )


def _line_of(row: FundedLineRow) -> FundedLine:
    return FundedLine(
        line_no=row.line_no,
        rule_id=row.rule_id,
        rule_version=row.rule_version,
        what=What(row.what),
        funder=row.funder,
        creditor=row.creditor,
        quantity=row.quantity,
        amount_minor=row.amount_minor,
        points=row.points,
        voucher=row.voucher,
    )


def _paid_vouchers(terms: Terms, claimed: Claimed) -> list[PaidVoucher]:
    """In the order of presentation. One that a late ticket found gone is not paid for a second time."""
    used = {each.voucher_id: each.used_minor for each in terms.quote.vouchers}
    burned = {use.voucher_id for use in claimed.benefits.uses}
    return [
        PaidVoucher(
            rule_id=stands.row.rule_id,
            definition=stands.row.definition,
            funder=stands.funder if stands.row.voucher_id in burned else SELLING_SHOP,
            used_minor=used.get(stands.row.voucher_id, 0),
        )
        for stands in terms.presented
    ]


def _spent(terms: Terms, claimed: Claimed) -> dict[str, int]:
    """What of each budget went into this ticket's lines: a voucher given is paid when it is used."""
    spent = dict.fromkeys(terms.programme.budgeted, 0)
    for budget in claimed.budgets:
        spent[budget.rule_id] = budget.amount
    for promise in terms.quote.promises:
        if isinstance(promise.effect, NextPurchaseVoucher) and promise.rule_id in spent:
            rule_id = promise.rule_id
            spent[rule_id] = max(0, spent[rule_id] - promise.effect.worth_minor)
    return spent


def _given_back(programme: Programme, unclaimed: Unclaimed) -> dict[str, int]:
    """What goes back to budgets of money; rules that give vouchers count those too and are left out."""
    giving = {
        rule.rule_id
        for rule in programme.rules
        if any(isinstance(effect, NextPurchaseVoucher) for effect in rule.effects)
    }
    return {
        budget.rule_id: budget.amount
        for budget in unclaimed.budgets
        if budget.asset != POINTS and budget.rule_id not in giving
    }


def _counted_of_sale(terms: Terms) -> int:
    """What of a ticket counts for an association: paid, tax in, of lines that the law lets count."""
    basket = terms.basket
    classes = {
        line.line_no: line.article.article_class if line.article else ArticleClass.UNKNOWN
        for line in basket.lines
    }
    return sum(
        line.amount_minor
        for line in terms.quote.lines
        if counts_for_association(basket.country, classes[line.line_no], basket.local_day)
    )

"""Statements on paper: what suppliers owe, what associations get, the clearing, in the reader's words."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo

from central.gateways.statement_pdf import Column, Section, Statement, render
from central.services.clearing.associations import AssociationsService
from central.services.clearing.paper_words import country_name, month_name, say, says
from central.services.clearing.statements import ClearingService
from central.services.clearing.suppliers import SettlementsService, beside_lines, signed
from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.group import Group
from central.services.group.groups import GroupsService
from central.services.group.months import zone_of
from central.storage.interface.parties import PartyRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.assets import HOURS, Asset, Family, family_of, parse_asset
from loyalty.limits.clearing import STATEMENT_LINES_MAX
from loyalty.money import format_minor, scale_of
from loyalty.printed.days import printed_day
from wire import api_settlement as api

_LINE = "'"
"""Parts thousands."""


class StatementTooLong(LoyaltyError):
    """Nobody reads so many pages."""

    code = "statement_too_long"
    trouble = Trouble.REFUSED
    text = "{lines} lines are too many for paper, at most {lines_max}. Take the CSV, or leave the detail out."


class PapersService:
    """Makes PDFs of what the other services say."""

    def __init__(
        self,
        context: Context,
        *,
        groups: GroupsService,
        settlements: SettlementsService,
        associations: AssociationsService,
        months: ClearingService,
    ) -> None:
        self._store = context.store
        self._zones = context.zones
        self._groups = groups
        self._settlements = settlements
        self._associations = associations
        self._months = months

    async def of_party(
        self, actor: Actor, month: str, kind: str, party_id: str, *, with_lines: bool
    ) -> bytes:
        """What a party owes for a month. Raises: StatementTooLong, and as `SettlementsService.of`."""
        access.require(actor, access.SETTLEMENTS_READ)
        view = await self._settlements.of(actor, month, kind, party_id)
        if with_lines and view.lines > STATEMENT_LINES_MAX:
            raise StatementTooLong(lines=view.lines, lines_max=STATEMENT_LINES_MAX)
        group = await self._groups.get(actor.group_id)
        row = await self._store.find_party(actor.group_id, kind, party_id)
        lines = []
        if with_lines:
            handed = self._settlements.lines_for_the_party(actor, month, kind, party_id)
            lines = [line async for line in handed]
        names = await self._names(actor.group_id)
        paper = _Paper(group, row, names, view.currency)
        return await asyncio.to_thread(render, paper.settlement(view, lines))

    async def of_association(self, actor: Actor, month: str, association_id: str) -> bytes:
        """What an association gets for a month. Raises: as `AssociationsService.statement`."""
        view = await self._associations.statement(actor, month, association_id)
        group = await self._groups.get(actor.group_id)
        row = await self._store.find_party(actor.group_id, "association", association_id)
        names = await self._names(actor.group_id)
        paper = _Paper(group, row, names, view.currency, await zone_of(self._zones, group))
        return await asyncio.to_thread(render, paper.association(view))

    async def of_month(self, actor: Actor, month: str) -> bytes:
        """The clearing of a month. Raises: as `ClearingService.of`."""
        view = await self._months.of(actor, month)
        group = await self._groups.get(actor.group_id)
        paper = _Paper(group, None, await self._names(actor.group_id), view.currency)
        return await asyncio.to_thread(render, paper.clearing(view))

    async def of_liabilities(self, actor: Actor, month: str) -> bytes:
        """What is still out of each asset. Raises: as `ClearingService.of`."""
        view = await self._months.of(actor, month)
        group = await self._groups.get(actor.group_id)
        paper = _Paper(group, None, await self._names(actor.group_id), view.currency)
        return await asyncio.to_thread(render, paper.liabilities(view))

    async def _names(self, group_id: str) -> dict[str, str]:
        """Names on paper, by their names in the ledger."""
        names = {f"shop/{row.shop_id}": row.name for row in await self._store.list_shops(group_id)}
        return names | {row.party: row.name for row in await self._store.list_parties(group_id)}


class _Paper:
    """Puts views into words of one language."""

    def __init__(
        self, group: Group, row: PartyRow | None, names: dict[str, str], currency: str, zone: tzinfo = UTC
    ) -> None:
        self._group = group
        self._row = row
        self._names = names
        self._currency = currency
        self._zone = zone
        self._language = (row.language if row else "") or group.settings.languages[0]

    def settlement(self, view: api.SettlementView, lines: Sequence[api.FundedLineView]) -> Statement:
        others = beside_lines(view)
        stored = [each for each in others if each.what == "stored_value"]
        rest = [each for each in others if each.what != "stored_value"]
        sections = [self._rules(view), self._taxes(view)]
        if stored:
            sections.append(self._others("stored_value", view, stored))
        if rest:
            sections.append(self._others("other_dues", view, rest))
        sections.append(self._nets(view))
        if lines:
            sections.append(self._lines(lines))
        facts = (
            *self._facts(view.month, view.state),
            (self._say("lines"), str(view.lines)),
            (
                self._say("owed" if view.due_minor >= 0 else "to_get"),
                f"{view.currency} {self._money(abs(view.due_minor))}",
            ),
        )
        return self._statement("settlement", view.month, facts, sections, self._say("privacy"))

    def association(self, view: api.AssociationStatementView) -> Statement:
        facts = self._facts(view.month, view.state)
        facts += ((self._say("due"), f"{view.currency} {self._money(view.due_minor)}"),)
        if view.paid_minor is not None:
            facts += ((self._say("paid"), f"{view.currency} {self._money(view.paid_minor)}"),)
        if view.paid_ms is not None:
            day = datetime.fromtimestamp(view.paid_ms / 1000, self._zone).date()
            facts += ((self._say("paid_on"), self._day(day.isoformat())),)
        sections = [self._rates(view), self._shares(view)]
        return self._statement("association_statement", view.month, facts, sections, self._say("half_up"))

    def _rates(self, view: api.AssociationStatementView) -> Section:
        columns = (
            Column(self._say("payer"), 36),
            Column(self._say("tickets"), 12, is_figure=True),
            Column(self._say("turnover"), 20, is_figure=True),
            Column(self._say("rate"), 14, is_figure=True),
            Column(f"{self._say('share')} {view.currency}", 18, is_figure=True),
        )
        rows = [
            (
                self._name(each.payer),
                self._count(rate.tickets),
                self._money(rate.counted_minor),
                _percent(rate.share_bp),
                self._money(rate.share_minor),
            )
            for each in view.shares
            for rate in each.rates
        ]
        total = (
            self._say("total"),
            "",
            self._money(sum(each.counted_minor for each in view.shares)),
            "",
            self._money(sum(each.share_minor for each in view.shares)),
        )
        return Section(self._say("by_rate"), columns, rows, total)

    def _shares(self, view: api.AssociationStatementView) -> Section:
        columns = (
            Column(self._say("payer"), 28),
            Column(self._say("share"), 14, is_figure=True),
            Column(self._say("donated"), 14, is_figure=True),
            Column(self._say("worth"), 13, is_figure=True),
            Column(self._say("before"), 13, is_figure=True),
            Column(self._say("due"), 13, is_figure=True),
            Column(self._say("paid"), 13, is_figure=True),
        )
        rows = [
            (
                self._name(each.payer),
                self._money(each.share_minor),
                self._count(each.points),
                self._money(each.points_minor),
                self._money(each.before_minor),
                self._money(each.due_minor),
                "–" if each.paid_minor is None else self._money(each.paid_minor),
            )
            for each in view.shares
        ]
        total = (
            f"{self._say('total')} {view.currency}",
            self._money(sum(each.share_minor for each in view.shares)),
            self._count(sum(each.points for each in view.shares)),
            self._money(sum(each.points_minor for each in view.shares)),
            self._money(sum(each.before_minor for each in view.shares)),
            self._money(view.due_minor),
            "–" if view.paid_minor is None else self._money(view.paid_minor),
        )
        return Section(self._say("by_payer"), columns, rows, total)

    def clearing(self, view: api.ClearingView) -> Statement:
        who = (Column(self._say("debtor"), 28), Column(self._say("creditor"), 28))
        amount = Column(f"{self._say('amount')} {view.currency}", 16, is_figure=True)
        dues = Section(
            self._say("dues"),
            (*who, Column(self._say("what"), 24), Column(self._say("entries"), 12, is_figure=True), amount),
            [
                (
                    self._name(each.debtor),
                    self._name(each.creditor),
                    says(each.what, self._language),
                    self._count(each.entries),
                    self._money(each.amount_minor),
                )
                for each in view.dues
            ],
        )
        nets = Section(
            self._say("nets"),
            (*who, amount),
            [
                (self._name(each.debtor), self._name(each.creditor), self._money(each.amount_minor))
                for each in view.nets
            ],
        )
        at = Section(
            self._say("positions"),
            (Column(self._say("party"), 56), Column(self._say("net"), 16, is_figure=True)),
            [(self._name(each.party), self._money(each.net_minor)) for each in view.positions],
            (self._say("total"), self._money(sum(each.net_minor for each in view.positions))),
        )
        facts = self._facts(view.month, view.state)
        sections = [dues, nets, at, self._out(view)]
        return self._statement("clearing", view.month, facts, sections, self._say("breakage"))

    def liabilities(self, view: api.ClearingView) -> Statement:
        facts = self._facts(view.month, view.state)
        return self._statement("liability", view.month, facts, [self._out(view)], self._say("breakage"))

    def _out(self, view: api.ClearingView) -> Section:
        columns = (
            Column(self._say("asset"), 24),
            Column(self._say("payer"), 20),
            Column(self._say("amount"), 14, is_figure=True),
            Column(self._say("dated"), 14, is_figure=True),
            Column(f"{self._say('worth')} {view.currency}", 14, is_figure=True),
            Column(self._say("expires"), 14, is_figure=True),
        )
        rows = [
            (
                self._value(each),
                self._name(each.funder),
                self._units(each.asset, each.amount),
                "–" if each.dated_amount is None else self._units(each.asset, each.dated_amount),
                self._say("unvalued") if each.worth_minor is None else self._money(each.worth_minor),
                self._say("unknown") if each.breakage_bp is None else _percent(each.breakage_bp),
            )
            for each in view.liabilities
        ]
        total = (
            f"{self._say('total')} {view.currency}",
            "",
            "",
            "",
            self._money(sum(each.worth_minor or 0 for each in view.liabilities)),
            "",
        )
        are_valued = all(each.worth_minor is not None for each in view.liabilities)
        return Section(self._say("out"), columns, rows, total if rows and are_valued else ())

    def _value(self, out: api.LiabilityView) -> str:
        """What is out, in words: its kind, and which voucher or service."""
        asset = parse_asset(out.asset)
        family = family_of(asset)
        code = asset.code.partition(".")[2]
        if family is Family.POINTS:
            return self._say("points")
        if family is Family.VOUCHER:
            return f"{self._say('voucher')} {self._rule(code)}"
        if family is Family.SERVICE:
            return self._service(asset)
        if family is Family.MEAL_VOUCHER:
            return self._say("meal_vouchers")
        return says(out.kind, self._language) if out.kind else self._say("stored_value")

    def _service(self, asset: Asset) -> str:
        """The name of the service that the group sells, where there is one of these units."""
        if asset == HOURS:
            return self._say("hours")
        service_id = asset.code.partition(".")[2]
        sold = self._group.settings.stored_value.services.get(service_id)
        return f"{self._say('service_of')} {sold.name if sold else service_id}"

    def _rules(self, view: api.SettlementView) -> Section:
        columns = (
            Column(self._say("rule"), 30),
            Column(self._say("version"), 10),
            Column(self._say("what"), 16),
            Column(self._say("units"), 12, is_figure=True),
            Column(self._say("points"), 12, is_figure=True),
            Column(f"{self._say('owed')} {view.currency}", 20, is_figure=True),
        )
        rows = [
            (
                self._rule(each.rule_id),
                str(each.rule_version),
                says(each.what, self._language),
                self._count(each.quantity),
                self._count(each.points),
                self._money(each.amount_minor),
            )
            for each in view.rules
        ]
        total = (
            self._say("total"),
            "",
            "",
            self._count(view.quantity),
            self._count(view.points),
            self._money(view.amount_minor),
        )
        return Section(self._say("by_rule"), columns, rows, total)

    def _others(self, title: str, view: api.SettlementView, dues: Sequence[api.DueView]) -> Section:
        """What is no ticket line of this party; below 0: the other owes it."""
        columns = (
            Column(self._say("what"), 32),
            Column(self._say("party"), 34),
            Column(self._say("entries"), 14, is_figure=True),
            Column(f"{self._say('owed')} {view.currency}", 20, is_figure=True),
        )
        rows = [
            (
                says(each.what, self._language),
                self._name(each.creditor if each.debtor == view.funder else each.debtor),
                self._count(each.entries),
                self._money(signed(each, view.funder)),
            )
            for each in dues
        ]
        total = (self._say("total"), "", "", self._money(sum(signed(each, view.funder) for each in dues)))
        return Section(self._say(title), columns, rows, total)

    def _nets(self, view: api.SettlementView) -> Section:
        columns = (
            Column(self._say("party"), 80),
            Column(f"{self._say('owed')} {view.currency}", 20, is_figure=True),
        )
        rows = [
            (
                self._name(each.creditor if each.debtor == view.funder else each.debtor),
                self._money(signed(each, view.funder)),
            )
            for each in view.nets
        ]
        return Section(
            self._say("by_party"), columns, rows, (self._say("total"), self._money(view.due_minor))
        )

    def _taxes(self, view: api.SettlementView) -> Section:
        columns = (
            Column(self._say("rate"), 60),
            Column(f"{self._say('owed')} {view.currency}", 20, is_figure=True),
            Column(self._say("tax_in"), 20, is_figure=True),
        )
        rows = [
            (
                self._say("unknown") if each.tax_rate_bp is None else _percent(each.tax_rate_bp),
                self._money(each.amount_minor),
                "–" if each.tax_minor is None else self._money(each.tax_minor),
            )
            for each in view.taxes
        ]
        return Section(self._say("by_tax"), columns, rows)

    def _lines(self, lines: Sequence[api.FundedLineView]) -> Section:
        columns = (
            Column("#", 7),
            Column(self._say("day"), 17),
            Column(self._say("shop"), 28),
            Column(self._say("article"), 17),
            Column(self._say("rule"), 21),
            Column(self._say("units"), 10, is_figure=True),
            Column(self._say("owed"), 14, is_figure=True),
        )
        rows = [
            (
                each.entry,
                self._day(each.day),
                self._name(f"shop/{each.shop_id}"),
                each.article_id,
                self._rule(each.rule_id),
                self._count(each.quantity),
                self._money(each.amount_minor),
            )
            for each in lines
        ]
        total = (
            "",
            self._say("total"),
            "",
            "",
            "",
            "",
            self._money(sum(each.amount_minor for each in lines)),
        )
        return Section(self._say("detail"), columns, rows, total)

    def _statement(
        self,
        title: str,
        month: str,
        facts: tuple[tuple[str, str], ...],
        sections: Sequence[Section],
        note: str,
    ) -> Statement:
        row = self._row
        recipient: tuple[str, ...] = ()
        if row is not None:
            place = " ".join(part for part in (row.postcode, row.city) if part)
            recipient = (row.name, row.street, place, country_name(row.country, self._language))
        return Statement(
            title=f"{self._say(title)} – {self._month(month)}",
            sender=(self._group.settings.names.get(self._language, self._group.row.name),),
            recipient=recipient,
            facts=facts,
            sections=tuple(sections),
            notes=(note,) if note else (),
            page_words=self._say("page"),
            nothing=self._say("nothing"),
        )

    def _facts(self, month: str, state: str) -> tuple[tuple[str, str], ...]:
        row = self._row
        told = [(self._say("month"), f"{self._month(month)} ({self._say(state)})")]
        if row is not None:
            told += [
                (self._say("tax_number"), row.tax_number),
                (self._say("account"), _in_fours(row.bank_account)),
                (self._say("reference"), row.bank_reference),
            ]
        return tuple((name, value) for name, value in told if value)

    def _say(self, name: str) -> str:
        return say(name, self._language)

    def _name(self, party: str) -> str:
        return self._say("group") if party == "group" else self._names.get(party, party)

    def _rule(self, rule_id: str) -> str:
        return self._group.settings.rule_names.get(rule_id, {}).get(self._language) or rule_id

    def _day(self, day: str) -> str:
        """A day as its reader writes it; a month, where the day is left out."""
        if len(day) < len("2026-10-15"):
            return self._month(day)
        return printed_day(date.fromisoformat(day), self._language, self._group.row.country)

    def _month(self, month: str) -> str:
        return month_name(month, self._language)

    def _money(self, minor: int) -> str:
        return _grouped(format_minor(minor, scale_of(self._currency)))

    def _count(self, number: int) -> str:
        return _grouped(str(number))

    def _units(self, asset: str, amount: int) -> str:
        return _grouped(format_minor(amount, int(asset.rpartition("/")[2])))


def _grouped(number: str) -> str:
    """Thousands parted, as accountants here read them: -12'345.60."""
    sign, digits = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, point, rest = digits.partition(".")
    parted = f"{int(whole):,}".replace(",", _LINE)
    return f"{sign}{parted}{point}{rest}"


def _percent(rate_bp: int) -> str:
    return f"{format_minor(rate_bp, 2)} %"


def _in_fours(account: str) -> str:
    """An IBAN in groups of four; other numbers as they are."""
    is_iban = account[:2].isalpha() and account[2:4].isdigit()
    return " ".join(account[at : at + 4] for at in range(0, len(account), 4)) if is_iban else account

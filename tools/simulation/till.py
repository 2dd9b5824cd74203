"""A till beside a terminal: speaks nexo in bytes, repeats unchanged, and remembers what it was told."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

import aiohttp
import msgspec

from tools.simulation import catalogue as it
from tools.simulation.asked import Asked
from tools.simulation.books import Books
from tools.simulation.fold import Sold, need
from tools.simulation.network import Copies, Network, Request
from tools.simulation.terminal import Terminal
from tools.till import Item, SimulatedTill, TillError, read_additional
from wire.nexo import json_codec
from wire.nexo.base import SaleData, TransactionIdentification
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse

TIMEOUT_S: Final = 6.0
PASSING: Final = frozenset({"terminal_store_busy", "in_progress", "interrupted", "service_id_reused"})


@dataclass(slots=True, eq=False)
class Report:
    """One ticket or return as a till reports it, always in the same bytes of content."""

    request: LoyaltyRequest
    service_id: str
    key: str
    ticket: it.Ticket | None
    of: "Report | None" = None
    state: str = "open"
    answer: bytes = b""
    poi_transaction: TransactionIdentification | None = None
    entry_told: str = ""
    is_only_noted: bool = False
    """Told "noted, will be credited": central may still refuse a blocked card or a ticket of a month ago."""
    is_held: bool = False
    """Parts of it were told before: the terminal holds it at central, or books it by itself."""
    copies: Copies = field(default_factory=Copies)


class Till(SimulatedTill):
    """`SimulatedTill` whose bytes go over the simulated network."""

    def __init__(
        self, terminal: Terminal, shop_id: str, *, network: Network, asked: Asked, books: Books
    ) -> None:
        super().__init__("", sale_id=f"TILL-{terminal.name}", poi_id=terminal.name)
        self.terminal = terminal
        self.shop_id = shop_id
        self._network = network
        self._asked = asked
        self._books = books
        self._copies = Copies()
        self._raw = b""
        self.reports: list[Report] = []
        self.blocked: set[str] = set()
        """Cards that may be refused."""
        self.refunded: set[str] = set()
        self.returned_whole: set[str] = set()

    async def post(self, data: bytes) -> tuple[int, bytes]:
        """See `SimulatedTill`."""
        request = Request("POST", "/nexo", {}, data)
        answer = await self._network.exchange(
            self.sale_id,
            self.terminal,
            self.terminal.serve,
            request,
            timeout_s=TIMEOUT_S,
            copies=self._copies,
        )
        self._raw = answer.body
        return answer.status, answer.body

    def new_report(self, lines: Sequence[it.Line], person: it.Person, *, ahead_ms: int = 0) -> Report:
        """A new paid ticket, noted here before it is sent; `ahead_ms`: so much the till's clock is wrong."""
        sale_data, key = self.new_key("Award", ahead_ms)
        items = [item_of(line) for line in lines]
        request = self.award_request(items, card=person.card, ticket=sale_data)
        ticket = it.Ticket(
            shop_id=self.shop_id,
            business_key=key,
            lines=tuple(lines),
            member_id=person.member_id,
            card=person.card,
            occurred_ms=None if ahead_ms else moment_of(sale_data),
        )
        self._asked.ticket(ticket, self.terminal.around.now_ms())
        report = Report(request, self.new_service_id(), key, ticket)
        self.reports.append(report)
        return report

    def new_refund(self, sold: Report, lines: tuple[tuple[int, int], ...] | None) -> Report:
        """Goods of an earlier ticket of this till come back."""
        assert sold.ticket is not None
        assert sold.poi_transaction is not None
        sale_data, key = self.new_key("AwardRefund")
        by_number = {line.line_no: line for line in sold.ticket.lines}
        items = [
            Item(line_no=number, code=by_number[number].code, quantity=quantity, amount_minor=1)
            for number, quantity in lines or ()
        ]
        request = self.refund_request(sold.poi_transaction, items, ticket=sale_data)
        asked = it.Return(
            shop_id=self.shop_id, business_key=key, sale_key=(self.shop_id, sold.key), lines=lines
        )
        self._asked.return_(asked, self.terminal.around.now_ms())
        report = Report(request, self.new_service_id(), key, None, of=sold)
        self.reports.append(report)
        return report

    async def drive(self, report: Report, tries: int) -> bool:
        """Send until something is known, unchanged."""
        for number in range(tries):
            if report.state == "refused":
                return False
            if number:
                await asyncio.sleep(0.2 * 2 ** min(number, 4))
            self._copies = report.copies
            alone = report.copies.next_is_alone()
            try:
                answer = await self.ask(report.request, LoyaltyResponse, report.service_id)
            except (TimeoutError, aiohttp.ClientError, OSError, TillError, json_codec.NotNexo):
                continue
            if self._judge(report, answer, self._raw, is_alone=bool(alone)):
                return report.state == "done"
        return False

    async def must_refuse_other(self, report: Report, *, is_new_message: bool) -> None:
        """The same ticket, or the same ServiceID, with other lines is refused. Raises: Violation."""
        transaction = report.request.loyalty_transaction
        items = list(transaction.sale_item or ())
        assert items[0].quantity is not None
        items[0] = msgspec.structs.replace(items[0], quantity=items[0].quantity + 1)
        changed = msgspec.structs.replace(transaction, sale_item=items)
        request = msgspec.structs.replace(report.request, loyalty_transaction=changed)
        service_id = self.new_service_id() if is_new_message else report.service_id
        self._copies = Copies()
        try:
            answer = await self.ask(request, LoyaltyResponse, service_id)
        except (TimeoutError, aiohttp.ClientError, OSError, TillError, json_codec.NotNexo):
            return
        told = read_additional(answer.response.additional_response)
        is_right = told.get("code") in ("ticket_changed", *PASSING)
        need(is_right, "3 duplicate", "a ticket with other lines was answered", report.key, told)

    def _judge(self, report: Report, answer: LoyaltyResponse, raw: bytes, *, is_alone: bool) -> bool:
        told = read_additional(answer.response.additional_response)
        if answer.response.result == "Success":
            self._done(report, answer, told, raw)
            return True
        code = told.get("code", "")
        may_still = report.is_only_noted and report.ticket is not None and self.may_be_refused(report.ticket)
        is_kept = report.state != "done" or may_still
        need(is_kept, "2 acknowledged", "a till's ticket was taken and is now refused:", report.key, told)
        if code in PASSING or not is_alone or (report.is_held and code == "central_unreachable"):
            return False
        need(code in self._refusals(report), "8 authority", "a till is refused wrongly:", report.key, told)
        report.state = "refused"
        return True

    def _refusals(self, report: Report) -> set[str]:
        """Codes that are right for it."""
        if report.of is None:
            return {"ticket_too_old", *(("blocked_card",) if self.blocked else ())}
        assert report.of.ticket is not None
        codes = {"sale_not_found", "ticket_too_old"} if self.may_be_refused(report.of.ticket) else set()
        sold = self._sold(report.of)
        asked = self._asked.returns[self.shop_id, report.key]
        if sold is not None:
            units = {line.line_no: line.quantity for line in sold.ticket.lines}
            if asked.lines is None:
                if any(sold.returned.values()):
                    codes |= {"return_of_nothing", "return_exceeds_sale"}
            elif any(sold.returned[number] + much > units[number] for number, much in asked.lines):
                codes.add("return_exceeds_sale")
        return codes

    def may_be_refused(self, ticket: it.Ticket) -> bool:
        """Central may refuse what was noted for a blocked card, or reaches it after a month."""
        now_ms = self.terminal.around.now_ms()
        asked_ms = self._asked.at_ms[ticket.shop_id, ticket.business_key]
        return ticket.card in self.blocked or now_ms - asked_ms >= it.TICKET_AGE_MAX_MS

    def _done(self, report: Report, answer: LoyaltyResponse, told: dict[str, str], raw: bytes) -> None:
        poi = answer.poi_data.poi_transaction_id if answer.poi_data else None
        assert poi is not None
        if report.state == "done":
            same = poi.transaction_id == report.entry_told
            need(same, "3 duplicate", "another POITransactionID for", report.key)
            return
        report.state, report.answer, report.poi_transaction = "done", raw, poi
        report.entry_told = poi.transaction_id
        self.terminal.around.trace.note("told", self.sale_id, report.key, told.get("queued", "booked"))
        report.is_only_noted = told.get("queued") == "true"
        if report.is_only_noted:
            return
        rows = [back.row for back in self._books.state.back.values()]
        sold = self._sold(report)
        is_booked = sold is not None or any(
            (row["shop_id"], row["business_key"]) == (self.shop_id, report.key) for row in rows
        )
        need(is_booked, "2 acknowledged", "a till was told of a booking:", report.key)
        if sold is not None:
            is_right = told.get("earned") == str(sold.priced.total_points)
            need(is_right, "8 authority", "a till was told", report.key, told)

    def _sold(self, report: Report) -> Sold | None:
        """The sale of a ticket in central's books."""
        for sold in self._books.state.sold.values():
            if (sold.row["shop_id"], sold.row["business_key"]) == (self.shop_id, report.key):
                return sold
        return None

    def new_key(self, type_: str, ahead_ms: int = 0) -> tuple[SaleData, str]:
        """A ticket never used before, and its business key at central."""
        self._tickets += 1
        moment = datetime.fromtimestamp((self.terminal.around.now_ms() + ahead_ms) / 1000, UTC)
        stamp = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        ticket = TransactionIdentification(transaction_id=f"T-{self._tickets}", time_stamp=stamp)
        key = f"{self.sale_id}|{ticket.transaction_id}|{stamp}|Loyalty.{type_}"
        return SaleData(sale_transaction_id=ticket, operator_id=self.operator), key


def moment_of(sale_data: SaleData) -> int:
    """When the till says the ticket was."""
    moment = datetime.fromisoformat(sale_data.sale_transaction_id.time_stamp)
    return round(moment.timestamp() * 1000)


def item_of(line: it.Line) -> Item:
    """A line as the till says it."""
    return Item(line_no=line.line_no, code=line.code, quantity=line.quantity, amount_minor=line.amount_minor)


def raw_rows(connection: Any, sql: str) -> list[Any]:
    """All rows of a terminal's store."""
    return list(connection.execute(sql).fetchall())

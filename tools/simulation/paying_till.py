"""A till that tells a ticket in parts (ADR 20): it asks until it knows, and remembers what it was told."""

import asyncio
from collections.abc import Sequence
from typing import Final, TypeVar

import aiohttp

from tools.simulation import catalogue as it
from tools.simulation.asked import Asked
from tools.simulation.books import Books
from tools.simulation.fold import State, need
from tools.simulation.network import Copies, Network
from tools.simulation.terminal import Terminal
from tools.simulation.till import PASSING, Report, Till, item_of, moment_of
from tools.simulation.under_way import REFUSALS, Part, UnderWay
from tools.till import TillError, read_additional, requests
from wire.nexo import json_codec
from wire.nexo.base import Nexo
from wire.nexo.loyalty import LoyaltyRequest, LoyaltyResponse
from wire.nexo.payment import PaymentRequest, PaymentResponse, ReversalResponse

Answered = LoyaltyResponse | PaymentResponse | ReversalResponse
AnswerT = TypeVar("AnswerT", bound=Answered)

SAME_ID_TRIES: Final = 2
"""So often a till sends a message again under the same ServiceID, before it takes a new one."""


class PayingTill(Till):
    """`Till` with tickets under way."""

    def __init__(
        self, terminal: Terminal, shop_id: str, *, network: Network, asked: Asked, books: Books
    ) -> None:
        super().__init__(terminal, shop_id, network=network, asked=asked, books=books)
        self.under_way: list[UnderWay] = []

    def begin(self, lines: Sequence[it.Line], person: it.Person | None) -> UnderWay:
        """A ticket of which parts will be told; noted here before anything is sent."""
        sale_data, key = self.new_key("Award")
        ticket = it.Ticket(
            shop_id=self.shop_id,
            business_key=key,
            lines=tuple(lines),
            member_id=person.member_id if person else None,
            card=person.card if person else None,
            occurred_ms=moment_of(sale_data),
        )
        self._asked.ticket(ticket, self.terminal.around.now_ms())
        under_way = UnderWay(ticket, sale_data)
        self.under_way.append(under_way)
        return under_way

    async def rebate(self, under_way: UnderWay, tries: int) -> None:
        """What the ticket costs the member is promised."""
        ticket = under_way.ticket
        part = self._new_part(under_way, Part())
        items = [item_of(line) for line in ticket.lines]
        body = requests.loyalty(self, "Rebate", items, ticket=under_way.sale_data, card=ticket.card)
        await self._tell(part, body, LoyaltyResponse, tries)

    async def pay(
        self, under_way: UnderWay, card_id: str, number: str, amount_minor: int, tries: int
    ) -> Part:
        """A gift card is to pay so much."""
        part = self._new_part(under_way, Part(card_id, amount_minor))
        items = [item_of(line) for line in under_way.ticket.lines]
        body = requests.payment(self, amount_minor, items, ticket=under_way.sale_data, gift_card=number)
        await self._tell(part, body, PaymentResponse, tries)
        return part

    async def undo(self, part: Part, tries: int) -> None:
        """The customer pays otherwise."""
        assert part.poi is not None
        part.state = "undoing"
        answer = await self._known(requests.reversal(self, part.poi), ReversalResponse, tries)
        if answer is None:
            return
        if answer.response.result == "Success":
            part.state = "undone"
            return
        told = read_additional(answer.response.additional_response)
        is_right = told.get("code") in REFUSALS
        need(is_right, "8 authority", "a reversal is refused wrongly:", self.sale_id, told)

    def paid(self, under_way: UnderWay) -> Report:
        """The ticket is paid: what is left to be done is to report it."""
        ticket = under_way.ticket
        items = [item_of(line) for line in ticket.lines]
        request = self.award_request(items, card=ticket.card, ticket=under_way.sale_data)
        report = Report(request, self.new_service_id(), ticket.business_key, ticket, is_held=True)
        under_way.report = report
        self.reports.append(report)
        return report

    def require_kept(self, state: State) -> None:
        """Peace: all that was told of tickets under way came true. Raises: Violation."""
        for each in self.under_way:
            each.require_kept(state, self.sale_id, may_be_refused=self.may_be_refused(each.ticket))

    def _new_part(self, under_way: UnderWay, part: Part) -> Part:
        under_way.parts.append(part)
        return part

    async def _tell(
        self,
        part: Part,
        body: LoyaltyRequest | PaymentRequest,
        answer_type: type[LoyaltyResponse] | type[PaymentResponse],
        tries: int,
    ) -> None:
        answer = await self._known(body, answer_type, tries)
        if answer is None:
            return
        told = read_additional(answer.response.additional_response)
        if answer.response.result != "Success":
            need(
                told.get("code") in REFUSALS, "8 authority", "a part is refused wrongly:", self.sale_id, told
            )
            part.state = "refused"
            return
        assert answer.poi_data is not None
        part.state, part.poi = "told", answer.poi_data.poi_transaction_id
        self.terminal.around.trace.note("held", self.sale_id, part.card_id or "prices", part.amount_minor)

    async def _known(self, body: Nexo, answer_type: type[AnswerT], tries: int) -> AnswerT | None:
        """The first answer that says something; None: none came."""
        service_id = self.new_service_id()
        for number in range(tries):
            if number:
                await asyncio.sleep(0.2 * 2 ** min(number, 4))
            if number and not number % SAME_ID_TRIES:
                service_id = self.new_service_id()
            self._copies = Copies()
            try:
                answer = await self.ask(body, answer_type, service_id)
            except (TimeoutError, aiohttp.ClientError, OSError, TillError, json_codec.NotNexo):
                continue
            told = read_additional(answer.response.additional_response)
            if answer.response.result == "Success" or told.get("code") not in PASSING | {"try_again"}:
                return answer
        return None

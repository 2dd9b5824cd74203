"""Why these points: asked by a kiosk, answered by a real central through the agent (R-23)."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from tests.central_fixture import GROUP, MEMBER
from tests.helpers import eventually
from tests.terminal_fixture import CREAM, Shop, a_terminal
from wire.messages import FromAgent, Hello, Ticket
from wire.peer import Link, connect_forever
from wire.why import AskWhy, Why, WhyLine, WhyRule


@dataclass
class Asker:
    """A kiosk that asks why."""

    shop: Shop
    link: Link | None = None
    told: list[Why] = field(default_factory=list)

    async def on_message(self, message: FromAgent) -> None:
        if isinstance(message, Why):
            self.told.append(message)

    async def a_ticket(self) -> Ticket:
        """Buy two sun creams for CHF 39.80."""
        await self.shop.tap_known()
        assert (await self.shop.till.award([CREAM])).response.result == "Success"
        await eventually(lambda: bool(self.tickets()))
        return self.tickets()[0]

    def tickets(self) -> tuple[Ticket, ...]:
        member = self.shop.kiosk.session.member
        return member.tickets if member else ()

    async def ask(self, sale_id: str, *, session_id: str = "", request_id: str = "r1") -> None:
        assert self.link is not None
        session_id = session_id or self.shop.kiosk.session.session_id
        await eventually(lambda: self.link and self.link.is_up)
        assert self.link.send(AskWhy(request_id=request_id, session_id=session_id, sale_id=sale_id))

    async def answer(self, request_id: str = "r1") -> Why:
        def arrived() -> list[Why]:
            return [one for one in self.told if one.request_id == request_id]

        return (await eventually(arrived))[0]


@pytest.fixture
async def asker(shop: Shop) -> AsyncIterator[Asker]:
    made = Asker(shop)
    hello = Hello(program="kiosk", version="0")
    async with connect_forever(
        shop.settings.socket, hello, FromAgent, made.on_message, lambda _: None
    ) as link:
        made.link = link
        yield made


async def test_a_ticket_on_the_screen_is_explained_from_what_was_booked(asker: Asker) -> None:
    ticket = await asker.a_ticket()

    await asker.ask(ticket.sale_id)

    why = await asker.answer()
    assert (ticket.points, why.points, why.is_known, why.trouble) == (39, 39, True, "")
    assert why.rules == (WhyRule(code="points_per_amount", points=39),)
    assert why.lines == (WhyLine(numbers=((1, 1),), points=39, parts=((0, 39),)),)
    reads = await asker.shop.central.services.store.list_reads(GROUP, MEMBER, 10)
    assert [read.purpose for read in reads] == ["why_told"]


async def test_a_long_ticket_is_told_whole_in_several_messages(asker: Asker) -> None:
    await asker.shop.tap_known()
    items = [replace(CREAM, line_no=no, quantity=1, amount_minor=100 * no) for no in range(1, 252)]
    assert (await asker.shop.till.award(items)).response.result == "Success"
    await eventually(lambda: bool(asker.tickets()))

    await asker.ask(asker.tickets()[0].sale_id)

    await eventually(lambda: bool(asker.told) and asker.told[-1].is_last)
    assert [len(why.lines) for why in asker.told] == [100, 100, 51]
    lines = [line for why in asker.told for line in why.lines]
    assert [line.numbers for line in lines] == [((no, no),) for no in range(1, 252)]
    assert sum(line.points for line in lines) == asker.told[0].points == sum(range(1, 252))


async def test_a_ticket_that_is_not_on_the_screen_is_not_told(asker: Asker) -> None:
    await asker.a_ticket()

    await asker.ask("some-other-sale")

    assert await asker.answer() == Why(request_id="r1", trouble="not_told_here")


async def test_without_central_the_answer_is_that_at_once(asker: Asker) -> None:
    ticket = await asker.a_ticket()
    await asker.shop.cut()

    await asker.ask(ticket.sale_id)

    assert await asker.answer() == Why(request_id="r1", trouble="central_unreachable")


async def test_a_question_of_a_session_that_is_over_gets_no_answer(asker: Asker) -> None:
    ticket = await asker.a_ticket()
    over = asker.shop.kiosk.session.session_id
    await asker.shop.remove()
    await eventually(lambda: asker.shop.kiosk.state.session is None)
    await asker.shop.tap_known()

    await asker.ask(ticket.sale_id, session_id=over, request_id="of-the-one-who-left")
    await asker.ask(ticket.sale_id, request_id="of-the-one-who-is-here")

    assert (await asker.answer("of-the-one-who-is-here")).is_known
    assert [one.request_id for one in asker.told] == ["of-the-one-who-is-here"], "answers come in order"


async def test_the_tills_receipt_tells_why_on_its_own_paper(tmp_path: Path, socket_dir: Path) -> None:
    async with a_terminal(tmp_path, socket_dir, receipt_columns=32) as shop:
        await shop.tap_known()
        answer = await shop.till.award([CREAM])
    assert answer.payment_receipt is not None
    rows = answer.payment_receipt[0].output_content.output_text or []
    assert [row.text for row in rows] == [
        "Vos points, ligne par ligne",
        "Ligne 1                39 points",
        "  Points sur le montant      +39",
        "-" * 32,
        "Points gagnés          39 points",
        "Solde                  39 points",
    ]

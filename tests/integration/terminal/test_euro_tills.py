"""A French shop: Caisse-AP and the printed ticket in euros."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from terminal.agent import Agent
from terminal.clock import wall_clock
from terminal.printer.simulated import SimulatedPrinter
from terminal.till_settings import TicketPrinter
from tests.central_fixture import CentralUnderTest, by_uid
from tests.helpers import eventually
from tests.integration.central.stored import CREAM, PARIS, a_french_group, new_id, sound
from tests.integration.terminal.test_caisse_ap import CHF, EUR, SETTINGS, till_of
from tests.integration.terminal.test_printer_in_the_middle import added, print_it, text
from tests.terminal_fixture import a_terminal
from tools.till.tickets import Paper, Sold, printed


class FrenchShop:
    def __init__(self, agent: Agent, central: CentralUnderTest) -> None:
        self.agent, self.central = agent, central

    async def purse(self) -> tuple[int, int]:
        """What is in the purse, and what of it is held."""
        reply = await self.central.get("members/m-dora/purse", token="siege")
        return int(reply.body["purse_minor"]), int(reply.body["purse_held_minor"])


@pytest.fixture
async def printer() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter() as running:
        yield running


@pytest.fixture
async def shop(tmp_path: Path, socket_dir: Path, printer: SimulatedPrinter) -> AsyncIterator[FrenchShop]:
    """The agent of a shop in Paris; its member has EUR 20 in the purse, her card is on the reader."""
    async with a_terminal(tmp_path, socket_dir) as other:
        await a_french_group(other.central)
        body = {"top_up_id": new_id(), "holder": by_uid(), "amount_minor": 2000}
        topped = await other.central.post("purses/top-ups", body, token="paris")
        assert topped.status == 200, topped.body
        settings = replace(
            other.settings,
            token=other.central.tokens["paris"],
            state_dir=tmp_path / "paris",
            socket=socket_dir / "paris.sock",
            ticket_printers={"TILL-1": TicketPrinter(printer=printer.address, port=0)},
            **SETTINGS,
        )
        async with Agent(settings, clock=wall_clock) as agent:
            await eventually(lambda: agent.link.state == "up" and agent.desk.reader is not None)
            await other.tap()
            await eventually(lambda: agent.desk.current is not None and not agent.desk.current.is_asking)
            yield FrenchShop(agent, other.central)


def a_ticket(number: str, **more: object) -> bytes:
    now = datetime.now(ZoneInfo("Europe/Paris")).replace(tzinfo=None, second=0)
    cream = Sold(code=CREAM, label="Crème mains", amount_minor=1500, quantity=2, tax="D", discount_minor=100)
    return printed("pharmacie-fr", Paper(number=number, moment=now, lines=[cream], **more))  # type: ignore[arg-type]


async def test_a_purse_pays_in_euros_and_francs_are_refused(shop: FrenchShop) -> None:
    till = till_of(shop.agent)
    paid, francs = await till.debit("1250", EUR), await till.debit("1250", CHF)
    assert (paid["AE"], paid["CF"]) == ("10", "SOLDE EUR 7.50")
    assert (francs["AE"], francs["AF"]) == ("01", "13")
    assert await shop.purse() == (2000, 1250)


async def test_a_french_ticket_earns_and_says_so_in_its_printers_letters(
    shop: FrenchShop, printer: SimulatedPrinter
) -> None:
    ticket = a_ticket("F-815")
    await print_it(shop.agent.others.captures["TILL-1"].port, ticket)

    more = text(added(printer, ticket))
    assert "Points gagnés" in more
    assert "14 points" in more
    reply = await shop.central.get("members/m-dora/balance", token="siege")
    assert reply.body["points"] == 14


async def test_payment_and_printed_goods_are_one_ticket_in_euros(
    shop: FrenchShop, printer: SimulatedPrinter
) -> None:
    assert (await till_of(shop.agent).debit("0400", EUR))["AE"] == "10"
    ticket = a_ticket("F-816", paid={"CARTE FIDÉLITÉ": 400, "CARTE BANCAIRE": 1000})

    await print_it(shop.agent.others.captures["TILL-1"].port, ticket)
    await eventually(lambda: shop.agent.sender.depth == 0)

    assert "4.00" in text(added(printer, ticket)) or "4,00" in text(added(printer, ticket))
    assert await shop.purse() == (1600, 0)
    assert await sound(shop.central, PARIS)

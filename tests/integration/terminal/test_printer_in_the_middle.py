"""The agent between a till and its printer: real sockets, tickets by python-escpos, a simulated printer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from loyalty.limits.other_tills import CAPTURE_HOLD_MS
from loyalty.limits.tills import CARD_AFTER_TICKET_S
from terminal.agent import Agent
from terminal.clock import wall_clock
from terminal.printer.simulated import SimulatedPrinter
from terminal.till.escpos import pipe
from terminal.till_settings import TicketPrinter
from tests.central_fixture import CARD, MEMBER, OTHER_MEMBER, OTHER_UID, SHAMPOO, SUN_CREAM
from tests.helpers import eventually
from tests.integration.central.stored import sound, trust
from tests.integration.terminal.test_caisse_ap import CHF, SETTINGS, free, till_of
from tests.integration.terminal.test_terminal_counter import ask, signed_in
from tests.integration.terminal.test_terminal_coupon import with_a_suppliers_voucher
from tests.integration.terminal.test_terminal_value import load
from tests.terminal_fixture import Shop, a_terminal
from tools.till.tickets import Paper, Sold, printed
from wire.tills import SetTraining

CREAMS = Sold(code=SUN_CREAM, label="Crème solaire", amount_minor=3980, quantity=2, tax="1")
BOTTLE = Sold(code=SHAMPOO, label="Shampooing", amount_minor=890, tax="1", discount_minor=90)
CUT = b"\x1dV\x00"


def now(shop: Shop) -> datetime:
    zone = ZoneInfo("Europe/Zurich")
    return datetime.fromtimestamp(shop.clock() / 1000, zone).replace(tzinfo=None, second=0)


def a_ticket(shop: Shop, number: str = "4711", *lines: Sold, has_logo: bool = False, **more: object) -> bytes:
    """A Swiss ticket of now: 39 and 8 points."""
    paper = Paper(number=number, moment=now(shop), lines=lines or (CREAMS, BOTTLE), **more)  # type: ignore[arg-type]
    return printed("pharmacie-ch", paper, has_logo=has_logo)


@pytest.fixture
async def printer() -> AsyncIterator[SimulatedPrinter]:
    async with SimulatedPrinter() as running:
        yield running


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed is told here, not how soon: a busy machine's central is not in time for its paper."""
    monkeypatch.setattr(pipe, "CAPTURE_HOLD_MS", 30_000)


@pytest.fixture
def hurried(patient: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A paper waits no longer than in a shop."""
    monkeypatch.setattr(pipe, "CAPTURE_HOLD_MS", CAPTURE_HOLD_MS)


@pytest.fixture
async def shop(tmp_path: Path, socket_dir: Path, printer: SimulatedPrinter) -> AsyncIterator[Shop]:
    moved = [0]
    places = {"TILL-1": TicketPrinter(printer=printer.address, port=0)}
    async with a_terminal(
        tmp_path,
        socket_dir,
        clock=lambda: wall_clock() + moved[0],
        ticket_printers=places,
        **SETTINGS,
    ) as running:
        running.moved = moved
        yield running


def port_of(agent: Agent) -> int:
    return agent.others.captures["TILL-1"].port


async def print_it(port: int, data: bytes, *, piece: int = 100_000) -> bytes:
    """Print as a till does, and return what the printer said."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for at in range(0, len(data), piece):
            writer.write(data[at : at + piece])
            await writer.drain()
            await asyncio.sleep(0)
        writer.write_eof()
        return await reader.read()
    finally:
        writer.close()


def added(printer: SimulatedPrinter, data: bytes) -> bytes:
    """What was printed beside the ticket's own bytes, which must all be there, in order, around one place."""
    paper = bytes(printer.printed)
    more = len(paper) - len(data)
    assert more >= 0, "bytes of the ticket are missing"
    begin = next(
        (at for at in range(len(data) + 1) if paper == data[:at] + paper[at : at + more] + data[at:]), None
    )
    assert begin is not None, "the ticket's bytes are not whole and in order"
    return paper[begin : begin + more]


async def has_points(shop: Shop, points: int) -> bool:
    return await shop.central.points_of(MEMBER) == points


def text(data: bytes) -> str:
    return data.decode("cp858", "replace")


async def test_a_ticket_prints_with_the_members_rows_before_the_cut_and_earns(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await shop.tap_known()
    ticket = a_ticket(shop)

    await print_it(port_of(shop.agent), ticket)

    more = added(printer, ticket)
    assert "47 points" in text(more)
    assert "Ligne 1" in text(more)
    assert bytes(printer.printed).endswith(CUT)
    assert text(more) in text(bytes(printer.printed)).rpartition("\x1bd\x06")[0], "rows stand above the feed"
    assert await shop.central.points_of(MEMBER) == 47
    assert await sound(shop.central)


@pytest.mark.parametrize("piece", [1, 2, 3, 7, 64])
async def test_a_ticket_in_pieces_is_the_same_ticket(
    shop: Shop, printer: SimulatedPrinter, piece: int
) -> None:
    await shop.tap_known()
    ticket = a_ticket(shop, has_logo=True) if piece > 3 else a_ticket(shop)

    await print_it(port_of(shop.agent), ticket, piece=piece)

    assert "47 points" in text(added(printer, ticket))
    assert await shop.central.points_of(MEMBER) == 47


async def test_without_a_card_the_paper_is_the_tills(shop: Shop, printer: SimulatedPrinter) -> None:
    ticket = a_ticket(shop, has_logo=True)
    await print_it(port_of(shop.agent), ticket)
    assert bytes(printer.printed) == ticket
    assert (await shop.agent.outbox.counts()).last_seq == 0


async def test_a_forgotten_card_is_added_to_a_printed_ticket_of_nobody(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    clerk = await signed_in(shop)
    ticket = a_ticket(shop)
    for _ in range(2):
        await print_it(port_of(shop.agent), ticket)
    _, listed = await ask(shop, "without-card")
    assert (listed["count"], listed["number.1"], listed["totalMinor.1"]) == ("1", "4711", "4780")
    words = {"id": "a-1", "clerk": clerk, "ticket": listed["ticket.1"], "reason": "card_forgotten"}
    await shop.tap_known()

    done, told = await ask(shop, "late-card", **words, card="reader")
    again = await ask(shop, "late-card", **words, card="reader")
    printer.printed.clear()
    await print_it(port_of(shop.agent), ticket)

    assert (done, told["member"], told["points"]) == ("Success", MEMBER, "47")
    assert again == (done, told)
    assert bytes(printer.printed) == ticket, "a reprint with the card there earns no second time"
    assert await shop.central.points_of(MEMBER) == 47
    assert await sound(shop.central)


async def test_a_reprint_with_the_card_earns_while_the_customer_looks_for_it_and_not_later(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    soon, later = a_ticket(shop), a_ticket(shop, "4712")
    await print_it(port_of(shop.agent), soon)
    await print_it(port_of(shop.agent), later)
    await shop.tap_known()
    await print_it(port_of(shop.agent), soon)
    assert await shop.central.points_of(MEMBER) == 47
    shop.moved[0] = CARD_AFTER_TICKET_S * 1000 + 1_000
    await shop.tap_known(OTHER_UID)
    printer.printed.clear()

    await print_it(port_of(shop.agent), later)

    assert bytes(printer.printed) == later
    assert await shop.central.points_of(OTHER_MEMBER) == 0


async def test_a_reprint_says_the_same_and_earns_nothing_more(shop: Shop, printer: SimulatedPrinter) -> None:
    await shop.tap_known()
    ticket = a_ticket(shop)
    await print_it(port_of(shop.agent), ticket)
    first = bytes(printer.printed)

    for _ in range(2):
        printer.printed.clear()
        await print_it(port_of(shop.agent), ticket)
        assert bytes(printer.printed) == first

    assert await shop.central.points_of(MEMBER) == 47


async def test_a_reprint_with_another_card_earns_nobody_anything(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await shop.tap_known()
    ticket = a_ticket(shop)
    await print_it(port_of(shop.agent), ticket)
    printer.printed.clear()
    await shop.tap_known(OTHER_UID)

    await print_it(port_of(shop.agent), ticket)

    assert bytes(printer.printed) == ticket
    assert (await shop.central.points_of(MEMBER), await shop.central.points_of(OTHER_MEMBER)) == (47, 0)


async def test_with_central_away_the_paper_is_the_tills_and_the_points_come_later(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await shop.tap_known()
    await shop.cut()
    ticket = a_ticket(shop)

    await print_it(port_of(shop.agent), ticket)

    assert bytes(printer.printed) == ticket
    assert shop.agent.sender.depth == 1
    await shop.mend()
    await shop.drained()
    assert await shop.central.points_of(MEMBER) == 47


@pytest.mark.usefixtures("hurried")
async def test_slower_than_the_limit_the_paper_does_not_wait_and_the_award_goes_on(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await shop.tap_known()
    ticket = a_ticket(shop)
    async with shop.agent.till.turn_of("TILL-1"):  # another message of the till is under way
        await print_it(port_of(shop.agent), ticket)
        assert bytes(printer.printed) == ticket
        assert await shop.central.points_of(MEMBER) == 0

    await eventually(lambda: has_points(shop, 47))


@pytest.mark.parametrize("what", ["unknown command", "other paper", "wrong total", "no number"])
async def test_what_is_not_read_for_sure_prints_as_it_came(
    shop: Shop, printer: SimulatedPrinter, what: str
) -> None:
    await shop.tap_known()
    ticket = {
        "unknown command": b"\x1b\x7f\x01" + a_ticket(shop),
        "other paper": b"Bon de livraison\n12 cartons\n" + CUT,
        "wrong total": a_ticket(shop).replace(b"47.80", b"48.80"),
        "no number": a_ticket(shop).replace(b"Quittance", b"Quittung "),
    }[what]
    assert ticket != a_ticket(shop)

    await print_it(port_of(shop.agent), ticket)

    assert bytes(printer.printed) == ticket
    assert await shop.central.points_of(MEMBER) == 0


async def test_old_paper_earns_nothing_and_neither_do_goods_that_come_back(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await shop.tap_known()
    old = a_ticket(shop, "1")
    shop.moved[0] += 16 * 60 * 1000
    await print_it(port_of(shop.agent), old)
    back = Sold(code=SHAMPOO, label="Shampooing", amount_minor=-890, tax="1")
    await print_it(port_of(shop.agent), a_ticket(shop, "2", CREAMS, back))

    assert await shop.central.points_of(MEMBER) == 0
    assert (await shop.agent.outbox.counts()).last_seq == 0


async def test_two_tickets_on_one_connection_are_two(shop: Shop, printer: SimulatedPrinter) -> None:
    await shop.tap_known()
    await print_it(port_of(shop.agent), a_ticket(shop, "1") + a_ticket(shop, "2"))
    assert await shop.central.points_of(MEMBER) == 94
    assert text(bytes(printer.printed)).count("47 points") >= 2


async def test_a_ticket_that_is_never_cut_ends_with_its_connection(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await shop.tap_known()
    paper = Paper(number="9", moment=now(shop), lines=[CREAMS])
    ticket = printed("pharmacie-ch", paper, cut=False)
    await print_it(port_of(shop.agent), ticket)
    assert "39 points" in text(added(printer, ticket))
    assert await shop.central.points_of(MEMBER) == 39


async def test_a_card_shown_in_passing_is_of_one_ticket(shop: Shop, printer: SimulatedPrinter) -> None:
    await shop.tap(CARD, "barcode")
    await eventually(lambda: shop.kiosk.session.state == "open")
    await print_it(port_of(shop.agent), a_ticket(shop, "1"))
    printer.printed.clear()

    next_customers = a_ticket(shop, "2")
    await print_it(port_of(shop.agent), next_customers)

    assert bytes(printer.printed) == next_customers
    assert await shop.central.points_of(MEMBER) == 47


async def test_a_coupon_of_central_prints_with_its_code(shop: Shop, printer: SimulatedPrinter) -> None:
    await with_a_suppliers_voucher(shop.central)
    await shop.tap_known()
    ticket = a_ticket(shop)

    await print_it(port_of(shop.agent), ticket)

    more = added(printer, ticket)
    assert b"\x1d(k" in more
    assert "Sol Laboratoires SA" in text(more)


async def test_paper_that_runs_out_is_told_to_the_till_by_the_printer_itself(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    printer.switches.paper_out = True
    said = await print_it(port_of(shop.agent), b"\x10\x04\x04" + a_ticket(shop) + b"\x10\x04\x01")
    assert said == bytes([printer.switches.answer(4), printer.switches.answer(1)])


async def test_a_printer_that_is_off_is_off_for_the_till(tmp_path: Path, socket_dir: Path) -> None:
    places = {"TILL-1": TicketPrinter(printer="tcp://127.0.0.1:1", port=0)}
    async with a_terminal(tmp_path, socket_dir, ticket_printers=places) as shop:
        with pytest.raises(ConnectionError):
            await print_it(port_of(shop.agent), a_ticket(shop))


async def test_a_printer_that_breaks_off_breaks_the_till_off(tmp_path: Path, socket_dir: Path) -> None:
    async def give_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(100)
        writer.transport.abort()

    async with await asyncio.start_server(give_up, "127.0.0.1", 0) as server:
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        places = {"TILL-1": TicketPrinter(printer=address, port=0)}
        async with a_terminal(tmp_path, socket_dir, ticket_printers=places) as shop:
            reader, writer = await asyncio.open_connection("127.0.0.1", port_of(shop.agent))
            writer.write(a_ticket(shop)[:200])
            with pytest.raises(ConnectionError):
                await reader.readexactly(1)
            writer.close()


async def test_a_ticket_paid_by_caisse_ap_is_one_ticket_with_its_goods(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await trust(shop.central)
    await shop.tap_known()
    await load(shop, 3000)
    till = till_of(shop.agent)
    assert (await till.debit("1250", CHF))["AE"] == "10"
    ticket = a_ticket(shop, "77", CREAMS, paid={"Carte fidélité": 1250})

    for _ in range(2):  # and its reprint
        printer.printed.clear()
        await print_it(port_of(shop.agent), ticket)
        assert "39 points" in text(added(printer, ticket))
    await shop.drained()

    assert (await free(shop), await shop.central.points_of(MEMBER)) == (1750, 39)
    assert await shop.sales_booked() == 1
    cancelled = await till.ask(CE=CHF, CD="2", CB="1250")
    assert (cancelled["AE"], cancelled["AF"]) == ("01", "05")
    assert await sound(shop.central)


@pytest.mark.usefixtures("hurried")
async def test_a_till_that_leaves_while_the_printer_talks_gets_its_whole_ticket_printed(
    tmp_path: Path, socket_dir: Path
) -> None:
    """Printers with automatic status talk unasked; a till that has sent all may be gone by then."""
    paper = bytearray()

    async def chatter(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(64):
            paper.extend(data)
            writer.write(b"\x14\x00\x00\x0f")
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(chatter, "127.0.0.1", 0) as server:
        address = f"tcp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        places = {"TILL-1": TicketPrinter(printer=address, port=0)}
        async with a_terminal(tmp_path, socket_dir, ticket_printers=places) as shop:
            await shop.tap_known()
            ticket = a_ticket(shop)
            async with shop.agent.till.turn_of("TILL-1"):  # the cut waits as long as it may
                _, writer = await asyncio.open_connection("127.0.0.1", port_of(shop.agent))
                writer.write(ticket)
                await writer.drain()
                writer.close()
                await writer.wait_closed()
                await eventually(lambda: bytes(paper).endswith(CUT))
            assert bytes(paper) == ticket


async def test_an_agent_that_stops_in_a_ticket_breaks_the_till_off(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(shop.agent))
    ticket = a_ticket(shop)
    writer.write(ticket[:200])
    await eventually(lambda: len(printer.printed) > 100)

    await shop.agent.others.close()

    with pytest.raises(ConnectionError):
        await reader.readexactly(1)
    writer.close()
    assert ticket.startswith(bytes(printer.printed))


async def test_a_status_question_after_line_feeds_is_answered_while_the_ticket_is_open(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port_of(shop.agent))
    writer.write(b"TOTAL\n\n\n\x10\x04\x01")
    assert await reader.readexactly(1) == bytes([printer.switches.answer(1)])
    writer.close()


async def test_a_ticket_of_a_till_in_training_prints_and_earns_nothing(
    shop: Shop, printer: SimulatedPrinter
) -> None:
    await shop.tap_known()
    shop.kiosk.send(SetTraining(request_id="1", sale_id="TILL-1", is_on=True))
    await eventually(lambda: shop.kiosk.state.training == ("TILL-1",))
    ticket = a_ticket(shop)

    await print_it(port_of(shop.agent), ticket)

    assert bytes(printer.printed) == ticket
    assert (await shop.agent.outbox.counts()).last_seq == 0

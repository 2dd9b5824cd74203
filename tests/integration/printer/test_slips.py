"""The kiosk asks for slips: a real agent prints them on a printer behind a real socket, each at most once."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from loyalty.limits.printing import PRINT_QUEUE_MAX
from terminal.printer.simulated import SimulatedPrinter
from terminal.views import SOFTWARE_VERSION
from tests.central_fixture import CARD
from tests.helpers import eventually
from tests.integration.terminal.till_pairing import STAFF_UID
from tests.terminal_fixture import CREAM, Shop, a_terminal
from wire.api_counter import StaffBody
from wire.api_tills import StaffCardBody
from wire.printing import PrintOutcome, PrintSlip, PrintTold, SlipKind


@asynccontextmanager
async def a_shop_that_prints(
    tmp_path: Path, socket_dir: Path, printer: SimulatedPrinter
) -> AsyncIterator[Shop]:
    async with printer, a_terminal(tmp_path, socket_dir, printer=printer.address) as shop:
        await asyncio.wait_for(shop.agent.print_desk.wait_looked(), 10)
        yield shop


def wish(shop: Shop, request_id: str, what: SlipKind = "balance", item_id: str = "") -> PrintSlip:
    return PrintSlip(
        request_id=request_id,
        session_id=shop.kiosk.session.session_id,
        what=what,
        item_id=item_id,
        language="fr",
    )


async def told(shop: Shop, request_id: str, count: int = 1) -> PrintOutcome:
    def those() -> list[PrintTold]:
        all_told = [each for each in shop.kiosk.answers if isinstance(each, PrintTold)]
        return [each for each in all_told if each.request_id == request_id]

    await eventually(lambda: len(those()) >= count, 40)
    return those()[-1].outcome


async def test_a_balance_comes_out_with_accents_and_nothing_of_it_stays(
    tmp_path: Path, socket_dir: Path
) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        state = shop.kiosk.state.printer
        assert state is not None
        assert (state.condition, state.waiting) == ("ready", 0)
        await shop.tap_known()
        member = shop.kiosk.session.member
        assert member is not None

        shop.kiosk.send(wish(shop, "s.1"))

        assert await told(shop, "s.1") == "printed"
        rows = printer.sheet.texts
        assert "Votre solde" in rows
        assert (member.points, "0 point" in rows) == (0, True)
        assert member.display_name in rows
        assert printer.sheet.cuts == 1
        kept = (tmp_path / "terminal" / "terminal.db").read_bytes()
        kept += (tmp_path / "terminal" / "terminal.db-wal").read_bytes()
        assert b"slip.s.1" in kept
        assert not any(secret in kept for secret in (b"Votre solde", member.display_name.encode()))


async def test_the_same_request_again_prints_nothing_more_and_says_the_same(
    tmp_path: Path, socket_dir: Path
) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.tap_known()
        for _ in range(3):
            shop.kiosk.send(wish(shop, "s.1", "statement"))
        assert await told(shop, "s.1", 3) == "printed"
        shop.kiosk.send(wish(shop, "s.1"))  # the same id for something else
        assert await told(shop, "s.1", 4) == "not_here"
        assert printer.sheet.cuts == 1


@pytest.mark.parametrize(
    ("switch", "outcome"),
    [("paper_out", "paper_out"), ("is_cover_open", "cover_open"), ("is_offline", "offline"),
     ("has_error", "offline")],
)  # fmt: skip
async def test_a_printer_in_trouble_prints_nothing_and_the_screen_knows_why(
    tmp_path: Path, socket_dir: Path, switch: str, outcome: PrintOutcome
) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.tap_known()
        setattr(printer.switches, switch, True)
        shop.kiosk.send(wish(shop, "s.1"))

        assert await told(shop, "s.1") == outcome
        assert not printer.printed
        expected = "error" if switch == "has_error" else outcome
        await eventually(lambda: shop.kiosk.state.printer and shop.kiosk.state.printer.condition == expected)
        setattr(printer.switches, switch, False)
        await eventually(lambda: shop.kiosk.state.printer and shop.kiosk.state.printer.may_print, 20)
        shop.kiosk.send(wish(shop, "s.2"))
        assert await told(shop, "s.2") == "printed"


async def test_paper_that_ends_within_a_slip_leaves_no_half_for_the_next_member(
    tmp_path: Path, socket_dir: Path
) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.tap_known()
        printer.switches.dots_left = 200
        shop.kiosk.send(wish(shop, "s.1", "statement"))

        assert await told(shop, "s.1") == "paper_out"
        assert printer.sheet.cuts == 0
        printer.mechanism.new_roll()
        assert (printer.mechanism.waiting, printer.sheet.cuts) == (0, 0), "the rest was forgotten"
        await eventually(lambda: shop.kiosk.state.printer and shop.kiosk.state.printer.may_print, 20)
        shop.kiosk.send(wish(shop, "s.2"))
        assert await told(shop, "s.2") == "printed"


async def test_a_printer_that_confirms_nothing_is_not_believed(tmp_path: Path, socket_dir: Path) -> None:
    printer = SimulatedPrinter()
    printer.switches.confirms = False
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.tap_known()
        shop.kiosk.send(wish(shop, "s.1"))
        assert await told(shop, "s.1") == "uncertain"
        assert printer.sheet.cuts == 1


async def test_low_paper_still_prints(tmp_path: Path, socket_dir: Path) -> None:
    printer = SimulatedPrinter()
    printer.switches.paper_low = True
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        assert shop.kiosk.state.printer is not None
        assert shop.kiosk.state.printer.condition == "paper_low"
        await shop.tap_known()
        shop.kiosk.send(wish(shop, "s.1"))
        assert await told(shop, "s.1") == "printed"


async def test_what_waits_when_the_member_leaves_is_not_printed(tmp_path: Path, socket_dir: Path) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.tap_known()
        desk = shop.agent.print_desk
        async with desk.turn:  # the printer is busy with something else
            for number in range(PRINT_QUEUE_MAX + 1):
                shop.kiosk.send(wish(shop, f"s.{number}"))
            assert await told(shop, f"s.{PRINT_QUEUE_MAX}") == "busy"
            state = await eventually(lambda: shop.kiosk.state.printer)
            assert state is not None
            assert state.waiting == PRINT_QUEUE_MAX
            await shop.remove()
            await eventually(lambda: shop.kiosk.state.session is None)
        assert {await told(shop, f"s.{number}") for number in range(PRINT_QUEUE_MAX)} == {"not_now"}
        assert not printer.printed


async def test_without_a_printer_nothing_is_offered_and_nothing_promised(shop: Shop) -> None:
    assert shop.kiosk.state.printer is None
    await shop.tap_known()
    shop.kiosk.send(wish(shop, "s.1"))
    assert await told(shop, "s.1") == "no_printer"


async def test_a_member_prints_no_test_page_and_nobody_prints_for_another(
    tmp_path: Path, socket_dir: Path
) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.tap_known()
        shop.kiosk.send(wish(shop, "s.1", "test"))
        shop.kiosk.send(PrintSlip(request_id="s.2", session_id="another", what="balance"))
        assert [await told(shop, "s.1"), await told(shop, "s.2")] == ["not_here", "not_now"]
        assert not printer.printed


async def test_a_number_that_was_typed_prints_no_exact_balance(tmp_path: Path, socket_dir: Path) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.tap(CARD, medium="barcode")
        await eventually(lambda: shop.kiosk.session.state == "open")
        shop.kiosk.send(wish(shop, "s.1"))
        shop.kiosk.send(wish(shop, "s.2", "statement"))
        assert [await told(shop, "s.1"), await told(shop, "s.2")] == ["printed", "not_here"]
        assert any("Le solde exact" in row for row in printer.sheet.texts)


async def test_a_card_of_staff_sees_how_the_terminal_is_and_prints_a_test_page(
    tmp_path: Path, socket_dir: Path
) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        services, operator = shop.central.services, shop.central.operator
        await services.counter.staff.put(operator, "s-7", StaffBody(role="assistant"))
        card = StaffCardBody(staff_id="s-7", name="Mme Rochat", uid=STAFF_UID)
        await services.staff_cards.issue(operator, card)
        await shop.tap_known(STAFF_UID)
        staff = shop.kiosk.session.staff
        assert staff is not None
        assert staff.may_look_after
        assert shop.kiosk.state.version == SOFTWARE_VERSION

        shop.kiosk.send(wish(shop, "s.1", "test"))

        assert await told(shop, "s.1") == "printed"
        assert any(SOFTWARE_VERSION in row for row in printer.sheet.texts)
        assert printer.sheet.cuts == 1


async def test_staff_prints_the_day_s_totals_of_each_till_and_the_day_stays_open(
    tmp_path: Path, socket_dir: Path
) -> None:
    printer = SimulatedPrinter()
    async with a_shop_that_prints(tmp_path, socket_dir, printer) as shop:
        await shop.till.award([CREAM], card=CARD)
        other = await shop.second_till()
        for _ in range(2):
            await other.award([CREAM], card=CARD)
        await shop.drained()
        await shop.tap_known()
        shop.kiosk.send(wish(shop, "s.1", "totals"))
        assert await told(shop, "s.1") == "not_here", "no member's"
        services, operator = shop.central.services, shop.central.operator
        await services.counter.staff.put(operator, "s-7", StaffBody(role="assistant"))
        card = StaffCardBody(staff_id="s-7", name="Mme Rochat", uid=STAFF_UID)
        await services.staff_cards.issue(operator, card)
        await shop.tap(STAFF_UID)
        await eventually(
            lambda: shop.kiosk.state.session is not None and shop.kiosk.session.staff is not None
        )
        period = await shop.agent.totals.open_period()
        shop.kiosk.send(wish(shop, "s.2", "totals"))
        assert await told(shop, "s.2") == "printed"
        rows = [" ".join(row.split()) for row in printer.sheet.texts]
        assert "Caisse TILL-1" in rows
        told_rows = [row for row in rows if row.startswith(("Caisse", "Toutes", "Tickets")) or "point" in row]
        assert told_rows == [
            *("Caisse TILL-1", "Tickets (1)", "39 points", "Caisse TILL-2", "Tickets (2)", "78 points"),
            *("Toutes les caisses", "Tickets (3)", "117 points"),
        ]
        assert await shop.agent.totals.open_period() == period

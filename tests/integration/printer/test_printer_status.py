"""The real driver asks a printer over a real socket, and the doctor says what to do next."""

import asyncio
import contextlib
import errno
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from officine.doctor.base import Machine, Result, Status
from officine.doctor.printer import STEPS, ReceiptPrinter
from terminal.printer.base import (
    PrinterAddressInvalid,
    PrinterUnreachable,
    SerialAddress,
    TcpAddress,
    UsbAddress,
    parse_address,
)
from terminal.printer.escpos import EscposPrinter
from terminal.printer.simulated import SimulatedPrinter, Switches
from terminal.printer.trouble import WORDS, Cause, cause_of
from terminal.settings import TerminalSettings
from tools.demo.stack import free_port
from wire.settings import SettingRefused


async def examined(address: str) -> Result:
    settings = TerminalSettings(
        central_url="http://central.example",
        state_dir=Path("/none"),
        socket=Path("t"),
        reader_socket=Path("r"),
        printer=address,
    )
    machine = Machine(config=None, programs={"terminal": settings})
    assert ReceiptPrinter().applies(machine)
    return await ReceiptPrinter().run(machine)


@pytest.mark.parametrize(
    ("switches", "status", "code"),
    [
        (Switches(), Status.OK, "ok"),
        (Switches(paper_low=True), Status.WARN, "paper_low"),
        (Switches(paper_out=True), Status.FAIL, "paper_out"),
        (Switches(is_cover_open=True), Status.FAIL, "cover_open"),
        (Switches(is_cover_open=True, paper_out=True), Status.FAIL, "cover_open"),
        (Switches(has_error=True), Status.FAIL, "error"),
        (Switches(is_offline=True), Status.FAIL, "offline"),
        (Switches(is_mute=True), Status.FAIL, "not_reachable"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_doctor_tells_what_the_printer_itself_says(
    switches: Switches, status: Status, code: str
) -> None:
    async with SimulatedPrinter(switches) as printer:
        result = await examined(printer.address)
        assert (result.status, result.code) == (status, code), result
        assert bool(result.next_step) is (status is not Status.OK)
        assert not printer.printed, "a question prints nothing"


async def test_a_printer_that_is_not_there_is_told_with_what_to_look_at() -> None:
    asked = {
        f"tcp://127.0.0.1:{free_port()}": "refused",
        "tcp://no-such-printer.invalid:9100": "no_such_name",
        "usb://f00d:f00d": "not_plugged_in",
        "serial:///dev/officine-no-such-port": "not_plugged_in",
        "serial:///dev/null": "no_port",
    }
    for address, cause in asked.items():
        result = await examined(address)
        assert (result.status, result.code, result.params) == (Status.FAIL, "not_reachable", {"cause": cause})
        assert result.next_step == STEPS[Cause(cause)]
        assert result.text.startswith(f"{address}: {WORDS[Cause(cause)]}")
        assert "Errno" not in result.text


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (OSError(errno.EHOSTUNREACH, "No route to host"), Cause.NO_WAY),
        (ConnectionResetError(errno.ECONNRESET, "reset"), Cause.CLOSED),
        (PermissionError(errno.EACCES, "Permission denied"), Cause.NOT_PERMITTED),
        (OSError(errno.EBUSY, "Resource busy"), Cause.BUSY),
        (ModuleNotFoundError("No module named 'usb'"), Cause.NO_LIBRARY),
        (RuntimeError("what nobody has seen yet"), Cause.OTHER),
    ],
)
def test_every_cause_has_a_sentence_and_something_to_do(error: Exception, cause: Cause) -> None:
    wrapped = RuntimeError("Unable to open printer")
    wrapped.__context__ = error
    assert cause_of(wrapped) is cause
    assert set(WORDS) == set(STEPS) == set(Cause)
    said = str(PrinterUnreachable("usb://04b8:0e15", cause, str(error)))
    assert said.startswith(f"usb://04b8:0e15: {WORDS[cause]}")
    assert ("nobody has seen" in said) is (cause is Cause.OTHER)


async def test_another_device_on_that_port_is_no_printer() -> None:
    async with talking(b"HTTP/1.1 400 Bad Request\r\n") as port:
        assert (await examined(f"tcp://127.0.0.1:{port}")).code == "not_a_printer"


async def test_a_printer_that_hangs_up_is_not_reached() -> None:
    async with talking(b"") as port:
        assert (await examined(f"tcp://127.0.0.1:{port}")).code == "not_reachable"


async def test_questions_between_printed_bytes_are_answered_and_not_printed() -> None:
    async with SimulatedPrinter(Switches(paper_low=True)) as printer:
        reader, writer = await asyncio.open_connection("127.0.0.1", printer.port)
        for part in (b"Bonjour\x10", b"\x04", b"\x04 merci\n"):
            writer.write(part)
            await writer.drain()
        assert (await reader.readexactly(1))[0] & 0x0C
        writer.close()
        await writer.wait_closed()
        status = await asyncio.to_thread(EscposPrinter(printer.address).status)
        assert status.paper == "low"
        assert bytes(printer.printed) == b"Bonjour merci\n"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("tcp://192.0.2.40:9101", TcpAddress(host="192.0.2.40", port=9101)),
        ("tcp://printer.example", TcpAddress(host="printer.example", port=9100)),
        ("usb://04b8:0E15", UsbAddress(vendor=0x04B8, product=0x0E15)),
        ("serial:///dev/ttyUSB0?baud=19200", SerialAddress(device="/dev/ttyUSB0", baud=19200)),
    ],
)
def test_addresses_as_the_settings_write_them(text: str, address: object) -> None:
    assert parse_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["printer", "tcp://", "tcp://a:b", "tcp://a:99999", "tcp://u:p@a", "usb://epson", "serial://x/dev/y",
     "serial:///etc/passwd", "serial:///dev/tty?baud=7", "http://192.0.2.40"],
)  # fmt: skip
async def test_what_is_no_address_is_refused_with_examples(text: str) -> None:
    with pytest.raises(PrinterAddressInvalid, match="usb://04b8:0e15"):
        parse_address(text)
    with pytest.raises(SettingRefused, match="printer"):
        await examined(text)  # the settings themselves refuse it: no agent starts with it


@contextlib.asynccontextmanager
async def talking(answer: bytes) -> AsyncIterator[int]:
    """A device that gives this answer to whatever it hears, and hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(16)
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


async def test_a_shop_without_a_printer_is_told_so_and_nothing_is_amiss() -> None:
    result = await examined("")
    assert (result.status, result.text, result.next_step) == (Status.OK, "none set", "")

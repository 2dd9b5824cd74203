"""Is the receipt printer there, closed, and does it have paper?"""

import asyncio
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from officine.doctor.base import Check, Machine, Result, fail, ok, warn
from terminal.printer.base import (
    PrinterNotUnderstood,
    PrinterStatus,
    PrinterUnreachable,
)
from terminal.printer.trouble import Cause

_PAGE: Final = "its own status page shows it (hold FEED while switching on)"
STEPS: Final[Mapping[Cause, str]] = MappingProxyType(
    {
        Cause.REFUSED: f"Correct `printer` if its address or port (mostly 9100) is another: {_PAGE}.",
        Cause.NO_WAY: f"Switch it on and check its network cable; then compare its address: {_PAGE}.",
        Cause.NO_SUCH_NAME: f"Write its address in numbers into `printer`: {_PAGE}.",
        Cause.SILENT: "Switch it off and on; if another till prints on it just now, ask again in a moment.",
        Cause.CLOSED: "Switch it off and on; some take one caller at a time: ask again in a moment.",
        Cause.NOT_PLUGGED_IN: "Switch it on, check its cable; lsusb, ls /dev/serial/by-id show what is seen.",
        Cause.NO_PORT: "Correct `printer`; ls /dev/serial/by-id shows the serial ports here.",
        Cause.NOT_PERMITTED: "Run this as root (sudo officine doctor).",
        Cause.BUSY: "End the other program that prints on it; remove its queue from CUPS.",
        Cause.NO_LIBRARY: "Install the locked packages again: make setup.",
        Cause.OTHER: "Switch it off and on, check its cable, and ask again; then send a support-bundle.",
    }
)
"""What to do for each cause."""


class ReceiptPrinter:
    """The printer of this terminal, asked by its own status (ESC/POS, DLE EOT)."""

    name = "printer"

    def applies(self, machine: Machine) -> bool:
        """Where an agent runs: it is the agent's printer."""
        return "terminal" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Ask once; nothing is printed."""
        address = machine.programs["terminal"].printer
        return await ask_printer(self, address) if address else ok(self, "none set", is_set=False)


async def ask_printer(check: Check, address: str) -> Result:
    """What a printer says of itself, as this check's result."""
    from terminal.printer.escpos import EscposPrinter

    try:
        status = await asyncio.to_thread(lambda: EscposPrinter(address).status())
    except PrinterUnreachable as error:
        return fail(check, "not_reachable", str(error), STEPS[error.cause], cause=error.cause.value)
    except PrinterNotUnderstood as error:
        return fail(check, "not_a_printer", str(error), "Correct `printer` in the settings.")
    return _judge(check, address, status)


def _judge(check: Check, address: str, status: PrinterStatus) -> Result:
    """The gravest first: a printer with its cover open is offline as well."""
    if status.is_cover_open:
        return fail(check, "cover_open", f"{address}: the cover is open", "Close the cover until it clicks.")
    if status.paper == "out":
        step = "Put in a new roll, the printed side up, and close the cover."
        return fail(check, "paper_out", f"{address}: no paper", step)
    if status.has_error:
        step = "Switch it off, look for paper that is stuck at the knife, switch it on."
        return fail(check, "error", f"{address}: it reports an error", step)
    if not status.is_online:
        step = "Press its FEED or ONLINE button; else switch it off and on."
        return fail(check, "offline", f"{address}: offline", step)
    if status.paper == "low":
        return warn(check, "paper_low", f"{address}: the roll ends soon", "Have a new roll at hand.")
    return ok(check, f"{address}: online, paper is there")

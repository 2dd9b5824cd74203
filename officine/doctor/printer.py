"""Is the receipt printer there, closed, and does it have paper?"""

import asyncio

from officine.doctor.base import Machine, Result, fail, ok, warn
from terminal.printer.base import (
    PrinterNotUnderstood,
    PrinterStatus,
    PrinterUnreachable,
)


class ReceiptPrinter:
    """The printer of this terminal, asked by its own status (ESC/POS, DLE EOT)."""

    name = "printer"

    def applies(self, machine: Machine) -> bool:
        """Where an agent runs: it is the agent's printer."""
        return "terminal" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Ask once; nothing is printed."""
        from terminal.printer.escpos import EscposPrinter

        address = machine.programs["terminal"].printer
        if not address:
            return ok(self, "none set", is_set=False)
        try:
            status = await asyncio.to_thread(lambda: EscposPrinter(address).status())
        except PrinterUnreachable as error:
            step = "Is it switched on, is its cable in, is this its address? Its own status page says."
            return fail(self, "not_reachable", str(error), step)
        except PrinterNotUnderstood as error:
            return fail(self, "not_a_printer", str(error), "Correct `printer` in the settings.")
        return self._judge(address, status)

    def _judge(self, address: str, status: PrinterStatus) -> Result:
        """The gravest first: a printer with its cover open is offline as well."""
        if status.is_cover_open:
            return fail(
                self, "cover_open", f"{address}: the cover is open", "Close the cover until it clicks."
            )
        if status.paper == "out":
            step = "Put in a new roll, the printed side up, and close the cover."
            return fail(self, "paper_out", f"{address}: no paper", step)
        if status.has_error:
            step = "Switch it off, look for paper that is stuck at the knife, switch it on."
            return fail(self, "error", f"{address}: it reports an error", step)
        if not status.is_online:
            step = "Press its FEED or ONLINE button; else switch it off and on."
            return fail(self, "offline", f"{address}: offline", step)
        if status.paper == "low":
            return warn(self, "paper_low", f"{address}: the roll ends soon", "Have a new roll at hand.")
        return ok(self, f"{address}: online, paper is there")

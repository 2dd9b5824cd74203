"""Is anything stuck in the outbox: a ticket central refused, or one that waits for a person?"""

import asyncio

from loyalty.errors import LoyaltyError
from officine.doctor.base import Machine, Result, fail, ok, warn


class OutboxEntries:
    """What lies in the terminal's own database."""

    name = "outbox"

    def applies(self, machine: Machine) -> bool:
        """Where an agent runs."""
        return "terminal" in machine.programs

    async def run(self, machine: Machine) -> Result:
        """Read it; the agent may be running."""
        from terminal.database import Database
        from terminal.outbox import Outbox

        path = machine.programs["terminal"].database
        if not await asyncio.to_thread(path.is_file):
            return warn(self, f"no outbox at {path} yet", "Start the agent once: officine terminal run")
        try:
            async with Database(path) as opened:
                box = Outbox(opened)
                counts, head = await box.counts(), await box.find_head()
        except LoyaltyError as error:
            return fail(self, str(error), "Do not delete the file; call support.")
        text = f"{counts.depth} waiting, {counts.refused} refused, {counts.delivered} delivered"
        if head is not None and head.state == "parked":
            return fail(
                self, f"{text}; the first waits: {head.reason}", "Mend what it says; it is sent then."
            )
        if counts.refused:
            return warn(self, text, "Show them to staff: officine terminal outbox")
        return ok(self, text)

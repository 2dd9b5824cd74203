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
            step = "The agent makes it at its first start, once it is paired."
            return warn(self, "none_yet", f"no outbox at {path} yet", step)
        try:
            async with Database(path) as opened:
                box = Outbox(opened)
                counts, head = await box.counts(), await box.find_head()
        except LoyaltyError as error:
            return fail(self, "unusable", str(error), "Do not delete the file; call support.")
        text = f"{counts.depth} waiting, {counts.refused} refused, {counts.delivered} delivered"
        if head is not None and head.state == "parked":
            told = f"{text}; the first waits: {head.reason}"
            step = "Mend what it says; it is sent then."
            return fail(self, "parked", told, step, waiting=counts.depth, reason=head.reason_code)
        if counts.refused:
            step = "Show them to staff: officine terminal outbox"
            return warn(self, "refused", text, step, waiting=counts.depth, refused=counts.refused)
        return ok(self, text, waiting=counts.depth)

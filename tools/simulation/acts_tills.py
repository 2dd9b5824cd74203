"""Tickets and refunds over tills and terminals."""

import asyncio
from typing import Final

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Acts
from tools.simulation.till import Report, Till

QUEUE_CLOCKS_MS: Final = tuple(hours * 3_600_000 for hours in (-9_000, -20, -2, 0, 0, 2, 20, 9_000))


class Tills(Acts):
    """At the tills."""

    async def report(self) -> None:
        """A ticket over the terminal; repeated unchanged, or with other content, or asked about."""
        rng = self._rng
        till = rng.choice(self._world.tills)
        person = it.LOST_CARD if self._does("lost card", 0.08) else self._person()
        ahead_ms = 20 * 60_000 if self._does("fast tills", 0.1) else 0
        report = till.new_report(self._lines(), person, ahead_ms=ahead_ms)
        await till.drive(report, TRIES)
        if report.state == "done" and rng.random() < 0.35:
            await asyncio.sleep(rng.random() * 3)
            if rng.random() < 0.5:
                report.service_id = till.new_service_id()
            await till.drive(report, 2)
        if report.state == "done" and rng.random() < 0.15:
            await self._report_otherwise(till, report)

    async def _report_otherwise(self, till: Till, report: Report) -> None:
        """The same ticket with other lines must be refused."""
        await till.must_refuse_other(report, is_new_message=self._rng.random() < 0.5)

    async def refund(self) -> None:
        """Goods of a till's ticket come back at the same till."""
        await self._refund(self._rng.choice(self._world.tills))

    async def _refund(self, till: Till) -> None:
        rng = self._rng
        sold = [each for each in till.reports if each.ticket is not None and each.state == "done"]
        if not sold:
            return
        report = rng.choice(sold)
        assert report.ticket is not None
        lines: tuple[tuple[int, int], ...] | None = (
            None  # all of it: what that is depends on what came before
        )
        if report.key in till.returned_whole:
            return
        if rng.random() < 0.7 or report.key in till.refunded:
            some = rng.sample(report.ticket.lines, rng.randint(1, len(report.ticket.lines)))
            lines = tuple((line.line_no, rng.randint(1, line.quantity)) for line in some)
        (till.returned_whole if lines is None else till.refunded).add(report.key)
        await till.drive(till.new_refund(report, lines), TRIES)

    async def queue_up(self) -> None:
        """A shop without a line: tickets and refunds wait, hours pass, the terminal's clock jumps."""
        rng, network = self._rng, self._world.network
        till = rng.choice(self._world.tills)
        name = till.terminal.name
        network.cut(name, "central")
        network.cut("central", name)
        for _ in range(rng.randint(2, 5)):
            if self._does("clocks jump", 0.3):
                till.terminal.skew_ms = rng.choice(QUEUE_CLOCKS_MS)
                self._world.trace.note("clock", name, till.terminal.skew_ms)
            if self._does("hours pass", 0.2):
                self._world.around.slept_ms += rng.choice((1, 20, 30, 50)) * 3_600_000
            if rng.random() < 0.35:
                await self._refund(till)
            else:
                await till.drive(till.new_report(self._lines(), self._person()), TRIES)
        till.terminal.skew_ms = 0
        network.heal(name)

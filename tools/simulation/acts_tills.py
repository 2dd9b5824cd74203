"""Tickets and refunds over tills and terminals."""

import asyncio

from tools.simulation import catalogue as it
from tools.simulation.acts import TRIES, Acts
from tools.simulation.till import Report, Till


class Tills(Acts):
    """At the tills."""

    async def report(self) -> None:
        """A ticket over the terminal; repeated unchanged, or with other content, or asked about."""
        rng = self._rng
        till = rng.choice(self._world.tills)
        person = it.LOST_CARD if rng.random() < 0.08 else self._person()
        ahead_ms = 20 * 60_000 if rng.random() < 0.08 else 0
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
        rng = self._rng
        till = rng.choice(self._world.tills)
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

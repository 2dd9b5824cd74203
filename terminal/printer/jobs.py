"""Which print jobs there were, and how each ended: on disk, so that none is printed twice after a crash.

Only ids and outcomes are kept, and a hash of what was asked; never what is printed.
"""

from dataclasses import dataclass
from typing import Final

import apsw

from terminal.database import Database
from wire.printing import PrintOutcome

_INTERRUPTED: Final[dict[str, PrintOutcome]] = {"waiting": "not_now", "printing": "uncertain"}
"""What became of a job that a crash interrupted: one that waited was not printed, and its visit is over."""


@dataclass(frozen=True, slots=True)
class KnownJob:
    """A job that was asked for before."""

    asked: bytes
    outcome: PrintOutcome


class PrintJobs:
    """Jobs by id, for PRINT_JOBS_KEPT_S."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def begin(self, job_id: str, asked: bytes, *, now_ms: int) -> KnownJob | None:
        """Note that a job waits; the one of this id that there was before, which then is not begun again."""

        def work(connection: apsw.Connection) -> KnownJob | None:
            connection.execute(
                "INSERT INTO print_job VALUES (?, ?, 'waiting', '', ?) ON CONFLICT DO NOTHING",
                (job_id, asked, now_ms),
            )
            if connection.changes():
                return None
            [(known, state, outcome)] = connection.execute(
                "SELECT asked, state, outcome FROM print_job WHERE job_id = ?", (job_id,)
            )
            return KnownJob(known, _INTERRUPTED.get(state, outcome))

        return await self._database.write(work)

    async def printing(self, job_id: str) -> None:
        """From now on some of it may be on paper: on the disk before the first byte is sent."""
        await self._database.write(
            lambda connection: connection.execute(
                "UPDATE print_job SET state = 'printing' WHERE job_id = ? AND state = 'waiting'", (job_id,)
            )
        )

    async def end(self, job_id: str, outcome: PrintOutcome) -> None:
        """How it ended."""
        await self._database.write(
            lambda connection: connection.execute(
                "UPDATE print_job SET state = 'ended', outcome = ? WHERE job_id = ? AND state <> 'ended'",
                (outcome, job_id),
            )
        )

    async def settle_interrupted(self) -> int:
        """At the start: end what a crash interrupted; how many are uncertain."""

        def work(connection: apsw.Connection) -> int:
            for state, outcome in _INTERRUPTED.items():
                connection.execute(
                    "UPDATE print_job SET state = 'ended', outcome = ? WHERE state = ?", (outcome, state)
                )
            return connection.changes()

        return await self._database.write(work)

    async def forget(self, before_ms: int) -> None:
        """Drop what nobody asks for any more."""
        await self._database.write(
            lambda connection: connection.execute("DELETE FROM print_job WHERE at_ms < ?", (before_ms,))
        )

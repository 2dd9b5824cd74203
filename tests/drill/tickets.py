"""Tills that report tickets as tills do: the same message again until there is an answer."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field

import aiohttp

from terminal.database import Database
from terminal.outbox import Counts, Outbox
from tests.central_fixture import SUN_CREAM
from tests.drill.place import Holder, Place
from tests.helpers import eventually
from tools.demo.stack import Stack
from tools.till import Item, SimulatedTill, TillError, read_additional

ANSWER_WITHIN_S = 60
AGAIN_AFTER_S = 0.1


@dataclass
class Lane:
    """One till and its tickets in order. `points`: by the drill's own count; `queued`: answered "noted"."""

    till: SimulatedTill
    holder: Holder
    reported: list[str] = field(default_factory=list)
    """Business keys as they must arrive at central."""
    points: int = 0
    queued: int = 0
    repeated: int = 0
    _amounts: "itertools.count[int]" = field(default_factory=lambda: itertools.count(1_000, 237))

    async def report(self) -> None:
        """Report one paid ticket until the terminal answers; a broken connection says nothing."""
        amount_minor = next(self._amounts)
        ticket = self.till.new_ticket()
        service_id = self.till.new_service_id()
        item = Item(line_no=1, code=SUN_CREAM, quantity=1, amount_minor=amount_minor)
        until_s = time.monotonic() + ANSWER_WITHIN_S
        while True:
            try:
                answer = await self.till.award(
                    [item], card=self.holder.card, ticket=ticket, service_id=service_id
                )
            except (aiohttp.ClientError, TimeoutError, OSError, TillError) as error:
                trouble = repr(error)
            else:
                if answer.response.result == "Success":
                    break
                trouble = f"{answer.response.error_condition} {answer.response.additional_response}"
            assert time.monotonic() < until_s, f"no answer within {ANSWER_WITHIN_S} s: {trouble}"
            self.repeated += 1
            await asyncio.sleep(AGAIN_AFTER_S)
        told = read_additional(answer.response.additional_response)
        self.points += amount_minor // 100
        self.queued += told.get("queued") == "true"
        transaction = ticket.sale_transaction_id
        self.reported.append(
            "|".join((self.till.sale_id, transaction.transaction_id, transaction.time_stamp, "Loyalty.Award"))
        )


def a_till(place: Place, sale_id: str = "TILL-1") -> SimulatedTill:
    """A till at the terminal of the place."""
    return SimulatedTill(place.stack.nexo_url, sale_id=sale_id, poi_id=place.stack.plan.poi_id)


async def outbox_counts(stack: Stack) -> Counts:
    """The queue of the terminal, read beside the running agent or after it."""
    async with Database(stack.plan.state / "terminal" / "terminal.db") as database:
        return await Outbox(database).counts()


async def drained(stack: Stack, deadline_s: float = 30) -> None:
    """Wait until nothing waits at the terminal."""

    async def is_empty() -> bool:
        return (await outbox_counts(stack)).depth == 0

    empty: bool = await eventually(is_empty, deadline_s)
    assert empty


async def noted_in_order(stack: Stack) -> list[str]:
    """Sale ids in the order in which the terminal noted them."""
    async with Database(stack.plan.state / "terminal" / "terminal.db") as database:
        rows = await database.read(
            lambda db: db.execute("SELECT entry_id FROM till_fact ORDER BY rowid").fetchall()
        )
    return [str(entry_id) for (entry_id,) in rows]

"""Clients that behave as tills must: ids made before sending, no answer means unknown, the same id again.

Every client keeps its own record of what central acknowledged; the drill folds it and compares with central.
"""

import asyncio
import itertools
import random
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field

import aiohttp
import msgspec

from tests.central_fixture import SUN_CREAM
from tests.drill.place import HOLDERS
from wire import api, api_sales

ANSWER_WITHIN_S = 90
"""A ticket without a definite answer for so long fails the drill."""
REQUEST_TIMEOUT_S = 10
AGAIN_AFTER_S = 0.05
REPLAYED = "Idempotent-Replayed"


@dataclass
class Ticket:
    """A sale of one line, acknowledged, and what came back of it."""

    sale_id: str
    member_id: str
    quantity: int
    points: int
    body: bytes
    view: api_sales.SaleView
    returned: int = 0


@dataclass
class Record:
    """What all clients were told."""

    sales: dict[str, int] = field(default_factory=dict)
    """Points by acknowledged sale id."""
    returns: dict[str, int] = field(default_factory=dict)
    balances: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    seen: Counter[str] = field(default_factory=Counter)
    answered_s: list[float] = field(default_factory=list)
    """When each definite answer came (monotonic)."""

    def pause_s(self, since_s: float) -> float:
        """The longest time without a definite answer to anybody since a moment."""
        times = [since_s, *(at for at in self.answered_s if at > since_s)]
        return max((after - before for before, after in itertools.pairwise(times)), default=0.0)


class TillClient:
    """One client. `run` works until `stop`, and ends with nothing open."""

    def __init__(
        self,
        name: str,
        url: str,
        session: aiohttp.ClientSession,
        record: Record,
        rng: random.Random,
        *,
        answer_within_s: float = ANSWER_WITHIN_S,
    ) -> None:
        self._name = name
        self._url = url + "/api/v1"
        self._session = session
        self._record = record
        self._rng = rng
        self._answer_within_s = answer_within_s
        self._tickets: list[Ticket] = []
        self._numbers = itertools.count(1)

    async def run(self, stop: asyncio.Event) -> None:
        """Sell, take back, repeat; 20 in 100 of the acknowledged are sent again."""
        while not stop.is_set():
            open_tickets = [ticket for ticket in self._tickets if ticket.returned < ticket.quantity]
            if open_tickets and self._rng.random() < 0.2:
                await self.take_back(self._rng.choice(open_tickets))
            else:
                await self.sell()
            if self._rng.random() < 0.2:
                await self.repeat(self._rng.choice(self._tickets))

    async def sell(self) -> None:
        """Sell something new; a twin of the request goes out at the same moment in 5 of 100."""
        holder = self._rng.choice(HOLDERS)
        sale_id = f"{self._name}-{next(self._numbers)}"
        quantity = self._rng.randint(1, 4)
        amount_minor = self._rng.randint(50, 30_000)
        now_ms = time.time_ns() // 1_000_000
        line = api_sales.LineBody(line_no=1, code=SUN_CREAM, quantity=quantity, amount_minor=amount_minor)
        body = msgspec.json.encode(
            api_sales.SaleBody(
                sale_id=sale_id,
                business_key=f"key-{sale_id}",
                occurred_ms=now_ms,
                sent_ms=now_ms,
                basket=api_sales.BasketBody(currency="CHF", lines=[line]),
                holder=api.EvidenceBody(medium="nfc_uid", value=holder.uid),
            )
        )
        twins = 2 if self._rng.random() < 0.05 else 1
        answers = await asyncio.gather(*(self._send("/sales", body) for _ in range(twins)))
        views = [msgspec.json.decode(answer, type=api_sales.SaleView) for answer in answers]
        points = amount_minor // 100
        assert {view.points for view in views} == {points}
        assert len({view.transaction_id for view in views}) == 1
        self._record.sales[sale_id] = points
        self._record.balances[holder.member_id] += points
        self._tickets.append(Ticket(sale_id, holder.member_id, quantity, points, body, views[0]))

    async def take_back(self, ticket: Ticket) -> None:
        """Some of the units come back; the points due are counted here, not believed."""
        units = self._rng.randint(1, ticket.quantity - ticket.returned)
        return_id = f"{self._name}-r{next(self._numbers)}"
        now_ms = time.time_ns() // 1_000_000
        body = api_sales.ReturnBody(
            return_id=return_id,
            business_key=f"key-{return_id}",
            occurred_ms=now_ms,
            sent_ms=now_ms,
            lines=[api_sales.ReturnLineBody(line_no=1, quantity=units)],
        )
        answer = await self._send(f"/sales/{ticket.sale_id}/returns", msgspec.json.encode(body))
        view = msgspec.json.decode(answer, type=api_sales.ReturnView)
        before = ticket.points * ticket.returned // ticket.quantity
        ticket.returned += units
        points = ticket.points * ticket.returned // ticket.quantity - before
        assert (view.points, view.points_owed) == (points, 0)
        self._record.returns[return_id] = points
        self._record.balances[ticket.member_id] -= points

    async def repeat(self, ticket: Ticket) -> None:
        """An acknowledged ticket is sent again: the first answer comes back."""
        view = msgspec.json.decode(await self._send("/sales", ticket.body), type=api_sales.SaleView)
        first = ticket.view
        assert (view.transaction_id, view.points, view.recorded_ms) == (
            first.transaction_id,
            first.points,
            first.recorded_ms,
        )
        self._record.seen["repeated"] += 1

    async def _send(self, path: str, body: bytes) -> bytes:
        """Send until there is a definite answer; an error says nothing about what central did."""
        until_s = time.monotonic() + self._answer_within_s
        while True:
            try:
                async with self._session.post(self._url + path, data=body) as response:
                    content = await response.read()
                if response.status in (200, 201):
                    self._record.answered_s.append(time.monotonic())
                    self._record.seen["replayed"] += response.headers.get(REPLAYED) == "true"
                    return content
                assert response.status in (429, 500, 503), f"HTTP {response.status}: {content!r}"
                unknown = f"HTTP {response.status}: {content!r}"
            except (aiohttp.ClientError, TimeoutError, OSError) as error:
                unknown = repr(error)
            self._record.seen["unknown"] += 1
            assert time.monotonic() < until_s, (
                f"no definite answer within {self._answer_within_s} s: {unknown}"
            )
            await asyncio.sleep(AGAIN_AFTER_S)


def http_session(token: str) -> aiohttp.ClientSession:
    """A session for clients of central."""
    return aiohttp.ClientSession(
        headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        timeout=aiohttp.ClientTimeout(total=REQUEST_TIMEOUT_S),
        connector=aiohttp.TCPConnector(limit=0),
    )

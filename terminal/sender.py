"""The one task that sends the outbox: in order, one at a time, until each entry is delivered or refused."""

import asyncio
import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import apsw
import msgspec
import structlog

from loyalty.limits.terminal import OUTBOX_RETRY_MAX_S, OUTBOX_RETRY_MIN_S
from terminal import bodies
from terminal.central_link import CentralLink, CentralRefused, CentralUnreachable
from terminal.clock import Clock
from terminal.database import TerminalStoreBusy
from terminal.outbox import Entry, Fact, NewEntry, Outbox
from wire.api import Problem
from wire.api_sales import ReturnBody, ReturnView, SaleBody, SaleView
from wire.messages import Evidence
from wire.sealed import SealedBody

log = structlog.get_logger(__name__)

PARKING_CODES: Final = frozenset({"clock_skew", "unauthenticated", "permission_missing", "seal_unreadable"})
"""Refusals that speak of the terminal: every ticket would meet them. Those of one ticket (too old, another
shop's) stop no queue, whatever their HTTP status.
"""
DATING_CODES: Final = frozenset({"occurred_ahead"})
"""The till's clock is ahead: no reason to lose a ticket. The moment of sending is taken instead."""
PASSING_STATUS: Final = frozenset({408, 425, 429})
PASSING_CODES: Final = frozenset({"guard_failed", "store_busy", "body_cut_off", "no_such_path"})
"""Refusals that say "send the same again", or that speak of the address and not of the ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of an entry: central's answer, or its problem when it refused for good."""

    entry_id: str
    evidence: Evidence | None
    answer: SaleView | ReturnView | None = None
    problem: Problem | None = None


class Sender:
    """Notes entries and sends them. `on_change(outcome)` hears of every settled entry, and None on others."""

    def __init__(
        self, outbox: Outbox, link: CentralLink, *, clock: Clock, on_change: Callable[[Outcome | None], None]
    ) -> None:
        self._outbox = outbox
        self._link = link
        self._clock = clock
        self._on_change = on_change
        self._waiters: dict[str, asyncio.Future[Outcome]] = {}
        self._whose: dict[str, Evidence] = {}
        """Whose card a ticket is about, while somebody may wait for it: a sealed one does not say."""
        self._work = asyncio.Event()
        self.depth = 0
        self.refused = 0
        self.parked_code = ""
        """Why the head of the queue waits for a person; empty when it does not."""

    async def note(self, new: NewEntry) -> tuple[Fact, asyncio.Future[Outcome]]:
        """Save an entry; from then on it will be sent, whatever happens to who asked.

        Returns: the fact as first noted, and a future of what becomes of it (shared: shield it).
        Raises: OutboxFull, TicketChanged.
        """
        fact = await self._outbox.append(new, now_ms=self._clock())
        # No await before the waiter stands: the entry may be sent from here on.
        if fact.answer is not None:
            future = asyncio.get_running_loop().create_future()
            answer = decode_answer(new.kind, fact.answer)
            evidence = evidence_of(bodies.decode(new.kind, new.body))
            future.set_result(Outcome(entry_id=fact.entry_id, evidence=evidence, answer=answer))
            return fact, future
        evidence = evidence_of(bodies.decode(new.kind, new.body))
        if evidence is not None:
            self._whose[fact.entry_id] = evidence
        future = self._waiters.setdefault(fact.entry_id, asyncio.get_running_loop().create_future())
        self._work.set()
        await self.recount()
        if self._link.state != "up":
            self._on_change(None)  # the queue grew and will stay so for a while
        return fact, future

    def waiter_of(self, entry_id: str) -> asyncio.Future[Outcome] | None:
        """What will become of an entry that was noted since the start and waits (shared: shield it)."""
        return self._waiters.get(entry_id)

    async def recount(self) -> None:
        """Learn the queue's size from the disk."""
        counts = await self._outbox.counts()
        self.depth, self.refused = counts.depth, counts.refused

    async def run(self) -> None:
        """Send for ever. A failing disk is waited out: what central took is sent again and answered again."""
        delay_s = OUTBOX_RETRY_MIN_S
        while True:
            try:
                is_settled = await self._send_next()
            except (apsw.Error, TerminalStoreBusy) as error:
                log.error("outbox_unusable", reason=str(error))
                is_settled = False
            if is_settled:
                delay_s = OUTBOX_RETRY_MIN_S
            else:
                await asyncio.sleep(delay_s)
                delay_s = min(2 * delay_s, OUTBOX_RETRY_MAX_S)

    async def _send_next(self) -> bool:
        self._work.clear()
        entry = await self._outbox.find_head()
        if entry is None:
            await self._work.wait()
            return True
        await self._link.wait_up()
        return await self._send(entry)

    async def _send(self, entry: Entry) -> bool:
        """True when the entry is settled, False when it must be tried again."""
        sent_ms = self._clock()
        try:
            answer = await self._post(entry, sent_ms)
        except CentralUnreachable as error:
            log.info("entry_waits", seq=entry.seq, reason=str(error))
            return False
        except CentralRefused as error:
            return await self._take_refusal(entry, sent_ms, error.problem)
        await self._outbox.delivered(entry, msgspec.json.encode(answer))
        log.info("entry_delivered", seq=entry.seq, entry_kind=entry.kind, tap_id=entry.tap_id)
        await self._settle(entry, answer=answer)
        return True

    async def _post(self, entry: Entry, sent_ms: int) -> SaleView | ReturnView:
        """Raises: CentralUnreachable, CentralRefused."""
        if entry.is_sealed:
            dated_ms = None if entry.dated_ms is None else int(entry.dated_ms)
            sealed = base64.b64encode(entry.body).decode("ascii")
            envelope = SealedBody(
                entry_id=entry.entry_id, sent_ms=sent_ms, sealed=sealed, occurred_ms=dated_ms
            )
            if entry.kind == "sale":
                return await self._link.post_sealed_sale(envelope, entry.tap_id)
            return await self._link.post_sealed_return(entry.sale_id, envelope, entry.tap_id)
        body = bodies.sent_now(entry.kind, entry.body, sent_ms)
        if isinstance(body, SaleBody):
            return await self._link.post_sale(body, entry.tap_id)
        return await self._link.post_return(entry.sale_id, body, entry.tap_id)

    async def _take_refusal(self, entry: Entry, sent_ms: int, problem: Problem) -> bool:
        log.warning(
            "entry_refused",
            seq=entry.seq,
            entry_kind=entry.kind,
            code=problem.code,
            request_id=problem.request_id,
            tap_id=entry.tap_id,
        )
        if problem.code in PARKING_CODES:
            await self._outbox.parked(entry, code=problem.code, reason=problem.detail, now_ms=self._clock())
            if self.parked_code != problem.code:
                self.parked_code = problem.code
                self._on_change(None)
            return False
        if problem.code in DATING_CODES:
            await self._outbox.dated_anew(entry, sent_ms, now_ms=self._clock())
            return True
        is_passing = problem.status in PASSING_STATUS or problem.code in PASSING_CODES
        if is_passing or problem.status >= 500:
            return False
        await self._outbox.refused(entry, code=problem.code, reason=problem.detail, now_ms=self._clock())
        await self._settle(entry, problem=problem)
        return True

    async def _settle(
        self, entry: Entry, *, answer: SaleView | ReturnView | None = None, problem: Problem | None = None
    ) -> None:
        evidence = self._whose.pop(entry.entry_id, None)
        if evidence is None and not entry.is_sealed:
            evidence = evidence_of(bodies.decode(entry.kind, entry.body))
        outcome = Outcome(entry_id=entry.entry_id, evidence=evidence, answer=answer, problem=problem)
        self.parked_code = ""
        await self.recount()
        waiter = self._waiters.pop(entry.entry_id, None)
        self._on_change(outcome)  # the screen first: the till's answer follows in the same moment
        if waiter is not None and not waiter.done():
            waiter.set_result(outcome)


def decode_answer(kind: str, answer: bytes) -> SaleView | ReturnView:
    """Central's stored answer."""
    if kind == "sale":
        return msgspec.json.decode(answer, type=SaleView)
    return msgspec.json.decode(answer, type=ReturnView)


def evidence_of(body: SaleBody | ReturnBody) -> Evidence | None:
    """Whose card the entry is about."""
    holder = body.holder
    return None if holder is None else Evidence(medium=holder.medium, value=holder.value)

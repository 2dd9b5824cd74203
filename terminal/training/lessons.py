"""Which of two tills answers a message: the real one, or the one that practises, with a store of its own."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from weakref import WeakValueDictionary

import msgspec
import structlog

from terminal.database import Database
from terminal.leases.keeper import LeaseKeeper
from terminal.leases.store import KeptLease
from terminal.nobodys_tickets import NobodysTickets
from terminal.open_tickets import OpenTickets
from terminal.outbox import Outbox
from terminal.till.nexo import texts
from terminal.till.nexo.context import Till, additional
from terminal.till.nexo.dispatch import Dispatcher
from terminal.till.nexo.loyalty_answers import group_language
from terminal.till_store import TillStore
from terminal.totals import Totals
from terminal.training.practice import PracticeSender, PracticeValue
from terminal.training.state import Training
from wire.messages import Evidence
from wire.nexo import json_codec
from wire.nexo.base import Nexo, PaymentReceipt, Response
from wire.nexo.json_codec import BodyWrong, Message
from wire.nexo.service import LoginRequest

log = structlog.get_logger(__name__)

DATABASE = "practice.db"


class NoLeases(LeaseKeeper):
    """In training no points are drawn from what is set aside."""

    async def find(self, evidence: Evidence, uid: str) -> KeptLease | None:  # noqa: ARG002
        """None."""
        return None

    async def free(self, evidence: Evidence, uid: str) -> bool:  # noqa: ARG002
        """Nothing was."""
        return False


class Lessons:
    """Stands where the dispatcher stands, before it."""

    def __init__(self, till: Till, real: Dispatcher, training: Training) -> None:
        self._till = till
        self._real = real
        self._training = training
        self._practice: Dispatcher | None = None
        self._stack = AsyncExitStack()
        self._begun = asyncio.Lock()

    async def answer(self, data: bytes) -> bytes:
        """The answer to one message. Raises: as `Dispatcher.answer`; TooManyInTraining."""
        try:
            message = json_codec.decode(data)
        except BodyWrong:
            return await self._real.answer(data)
        sale_id, category = message.header.sale_id, message.header.message_category
        is_request = message.header.message_type == "Request"
        if is_request and sale_id is not None and self._is_for_us(message):
            if isinstance(message.body, LoginRequest):
                await self._training.logged_in(sale_id, message.body.training_mode_flag)
            elif category == "Logout" and self._training.is_on(sale_id):
                answer = await (await self._practising()).answer(data)
                await self._training.end(sale_id)
                return answer
        if self._training.is_on(sale_id):
            return await (await self._practising()).answer(data)
        return await self._real.answer(data)

    def refuse_body(self, error: BodyWrong) -> bytes:
        """As the dispatcher."""
        return self._real.refuse_body(error)

    async def close(self) -> None:
        """End the lessons; what was practised is forgotten."""
        if self._practice is not None:
            await self._practice.close()
        await self._stack.aclose()

    def _is_for_us(self, message: Message) -> bool:
        return message.header.poi_id == self._till.settings.poi_id

    async def _practising(self) -> Dispatcher:
        """The till that practises; made when it is first needed."""
        async with self._begun:
            if self._practice is None:
                path = self._till.settings.state_dir / DATABASE
                await asyncio.to_thread(_remove, path)
                database = await self._stack.enter_async_context(Database(path))
                self._practice = Dispatcher(practice_till(self._till, database))
                log.info("training_begun", tills=self._training.tills)
            return self._practice


def practice_till(till: Till, database: Database) -> Till:
    """The same terminal, with all that keeps or moves value exchanged."""
    outbox = Outbox(database)
    value = PracticeValue(till.link, till.clock)
    return replace(
        till,
        value=value,
        outbox=outbox,
        sender=PracticeSender(outbox, till.link, value, clock=till.clock),
        store=TillStore(database),
        tickets=OpenTickets(database),
        nobodys=NobodysTickets(database),
        totals=Totals(database),
        leases=NoLeases(database, till.link, till.offline, clock=till.clock, trusted=till.time),
        turns=WeakValueDictionary(),
        mark=lambda body: marked(body, group_language(till)),
    )


def marked(body: Nexo, language: str) -> Nexo:
    """An answer that says, to the till and on its paper, that nothing was booked."""
    response = getattr(body, "response", None)
    if not isinstance(response, Response):
        return body
    pairs = additional({"training": "true"})
    told = f"{response.additional_response}&{pairs}" if response.additional_response else pairs
    changes: dict[str, object] = {"response": msgspec.structs.replace(response, additional_response=told)}
    papers: list[PaymentReceipt] | None = getattr(body, "payment_receipt", None)
    if papers:
        changes["payment_receipt"] = [*texts.receipt([texts.line("training", language)]), *papers]
    return msgspec.structs.replace(body, **changes)


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)

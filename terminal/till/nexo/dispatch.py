"""From bytes to bytes: find the handler, answer each transport key once, refuse the rest clearly."""

import asyncio
import base64
import hashlib
from dataclasses import dataclass

import apsw
import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.tills import (
    MOVED_TICKETS_KEPT_S,
    NOBODYS_TICKETS_KEPT_S,
    TILL_FORGET_INTERVAL_S,
    TILL_REQUESTS_MAX,
    TOTALS_KEPT_DAYS,
    TRANSPORT_KEY_LIFETIME_S,
)
from terminal.clock import iso
from terminal.till.nexo import card
from terminal.till.nexo.context import (
    Ask,
    NexoFailure,
    Till,
    additional,
    failure,
    new_poi_transaction,
    poi_data,
    sale_data_of,
)
from terminal.till.nexo.counting import counted
from terminal.till.nexo.holder import require_no_health_card
from terminal.till.nexo.offered import OFFERS, WITHOUT_ANSWER, Offer
from terminal.till_store import Key
from wire.nexo import json_codec
from wire.nexo.base import MessageHeader, Nexo, SaleData
from wire.nexo.json_codec import BodyWrong, Message
from wire.nexo.service import EventNotification

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Running:
    content_hash: bytes
    task: "asyncio.Task[bytes]"


class Dispatcher:
    """Answers the messages of all tills."""

    def __init__(self, till: Till) -> None:
        self._till = till
        self._running: dict[Key, _Running] = {}
        self._tasks: set[asyncio.Task[bytes]] = set()
        till.is_running = self._running.__contains__

    async def answer(self, data: bytes) -> bytes:
        """The answer to one message; empty for messages that have none. Work goes on if the caller leaves.

        Raises: NotNexo: no nexo message at all.
        """
        if len(self._tasks) >= TILL_REQUESTS_MAX:
            raise NexoFailure("Busy", "Too many requests at once. Send this one again in a moment.")
        task = asyncio.create_task(self._answer(data), name="till-request")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return await asyncio.shield(task)

    async def resume(self) -> None:
        """Finish what a crash interrupted: awards are worked on again, waits for a card are dropped."""
        for stored in await self._till.store.list_unanswered():
            offered = OFFERS.get(stored.key.category)
            if offered is not None and offered.is_resumed and stored.request is not None:
                log.info("till_request_resumed", sale_id=stored.key.sale_id, service_id=stored.key.service_id)
                await self.answer(stored.request)
            else:
                await self._till.store.release(stored.key)

    async def forget_forever(self) -> None:
        """Drop transport keys and stored answers at the end of their lifetime."""
        while True:
            await self.forget()
            await asyncio.sleep(TILL_FORGET_INTERVAL_S)

    async def forget(self) -> None:
        """Drop what has had its time by now."""
        till, now_ms = self._till, self._till.clock()
        before_ms = now_ms - TRANSPORT_KEY_LIFETIME_S * 1000
        await till.store.forget(before_ms)
        await till.outbox.forget_answers(before_ms)
        await till.tickets.forget(before_ms)
        await till.nobodys.forget(now_ms - NOBODYS_TICKETS_KEPT_S * 1000)
        await till.store.forget_moved(now_ms - MOVED_TICKETS_KEPT_S * 1000)
        await till.totals.forget(now_ms - TOTALS_KEPT_DAYS * 24 * 3600 * 1000)

    async def close(self) -> None:
        """Stop what is under way; unanswered awards are resumed at the next start."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _answer(self, data: bytes) -> bytes:
        try:
            message = json_codec.decode(data)
        except BodyWrong as error:
            return self.refuse_body(error)
        header = message.header
        if message.envelope != "SaleToPOIRequest" or header.message_type == "Response":
            raise json_codec.NotNexo(reason="a response came, but this terminal asked nothing")
        if header.message_type == "Notification":
            return b""  # a till's events change nothing here
        offered = OFFERS.get(header.message_category)
        if not _is_known(header):
            return self._reject(header, data, f"MessageCategory {header.message_category} is not known here")
        try:
            ask = self._ask(message)
            require_no_health_card(ask.body)
        except NexoFailure as error:
            return self._failed(header, error, message.body)
        if offered is None:
            if header.message_category == "Abort":
                await card.abort(self._till, ask)
            return b""
        if offered.is_stored:
            return await self._answer_once(offered, ask, data)
        return self._encode(header, await self._handle(offered, ask))

    def _ask(self, message: Message) -> Ask:
        header = message.header
        if header.sale_id is None or header.service_id is None:
            raise NexoFailure(
                "MessageFormat",
                "SaleID and ServiceID must stand in the MessageHeader.",
                reason_code="header_incomplete",
            )
        if header.poi_id != self._till.settings.poi_id:
            raise NexoFailure(
                "NotAllowed",
                f"This terminal is {self._till.settings.poi_id}. Correct the POIID at the till.",
                reason_code="wrong_poiid",
            )
        body = message.body if isinstance(message.body, Nexo) else Nexo()
        return Ask(header=header, body=body, sale_id=header.sale_id, service_id=header.service_id)

    async def _answer_once(self, offered: Offer, ask: Ask, data: bytes) -> bytes:
        """One answer per transport key: stored before it is given, and given again byte by byte."""
        content_hash = hashlib.sha256(json_codec.encode_body(ask.body)).digest()
        running = self._running.get(ask.key)
        if running is None:
            task = asyncio.create_task(self._work_once(offered, ask, data, content_hash), name="till-work")
            running = self._running[ask.key] = _Running(content_hash, task)
            task.add_done_callback(lambda _: self._running.pop(ask.key, None))
        elif running.content_hash != content_hash:
            reused = NexoFailure(
                "NotAllowed",
                f"ServiceID {ask.service_id} is being worked on with other content. Use a new ServiceID.",
                reason_code="service_id_reused",
            )
            return self._failed(ask.header, reused, ask.body)
        try:
            return await asyncio.shield(running.task)
        except asyncio.CancelledError:
            running.task.cancel()
            raise

    async def _work_once(self, offered: Offer, ask: Ask, data: bytes, content_hash: bytes) -> bytes:
        store, key = self._till.store, ask.key
        try:
            known = await store.begin(key, content_hash, data, now_ms=self._till.clock())
        except (LoyaltyError, apsw.Error) as error:
            return self._failed(ask.header, _expected(error), ask.body)
        if known is not None:
            return known
        try:
            body = await self._handle(offered, ask)
            answer = self._encode(ask.header, body)
            done = counted(self._till, ask, body)
            await store.finish(key, answer, done, now_ms=self._till.clock())
        except apsw.Error as error:
            return self._failed(ask.header, _expected(error), ask.body)
        return answer

    async def _handle(self, offered: Offer, ask: Ask) -> Nexo:
        try:
            return await offered.handler(self._till, ask)
        except (LoyaltyError, apsw.Error) as error:
            expected = _expected(error)
            log.info(
                "till_request_failed",
                category=ask.header.message_category,
                service_id=ask.service_id,
                code=getattr(expected, "reason_code", "") or expected.code,
            )
            kept = expected.transaction if isinstance(expected, NexoFailure) else None
            transaction = poi_data(kept or new_poi_transaction(self._till.clock))
            return offered.make_failure(
                failure(expected, self._till.language_of(ask)), sale_data_of(ask.body), transaction
            )

    def refuse_body(self, error: BodyWrong) -> bytes:
        """The answer to a message whose body is not what its header announces."""
        header = error.header
        if header.message_type != "Request" or header.message_category not in OFFERS or not _is_known(header):
            return self._reject(header, error.body, str(error))
        wrong = NexoFailure("MessageFormat", str(error), reason_code=error.code)
        return self._failed(header, wrong, None, json_codec.sale_data_of(error.body))

    def _failed(
        self,
        header: MessageHeader,
        error: LoyaltyError,
        body: Nexo | msgspec.Raw | None,
        sale_data: SaleData | None = None,
    ) -> bytes:
        response = failure(error, self._till.languages.get(header.sale_id or "", ""))
        offered = OFFERS.get(header.message_category)
        if offered is None:  # Abort, InputUpdate: nothing answers them, whatever is wrong
            return b""
        if isinstance(body, Nexo):
            sale_data = sale_data_of(body)
        transaction = poi_data(new_poi_transaction(self._till.clock))
        return self._encode(header, offered.make_failure(response, sale_data, transaction))

    def _reject(self, rejected: MessageHeader, data: bytes, reason: str) -> bytes:
        """What has no response of its own is rejected by an event (nexo: EventToNotify Reject)."""
        now_ms = self._till.clock()
        header = MessageHeader(
            protocol_version="3.0",
            message_class="Event",
            message_category="Event",
            message_type="Notification",
            device_id=str(now_ms % 10_000_000_000),
            sale_id=rejected.sale_id,
            poi_id=self._till.settings.poi_id,
        )
        event = EventNotification(
            time_stamp=iso(now_ms),
            event_to_notify="Reject",
            event_details=additional({"message": reason}),
            rejected_message=base64.b64encode(data).decode(),
        )
        return json_codec.encode(Message(envelope="SaleToPOIRequest", header=header, body=event))

    def _encode(self, header: MessageHeader, body: Nexo) -> bytes:
        answered = msgspec.structs.replace(header, message_type="Response")
        marked = self._till.mark(body)
        return json_codec.encode(Message(envelope="SaleToPOIResponse", header=answered, body=marked))


def _is_known(header: MessageHeader) -> bool:
    """Whether category and class go together as nexo says."""
    offered = OFFERS.get(header.message_category)
    if offered is not None:
        return header.message_class == offered.message_class
    return header.message_category in WITHOUT_ANSWER


def _expected(error: LoyaltyError | apsw.Error) -> LoyaltyError:
    """A failing disk is told to the till: nothing was noted, and repeating is safe."""
    if isinstance(error, LoyaltyError):
        return error
    log.error("terminal_store_failed", reason=str(error))
    return NexoFailure(
        "DeviceOut",
        "The terminal cannot write to its storage. Free space or call support, then repeat.",
        reason_code="terminal_store_failed",
    )

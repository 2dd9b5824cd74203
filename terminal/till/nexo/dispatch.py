"""From bytes to bytes: find the handler, answer each transport key once, refuse the rest clearly."""

import asyncio
import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import apsw
import msgspec
import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits import TILL_FORGET_INTERVAL_S, TILL_REQUESTS_MAX, TRANSPORT_KEY_LIFETIME_S
from terminal.clock import iso
from terminal.till.nexo import card, loyalty, service
from terminal.till.nexo.context import (
    Ask,
    Handler,
    NexoFailure,
    Till,
    additional,
    failure,
    new_poi_transaction,
    poi_data,
    sale_data_of,
)
from terminal.till.nexo.holder import require_no_health_card
from terminal.till_store import Key
from wire.nexo import json_codec
from wire.nexo.base import SERVICE_CATEGORIES, MessageHeader, Nexo, POIData, Response, SaleData
from wire.nexo.json_codec import BodyWrong, Message
from wire.nexo.loyalty import BalanceInquiryResponse, CardAcquisitionResponse, LoyaltyResponse
from wire.nexo.service import (
    DiagnosisResponse,
    EventNotification,
    LoginResponse,
    LogoutResponse,
    OnlyResponse,
    TransactionStatusResponse,
)

log = structlog.get_logger(__name__)

MakeFailure = Callable[[Response, SaleData | None, POIData], Nexo]


@dataclass(frozen=True, slots=True)
class Service:
    """A category we offer. `is_stored`: answered once per key, and TransactionStatus may ask for it."""

    handler: Handler
    make_failure: MakeFailure
    is_stored: bool = False


SERVICES: Final = MappingProxyType(
    {
        "Login": Service(service.login, lambda r, _s, _p: LoginResponse(response=r)),
        "Logout": Service(service.logout, lambda r, _s, _p: LogoutResponse(response=r)),
        "Diagnosis": Service(service.diagnosis, lambda r, _s, _p: DiagnosisResponse(response=r)),
        "BalanceInquiry": Service(card.balance, lambda r, _s, _p: BalanceInquiryResponse(response=r)),
        "TransactionStatus": Service(
            service.transaction_status, lambda r, _s, _p: TransactionStatusResponse(response=r)
        ),
        "CardAcquisition": Service(
            card.acquire,
            lambda r, s, p: CardAcquisitionResponse(response=r, sale_data=s, poi_data=p),
            is_stored=True,
        ),
        "Loyalty": Service(
            loyalty.handle,
            lambda r, s, p: LoyaltyResponse(response=r, sale_data=s, poi_data=p),
            is_stored=True,
        ),
    }
)
"""The table of what this terminal offers; Abort has no answer and stands beside it."""


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
            if stored.key.category == "Loyalty" and stored.request is not None:
                log.info("till_request_resumed", sale_id=stored.key.sale_id, service_id=stored.key.service_id)
                await self.answer(stored.request)
            else:
                await self._till.store.release(stored.key)

    async def forget_forever(self) -> None:
        """Drop transport keys and stored answers at the end of their lifetime."""
        while True:
            before_ms = self._till.clock() - TRANSPORT_KEY_LIFETIME_S * 1000
            await self._till.store.forget(before_ms)
            await self._till.outbox.forget_answers(before_ms)
            await asyncio.sleep(TILL_FORGET_INTERVAL_S)

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
            return self._refuse_body(error)
        header = message.header
        if message.envelope != "SaleToPOIRequest" or header.message_type == "Response":
            raise json_codec.NotNexo(reason="a response came, but this terminal asked nothing")
        if header.message_type == "Notification":
            return b""  # a till's events change nothing here
        if header.message_class != "Service" or header.message_category not in SERVICE_CATEGORIES:
            return self._reject(header, data, f"MessageCategory {header.message_category} is not known here")
        try:
            ask = self._ask(message)
            if header.message_category == "Abort":
                await card.abort(self._till, ask)
                return b""
            offered = SERVICES.get(header.message_category)
            if offered is None:
                text = f"{header.message_category} is not offered by this terminal yet."
                raise NexoFailure("UnavailableService", text, reason_code="service_not_offered")
            require_no_health_card(ask.body)
        except NexoFailure as error:
            return self._failed(header, error, message.body)
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

    async def _answer_once(self, offered: Service, ask: Ask, data: bytes) -> bytes:
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

    async def _work_once(self, offered: Service, ask: Ask, data: bytes, content_hash: bytes) -> bytes:
        store, key = self._till.store, ask.key
        try:
            known = await store.begin(key, content_hash, data, now_ms=self._till.clock())
        except (LoyaltyError, apsw.Error) as error:
            return self._failed(ask.header, _expected(error), ask.body)
        if known is not None:
            return known
        try:
            answer = self._encode(ask.header, await self._handle(offered, ask))
            await store.finish(key, answer)
        except apsw.Error as error:
            return self._failed(ask.header, _expected(error), ask.body)
        return answer

    async def _handle(self, offered: Service, ask: Ask) -> Nexo:
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
            transaction = poi_data(new_poi_transaction(self._till.clock))
            return offered.make_failure(failure(expected), sale_data_of(ask.body), transaction)

    def _refuse_body(self, error: BodyWrong) -> bytes:
        header = error.header
        if header.message_type != "Request" or header.message_category not in SERVICE_CATEGORIES:
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
        response = failure(error)
        offered = SERVICES.get(header.message_category)
        if offered is None:
            return self._encode(header, OnlyResponse(response=response))
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
        return json_codec.encode(Message(envelope="SaleToPOIResponse", header=answered, body=body))


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

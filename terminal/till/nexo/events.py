"""What this terminal tells tills unasked: cards that come and go, codes scanned, the link to central.

An event is a moment: it is sent once, to each till whose address the settings name, and dropped where that
till does not answer. Nothing in it names a member; who it is the till asks by CardAcquisition.
"""

import asyncio
import ssl
from typing import Final, Self

import aiohttp
import structlog

from loyalty.limits.tills import TILL_EVENT_TIMEOUT_S, TILL_EVENTS_QUEUE_MAX
from terminal.clock import Clock, iso
from terminal.settings import TerminalSettings
from terminal.till.keys.key_ring import KeyRing
from wire.messages import LYING_MEDIA, CardPresented, CardRemoved
from wire.nexo import envelope, json_codec
from wire.nexo.base import MessageHeader
from wire.nexo.json_codec import Message
from wire.nexo.service import EventNotification

log = structlog.get_logger(__name__)

Event = tuple[str, str]
_LAST: Final = 10_000_000_000
"""A DeviceID has ten digits."""


class TillEvents:
    """Use as a context; without an address in the settings it does nothing."""

    def __init__(self, settings: TerminalSettings, ring: KeyRing, *, clock: Clock) -> None:
        self._settings = settings
        self._ring = ring
        self._clock = clock
        self._number = clock() % _LAST
        self._queues: dict[str, asyncio.Queue[Event]] = {
            sale_id: asyncio.Queue(TILL_EVENTS_QUEUE_MAX) for sale_id in settings.till_events
        }
        self._tasks: list[asyncio.Task[None]] = []
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        if self._queues:
            self._session = aiohttp.ClientSession(
                timeout=aiohttp.ClientTimeout(total=TILL_EVENT_TIMEOUT_S),
                connector=aiohttp.TCPConnector(ssl=await asyncio.to_thread(_unchecked)),
            )
            self._tasks = [
                asyncio.create_task(self._send_forever(sale_id), name=f"events-{sale_id}")
                for sale_id in self._queues
            ]
        self.tell("Initialised")
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)
        if self._session is not None:
            await self._session.close()

    def tell(self, event: str, details: str = "") -> None:
        """Send an event to every till; a queue that is full loses it."""
        for sale_id, queue in self._queues.items():
            if queue.full():
                log.warning("till_event_dropped", sale_id=sale_id, till_event=event)
            else:
                queue.put_nowait((event, details))

    def of_reader(self, message: object) -> None:
        """A message of the reader daemon. A scanned code is told as it was read, as a scanner would."""
        match message:
            case CardPresented(evidence=evidence) if evidence.medium in LYING_MEDIA:
                self.tell("CardInserted")
            case CardPresented(evidence=evidence) if evidence.medium in ("barcode", "qr", "phone"):
                self.tell("ScanBarcodeResult", evidence.value)
            case CardRemoved():
                self.tell("CardRemoved")

    def of_link(self, is_up: bool) -> None:
        """Central can be reached again, or not any more."""
        self.tell("NetworkConnected" if is_up else "NetworkDisconnected")

    async def _send_forever(self, sale_id: str) -> None:
        queue = self._queues[sale_id]
        while True:
            event, details = await queue.get()
            try:
                await self._send(sale_id, event, details)
            except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
                log.info(
                    "till_event_not_taken", sale_id=sale_id, till_event=event, reason=type(error).__name__
                )

    async def _send(self, sale_id: str, event: str, details: str) -> None:
        data = json_codec.encode(self._message(sale_id, event, details))
        key = await self._ring.newest(sale_id)
        if key is not None:
            data = envelope.seal(data, key)
        elif not self._settings.plain_nexo:
            log.warning("till_event_without_key", sale_id=sale_id)
            return
        assert self._session is not None
        async with self._session.post(
            self._settings.till_events[sale_id], data=data, headers={"Content-Type": "application/json"}
        ) as response:
            log.info("till_event_sent", sale_id=sale_id, till_event=event, status=response.status)

    def _message(self, sale_id: str, event: str, details: str) -> Message:
        self._number = (self._number + 1) % _LAST
        header = MessageHeader(
            protocol_version="3.0",
            message_class="Event",
            message_category="Event",
            message_type="Notification",
            device_id=str(self._number),
            sale_id=sale_id,
            poi_id=self._settings.poi_id,
        )
        body = EventNotification(
            time_stamp=iso(self._clock()), event_to_notify=event, event_details=details or None
        )
        return Message(header=header, body=body)


def _unchecked() -> ssl.SSLContext:
    """Tills have certificates of their own making: the envelope proves who may read it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context

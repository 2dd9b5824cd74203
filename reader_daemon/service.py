"""The reader daemon: turns what a driver sees into taps and tells every connected program at once."""

import asyncio
import secrets
import signal
import time
from importlib.metadata import version
from typing import Final

import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits import TAP_LIFETIME_MS
from reader_daemon.cards.evidence import LYING_MEDIA, normalise
from reader_daemon.readers.base import Driver, State
from reader_daemon.readers.simulated import SimulatedReader
from reader_daemon.settings import ReaderSettings
from wire.messages import CardPresented, CardRemoved, Evidence, Hello, ReaderState
from wire.notify import in_service
from wire.peer import Peer, Server, serve

log = structlog.get_logger(__name__)

HELLO: Final = Hello(program="reader", version=version("officine"))


class ReaderNotReadyError(LoyaltyError):
    """A card was presented while the reader is unplugged or starting."""

    code = "reader_not_ready"
    trouble = Trouble.UNAVAILABLE
    text = "The reader is not ready ({state}): plug it in, then present the card again."


class ReaderService:
    """The state of one reader and the card that lies on it; a `Sink` for its driver."""

    def __init__(self, reader_name: str) -> None:
        self._server: Server | None = None
        self._lying_tap_id: str | None = None
        self._state = ReaderState(state="starting", reader=reader_name, since_ms=_now_ms())

    async def listen(self, settings: ReaderSettings) -> Server:
        """Serve the reader socket; the caller closes it.

        Raises: SocketError.
        """
        # Listeners only listen: `Hello` as the incoming type refuses everything after the greeting.
        self._server = await serve(
            settings.socket,
            HELLO,
            Hello,
            on_connect=self._greet,
            on_message=_ignore,
            allowed_uids=settings.allowed_uids,
        )
        return self._server

    def presented(self, evidence: Evidence) -> str:
        """See `Sink.presented`. What is read in passing (barcode, QR, typed) leaves a lying card alone."""
        if self._state.state != "ready":
            raise ReaderNotReadyError(state=self._state.state)
        evidence = normalise(evidence)
        tap_id = secrets.token_hex(16)
        if evidence.medium in LYING_MEDIA:
            self.removed()
            self._lying_tap_id = tap_id
        at_ms = _now_ms()
        self._tell(
            CardPresented(
                tap_id=tap_id,
                evidence=evidence,
                at_ms=at_ms,
                at_monotonic_ns=time.monotonic_ns(),
                expires_ms=at_ms + TAP_LIFETIME_MS,
            )
        )
        log.info("card_presented", tap_id=tap_id, medium=evidence.medium)
        return tap_id

    def removed(self) -> None:
        """See `Sink.removed`."""
        if self._lying_tap_id is None:
            return
        tap_id, self._lying_tap_id = self._lying_tap_id, None
        self._tell(CardRemoved(tap_id=tap_id, at_ms=_now_ms()))
        log.info("card_removed", tap_id=tap_id)

    def state_changed(self, state: State, detail: str = "") -> None:
        """See `Sink.state_changed`."""
        if state != "ready":
            self.removed()
        self._state = ReaderState(state=state, reader=self._state.reader, since_ms=_now_ms(), detail=detail)
        self._tell(self._state)
        log.info("reader_state", state=state, reader=self._state.reader, detail=detail)

    def _greet(self, peer: Peer) -> None:
        peer.send(self._state)  # never a tap: a tap is a moment

    def _tell(self, message: CardPresented | CardRemoved | ReaderState) -> None:
        assert self._server is not None, "listen() comes before the driver"
        self._server.broadcast(message)


async def run(settings: ReaderSettings, stop: asyncio.Event | None = None) -> None:
    """Run the daemon until `stop` is set; without one, until SIGTERM or SIGINT.

    Raises: SocketError: a socket cannot be served. What the driver raises ends the daemon too.
    """
    if stop is not None:
        await _run_until(settings, stop)
        return
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    signals = (signal.SIGTERM, signal.SIGINT)
    for number in signals:
        loop.add_signal_handler(number, stop.set)
    try:
        await _run_until(settings, stop)
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


async def _run_until(settings: ReaderSettings, stop: asyncio.Event) -> None:
    driver = make_driver(settings)
    service = ReaderService(driver.name)
    async with await service.listen(settings):
        driving = asyncio.create_task(driver.run(service), name="reader-driver")
        stopping = asyncio.create_task(stop.wait(), name="reader-stop")
        try:
            async with in_service(lambda: _prove_driving(driving)):
                await asyncio.wait({driving, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if driving.done():
                driving.result()  # a driver never ends by itself: show why
                raise AssertionError("the driver ended without being asked")
            log.info("reader_stopping")
        finally:
            driving.cancel()
            stopping.cancel()
            await asyncio.wait({driving, stopping})


async def _prove_driving(driving: "asyncio.Task[None]") -> None:
    """Proof for the watchdog: the driver runs on a loop that turns."""
    if driving.done():
        raise AssertionError("the driver has ended")


def make_driver(settings: ReaderSettings) -> Driver:
    """The driver that the settings name."""
    match settings.driver:
        case "simulated":
            return SimulatedReader(settings.control_socket, HELLO)


async def _ignore(peer: Peer, message: Hello) -> None:
    raise AssertionError(f"nothing comes after the hello of {peer.hello.program}: {type(message).__name__}")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

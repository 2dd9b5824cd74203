"""The reader daemon: turns what a driver sees into taps and tells every connected program at once."""

import asyncio
import secrets
import signal
import time
from collections.abc import Awaitable, Callable, Iterable
from importlib.metadata import version
from typing import Final

import structlog

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.readers import READER_PROOF_MAX_S
from loyalty.limits.sockets import TAP_LIFETIME_MS
from reader_daemon.cards.evidence import LYING_MEDIA, normalise
from reader_daemon.cards.insured_card import hashed, load_key
from reader_daemon.readers.base import CANNOT_TALK, Driver, ReaderFault, State, Talk, Talked
from reader_daemon.readers.make import make_drivers
from reader_daemon.settings import ReaderSettings
from reader_daemon.signals import Signals, open_signals
from reader_daemon.talks import refusal
from wire.marks import marks_of
from wire.messages import (
    CardAnswers,
    CardCommands,
    CardPresented,
    CardRemoved,
    DriverName,
    Evidence,
    Hello,
    ReaderState,
    ReaderTrouble,
    TalkPurpose,
    ToReader,
)
from wire.notify import in_service
from wire.peer import Peer, Server, serve

log = structlog.get_logger(__name__)

_VERSION: Final = version("officine")
TalkWith = Callable[[Talk], Awaitable[Talked]]
"""A driver's `talk`."""
_HOPE: Final[tuple[State, ...]] = ("ready", "starting", "needs_help", "lost")


class ReaderNotReadyError(LoyaltyError):
    """A card was presented while the reader is unplugged or starting."""

    code = "reader_not_ready"
    trouble = Trouble.UNAVAILABLE
    text = "The reader is not ready ({state}): plug it in, then present the card again."


class ReaderStuckError(LoyaltyError):
    """A driver has hung in a call to its reader; the service manager restarts the daemon."""

    code = "reader_stuck"
    trouble = Trouble.UNAVAILABLE
    text = (
        "{reader} has not answered for {seconds} s: the daemon is restarted; if it comes back, pull its plug."
    )


class ReaderService:
    """The state of all readers together and the one card that counts; its seats are the drivers' sinks."""

    def __init__(self, signals: Signals | None = None) -> None:
        self._server: Server | None = None
        self._signals = signals
        self._seats: list[Seat] = []
        self._lying_tap_id: str | None = None
        self._state = ReaderState(state="starting", reader="", since_ms=_now_ms())
        self._permitted: frozenset[TalkPurpose] = frozenset()
        self._talk_uids: frozenset[int] | None = None
        self._talking = asyncio.Lock()
        self._sent = 0
        self._insured_key: bytes | None = None

    def seat(self, name: str, driver: DriverName, talk: TalkWith | None = None) -> "Seat":
        """The sink of one more driver; `talk`: its own."""
        seat = Seat(self, name, driver, talk)
        self._seats.append(seat)
        self._state = self._together()
        return seat

    async def listen(self, settings: ReaderSettings) -> Server:
        """Serve the reader socket; the caller closes it.

        Raises: SocketError, SettingRefused.
        """
        if settings.insured_card_key_file is not None:
            self._insured_key = await asyncio.to_thread(load_key, settings.insured_card_key_file)
        self._permitted = frozenset(settings.card_talks)
        self._talk_uids = settings.talk_uids
        self._server = await serve(
            settings.socket,
            _hello(settings),
            ToReader,
            on_connect=self._greet,
            on_message=self._on_message,
            allowed_uids=settings.allowed_uids,
        )
        return self._server

    def present(self, evidence: Evidence, uid: str = "", *, took_ms: int = 0, reader: str = "") -> str:
        """See `Sink.presented`. What is read in passing (barcode, QR, typed) leaves a lying card alone."""
        evidence = normalise(hashed(evidence, self._insured_key))
        tap_id = secrets.token_hex(16)
        if evidence.medium in LYING_MEDIA:
            self.take_off(self._lying_tap_id)
            self._lying_tap_id, self._sent = tap_id, 0
        at_ms = _now_ms()
        self._tell(
            CardPresented(
                tap_id=tap_id,
                evidence=evidence,
                at_ms=at_ms,
                at_monotonic_ns=time.monotonic_ns(),
                expires_ms=at_ms + TAP_LIFETIME_MS,
                uid=uid,
                reader=reader,
                took_ms=took_ms,
            )
        )
        if self._signals is not None:
            self._signals.read()
        log.info("card_presented", tap_id=tap_id, medium=evidence.medium)
        return tap_id

    def take_off(self, tap_id: str | None) -> None:
        """End the tap of the card that lies there; another's tap has ended already."""
        if tap_id is None or tap_id != self._lying_tap_id:
            return
        self._lying_tap_id = None
        self._tell(CardRemoved(tap_id=tap_id, at_ms=_now_ms()))
        log.info("card_removed", tap_id=tap_id)

    def unread(self) -> None:
        """Something could not be read: its seat's detail says why."""
        self.changed()
        if self._signals is not None:
            self._signals.unread()

    def changed(self) -> None:
        """A seat's state or words may have changed: tell everybody the new whole, once."""
        before, self._state = self._state, self._together()
        if self._signals is not None:
            self._signals.show(self._state.state)
        if self._state == before:
            return  # a driver that asks for help tries on, every few seconds, with the same words
        self._tell(self._state)
        log.info(
            "reader_state", state=self._state.state, reader=self._state.reader, detail=self._state.detail
        )

    def _together(self) -> ReaderState:
        """Ready as soon as one driver is; else what gives most hope. Everybody's words are in the detail."""
        state = min((seat.state for seat in self._seats), key=_HOPE.index)
        named = [seat for seat in self._seats if seat.state == state]
        words = [
            f"{seat.name}: {seat.detail}" if len(self._seats) > 1 else seat.detail
            for seat in self._seats
            if seat.detail
        ]
        return ReaderState(
            state=state,
            reader=", ".join(seat.name for seat in named),
            since_ms=self._state.since_ms if state == self._state.state else _now_ms(),
            detail="\n".join(words),
            troubles=tuple(
                ReaderTrouble(driver=seat.driver, reason=seat.fault)
                for seat in self._seats
                if seat.fault is not None
            ),
        )

    def _greet(self, peer: Peer) -> None:
        peer.send(self._state)  # never a tap: a tap is a moment

    async def _on_message(self, peer: Peer, message: CardCommands) -> None:
        talked = await self._talk(peer, message)
        if talked.trouble is not None:
            log.info("card_talk_refused", purpose=message.purpose, reason=talked.trouble)
        peer.send(
            CardAnswers(
                request_id=message.request_id,
                answers=tuple(answer.hex().upper() for answer in talked.answers),
                atr=talked.atr.hex().upper(),
                trouble=talked.trouble or "",
            )
        )

    async def _talk(self, peer: Peer, asked: CardCommands) -> Talked:
        """Carry commands to the card that lies there, if it is the one that is meant and all is permitted."""
        if self._talk_uids is not None and peer.uid not in self._talk_uids:
            return Talked(trouble="not_permitted")
        if self._talking.locked():
            return Talked(trouble="busy")
        async with self._talking:
            why = refusal(asked, program=peer.hello.program, permitted=self._permitted, sent=self._sent)
            if why is not None:
                return Talked(trouble=why)
            seat = next((each for each in self._seats if each.has_card(asked.tap_id)), None)
            if seat is None or asked.tap_id != self._lying_tap_id:
                return Talked(trouble="card_gone")
            if seat.talk is None:
                return CANNOT_TALK
            self._sent += len(asked.commands)
            return await seat.talk(
                Talk(
                    tap_id=asked.tap_id,
                    commands=tuple(bytes.fromhex(command) for command in asked.commands),
                    goes_on=frozenset(bytes.fromhex(word) for word in asked.goes_on),
                    is_first=asked.is_first,
                )
            )

    def _tell(self, message: CardPresented | CardRemoved | ReaderState) -> None:
        assert self._server is not None, "listen() comes before the driver"
        self._server.broadcast(message)


class Seat:
    """Where one driver reports to: a `Sink`."""

    def __init__(self, service: ReaderService, name: str, driver: DriverName, talk: TalkWith | None) -> None:
        self.talk = talk
        self._service = service
        self._tap_id: str | None = None
        self._was_unread = False
        self.name = name
        self.state: State = "starting"
        self.detail = ""
        self.driver = driver
        self.fault: ReaderFault | None = None

    def presented(self, evidence: Evidence, uid: str = "", *, took_ms: int = 0, reader: str = "") -> str:
        """See `Sink.presented`."""
        if self.state != "ready":
            raise ReaderNotReadyError(state=self.state)
        tap_id = self._service.present(evidence, uid, took_ms=took_ms, reader=reader or self.name)
        if evidence.medium in LYING_MEDIA:
            self._tap_id = tap_id
        if self._was_unread:
            self._was_unread, self.detail, self.fault = False, "", None
            self._service.changed()
        return tap_id

    def has_card(self, tap_id: str) -> bool:
        """Whether this driver presented the card of a tap."""
        return self._tap_id == tap_id

    def removed(self, tap_id: str | None = None) -> None:
        """See `Sink.removed`."""
        self._service.take_off(self._tap_id if tap_id is None else tap_id)

    def unread(self, reason: str) -> None:
        """See `Sink.unread`."""
        self._was_unread, self.detail, self.fault = True, reason, "card_unread"
        log.info("card_unread", reader=self.name, reason=reason)
        self._service.unread()

    def state_changed(
        self, state: State, detail: str = "", *, reader: str = "", fault: ReaderFault | None = None
    ) -> None:
        """See `Sink.state_changed`."""
        if state != "ready":
            self._service.take_off(self._tap_id)
        self._was_unread = False
        self.state, self.detail, self.name = state, detail, reader or self.name
        self.fault = fault
        self._service.changed()


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
    drivers = make_drivers(settings, _hello(settings))
    async with open_signals(settings, lambda: _hurry(drivers)) as signals:
        service = ReaderService(signals)
        named = zip(drivers, settings.drivers, strict=True)
        seats = [service.seat(driver.name, name, driver.talk) for driver, name in named]
        async with await service.listen(settings):
            driving: set[asyncio.Task[None]] = {
                asyncio.create_task(driver.run(seat), name=f"reader-{driver.name}")
                for driver, seat in zip(drivers, seats, strict=True)
            }
            stopping = asyncio.create_task(_wait(stop), name="reader-stop")
            try:
                async with in_service(lambda: _prove_driving(driving, drivers)):
                    await asyncio.wait({*driving, stopping}, return_when=asyncio.FIRST_COMPLETED)
                for task in driving:
                    if task.done():
                        task.result()  # a driver never ends by itself: show why
                        raise AssertionError("the driver ended without being asked")
                log.info("reader_stopping")
            finally:
                for task in (*driving, stopping):
                    task.cancel()
                await asyncio.wait({*driving, stopping})


async def _wait(stop: asyncio.Event) -> None:
    await stop.wait()


def _hurry(drivers: Iterable[Driver]) -> None:
    log.info("button_pressed")
    for driver in drivers:
        driver.hurry()


async def _prove_driving(driving: "Iterable[asyncio.Task[None]]", drivers: Iterable[Driver]) -> None:
    """Proof for the watchdog: the loop turns, and every driver has asked its reader not long ago."""
    if any(task.done() for task in driving):
        raise AssertionError("a driver has ended")
    now_s = time.monotonic()
    for driver in drivers:
        if driver.proved_s is not None and now_s - driver.proved_s > READER_PROOF_MAX_S:
            raise ReaderStuckError(reader=driver.name, seconds=round(now_s - driver.proved_s))


def _hello(settings: ReaderSettings) -> Hello:
    return Hello(program="reader", version=_VERSION, started_with=marks_of(settings))


def _now_ms() -> int:
    return time.time_ns() // 1_000_000

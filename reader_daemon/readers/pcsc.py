"""Readers behind pcscd: contactless and contact, any number of them at once.

Real polling of the reader states, never pyscard's CardMonitor: that thread ends without a word when pcscd is
restarted (pyscard 82), leaks (37) and loads a small machine (228). All calls are made in one thread (162).
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import structlog

from loyalty.errors import LoyaltyError
from loyalty.limits.readers import (
    CARD_READ_DEADLINE_S,
    CARD_TALK_DEADLINE_S,
    CARD_TALK_POLL_MS,
    READER_ERRORS_MAX,
    READER_POLL_S,
    READERS_MAX,
)
from reader_daemon.cards.apdu import Card, CardAnswerError, CardError, CardTornError
from reader_daemon.cards.reading import Reading, read_pcsc_card
from reader_daemon.readers.base import ReaderFault, Talk, Talked
from reader_daemon.readers.worker import Means, ReaderFailedError, ThreadDriver, Worker

log = structlog.get_logger(__name__)

_PLUG_AND_PLAY: Final = "\\\\?PnP?\\Notification"
"""A reader that is none: its state changes when readers come and go (pcsclite SCardGetStatusChange)."""
_EVENTS_SHIFT: Final = 16
"""pcscd counts insertions and removals in the upper half of a reader's state."""
_RESTART: Final = "systemctl restart pcscd.socket pcscd.service"
_STATUS_BYTES: Final = 2
_CARD_TRIES: Final = 7
_AGAIN_AFTER_MS: Final = 100
"""Together longer than a reader takes to see that a card is gone (vpcd: 400 ms)."""


class _ReaderTroubleError(CardError):
    """The reader, not the card, failed while a card was read."""

    code = "card_reader_trouble"
    text = "The reader failed while it read the card ({reason}): hold the card to it again."


@dataclass(slots=True)
class _Slot:
    """One reader: its last state as pcscd gave it, and the tap of the card that lies there."""

    state: int = 0
    tap_id: str | None = None
    tries_left: int = 0
    """Above 0 while a card lies there that is still to be read."""
    seen_s: float = 0.0
    """When it was first seen there (monotonic)."""
    errors: int = 0
    """Cards in a row that the reader failed on."""
    link: tuple[Any, int] | None = None
    """Handle and protocol of a talk with the card that lies there."""


class PcscReaders(ThreadDriver):
    """All PC/SC readers of this machine whose name begins with one of `names` (all of them when empty).

    A card that lies there when the reader comes is a tap. Two cards at once: the last one presented counts.
    """

    may_talk = True
    is_cheap_to_open = True
    """A connection to pcscd's socket and its list of readers."""

    def __init__(self, names: Sequence[str], means: Means) -> None:
        super().__init__("PC/SC", means)
        self._names = tuple(names)

    def use(self, worker: Worker) -> None:
        """See `ThreadDriver.use`."""
        try:
            import smartcard.scard as scard
        except ImportError as error:
            reason = f"PC/SC is not installed here (pyscard: {error})"
            raise ReaderFailedError(
                reason=reason, fault="not_installed", cure="apt install python3-pyscard"
            ) from error
        with _context(scard) as context:
            _Watch(scard, context, worker, self._names).watch()


@contextmanager
def _context(scard: Any) -> Iterator[Any]:
    result, context = scard.SCardEstablishContext(scard.SCARD_SCOPE_SYSTEM)
    if result != scard.SCARD_S_SUCCESS:
        raise _unreached(scard, result)
    try:
        yield context
    finally:
        scard.SCardReleaseContext(context)


def _unreached(scard: Any, result: int) -> ReaderFailedError:
    if result in (scard.SCARD_E_NO_SERVICE, scard.SCARD_E_SERVICE_STOPPED):
        return ReaderFailedError(
            reason="pcscd does not run", fault="not_running", cure="systemctl start pcscd.socket"
        )
    if result == scard.SCARD_W_SECURITY_VIOLATION:
        return ReaderFailedError(
            reason="pcscd refuses this user",
            fault="not_permitted",
            cure="give it a polkit rule (docs/reader.md)",
        )
    reason = f"pcscd does not answer ({_name(scard, result)})"
    return ReaderFailedError(reason=reason, fault="not_answering", cure=_RESTART)


def _gone(scard: Any, result: int) -> ReaderFailedError:
    reason = f"pcscd went away ({_name(scard, result)})"
    return ReaderFailedError(reason=reason, fault="not_running", cure=_RESTART)


class _Watch:
    def __init__(self, scard: Any, context: Any, worker: Worker, names: tuple[str, ...]) -> None:
        self._scard = scard
        self._context = context
        self._worker = worker
        self._names = names
        self._slots: dict[str, _Slot] = {}
        self._plug_and_play = 0
        self._known: set[str] = set()

    def watch(self) -> None:
        try:
            self._find_readers()
            while True:
                self._worker.go_on()
                self._poll()
        finally:
            # pcscd or the whole driver is gone: its sink takes the cards off with the state.
            self._slots.clear()

    def _find_readers(self) -> None:
        """Take up the readers that are there now and say so.

        Raises: ReaderFailedError: there is none.
        """
        result, found = self._scard.SCardListReaders(self._context, [])
        if result not in (self._scard.SCARD_S_SUCCESS, self._scard.SCARD_E_NO_READERS_AVAILABLE):
            raise _gone(self._scard, result)
        wanted = [name for name in found if not self._names or name.startswith(self._names)][:READERS_MAX]
        for gone in self._slots.keys() - set(wanted):
            self._take_off(self._slots.pop(gone))
        if not wanted:
            raise self._no_reader(found)
        for name in wanted:
            self._slots.setdefault(name, _Slot())
        silent = self._find_silent(wanted)
        if len(silent) == len(wanted):
            raise ReaderFailedError(reason=f"{', '.join(wanted)} does not answer", fault="not_answering")
        missing = sorted(self._known - set(wanted))
        self._known |= set(wanted)
        words = [f"gone: {', '.join(missing)}"] if missing else []
        words += [f"does not answer: {', '.join(silent)}"] if silent else []
        answering = [name for name in wanted if name not in silent]
        fault: ReaderFault | None = "not_answering" if silent else "went_away" if missing else None
        self._worker.ready(", ".join(answering), "; ".join(words), fault)

    def _find_silent(self, names: Sequence[str]) -> list[str]:
        """Readers that pcscd lists and cannot talk to: plugged in, but hung. Their cards are taken off."""
        scard = self._scard
        asked = [(name, scard.SCARD_STATE_UNAWARE) for name in names]
        result, states = scard.SCardGetStatusChange(self._context, 0, asked)
        if result != scard.SCARD_S_SUCCESS:
            return []  # one of them has just gone: the next poll tells
        silent = [name for name, state, _ in states if state & scard.SCARD_STATE_UNAVAILABLE]
        for name in silent:
            self._take_off(self._slots[name])
            self._slots[name] = _Slot(state=scard.SCARD_STATE_UNAVAILABLE)
        return silent

    def _no_reader(self, found: Sequence[str]) -> ReaderFailedError:
        if found and self._names:
            reason = f"no reader here is called {' or '.join(self._names)}"
            cure = f"correct pcsc_readers: here is {', '.join(found)}"
            return ReaderFailedError(reason=reason, fault="wrong_setting", cure=cure)
        cure = "plug one in; lsusb shows whether it is seen"
        return ReaderFailedError(reason="No reader is plugged in", fault="not_there", cure=cure)

    def _poll(self) -> None:
        """Wait READER_POLL_S for a change and act on it; shorter while a card is still to be read."""
        scard = self._scard
        is_reading = any(slot.tries_left for slot in self._slots.values())
        asked = [(name, slot.state) for name, slot in self._slots.items()]
        asked.append((_PLUG_AND_PLAY, self._plug_and_play))
        is_lying = any(slot.tap_id is not None for slot in self._slots.values())
        wait_ms = _AGAIN_AFTER_MS if is_reading else int(READER_POLL_S * 1000)
        if is_lying:  # commands for the card are taken at once, and between them it is looked after
            self._worker.carry_talks(self._talk, 0 if is_reading else CARD_TALK_POLL_MS / 1000)
            wait_ms = 0
        else:
            self._worker.carry_talks(self._talk, 0)
        result, states = scard.SCardGetStatusChange(self._context, wait_ms, asked)
        if result == scard.SCARD_S_SUCCESS:
            self._look(states)
        elif result in (scard.SCARD_E_UNKNOWN_READER, scard.SCARD_E_READER_UNAVAILABLE):
            self._find_readers()
        elif result != scard.SCARD_E_TIMEOUT:
            raise _gone(scard, result)
        for name, slot in self._slots.items():
            if slot.tries_left:
                self._read(name, slot)

    def _look(self, states: Sequence[tuple[str, int, object]]) -> None:
        scard = self._scard
        *readers, (_, self._plug_and_play, _) = states
        gone = scard.SCARD_STATE_UNKNOWN | scard.SCARD_STATE_UNAVAILABLE
        is_stale = bool(self._plug_and_play & scard.SCARD_STATE_CHANGED)
        self._plug_and_play &= ~scard.SCARD_STATE_CHANGED
        for name, state, _atr in readers:
            if state & scard.SCARD_STATE_CHANGED:
                slot = self._slots[name]
                is_stale |= bool((state | slot.state) & gone)  # came back is as much news as went
                self._changed(slot, state & ~scard.SCARD_STATE_CHANGED)
        if is_stale:
            self._find_readers()

    def _changed(self, slot: _Slot, state: int) -> None:
        """A reader's state moved: cards came, went, or went and came between two polls."""
        before, slot.state = slot.state, state
        present = self._scard.SCARD_STATE_PRESENT
        has_card = bool(state & present)
        is_other = not before & present or state >> _EVENTS_SHIFT != before >> _EVENTS_SHIFT
        if not has_card or is_other:
            self._take_off(slot)
            if slot.tries_left:
                slot.tries_left = 0
                self._worker.unread(CardTornError())
        if not has_card or not is_other:
            return
        if state & self._scard.SCARD_STATE_MUTE:
            self._worker.unread(CardAnswerError(reason="nothing at all: is its chip the right way round?"))
        else:
            slot.tries_left, slot.seen_s = _CARD_TRIES, time.monotonic()

    def _talk(self, talk: Talk) -> Talked:
        """Send a talk's commands to the card of its tap."""
        found = next((name for name, slot in self._slots.items() if slot.tap_id == talk.tap_id), None)
        if found is None:
            return Talked(trouble="card_gone")
        slot = self._slots[found]
        answers: list[bytes] = []
        try:
            if slot.link is None:
                slot.link = self._connect(found)
            atr = self._reset(slot) if talk.is_first else b""
            transmit = self._transmitter(*slot.link, deadline_s=CARD_TALK_DEADLINE_S)
            for command in talk.commands:
                answers.append(transmit(command))
                if answers[-1][-2:] not in talk.goes_on:
                    break
        except CardTornError:
            # Gone, or put back before pcscd looked: then it is a new tap.
            self._take_off(slot)
            slot.tries_left, slot.seen_s = _CARD_TRIES, time.monotonic()
            return Talked(tuple(answers), trouble="card_gone")
        except CardAnswerError:
            self._hang_up(slot)
            return Talked(tuple(answers), trouble="too_slow")
        except _ReaderTroubleError:
            self._hang_up(slot)
            return Talked(tuple(answers), trouble="card_silent")
        return Talked(tuple(answers), atr)

    def _reset(self, slot: _Slot) -> bytes:
        """A warm reset: the card forgets what was selected; its ATR."""
        assert slot.link is not None
        scard, (handle, _) = self._scard, slot.link
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, protocol = scard.SCardReconnect(
            handle, scard.SCARD_SHARE_SHARED, protocols, scard.SCARD_RESET_CARD
        )
        if result != scard.SCARD_S_SUCCESS:
            raise self._error(result)
        slot.link = (handle, protocol)
        result, _, _, _, atr = scard.SCardStatus(handle)
        if result != scard.SCARD_S_SUCCESS:
            raise self._error(result)
        return bytes(atr)

    def _hang_up(self, slot: _Slot) -> None:
        if slot.link is not None:
            (handle, _), slot.link = slot.link, None
            self._scard.SCardDisconnect(handle, self._scard.SCARD_LEAVE_CARD)

    def _take_off(self, slot: _Slot) -> None:
        self._hang_up(slot)
        if slot.tap_id is not None:
            tap_id, slot.tap_id = slot.tap_id, None
            self._worker.removed(tap_id)

    def _read(self, name: str, slot: _Slot) -> None:
        """Try once to read the card; a reader that loses a card that lies still is asked again."""
        slot.tries_left -= 1
        try:
            reading = self._converse(name)
        except (CardTornError, _ReaderTroubleError) as error:
            if slot.tries_left == 0:
                self._give_up(name, slot, error)
            return
        except CardError as error:
            slot.tries_left = 0
            self._worker.unread(error)
            return
        slot.tries_left = slot.errors = 0
        if reading.refused:
            log.info("card_message_refused", reason=reading.refused)
        slot.tap_id = self._worker.presented(reading.evidence, reading.uid, seen_s=slot.seen_s, reader=name)
        took_ms = round((time.monotonic() - slot.seen_s) * 1000)
        log.info("card_read", reader=name, tap_id=slot.tap_id, took_ms=took_ms)

    def _give_up(self, name: str, slot: _Slot, error: CardError) -> None:
        slot.errors += 1
        if isinstance(error, CardTornError):
            error = _ReaderTroubleError(reason="it loses a card that lies still")
        self._worker.unread(error)
        if slot.errors >= READER_ERRORS_MAX:
            raise ReaderFailedError(reason=f"{name} fails on every card", fault="fails_on_cards") from error

    def _converse(self, name: str) -> Reading:
        handle, protocol = self._connect(name)
        try:
            transmit = self._transmitter(handle, protocol, deadline_s=CARD_READ_DEADLINE_S)
            return read_pcsc_card(Card(transmit))
        finally:
            self._scard.SCardDisconnect(handle, self._scard.SCARD_LEAVE_CARD)

    def _connect(self, name: str) -> tuple[Any, int]:
        scard = self._scard
        protocols = scard.SCARD_PROTOCOL_T0 | scard.SCARD_PROTOCOL_T1
        result, handle, protocol = scard.SCardConnect(
            self._context, name, scard.SCARD_SHARE_SHARED, protocols
        )
        if result != scard.SCARD_S_SUCCESS:
            raise self._error(result)
        return handle, protocol

    def _transmitter(self, handle: Any, protocol: int, *, deadline_s: int) -> Callable[[bytes], bytes]:
        ends_s = time.monotonic() + deadline_s

        def transmit(apdu: bytes) -> bytes:
            if time.monotonic() > ends_s:
                raise CardAnswerError(reason=f"too slowly, not read after {deadline_s} s")
            result, answer = self._scard.SCardTransmit(handle, protocol, list(apdu))
            if result != self._scard.SCARD_S_SUCCESS:
                raise self._error(result)
            if len(answer) < _STATUS_BYTES:  # pcscd's way to say that the card went in the middle of it
                raise CardTornError
            return bytes(answer)

        return transmit

    def _error(self, result: int) -> LoyaltyError:
        """What a failed call means: the card's fault, the reader's, or pcscd's."""
        scard = self._scard
        reason = _name(scard, result)
        if result in (
            scard.SCARD_W_REMOVED_CARD,
            scard.SCARD_E_NO_SMARTCARD,
            scard.SCARD_W_RESET_CARD,
            scard.SCARD_E_NOT_TRANSACTED,
            scard.SCARD_E_READER_UNAVAILABLE,
            scard.SCARD_E_UNKNOWN_READER,
        ):
            # A card pulled out during a command answers E_NOT_TRANSACTED first, W_REMOVED_CARD after.
            return CardTornError()
        if result in (
            scard.SCARD_W_UNRESPONSIVE_CARD,
            scard.SCARD_W_UNPOWERED_CARD,
            scard.SCARD_W_UNSUPPORTED_CARD,
            scard.SCARD_E_PROTO_MISMATCH,
        ):
            return CardAnswerError(reason=f"nothing at all ({reason}): is its chip the right way round?")
        if result in (
            scard.SCARD_E_NO_SERVICE,
            scard.SCARD_E_SERVICE_STOPPED,
            scard.SCARD_E_INVALID_HANDLE,
        ):
            return _gone(scard, result)
        return _ReaderTroubleError(reason=reason)


def _name(scard: Any, result: int) -> str:
    return f"{scard.SCardGetErrorMessage(result).strip()} 0x{result & 0xFFFFFFFF:08X}"

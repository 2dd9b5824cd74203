"""Readers that nfcpy drives itself: PN532, PN533, ACR122U without pcscd, FeliCa (Sony RC-S380).

nfcpy is EUPL and is imported in this process only. Type 4 tags are asked by our own commands, within our
limits, and carry talks as cards behind a PC/SC reader do.
"""

import errno
import os
import time
from collections.abc import Callable
from typing import Any, Final

import structlog

from loyalty.limits.readers import CARD_READ_DEADLINE_S, CARD_TALK_DEADLINE_S
from reader_daemon.cards.apdu import Card, CardAnswerError, CardError, CardTornError
from reader_daemon.cards.reading import GET_UID, is_random_uid, read_contactless
from reader_daemon.readers.base import ReaderFault, Talk, Talked
from reader_daemon.readers.worker import Means, ReaderFailedError, ThreadDriver, Worker

log = structlog.get_logger(__name__)

_TARGETS: Final = ("106A", "106B", "212F")
_PRESENCE_EVERY_S: Final = 0.1
_EMPTY_FIELD_S: Final = 0.1
_DONE: Final = b"\x90\x00"
_GET_UID: Final = GET_UID.encode()
_ATR: Final = bytes.fromhex("3B80800101")
"""PC/SC part 3 rev. 2.01 par. 3.1.3.2.3.1 without historical bytes: nfcpy keeps none of the card's ATS."""


class NfcReader(ThreadDriver):
    """The device that nfcpy finds under `path`. One card at a time; the field's anticollision chooses it."""

    may_talk = True

    def __init__(self, path: str, means: Means) -> None:
        super().__init__(f"NFC {path}", means)
        self._path = path

    def use(self, worker: Worker) -> None:
        """See `ThreadDriver.use`."""
        try:
            import nfc
            import nfc.clf
            import nfc.tag
        except ImportError as error:
            reason = f"nfcpy is not installed here ({error})"
            raise ReaderFailedError(
                reason=reason, fault="not_installed", cure="install requirements/reader.lock"
            ) from error
        try:
            frontend = nfc.ContactlessFrontend(self._path)
        except OSError as error:
            words = os.strerror(error.errno).lower() if error.errno else str(error)
            fault: ReaderFault
            cure, fault = "plug it in, or correct nfc_device", "not_there"
            if error.errno in (errno.EACCES, errno.EPERM):
                cure, fault = "give the reader's user the device (a udev rule)", "not_permitted"
            elif error.errno == errno.EBUSY:
                cure, fault = "stop what uses it: pcscd, or the kernel's driver pn533_usb", "in_use"
            reason = f"No reader at {self._path} ({words})"
            raise ReaderFailedError(reason=reason, fault=fault, cure=cure) from error
        try:
            worker.ready(
                f"{frontend.device.vendor_name or ''} {frontend.device.product_name or self.name}".strip()
            )
            while True:
                worker.go_on()
                self._await_card(nfc, frontend, worker)
        except OSError as error:
            raise ReaderFailedError(reason=f"{self.name} went away ({error})", fault="went_away") from error
        finally:
            frontend.close()

    def _await_card(self, nfc: Any, frontend: Any, worker: Worker) -> None:
        lying = _found(nfc, frontend, *_TARGETS)
        seen_s = time.monotonic()
        if lying is None:
            worker.carry_talks(lambda _: Talked(trouble="card_gone"), 0)
            time.sleep(_EMPTY_FIELD_S)
            return
        try:
            reading = read_contactless(lying.uid, lying.card())
        except CardError as error:
            worker.unread(error)
            tap_id = None
        else:
            if reading.refused:
                log.info("card_message_refused", reason=reading.refused)
            tap_id = worker.presented(reading.evidence, reading.uid, seen_s=seen_s)
        while lying.is_present:
            worker.go_on()
            worker.carry_talks(lambda talk: lying.talk(talk, tap_id), _PRESENCE_EVERY_S)
        if tap_id is not None:
            worker.removed(tap_id)


def _found(nfc: Any, frontend: Any, *kinds: str) -> "_Lying | None":
    """What answers in the field: the field was off before, so that a card there has forgotten everything."""
    target = frontend.sense(*(nfc.clf.RemoteTarget(kind) for kind in kinds), iterations=1)
    tag = None if target is None else nfc.tag.activate(frontend, target)
    return None if tag is None else _Lying(nfc, frontend, tag, target.brty)


class _Lying:
    """The card in the field: read once, then spoken with for as long as it lies there."""

    def __init__(self, nfc: Any, frontend: Any, tag: Any, kind: str) -> None:
        self._nfc = nfc
        self._frontend = frontend
        self._tag = tag
        self._kind = kind
        self._is_lost = False
        self.uid = bytes(tag.identifier)

    @property
    def is_present(self) -> bool:
        """Whether it is still the card that was found, and answers."""
        return not self._is_lost and bool(self._tag.is_present)

    def card(self) -> Card | None:
        """As a card that takes ISO/IEC 7816-4 commands; None where it is of another type."""
        return Card(self._transmitter(CARD_READ_DEADLINE_S)) if self._takes_commands else None

    def talk(self, talk: Talk, tap_id: str | None) -> Talked:
        """Send a talk's commands, if they are for the tap of this card."""
        if talk.tap_id != tap_id:
            return Talked(trouble="card_gone")
        answers: list[bytes] = []
        try:
            atr = self._reset() if talk.is_first else b""
            transmit = self._transmitter(CARD_TALK_DEADLINE_S)
            for command in talk.commands:
                if command == _GET_UID:  # a PC/SC reader's own answer, not the card's
                    answers.append(self.uid + _DONE)
                elif not self._takes_commands:
                    return Talked(tuple(answers), trouble="reader_cannot")
                else:
                    answers.append(transmit(command))
                if answers[-1][-2:] not in talk.goes_on:
                    break
        except CardTornError:
            self._is_lost = True  # what still lies there is found anew, and is a new tap
            return Talked(tuple(answers), trouble="card_gone")
        except CardAnswerError:
            return Talked(tuple(answers), trouble="too_slow")
        return Talked(tuple(answers), atr)

    @property
    def _takes_commands(self) -> bool:
        return bool(self._tag.type == "Type4Tag")

    def _reset(self) -> bytes:
        """Off and on again: the card forgets what was selected. Its ATR as PC/SC makes it up.

        Raises: CardTornError: nothing answers any more, or another card does.
        """
        again = _found(self._nfc, self._frontend, self._kind)
        if again is None or not _is_same(self.uid, again.uid):
            raise CardTornError
        self._tag, self.uid = again._tag, again.uid
        return _ATR if self._takes_commands else b""

    def _transmitter(self, deadline_s: int) -> Callable[[bytes], bytes]:
        ends_s = time.monotonic() + deadline_s

        def transmit(apdu: bytes) -> bytes:
            if time.monotonic() > ends_s:
                raise CardAnswerError(reason=f"too slowly, not read after {deadline_s} s")
            try:
                answer = bytes(self._tag.transceive(apdu))
            except (self._nfc.tag.TagCommandError, self._nfc.clf.CommunicationError) as error:
                raise CardTornError from error
            if len(answer) < len(_DONE):
                raise CardTornError
            return answer

        return transmit


def _is_same(before: bytes, after: bytes) -> bool:
    """Whether the UIDs are one card's: those of cards with random ones are others each time."""
    return before == after or (is_random_uid(before) and is_random_uid(after))

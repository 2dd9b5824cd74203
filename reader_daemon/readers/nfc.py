"""Readers that nfcpy drives itself: PN532, PN533, ACR122U without pcscd, FeliCa (Sony RC-S380).

nfcpy is EUPL and is imported in this process only. Type 4 tags are asked by our own commands, within our
limits.
"""

import errno
import os
import time
from collections.abc import Callable
from typing import Any, Final

import structlog

from loyalty.limits.readers import CARD_READ_DEADLINE_S
from reader_daemon.cards.apdu import Card, CardAnswerError, CardError, CardTornError
from reader_daemon.cards.reading import read_contactless
from reader_daemon.readers.base import ReaderFault
from reader_daemon.readers.worker import Means, ReaderFailedError, ThreadDriver, Worker

log = structlog.get_logger(__name__)

_TARGETS: Final = ("106A", "106B", "212F")
_PRESENCE_EVERY_S: Final = 0.1
_EMPTY_FIELD_S: Final = 0.1


class NfcReader(ThreadDriver):
    """The device that nfcpy finds under `path`. One card at a time; the field's anticollision chooses it."""

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
        targets = [nfc.clf.RemoteTarget(kind) for kind in _TARGETS]
        target = frontend.sense(*targets, iterations=1)
        tag = None if target is None else nfc.tag.activate(frontend, target)
        if tag is None:
            time.sleep(_EMPTY_FIELD_S)
            return
        try:
            reading = read_contactless(bytes(tag.identifier), _card_of(nfc, tag))
        except CardError as error:
            worker.unread(error)
            tap_id = None
        else:
            if reading.refused:
                log.info("card_message_refused", reason=reading.refused)
            tap_id = worker.presented(reading.evidence, reading.uid)
        while tag.is_present:
            worker.go_on()
            time.sleep(_PRESENCE_EVERY_S)
        if tap_id is not None:
            worker.removed(tap_id)


def _card_of(nfc: Any, tag: Any) -> Card | None:
    """The tag as a card that takes ISO/IEC 7816-4 commands; None where it is of another type."""
    return Card(_transmitter(nfc, tag)) if tag.type == "Type4Tag" else None


def _transmitter(nfc: Any, tag: Any) -> Callable[[bytes], bytes]:
    deadline_s = time.monotonic() + CARD_READ_DEADLINE_S

    def transmit(apdu: bytes) -> bytes:
        if time.monotonic() > deadline_s:
            raise CardAnswerError(reason=f"too slowly, not read after {CARD_READ_DEADLINE_S} s")
        try:
            return bytes(tag.transceive(apdu))
        except (nfc.tag.TagCommandError, nfc.clf.CommunicationError) as error:
            raise CardTornError from error

    return transmit

"""The NDEF message of a Type 4 tag, read and never written (NFC Forum Type 4 Tag 1.2).

Every NTAG 424 DNA is such a tag. Its counter rises with the first read after the file is selected, so one tap
reads each byte once.
"""

from typing import Final

from loyalty.limits.readers import NDEF_MESSAGE_BYTES_MAX
from reader_daemon.cards.apdu import (
    SHORT_LE_MAX,
    Card,
    CardAnswerError,
    StatusWordError,
    read_binary,
    select_application,
    select_file,
)
from reader_daemon.cards.ndef import NdefError

NDEF_APPLICATION: Final = bytes.fromhex("D2760000850101")
CAPABILITY_FILE: Final = 0xE103
CAPABILITY_BYTES: Final = 15
_NDEF_FILE_CONTROL: Final = bytes((0x04, 0x06))


def read_ndef(card: Card) -> bytes | None:
    """The message in the card's NDEF file; None when the card has no NDEF application or no message.

    Raises: NdefError: over a limit. CardAnswerError, StatusWordError, CardTornError.
    Source: NFC Forum Type 4 Tag 1.2 par. 5.4 (detection), 5.5 (read).
    """
    try:
        card.ask(select_application(NDEF_APPLICATION))
    except StatusWordError:
        return None
    card.ask(select_file(CAPABILITY_FILE))
    file_id, bytes_per_read, file_bytes = _read_capabilities(card.ask(read_binary(0, CAPABILITY_BYTES)))
    card.ask(select_file(file_id))
    length = int.from_bytes(_exactly(card.ask(read_binary(0, 2)), 2))
    if length == 0:
        return None
    if length > NDEF_MESSAGE_BYTES_MAX:
        raise NdefError(reason=f"{length} bytes, more than {NDEF_MESSAGE_BYTES_MAX}")
    if length + 2 > file_bytes:
        raise NdefError(reason=f"{length} bytes do not fit its file of {file_bytes}")
    message = b""
    while len(message) < length:
        wanted = min(bytes_per_read, length - len(message))
        message += _exactly(card.ask(read_binary(2 + len(message), wanted)), wanted)
    return message


def _read_capabilities(container: bytes) -> tuple[int, int, int]:
    """(NDEF file's id, bytes one READ BINARY may ask for, size of the file) of a capability container.

    Source: NFC Forum Type 4 Tag 1.2 par. 5.1: CCLEN, version, MLe, MLc, NDEF file control TLV.
    """
    container = _exactly(container, CAPABILITY_BYTES)
    version, answer_bytes, tlv = container[2], int.from_bytes(container[3:5]), container[7:15]
    if version >> 4 not in (1, 2):
        raise NdefError(reason=f"mapping version {version >> 4}.{version & 15} is not known")
    if tlv[:2] != _NDEF_FILE_CONTROL or answer_bytes < CAPABILITY_BYTES:
        raise NdefError(reason="its capability container is broken")
    if tlv[6] != 0:
        raise NdefError(reason="it may not be read freely")
    return int.from_bytes(tlv[2:4]), min(answer_bytes, SHORT_LE_MAX), int.from_bytes(tlv[4:6])


def _exactly(data: bytes, count: int) -> bytes:
    if len(data) != count:
        raise CardAnswerError(reason=f"{len(data)} bytes where {count} were asked for")
    return data

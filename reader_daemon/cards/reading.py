"""From a card on any reader to its evidence: the strongest that it shows, never a verdict.

| what lies there | evidence |
|---|---|
| a contactless card whose NDEF message is a SUN message | `ntag424`, the message unread |
| any other contactless card | `nfc_uid`, its UID |
| a contactless card with a random UID and no SUN message | none: it is another one at each tap |
| a contact card | `chip`, see `iso7816` |
A broken or too long NDEF message is refused, and the UID is handed on.
"""

from dataclasses import dataclass
from typing import Final

from loyalty.errors import Trouble
from loyalty.limits.cards import CARD_UID_BYTES_MAX, CARD_UID_BYTES_MIN
from reader_daemon.cards.apdu import (
    SHORT_LE_MAX,
    Card,
    CardAnswerError,
    CardError,
    CardTornError,
    Command,
    StatusWordError,
)
from reader_daemon.cards.iso7816 import read_chip_number
from reader_daemon.cards.ndef import NdefError, decode_message, find_uri
from reader_daemon.cards.ntag424 import is_sun_message
from reader_daemon.cards.type4 import read_ndef
from wire.messages import Evidence

GET_UID: Final = Command(name="GET DATA UID", cla=0xFF, ins=0xCA, le=SHORT_LE_MAX)
"""PC/SC part 3 rev. 2.01 par. 3.2.2.1.3: answered by the reader, for contactless cards only."""

_RANDOM_UID_FIRST_BYTE: Final = 0x08
"""ISO/IEC 14443-3:2018 par. 6.5.4: a UID of 4 bytes that begins so is made anew each time."""


class RandomUidError(CardError):
    """The card shows another number each time, and nothing else that names it."""

    code = "card_uid_random"
    trouble = Trouble.INVALID
    text = "This card or telephone shows another number each time: use a loyalty card."


@dataclass(frozen=True, slots=True)
class Reading:
    """The evidence, and what was refused of the card on the way ("" when nothing was).

    `uid`: of a card with a message, whose number is in it and not to be read here; "" where it is random.
    """

    evidence: Evidence
    refused: str = ""
    uid: str = ""


def read_pcsc_card(card: Card) -> Reading:
    """What a card behind a PC/SC reader shows. Contact cards do not answer GET DATA UID.

    Raises: CardError.
    """
    try:
        uid = card.ask(GET_UID)
    except StatusWordError:
        uid = b""
    if not CARD_UID_BYTES_MIN <= len(uid) <= CARD_UID_BYTES_MAX:
        return Reading(Evidence(medium="chip", value=read_chip_number(card)))
    return read_contactless(uid, card)


def read_contactless(uid: bytes, card: Card | None) -> Reading:
    """What a contactless card shows; `card` is None where it takes no ISO/IEC 7816-4 commands.

    Raises: CardError.
    """
    sun, refused = (None, "") if card is None else _find_sun(card)
    if sun is not None:
        uid_told = "" if is_random_uid(uid) else uid.hex().upper()
        return Reading(Evidence(medium="ntag424", value=sun), uid=uid_told)
    if is_random_uid(uid):
        raise RandomUidError
    return Reading(Evidence(medium="nfc_uid", value=uid.hex().upper()), refused)


def is_random_uid(uid: bytes) -> bool:
    """Whether the card makes its UID anew each time the field comes on."""
    return len(uid) == CARD_UID_BYTES_MIN and uid[0] == _RANDOM_UID_FIRST_BYTE


def _find_sun(card: Card) -> tuple[str | None, str]:
    try:
        message = read_ndef(card)
        uri = find_uri(decode_message(message)) if message else None
    except CardTornError:
        raise
    except (NdefError, CardAnswerError, StatusWordError) as error:
        return None, str(error)
    return (uri if uri is not None and is_sun_message(uri) else None), ""

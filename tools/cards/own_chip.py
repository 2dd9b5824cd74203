"""A virtual contact chip card of our own: it names itself, and signs challenges (docs/cards.md).

Written from docs/cards.md and not from central's side of it, so that the two prove each other.
"""

from typing import Final

from tools.cards.kinds import NOT_FOUND, OK, ContactCard, cmac

APPLICATION: Final = bytes.fromhex("F04F46464943494E45")
NOT_SELECTED: Final = b"\x69\x85"
WRONG_LENGTH: Final = b"\x67\x00"


class OwnChipCard(ContactCard):
    """`serial`: as in EF.GDO, at most 10 bytes; `key`: 16 bytes. `signed` counts the challenges answered."""

    def __init__(self, serial: bytes, key: bytes) -> None:
        super().__init__(serial)
        self.serial = serial
        self.signed = 0
        self._key = key
        self._is_selected = False

    def power_on(self) -> None:
        """See `AnyCard.power_on`."""
        super().power_on()
        self._is_selected = False

    def answer(self, apdu: bytes) -> bytes:
        """See `AnyCard.answer`."""
        if apdu[:4] == b"\x00\xa4\x04\x00":
            self._is_selected = apdu[5 : 5 + apdu[4]] == APPLICATION
            return bytes((0x5A, len(self.serial))) + self.serial + OK if self._is_selected else NOT_FOUND
        if apdu[:4] == b"\x00\x88\x00\x00":
            return self._sign(apdu[5:21]) if len(apdu) == 22 and apdu[4] == 16 else WRONG_LENGTH
        return super().answer(apdu)

    def _sign(self, challenge: bytes) -> bytes:
        if not self._is_selected:
            return NOT_SELECTED
        self.signed += 1
        return cmac(self._key, b"OFC1" + challenge + self.serial) + OK

"""A virtual NTAG 424 DNA: SUN with a live counter, and a mutual proof by AuthenticateEV2First.

Written from NXP's data sheet (NT4H2421Gx rev. 3.0 par. 9.1.5) and not from central's side of it, so that
the two prove each other.
"""

import secrets
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tools.cards.kinds import SunCard

MORE: Final = b"\x91\xaf"
DONE: Final = b"\x91\x00"
WRONG_KEY: Final = b"\x91\xae"
NO_KEY: Final = b"\x91\x40"
WRONG_LENGTH: Final = b"\x91\x7e"
_BLOCK: Final = 16
_CAPABILITIES: Final = bytes(12)


class Ntag424(SunCard):
    """`keys`: AES keys by number (0 to 4), 16 bytes each. `proofs` counts those that succeeded."""

    def __init__(
        self,
        uid: bytes,
        url: str = "https://loy.example/t",
        *,
        meta_key: bytes,
        mac_key: bytes,
        keys: dict[int, bytes],
    ) -> None:
        super().__init__(uid, url, meta_key=meta_key, mac_key=mac_key)
        self.proofs = 0
        self._keys = dict(keys)
        self._waiting: tuple[bytes, bytes] | None = None

    def power_on(self) -> None:
        """See `AnyCard.power_on`; a proof that was begun is forgotten."""
        super().power_on()
        self._waiting = None

    def answer(self, apdu: bytes) -> bytes:
        """See `AnyCard.answer`; any other command ends a proof that was begun."""
        waiting, self._waiting = self._waiting, None
        if apdu[:2] == b"\x90\x71":
            return self._challenge(apdu[5 : 5 + apdu[4]] if len(apdu) > 4 else b"")
        if apdu[:2] == b"\x90\xaf":
            return self._prove(waiting, apdu[5 : 5 + apdu[4]] if len(apdu) > 4 else b"")
        return super().answer(apdu)

    def _challenge(self, data: bytes) -> bytes:
        if len(data) < 2:
            return WRONG_LENGTH
        key = self._keys.get(data[0])
        if key is None:
            return NO_KEY
        random_b = secrets.token_bytes(_BLOCK)
        self._waiting = (key, random_b)
        return _cbc(key, random_b, is_encrypting=True) + MORE

    def _prove(self, waiting: tuple[bytes, bytes] | None, data: bytes) -> bytes:
        if waiting is None or len(data) != 2 * _BLOCK:
            return WRONG_LENGTH
        key, random_b = waiting
        plain = _cbc(key, data, is_encrypting=False)
        random_a, echo = plain[:_BLOCK], plain[_BLOCK:]
        if echo != random_b[1:] + random_b[:1]:
            return WRONG_KEY
        self.proofs += 1
        answer = secrets.token_bytes(4) + random_a[1:] + random_a[:1] + _CAPABILITIES
        return _cbc(key, answer, is_encrypting=True) + DONE


def _cbc(key: bytes, data: bytes, *, is_encrypting: bool) -> bytes:
    cipher = Cipher(algorithms.AES(key), modes.CBC(bytes(_BLOCK)))
    run = cipher.encryptor() if is_encrypting else cipher.decryptor()
    return run.update(data) + run.finalize()

"""Keys at work: HMAC-SHA256 with the purpose bound in, and AES-256-GCM with the owner bound in.

A key that is used again and again is prepared once: OpenSSL takes ten microseconds to set up either use,
which was a twentieth of what a purchase costs (docs/performance.md).
"""

import hashlib
import hmac
import secrets
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES: Final = 12
_VERSION: Final = b"\x01"


class SealBroken(Exception):
    """Sealed bytes do not open: another key, another owner, or a damaged store. Never expected."""


class PreparedKey:
    """A key of 32 bytes, ready for many uses: it makes what `mac_of` and `seal` make of its bytes."""

    def __init__(self, key: bytes) -> None:
        self._begun = hmac.new(key, digestmod=hashlib.sha256)
        self._cipher = AESGCM(key)

    def mac(self, purpose: str, value: str) -> bytes:
        """As `mac_of`."""
        each = self._begun.copy()
        each.update(_bound(purpose, value))
        return each.digest()

    def seal(self, plain: bytes, owner: bytes) -> bytes:
        """As `seal`."""
        return _seal(self._cipher, plain, owner)

    def open(self, sealed: bytes, owner: bytes) -> bytes:
        """As `open_sealed`. Raises: SealBroken."""
        return _open(self._cipher, sealed, owner)


def mac_of(key: bytes, purpose: str, value: str) -> bytes:
    """HMAC-SHA256, 32 bytes: a value for one purpose is none for another."""
    return hmac.digest(key, _bound(purpose, value), hashlib.sha256)


def seal(key: bytes, plain: bytes, owner: bytes) -> bytes:
    """Version (1 byte), nonce (12), ciphertext with its tag; opens for the same owner alone."""
    return _seal(AESGCM(key), plain, owner)


def open_sealed(key: bytes, sealed: bytes, owner: bytes) -> bytes:
    """What was sealed. Raises: SealBroken."""
    return _open(AESGCM(key), sealed, owner)


def _bound(purpose: str, value: str) -> bytes:
    return f"{purpose}\0{value}".encode()


def _seal(cipher: AESGCM, plain: bytes, owner: bytes) -> bytes:
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + nonce + cipher.encrypt(nonce, plain, owner)


def _open(cipher: AESGCM, sealed: bytes, owner: bytes) -> bytes:
    if sealed[:1] != _VERSION:
        raise SealBroken("sealed by another version")
    nonce = sealed[1 : 1 + _NONCE_BYTES]
    try:
        return cipher.decrypt(nonce, sealed[1 + _NONCE_BYTES :], owner)
    except InvalidTag as error:
        raise SealBroken("the seal does not open with this key") from error

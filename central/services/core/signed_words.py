"""Words that central signs and keeps nothing of: whoever holds one can show it, nobody can change it.

A word is url-safe base64, without padding, of 32 bytes of HMAC-SHA256 and the payload. Each purpose has its
own: a word of one is none of another. What is in it can be read: it carries no secret.
"""

import base64
import binascii
import hashlib
import hmac
from typing import Final

import msgspec

_MAC_BYTES: Final = 32


class SignedWords:
    """Words of one purpose."""

    def __init__(self, key: bytes, purpose: str) -> None:
        self._macs = hmac.new(key, purpose.encode() + b"\0", hashlib.sha256)

    def sign(self, *parts: str | int) -> str:
        """The word for these parts."""
        return self.sign_bytes(msgspec.msgpack.encode(parts))

    def open(self, word: str) -> tuple[str | int, ...] | None:
        """The parts; None: it is not one of ours."""
        payload = self.open_bytes(word)
        if payload is None:
            return None
        try:
            return tuple(msgspec.msgpack.decode(payload, type=list[str | int]))
        except msgspec.DecodeError:
            return None

    def sign_bytes(self, payload: bytes) -> str:
        """The word for a payload."""
        return base64.urlsafe_b64encode(self._mac(payload) + payload).decode().rstrip("=")

    def open_bytes(self, word: str) -> bytes | None:
        """The payload; None: it is not one of ours."""
        try:
            raw = base64.b64decode(word + "=" * (-len(word) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            return None
        mac, payload = raw[:_MAC_BYTES], raw[_MAC_BYTES:]
        return payload if hmac.compare_digest(mac, self._mac(payload)) else None

    def _mac(self, payload: bytes) -> bytes:
        mac = self._macs.copy()  # the key is set up once (`prepared_key`)
        mac.update(payload)
        return mac.digest()

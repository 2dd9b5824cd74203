"""Tickets that wait at a terminal, sealed to central: who takes the disk reads no basket (DESIGN 10).

HPKE (RFC 9180, base mode): X25519, HKDF-SHA256, AES-256-GCM. The entry's id is bound into the seal, so that
no ticket can be passed off under another id.
"""

from typing import Annotated, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from msgspec import Meta

from loyalty.limits import web as limits
from wire.api_base import Body, Id, Millis

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO: Final = b"officine outbox 1 "
SealedText = Annotated[
    str, Meta(min_length=1, max_length=limits.HTTP_BODY_BYTES_MAX, pattern=r"^[A-Za-z0-9+/=]+(?!\n)$")
]
"""In base64."""


class SealedBody(Body, frozen=True):
    """A ticket or return as the terminal kept it: what it holds is read by central alone.

    `entry_id`: its sale or return id. `sent_ms`: the sender's clock now, in place of the one inside.
    `occurred_ms`: a moment in place of the one inside, where the till's clock was found to be ahead.
    """

    entry_id: Id
    sent_ms: Millis
    sealed: Annotated[
        str, Meta(min_length=1, max_length=limits.HTTP_BODY_BYTES_MAX, pattern=r"^[A-Za-z0-9+/=]+(?!\n)$")
    ]
    occurred_ms: Millis | None = None


class SealDoesNotOpen(ValueError):
    """Sealed to another key, under another id, or damaged."""


def seal(plain: bytes, public_key: bytes, entry_id: str) -> bytes:
    """Readable for the holder of the key alone, and only as this entry."""
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public_key), _INFO + entry_id.encode())


def open_sealed(sealed: bytes, private_key: bytes, entry_id: str) -> bytes:
    """What was sealed. Raises: SealDoesNotOpen."""
    try:
        key = X25519PrivateKey.from_private_bytes(private_key)
        return _SUITE.decrypt(sealed, key, _INFO + entry_id.encode())
    except (InvalidTag, ValueError) as error:
        raise SealDoesNotOpen(str(error) or type(error).__name__) from error

"""The envelope of the JSON dress: a message encrypted, its header again in clear (AdyenCryptoVersion 1).

    keys  = PBKDF2-HMAC-SHA1(passphrase, "AdyenNexoV1Salt", 4000 iterations, 80 bytes)
            [0:32] HMAC key, [32:64] AES-256 key, [64:80] IV
    blob  = AES-256-CBC(IV xor nonce, PKCS#7(message)),   hmac = HMAC-SHA256(message)

Source: docs.adyen.com, "Protect local communications"; the vectors are tests. What the scheme lacks is made
up for here: whatever is wrong is one error that says nothing, compared in constant time; the header in clear,
which no MAC covers, must be the one inside. That a message is not acted on twice is the dispatcher's work.
"""

import base64
import binascii
import hashlib
import secrets
from dataclasses import dataclass, field
from typing import Annotated, Final, Literal

import msgspec
from cryptography.hazmat.primitives import constant_time, hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msgspec import Meta

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.tills import TILL_PASSPHRASE_CHARS_MAX
from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from wire.nexo.base import MessageHeader, Nexo

CRYPTO_VERSION: Final = 1
SALT: Final = b"AdyenNexoV1Salt"
ITERATIONS: Final = 4000
BLOCK: Final = 16

EnvelopeName = Literal["SaleToPOIRequest", "SaleToPOIResponse"]


class EnvelopeWrong(LoyaltyError):
    """An encrypted message cannot be opened. Why is told to nobody: it would help to guess."""

    code = "nexo_crypto_error"
    trouble = Trouble.INVALID
    text = "crypto error: check that till and terminal have the same key (identifier, version, passphrase)"

    def __init__(self, service_id: str = "") -> None:
        super().__init__()
        self.service_id = service_id


@dataclass(frozen=True, slots=True)
class Secrets:
    """What a passphrase gives; never shown."""

    hmac_key: bytes = field(repr=False)
    cipher_key: bytes = field(repr=False)
    iv: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealingKey:
    """A key as till and terminal know it. `sale_id`: the one till it is for; empty: whoever has it."""

    identifier: str
    version: int
    secrets: Secrets = field(repr=False)
    sale_id: str = ""


class SecurityTrailer(Nexo, frozen=True, kw_only=True, rename="pascal"):
    """Which key, and what proves the message."""

    adyen_crypto_version: int
    key_identifier: Annotated[str, Meta(max_length=64)]
    key_version: Annotated[int, Meta(ge=0, le=1_000_000_000)]
    nonce: Annotated[str, Meta(max_length=64)]
    hmac: Annotated[str, Meta(max_length=64)]


class SealedMessage(Nexo, frozen=True, kw_only=True):
    """A message in its envelope."""

    message_header: MessageHeader
    nexo_blob: Annotated[str, Meta(max_length=2 * HTTP_BODY_BYTES_MAX)]
    security_trailer: SecurityTrailer


class _Inner(Nexo, frozen=True, kw_only=True):
    message_header: MessageHeader


_outer: Final = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]])
_sealed: Final = msgspec.json.Decoder(dict[str, SealedMessage])
_inner: Final = msgspec.json.Decoder(dict[str, _Inner])
_encoder: Final = msgspec.json.Encoder()


def derive(passphrase: str) -> Secrets:
    """The keys of a passphrase. Slow on purpose (tens of ms): once per key, in a thread."""
    assert 0 < len(passphrase) <= TILL_PASSPHRASE_CHARS_MAX
    material = hashlib.pbkdf2_hmac("sha1", passphrase.encode(), SALT, ITERATIONS, 80)
    return Secrets(material[:32], material[32:64], material[64:])


def is_sealed(data: bytes) -> bool:
    """Whether somebody means an encrypted message: what is no JSON at all is none."""
    try:
        outer = _outer.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return any("NexoBlob" in members or "SecurityTrailer" in members for members in outer.values())


def read(data: bytes) -> tuple[EnvelopeName, SealedMessage]:
    """The envelope, not opened yet.

    Raises: EnvelopeWrong.
    """
    try:
        outer = _sealed.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EnvelopeWrong from None
    names: tuple[EnvelopeName, ...] = ("SaleToPOIRequest", "SaleToPOIResponse")
    for name in names:
        if name in outer and len(outer) == 1:
            return name, outer[name]
    raise EnvelopeWrong


def open_sealed(name: EnvelopeName, sealed: SealedMessage, key: Secrets | None) -> bytes:
    """The message inside. Without a key the same work is done with one of chance, and fails.

    Raises: EnvelopeWrong.
    """
    service_id = sealed.message_header.service_id or ""
    trailer = sealed.security_trailer
    secrets_ = key or Secrets(secrets.token_bytes(32), secrets.token_bytes(32), secrets.token_bytes(16))
    blob, nonce, told = _bytes(sealed.nexo_blob), _bytes(trailer.nonce), _bytes(trailer.hmac)
    if not blob or len(blob) % BLOCK or len(nonce) != BLOCK or trailer.adyen_crypto_version != CRYPTO_VERSION:
        raise EnvelopeWrong(service_id)
    padded = _decrypt(secrets_, nonce, blob)
    message, is_padded = _unpad(padded)
    is_whole = constant_time.bytes_eq(_mac(secrets_, message), told)
    if not (is_padded and is_whole) or key is None:
        raise EnvelopeWrong(service_id)
    try:
        inner = _inner.decode(message)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise EnvelopeWrong(service_id) from None
    if inner.keys() != {name} or inner[name].message_header != sealed.message_header:
        raise EnvelopeWrong(service_id)
    return message


def encrypt(message: bytes, key: Secrets, nonce: bytes) -> tuple[bytes, bytes]:
    """Blob and HMAC of a message. `nonce`: 16 bytes that never come again under this key."""
    encryptor = _cipher(key, nonce).encryptor()
    rest = BLOCK - len(message) % BLOCK
    blob = encryptor.update(message + bytes([rest]) * rest) + encryptor.finalize()
    return blob, _mac(key, message)


def seal(message: bytes, key: SealingKey) -> bytes:
    """Put one message (JSON, with its header) into an envelope."""
    [(name, inner)] = _inner.decode(message).items()
    nonce = secrets.token_bytes(BLOCK)
    blob, mac = encrypt(message, key.secrets, nonce)
    trailer = SecurityTrailer(
        adyen_crypto_version=CRYPTO_VERSION,
        key_identifier=key.identifier,
        key_version=key.version,
        nonce=base64.b64encode(nonce).decode(),
        hmac=base64.b64encode(mac).decode(),
    )
    sealed = SealedMessage(
        message_header=inner.message_header,
        nexo_blob=base64.b64encode(blob).decode(),
        security_trailer=trailer,
    )
    return _encoder.encode({name: sealed})


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""


def _cipher(key: Secrets, nonce: bytes) -> Cipher[modes.CBC]:
    iv = bytes(left ^ right for left, right in zip(key.iv, nonce, strict=True))
    return Cipher(algorithms.AES256(key.cipher_key), modes.CBC(iv))


def _decrypt(key: Secrets, nonce: bytes, blob: bytes) -> bytes:
    decryptor = _cipher(key, nonce).decryptor()
    return decryptor.update(blob) + decryptor.finalize()


def _unpad(padded: bytes) -> tuple[bytes, bool]:
    """The message, and whether its padding is right; the MAC is computed either way."""
    rest = padded[-1]
    is_right = 1 <= rest <= BLOCK and constant_time.bytes_eq(padded[-rest:], bytes([rest]) * rest)
    return (padded[:-rest] if is_right else padded), is_right


def _mac(key: Secrets, message: bytes) -> bytes:
    mac = hmac.HMAC(key.hmac_key, hashes.SHA256())
    mac.update(message)
    return mac.finalize()

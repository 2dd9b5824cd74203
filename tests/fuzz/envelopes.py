"""Messages in envelopes that our own codec would not write: anything inside, any header outside."""

import base64
import json
import secrets
from typing import Any

import msgspec

from tests.fuzz import judge as plain_judge
from tests.fuzz.judge import Verdict
from wire.nexo import envelope
from wire.nexo.envelope import BLOCK, CRYPTO_VERSION, EnvelopeWrong, SealingKey

_outer = msgspec.json.Decoder(dict[str, dict[str, msgspec.Raw]])


def sealed(message: bytes, valid: bytes, key: SealingKey, *, is_same: bool) -> bytes:
    """Any bytes under a key that is right. The header outside is that of `valid`, or (`is_same`) the inner
    one where it can be found.
    """
    header = _header(valid)
    if is_same:
        header = _header(message) or header
    assert header is not None
    nonce = secrets.token_bytes(BLOCK)
    blob, mac = envelope.encrypt(message, key.secrets, nonce)
    trailer = {
        "AdyenCryptoVersion": CRYPTO_VERSION,
        "KeyIdentifier": key.identifier,
        "KeyVersion": key.version,
        "Nonce": base64.b64encode(nonce).decode(),
        "Hmac": base64.b64encode(mac).decode(),
    }
    return b'{"SaleToPOIRequest":{"MessageHeader":%s,"NexoBlob":"%s","SecurityTrailer":%s}}' % (
        header,
        base64.b64encode(blob),
        json.dumps(trailer).encode(),
    )


def judge(plain: bytes, status: int, content: bytes, key: SealingKey) -> Verdict:
    """Of a message that came in an envelope: an answer under the same key, or an error in clear."""
    if status != 200:
        return plain_judge.refused_by_http(status, content)
    if not content:
        return plain_judge.judge(plain, status, content)
    try:
        name, answer = envelope.read(content)
    except EnvelopeWrong:  # the changes took the envelope away
        return Verdict(is_refused=True, what="plain")
    return plain_judge.judge(plain, status, envelope.open_sealed(name, answer, key.secrets))


def _header(message: bytes) -> Any:
    try:
        [inner] = _outer.decode(message).values()
        return bytes(inner["MessageHeader"])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, KeyError, ValueError):
        return None

"""The envelope: what others sealed is opened, and whatever is wrong with one is a single error."""

import base64
import json
from typing import Any

import msgspec
import pytest

from tests.shared_data import shared_path
from wire.nexo import envelope
from wire.nexo.envelope import EnvelopeWrong, SealingKey, derive

PASSPHRASE = "a long passphrase of this test"
KEY = SealingKey("TILL-1", 2, derive(PASSPHRASE))
HEADER = {
    "ProtocolVersion": "3.0",
    "MessageClass": "Service",
    "MessageCategory": "Logout",
    "MessageType": "Request",
    "ServiceID": "0000000042",
    "SaleID": "TILL-1",
    "POIID": "OFFICINE-00000001",
}
MESSAGE = json.dumps({"SaleToPOIRequest": {"MessageHeader": HEADER, "LogoutRequest": {}}}).encode()


def vectors() -> tuple[dict[str, Any], dict[str, Any]]:
    path = shared_path("../vectors/cards-and-envelope.json")
    terminal, library = json.loads(path.read_text())["nexo_crypto"]
    return terminal, library


def sealed(**changed: Any) -> bytes:
    """A sealed message with members of its trailer, blob or header changed."""
    outer = json.loads(envelope.seal(MESSAGE, KEY))
    members = outer["SaleToPOIRequest"]
    for name, value in changed.items():
        place = members if name == "NexoBlob" else members["SecurityTrailer"]
        place = members["MessageHeader"] if name in HEADER else place
        place[name] = value
    return json.dumps(outer).encode()


def opened(data: bytes, key: SealingKey | None = KEY) -> bytes:
    return envelope.open_sealed(*envelope.read(data), key.secrets if key else None)


def test_a_message_of_a_real_terminal_is_opened() -> None:
    vector, _ = vectors()
    secrets = derive(vector["passphrase"])
    assert (secrets.hmac_key + secrets.cipher_key + secrets.iv).hex() == vector["keyMaterial80"]
    inner = json.loads(vector["plaintext"])["SaleToPOIRequest"]["MessageHeader"]
    data = {
        "SaleToPOIRequest": {
            "MessageHeader": inner,
            "NexoBlob": vector["blob"],
            "SecurityTrailer": {
                "AdyenCryptoVersion": vector["cryptoVersion"],
                "KeyIdentifier": vector["keyIdentifier"],
                "KeyVersion": vector["keyVersion"],
                "Nonce": vector["nonce"],
                "Hmac": vector["hmac"],
            },
        }
    }

    name, message = envelope.read(json.dumps(data).encode())

    assert envelope.open_sealed(name, message, secrets).decode() == vector["plaintext"]


def test_a_message_is_sealed_as_the_library_of_tills_does() -> None:
    _, vector = vectors()
    secrets = derive(vector["passphrase"])
    assert secrets.hmac_key.hex() == vector["hmacKey"]
    assert secrets.cipher_key.hex() == vector["cipherKey"]
    assert secrets.iv.hex() == vector["iv"]
    header = msgspec.json.decode(json.dumps(HEADER), type=envelope.MessageHeader)

    blob, mac = envelope.encrypt(vector["plaintext"].encode(), secrets, base64.b64decode(vector["nonce"]))

    assert base64.b64encode(blob).decode() == vector["blob"]
    assert base64.b64encode(mac).decode() == vector["hmac"]
    assert header.service_id == "0000000042"


def test_what_was_sealed_is_opened_and_no_nonce_comes_twice() -> None:
    first, second = envelope.seal(MESSAGE, KEY), envelope.seal(MESSAGE, KEY)

    assert opened(first) == opened(second) == MESSAGE
    assert first != second
    assert b"Logout" not in base64.b64decode(json.loads(first)["SaleToPOIRequest"]["NexoBlob"])


def truncated(member: str, by: int) -> str:
    outer = json.loads(envelope.seal(MESSAGE, KEY))["SaleToPOIRequest"]
    place = outer if member == "NexoBlob" else outer["SecurityTrailer"]
    return base64.b64encode(base64.b64decode(place[member])[:-by]).decode()


@pytest.mark.parametrize(
    "changed",
    [
        {"NexoBlob": truncated("NexoBlob", 16)},
        {"NexoBlob": truncated("NexoBlob", 1)},
        {"NexoBlob": ""},
        {"NexoBlob": "=not base64="},
        {"NexoBlob": base64.b64encode(bytes(64)).decode()},
        {"Hmac": base64.b64encode(bytes(32)).decode()},
        {"Hmac": truncated("Hmac", 1)},
        {"Hmac": ""},
        {"Nonce": base64.b64encode(bytes(16)).decode()},
        {"Nonce": truncated("Nonce", 1)},
        {"AdyenCryptoVersion": 2},
        {"ServiceID": "0000000043"},
        {"SaleID": "TILL-2"},
        {"MessageCategory": "Payment"},
        {"POIID": "OFFICINE-00000002"},
        {"MessageType": "Response"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_whatever_was_changed_is_the_same_error(changed: dict[str, Any]) -> None:
    with pytest.raises(EnvelopeWrong) as caught:
        opened(sealed(**changed))

    assert str(caught.value) == str(EnvelopeWrong())
    assert caught.value.__cause__ is None


def test_a_wrong_key_and_no_key_are_the_same_error() -> None:
    other = SealingKey("TILL-1", 2, derive("another long passphrase"))
    data = envelope.seal(MESSAGE, KEY)

    for key in (other, None):
        with pytest.raises(EnvelopeWrong) as caught:
            opened(data, key)
        assert str(caught.value) == str(EnvelopeWrong())


def test_a_request_cannot_be_handed_back_as_a_response() -> None:
    outer = json.loads(envelope.seal(MESSAGE, KEY))
    swapped = json.dumps({"SaleToPOIResponse": outer["SaleToPOIRequest"]}).encode()

    with pytest.raises(EnvelopeWrong):
        opened(swapped)


def test_a_sealed_text_that_is_no_message_is_the_same_error() -> None:
    for text in (b"[]", b"{}", b"\xff\xfe", b'{"SaleToPOIRequest":{}}', b'{"SaleToPOIRequest":' * 2):
        blob, mac = envelope.encrypt(text, KEY.secrets, bytes(16))
        data = sealed(
            NexoBlob=base64.b64encode(blob).decode(),
            Nonce=base64.b64encode(bytes(16)).decode(),
            Hmac=base64.b64encode(mac).decode(),
        )
        with pytest.raises(EnvelopeWrong):
            opened(data)


@pytest.mark.parametrize(
    "raw",
    [b"", b"{}", b"[1]", b'{"SaleToPOIRequest":{"NexoBlob":"AAAA"}}', b"[" * 100_000, b"\xff"],
    ids=["empty", "object", "list", "no header", "deep", "bytes"],
)
def test_what_is_no_envelope_cannot_be_read_as_one(raw: bytes) -> None:
    with pytest.raises(EnvelopeWrong):
        envelope.read(raw)


def test_an_oversized_member_is_refused_before_it_is_decrypted() -> None:
    with pytest.raises(EnvelopeWrong):
        envelope.read(sealed(NexoBlob="A" * (2 * envelope.HTTP_BODY_BYTES_MAX + 4)))
    with pytest.raises(EnvelopeWrong):
        envelope.read(sealed(KeyIdentifier="k" * 65))


def test_nothing_that_is_printed_of_a_key_tells_it() -> None:
    shown = repr(KEY) + repr(KEY.secrets)

    assert KEY.secrets.cipher_key.hex() not in shown
    assert repr(KEY.secrets.cipher_key) not in shown

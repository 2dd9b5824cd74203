"""The envelope: whatever is sealed opens, and no change of a byte gets anything but the one error."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.nexo.test_nexo_envelope import HEADER, KEY
from wire.nexo import envelope
from wire.nexo.envelope import EnvelopeWrong

texts = st.text(max_size=200)


def message(text: str) -> bytes:
    told = {"SaleToPOIRequest": {"MessageHeader": HEADER, "LogoutRequest": {"Note": text}}}
    return json.dumps(told, ensure_ascii=False).encode(errors="surrogatepass")


@given(texts.filter(lambda text: text.isprintable()))
def test_whatever_is_sealed_opens_again(text: str) -> None:
    data = message(text)

    assert envelope.open_sealed(*envelope.read(envelope.seal(data, KEY)), KEY.secrets) == data


@given(texts.filter(lambda text: text.isprintable()), st.data())
def test_a_changed_byte_of_blob_nonce_or_hmac_opens_nothing(text: str, data: st.DataObject) -> None:
    outer = json.loads(envelope.seal(message(text), KEY))["SaleToPOIRequest"]
    member = data.draw(st.sampled_from(["NexoBlob", "Nonce", "Hmac"]))
    place = outer if member == "NexoBlob" else outer["SecurityTrailer"]
    raw = bytearray(base64.b64decode(place[member]))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    place[member] = base64.b64encode(raw).decode()

    with pytest.raises(EnvelopeWrong):
        envelope.open_sealed(*envelope.read(json.dumps({"SaleToPOIRequest": outer}).encode()), KEY.secrets)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@given(st.binary(max_size=300) | json_values.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_no_envelope(data: bytes) -> None:
    assert not envelope.is_sealed(data)
    with pytest.raises(EnvelopeWrong):
        envelope.read(data)


@given(
    st.fixed_dictionaries(
        {},
        optional={
            "MessageHeader": st.just(HEADER) | json_values,
            "NexoBlob": json_values,
            "SecurityTrailer": json_values
            | st.fixed_dictionaries(
                {
                    "AdyenCryptoVersion": st.integers(0, 2) | json_values,
                    "KeyIdentifier": texts,
                    "KeyVersion": st.integers(),
                    "Nonce": texts | st.binary(max_size=20).map(lambda raw: base64.b64encode(raw).decode()),
                    "Hmac": texts | st.binary(max_size=40).map(lambda raw: base64.b64encode(raw).decode()),
                }
            ),
        },
    )
)
def test_any_members_are_the_one_error(members: dict[str, object]) -> None:
    data = json.dumps({"SaleToPOIRequest": members}).encode()

    with pytest.raises(EnvelopeWrong):
        envelope.open_sealed(*envelope.read(data), KEY.secrets)

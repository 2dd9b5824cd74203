"""The largest message there is takes a bounded amount of memory to read, in each dress of nexo.

XML's own bound is in test_nexo_xml_properties.py.
"""

import contextlib
import tracemalloc
from collections.abc import Callable

import pytest

from loyalty.limits.web import HTTP_BODY_BYTES_MAX
from tests.fuzz import envelopes
from tests.fuzz.largest import HEAD, LARGEST
from tests.property.nexo.test_nexo_xml_properties import MEMORY_MAX
from tests.unit.nexo.test_nexo_envelope import KEY
from wire.nexo import envelope, json_codec
from wire.nexo.envelope import EnvelopeWrong
from wire.nexo.json_codec import BodyWrong, NotNexo


@pytest.mark.parametrize("name", LARGEST)
def test_memory_stays_bounded_in_json(name: str) -> None:
    data = LARGEST[name](HTTP_BODY_BYTES_MAX)
    assert HTTP_BODY_BYTES_MAX - 100 < len(data) <= HTTP_BODY_BYTES_MAX

    assert peak_of(lambda: json_codec.decode(data)) < MEMORY_MAX


@pytest.mark.parametrize("name", LARGEST)
def test_memory_stays_bounded_in_an_envelope(name: str) -> None:
    """A blob is base64: what is inside is three quarters as long."""
    plain = LARGEST[name](HTTP_BODY_BYTES_MAX * 3 // 4 - 1_000)
    outside = b'{"a":{"MessageHeader":%s}}' % HEAD
    sealed = envelopes.sealed(plain, outside, KEY, is_same=False)
    assert HTTP_BODY_BYTES_MAX - 2_000 < len(sealed) <= HTTP_BODY_BYTES_MAX

    def work() -> None:
        assert envelope.is_sealed(sealed)
        json_codec.decode(envelope.open_sealed(*envelope.read(sealed), KEY.secrets))

    assert peak_of(work) < MEMORY_MAX


def peak_of(work: Callable[[], object]) -> int:
    """The most bytes that were held while a message was read, or refused."""
    tracemalloc.start()
    try:
        with contextlib.suppress(NotNexo, BodyWrong, EnvelopeWrong):
            work()

        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

"""NDEF messages and URIs, judged by the vectors of ndeflib and by bytes of no sense."""

import ast
import gzip
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits import NDEF_MESSAGE_BYTES_MAX, NDEF_RECORDS_MAX
from reader_daemon.cards.ndef import NdefError, decode_message, decode_uri, find_uri
from reader_daemon.cards.ntag424 import is_sun_message
from tests.shared_data import SHARED, shared_path
from tools.cards.kinds import uri_message


def vectors(source: str, *names: str) -> list[list[Any]]:
    """The rows of the vectors whose class or set is one of `names`."""
    lines = gzip.decompress(shared_path("peers/ndef_vectors.jsonl.gz").read_bytes()).splitlines()
    read = [json.loads(line) for line in lines]
    rows = [
        item["row"]
        for item in read
        if item["source"] == source and (item["class"] in names or f"{item['class']}/{item['set']}" in names)
    ]
    assert rows
    return rows


@pytest.mark.shared
def test_uris_of_the_vectors_are_read_as_they_stand() -> None:
    for octets, expected in vectors("test_uri", "TestUriRecord/test_decode_valid_data"):
        (uri,) = ast.literal_eval(expected)
        assert decode_uri(bytes.fromhex(octets)) == uri


@pytest.mark.shared
def test_uris_that_the_vectors_refuse_are_refused() -> None:
    for octets, _ in vectors("test_uri", "TestUriRecord/test_decode_error_data"):
        with pytest.raises(NdefError):
            decode_uri(bytes.fromhex(octets))


@pytest.mark.shared
def test_messages_of_the_vectors_have_the_records_they_say() -> None:
    for octets, expected in vectors("test_message", "test_message_decoder_with_bytes_input"):
        # ndeflib gives the chunks of a record one by one, here they are joined.
        wanted = expected.count("Record(") - expected.count("'unchanged'")
        assert len(decode_message(bytes.fromhex(octets))) == wanted, octets


@pytest.mark.shared
def test_messages_that_the_vectors_refuse_are_refused() -> None:
    # What ndeflib lets pass when told to be lax ("relax", "ignore") is refused here: cards are strangers.
    names = [f"test_{kind}_decode_invalid_message_{mode}" for kind in ("fail", "pass") for mode in MODES]
    for octets, _ in vectors("test_message", *names):
        with pytest.raises(NdefError):
            decode_message(bytes.fromhex(octets))


MODES = ("relax", "strict", "ignore")


@pytest.mark.shared
def test_uri_and_text_messages_of_the_vectors_give_their_uri_or_none() -> None:
    for octets, expected in vectors("test_uri", "test_message_decode"):
        assert repr(find_uri(decode_message(bytes.fromhex(octets)))) in expected
    for octets, _ in vectors("test_text", "test_message_decode"):
        assert find_uri(decode_message(bytes.fromhex(octets))) is None


@pytest.mark.shared
def test_smart_posters_of_the_vectors_give_their_one_uri() -> None:
    for octets, expected in vectors("test_smartposter", "test_message_decode"):
        uri = find_uri(decode_message(bytes.fromhex(octets)))
        assert f"SmartposterRecord({uri!r}," in expected
    for octets, _ in vectors("test_smartposter", "TestSmartposterRecord/test_decode_error_data"):
        payload = bytes.fromhex(octets)
        with pytest.raises(NdefError):
            find_uri(decode_message(bytes((0xD1, 2, len(payload))) + b"Sp" + payload))


@pytest.mark.shared
def test_records_of_other_types_are_told_apart_and_left_unread() -> None:
    kinds = {"test_handover": b"Hr", "test_deviceinfo": b"Di", "test_signature": b"Sig", "test_text": b"T"}
    path = shared_path("peers/ndef_vectors.jsonl.gz")
    for line in gzip.decompress(path.read_bytes()).splitlines():
        item = json.loads(line)
        kind = kinds.get(item["source"])
        if kind is None or not item["class"].startswith("Test"):
            continue
        payload = bytes.fromhex(item["row"][0])
        message = bytes((0xC1, len(kind))) + len(payload).to_bytes(4) + kind + payload
        (record,) = decode_message(message)
        assert (record.kind, record.payload) == (kind, payload)
        assert find_uri([record]) is None


@pytest.mark.shared
def test_sun_messages_of_the_vectors_are_recognised_and_survive_a_tag_unchanged() -> None:
    path = SHARED / "vectors" / "cards-and-envelope.json"
    if not path.exists():
        pytest.skip("real data are not here: vectors/cards-and-envelope.json (set OFFICINE_SHARED)")
    urls = [vector["url"] for vector in json.loads(path.read_text())["sun"] if "url" in vector]
    assert urls
    for url in urls:
        assert is_sun_message(url)
        assert find_uri(decode_message(uri_message(url))) == url


@pytest.mark.parametrize(
    ("uri", "is_sun"),
    [
        ("https://loy.example/t?uid=041E3C8A2D6B80&ctr=000006&c=4B00064004B0B3D3", True),
        ("https://loy.example/t?m=041E3C8A2D6B80x000006x4B00064004B0B3D3", True),
        ("https://loy.example/t?e=EF963FF7828658A599F3041510671E88", False),
        ("https://loy.example/t?c=94EED9EE65337086", False),
        ("https://loy.example/EF963FF7828658A599F3041510671E88/94EED9EE65337086", False),
        ("https://loy.example/é?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086", False),
        ("https://loy.example/?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086" + "x" * 4_096, False),
    ],
)
def test_a_sun_message_has_a_number_and_a_mac(uri: str, is_sun: bool) -> None:
    assert is_sun_message(uri) is is_sun


def test_chunks_are_joined_and_limits_hold() -> None:
    assert [record.payload for record in decode_message(bytes.fromhex("B50001aa 360001bb 560001cc"))] == [
        bytes.fromhex("aabbcc")
    ]
    empty_record = bytes.fromhex("100000")
    many = b"\x90\x00\x00" + empty_record * (NDEF_RECORDS_MAX - 1) + b"\x50\x00\x00"
    with pytest.raises(NdefError, match=f"more than {NDEF_RECORDS_MAX} records"):
        decode_message(many)
    with pytest.raises(NdefError, match=f"longer than {NDEF_MESSAGE_BYTES_MAX}"):
        decode_message(bytes(NDEF_MESSAGE_BYTES_MAX + 1))
    with pytest.raises(NdefError, match="after the last record"):
        decode_message(bytes.fromhex("D0000000"))


@given(st.binary(max_size=300))
def test_bytes_of_no_sense_are_decoded_or_refused_and_never_crash(octets: bytes) -> None:
    try:
        records = decode_message(octets)
        find_uri(records)
    except NdefError:
        return
    assert sum(len(record.payload) for record in records) <= len(octets)


@given(st.text(max_size=300).filter(lambda text: text.isprintable() and "\ud800" not in text))
def test_every_https_link_comes_back_as_it_was_written(rest: str) -> None:
    uri = "https://" + rest
    assert find_uri(decode_message(uri_message(uri))) == uri

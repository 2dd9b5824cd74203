"""NDEF messages and URIs, judged by the vectors of ndeflib and by bytes of no sense."""

import ast
import gzip
import json
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.readers import NDEF_MESSAGE_BYTES_MAX, NDEF_RECORDS_MAX
from reader_daemon.cards.ndef import NdefError, decode_message, decode_uri, find_uri
from reader_daemon.cards.ntag424 import is_sun_message
from tests.shared_data import SHARED, shared_path
from tools.cards.kinds import uri_message

Group = tuple[str, str, str]
"""Source, class and set of the vectors."""

_PAIRS, _REFUSALS = "encoded, message", "encoded, errmsg"
URIS: Final[Group] = ("test_uri", "TestUriRecord", "test_decode_valid_data")
# What ndeflib lets pass when told to be lax ("relax", "ignore") is refused here: cards are strangers.
URIS_REFUSED: Final[tuple[Group, ...]] = (
    ("test_uri", "TestUriRecord", "test_decode_error_data"),
    ("test_uri", "TestUriRecord", "test_decode_relax_data"),
)
MESSAGES: Final[tuple[Group, ...]] = tuple(
    ("test_message", name, _PAIRS)
    for name in (
        "test_message_decoder_with_bytes_input",
        "test_message_decoder_with_stream_input",
        "test_message_encoder_with_bytes_output",
        "test_message_encoder_with_record_send",
        "test_message_encoder_with_stream_output",
    )
)
MESSAGES_REFUSED: Final[tuple[Group, ...]] = tuple(
    ("test_message", f"test_{name}_decode_invalid_message_{mode}", _REFUSALS)
    for name, mode in (("fail", "relax"), ("fail", "strict"), ("pass", "ignore"), ("pass", "relax"))
)
URI_MESSAGES: Final[tuple[Group, ...]] = tuple(
    ("test_uri", f"test_message_{way}", _PAIRS) for way in ("decode", "encode")
)
TEXT_MESSAGES: Final[tuple[Group, ...]] = tuple(
    ("test_text", f"test_message_{way}", _PAIRS) for way in ("decode", "encode")
)
POSTER_MESSAGES: Final[tuple[Group, ...]] = tuple(
    ("test_smartposter", f"test_message_{way}", _PAIRS) for way in ("decode", "encode")
)
POSTERS: Final[tuple[Group, ...]] = tuple(
    ("test_smartposter", "TestSmartposterRecord", f"test_decode_{what}_data") for what in ("valid", "relax")
)
POSTERS_REFUSED: Final[Group] = ("test_smartposter", "TestSmartposterRecord", "test_decode_error_data")
POSTERS_WITH_A_BROKEN_PART: Final[Group] = (
    "test_smartposter",
    "test_message_decode_fail",
    "encoded, errstr",
)
OTHER_KINDS: Final[dict[tuple[str, str], bytes]] = {
    ("test_text", "TestTextRecord"): b"T",
    ("test_smartposter", "TestActionRecord"): b"act",
    ("test_smartposter", "TestSizeRecord"): b"s",
    ("test_smartposter", "TestTypeRecord"): b"t",
    ("test_handover", "TestAlternativeCarrierRecord"): b"ac",
    ("test_handover", "TestCollisionResolutionRecord"): b"cr",
    ("test_handover", "TestErrorRecord"): b"err",
    ("test_handover", "TestHandoverCarrierRecord"): b"Hc",
    ("test_handover", "TestHandoverInitiateRecord"): b"Hi",
    ("test_handover", "TestHandoverMediationRecord"): b"Hm",
    ("test_handover", "TestHandoverRequestRecord"): b"Hr",
    ("test_handover", "TestHandoverSelectRecord"): b"Hs",
    ("test_deviceinfo", "TestDeviceInformationRecord"): b"Di",
    ("test_signature", "TestSignatureRecord"): b"Sig",
}
"""Records that hold no link, by their well-known type; every set of theirs is used."""
LEFT_OUT: Final[dict[Group, str]] = {
    ("test_message", "test_fail_message_decoder_invalid_types", "argument, errmsg"): (
        "Python objects that are no bytes: the type checker refuses them here"
    ),
    ("test_message", "test_fail_message_encoder_invalid_types", "argument, errmsg"): (
        "Python objects that are no records: nothing here encodes records"
    ),
}
USED: Final[tuple[Group, ...]] = (
    URIS, *URIS_REFUSED, *MESSAGES, *MESSAGES_REFUSED, *URI_MESSAGES, *TEXT_MESSAGES, *POSTER_MESSAGES,
    *POSTERS, POSTERS_REFUSED, POSTERS_WITH_A_BROKEN_PART,
)  # fmt: skip


def all_rows() -> list[tuple[Group, list[Any]]]:
    lines = gzip.decompress(shared_path("peers/ndef_vectors.jsonl.gz").read_bytes()).splitlines()
    items = [json.loads(line) for line in lines]
    return [((item["source"], item["class"], item["set"]), item["row"]) for item in items]


def vectors(*groups: Group) -> list[list[Any]]:
    assert {group for group, _ in all_rows() if group in groups} == set(groups)
    return [row for group, row in all_rows() if group in groups]


def poster(payload: bytes) -> bytes:
    return bytes((0xD1, 2, len(payload))) + b"Sp" + payload


@pytest.mark.shared
def test_every_group_of_the_vectors_is_used_or_left_out_with_a_reason() -> None:
    assert len(USED) == len(set(USED))
    assert not set(USED) & set(LEFT_OUT)
    others = {group for group, _ in all_rows() if group[:2] in OTHER_KINDS}
    assert {group[:2] for group in others} == set(OTHER_KINDS)
    assert {group for group, _ in all_rows()} - others == set(USED) | set(LEFT_OUT)
    used = sum(group not in LEFT_OUT for group, _ in all_rows())
    assert (used, len(all_rows())) == (243, 247)  # docs/reader.md says these figures


@pytest.mark.shared
def test_uris_of_the_vectors_are_read_as_they_stand() -> None:
    for octets, expected in vectors(URIS):
        (uri,) = ast.literal_eval(expected)
        assert decode_uri(bytes.fromhex(octets)) == uri


@pytest.mark.shared
def test_uris_that_the_vectors_refuse_are_refused() -> None:
    for octets, _ in vectors(*URIS_REFUSED):
        with pytest.raises(NdefError):
            decode_uri(bytes.fromhex(octets))


@pytest.mark.shared
def test_messages_of_the_vectors_have_the_records_they_say() -> None:
    for octets, expected in vectors(*MESSAGES):
        # ndeflib gives the chunks of a record one by one, here they are joined.
        wanted = expected.count("Record(") - expected.count("'unchanged'")
        assert len(decode_message(bytes.fromhex(octets))) == wanted, octets


@pytest.mark.shared
def test_messages_that_the_vectors_refuse_are_refused() -> None:
    for octets, _ in vectors(*MESSAGES_REFUSED):
        with pytest.raises(NdefError):
            decode_message(bytes.fromhex(octets))


@pytest.mark.shared
def test_uri_and_text_messages_of_the_vectors_give_their_uri_or_none() -> None:
    for octets, expected in vectors(*URI_MESSAGES):
        assert repr(find_uri(decode_message(bytes.fromhex(octets)))) in expected
    for octets, _ in vectors(*TEXT_MESSAGES):
        assert find_uri(decode_message(bytes.fromhex(octets))) is None


@pytest.mark.shared
def test_smart_posters_of_the_vectors_give_their_one_uri() -> None:
    for octets, expected in vectors(*POSTER_MESSAGES):
        uri = find_uri(decode_message(bytes.fromhex(octets)))
        assert f"SmartposterRecord({uri!r}," in expected
    for octets, expected in vectors(*POSTERS):
        uri = find_uri(decode_message(poster(bytes.fromhex(octets))))
        assert expected.startswith(f"({uri!r},")
    for octets, _ in vectors(POSTERS_REFUSED):
        with pytest.raises(NdefError):
            find_uri(decode_message(poster(bytes.fromhex(octets))))


@pytest.mark.shared
def test_a_smart_posters_link_is_read_whatever_its_other_records_hold() -> None:
    # ndeflib refuses these for their broken action, size or type record, which are left unread here.
    for octets, reason in vectors(POSTERS_WITH_A_BROKEN_PART):
        records = decode_message(bytes.fromhex(octets))
        if "less than 1" in reason:  # its empty record is followed by a byte of no record
            with pytest.raises(NdefError, match="after the last record"):
                find_uri(records)
        else:
            assert find_uri(records) == ""


@pytest.mark.shared
def test_records_of_other_types_are_told_apart_and_left_unread() -> None:
    for group, row in all_rows():
        kind = OTHER_KINDS.get(group[:2])
        if kind is None:
            continue
        payload = bytes.fromhex(row[0])
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

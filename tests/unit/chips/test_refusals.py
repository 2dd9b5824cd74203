"""What is not a genuine message or proof is refused, always by the same error."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.chips import ev2first
from central.chips.diversify import card_key, diversify
from central.chips.sun import CardMessageInvalid, ChipTap, parse_link, read_tap, require_genuine
from loyalty.limits.cards import EVIDENCE_CHARS_MAX
from tools.cards.kinds import SunCard

META_KEY = bytes(range(16))
FILE_KEY = bytes(range(16, 32))
UID = bytes.fromhex("04DE5F1EACC040")


def a_card() -> SunCard:
    return SunCard(UID, meta_key=META_KEY, mac_key=FILE_KEY)


def read(url: str, *, meta_key: bytes = META_KEY, file_key: bytes = FILE_KEY) -> ChipTap:
    link = parse_link(url)
    tap = read_tap(link, meta_key)
    require_genuine(link, tap, file_key)
    return tap


def test_a_genuine_message_names_chip_and_tap() -> None:
    card = a_card()
    card.counter = 0x010203
    assert read(card.sun_url()) == ChipTap(UID, 0x010203)


@pytest.mark.parametrize(
    "keys", [{"meta_key": FILE_KEY}, {"file_key": META_KEY}, {"meta_key": bytes(16), "file_key": bytes(16)}]
)
def test_a_message_of_other_keys_is_refused(keys: dict[str, bytes]) -> None:
    with pytest.raises(CardMessageInvalid):
        read(a_card().sun_url(), **keys)


@given(st.integers(min_value=0), st.sampled_from("0123456789ABCDEF"))
def test_a_message_with_one_digit_changed_is_refused(at: int, digit: str) -> None:
    url = a_card().sun_url()
    head, _, query = url.partition("?")
    places = [place for place, sign in enumerate(query) if sign in "0123456789ABCDEF"]
    place = places[at % len(places)]
    changed = f"{query[:place]}{digit}{query[place + 1 :]}"
    if changed == query:
        return
    with pytest.raises(CardMessageInvalid):
        read(f"{head}?{changed}")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://loy.example/t",
        "https://loy.example/t?e=&c=",
        "https://loy.example/t?e=EF963FF7828658A599F3041510671E88",
        "https://loy.example/t?e=EF963FF7828658A599F3041510671E8&c=94EED9EE65337086",
        "https://loy.example/t?e=EF963FF7828658A599F3041510671E88&c=94EED9EE653370",
        "https://loy.example/t?e=EF963FF7828658A599F3041510671E88&d=00&c=94EED9EE65337086",
        "https://loy.example/t?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086&c=94EED9EE65337086&x=&y=",
        "https://loy.example/t?uid=04DE5F1EACC040&c=94EED9EE65337086",
        "https://[loy.example/t?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086",
        "https://loy.example/t?e=EF963FF7828658A599F3041510671E88&c=94EED9EE65337086é",
        "https://loy.example/t?e=" + "E" * EVIDENCE_CHARS_MAX,
    ],
)
def test_what_is_no_message_is_refused(url: str) -> None:
    with pytest.raises(CardMessageInvalid):
        read(url)


@given(st.text(max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(CardMessageInvalid):
        read(f"https://loy.example/t?{text}")


@pytest.mark.parametrize("length", [0, 32])
def test_a_diversification_of_a_wrong_length_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match="1 to 31 bytes"):
        diversify(bytes(16), bytes(length))


def test_a_master_key_of_a_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="16, 24 or 32"):
        diversify(bytes(15), b"x")


def test_keys_differ_by_card_number_and_programme() -> None:
    other = bytes.fromhex("04DE5F1EACC041")
    keys = {
        card_key(META_KEY, key_no=key_no, uid=uid, programme=programme)
        for key_no in (2, 3)
        for uid in (UID, other)
        for programme in (b"a", b"b")
    }
    assert len(keys) == 8


@pytest.mark.parametrize("answer", [b"", bytes(16), bytes(18), bytes(15) + b"\x91\xaf", b"\x91\xae"])
def test_an_answer_that_is_no_challenge_is_refused(answer: bytes) -> None:
    with pytest.raises(ev2first.CardProofFailed):
        ev2first.answer_challenge(META_KEY, bytes(16), answer)


@pytest.mark.parametrize(
    "answer", [b"", b"\x91\xae", bytes(32), bytes(32) + b"\x91\x00", bytes(31) + b"\x91\x00"]
)
def test_an_answer_that_is_no_proof_is_refused(answer: bytes) -> None:
    challenge = ev2first.answer_challenge(META_KEY, bytes(16), bytes(16) + b"\x91\xaf")
    with pytest.raises(ev2first.CardProofFailed):
        ev2first.require_proof(challenge, answer)

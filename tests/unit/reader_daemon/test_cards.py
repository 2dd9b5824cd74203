"""Cards asked through their own commands; the cards are the ones that lie on the virtual readers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.readers import CARD_COMMANDS_MAX, NDEF_MESSAGE_BYTES_MAX
from reader_daemon.cards.apdu import (
    Card,
    CardAnswerError,
    CardError,
    CardTornError,
    Command,
    StatusWordError,
    Transmit,
)
from reader_daemon.cards.iso7816 import ChipWithoutNumberError
from reader_daemon.cards.ntag424 import is_sun_message
from reader_daemon.cards.reading import RandomUidError, Reading, read_pcsc_card
from tools.cards.kinds import ContactCard, ContactlessCard, FileCard, SunCard, uri_message
from wire.messages import Evidence

UID = bytes.fromhex("04A1B2C3D4E5F6")
ASK = Command(name="ASK", ins=0xCA, le=256)


def read(card: FileCard) -> Reading:
    card.power_on()
    return read_pcsc_card(Card(card.answer))


def answers(*said: str) -> Transmit:
    """A card that says these things one after the other, whatever it is asked."""
    left = [bytes.fromhex(text) for text in said]
    return lambda _: left.pop(0)


@pytest.mark.parametrize("uid", ["04A1B2C3", "04A1B2C3D4E5F6", "E00401503A1B2C3D", "04A1B2C3D4E5F6A7B8C9"])
def test_a_contactless_card_without_a_message_is_its_uid(uid: str) -> None:
    assert read(ContactlessCard(bytes.fromhex(uid))) == Reading(Evidence(medium="nfc_uid", value=uid))


def test_a_plain_link_is_not_evidence_and_the_uid_is() -> None:
    card = ContactlessCard(UID, uri_message("https://pharmacie.example/"))
    assert read(card) == Reading(Evidence(medium="nfc_uid", value=UID.hex().upper()))


def test_a_sun_card_shows_a_fresh_message_at_each_tap_and_reading_costs_one_count() -> None:
    card = SunCard(UID, meta_key=bytes(16), mac_key=bytes(16))
    seen = [read(card).evidence for _ in range(3)]
    assert [evidence.medium for evidence in seen] == ["ntag424"] * 3
    assert all(is_sun_message(evidence.value) for evidence in seen)
    assert len({evidence.value for evidence in seen}) == 3
    assert card.counter == 3


def test_the_virtual_sun_card_makes_the_messages_that_nxp_prints() -> None:
    # NXP AN12196 par. 3.4.4.2.1: UID 04DE5F1EACC040, counter 61, keys of zeros.
    card = SunCard(bytes.fromhex("04DE5F1EACC040"), meta_key=bytes(16), mac_key=bytes(16))
    card.counter = 61
    assert card.sun_url().endswith("&c=94EED9EE65337086")


@pytest.mark.parametrize("answer_bytes_max", [15, 64, 255, 256, 0xFFFF])
def test_a_message_is_read_whatever_the_card_gives_at_once(answer_bytes_max: int) -> None:
    url = f"https://loy.example/{'x' * 400}?e={'0' * 32}&c={'1' * 16}"
    card = ContactlessCard(UID, uri_message(url), answer_bytes_max=answer_bytes_max)
    assert read(card).evidence == Evidence(medium="ntag424", value=url)


@pytest.mark.parametrize("message_bytes", [NDEF_MESSAGE_BYTES_MAX + 1, 0xFFFD])
def test_a_message_over_the_limit_is_refused_unread_and_the_uid_counts(message_bytes: int) -> None:
    asked: list[bytes] = []
    card = ContactlessCard(UID, bytes(message_bytes))

    def transmit(apdu: bytes) -> bytes:
        asked.append(apdu)
        return card.answer(apdu)

    reading = read_pcsc_card(Card(transmit))

    assert reading.evidence == Evidence(medium="nfc_uid", value=UID.hex().upper())
    assert f"more than {NDEF_MESSAGE_BYTES_MAX}" in reading.refused
    assert len(asked) == 6


@pytest.mark.parametrize("garbage", [b"\xff" * 50, b"\xd1\x01\xff\x55\x04x", b"\x00", bytes(200)])
def test_a_garbage_message_is_refused_and_the_uid_counts(garbage: bytes) -> None:
    reading = read(ContactlessCard(UID, garbage))
    assert reading.evidence.medium == "nfc_uid"
    assert "still counts" in reading.refused


@given(st.binary(max_size=60), st.binary(min_size=15, max_size=15))
def test_whatever_a_tag_stores_its_uid_is_read(message: bytes, container: bytes) -> None:
    card = ContactlessCard(UID, message)
    assert read(card).evidence.value
    card.files[0xE103] = container
    assert read(card).evidence.value


def test_a_random_uid_names_nobody() -> None:
    with pytest.raises(RandomUidError):
        read(ContactlessCard(bytes.fromhex("08A1B2C3")))


def test_a_random_uid_with_a_sun_message_is_the_message() -> None:
    card = SunCard(bytes.fromhex("08A1B2C3D4E5F6")[:7], meta_key=bytes(16), mac_key=bytes(16))
    card.uid = bytes.fromhex("08A1B2C3")
    card.sun_url = lambda: f"https://loy.example/t?e={'0' * 32}&c={'1' * 16}"  # type: ignore[method-assign]
    assert read(card).evidence.medium == "ntag424"


def test_a_contact_card_is_its_serial_number() -> None:
    card = ContactCard(bytes.fromhex("97560000000000000017"))
    assert read(card) == Reading(Evidence(medium="chip", value="iccsn:97560000000000000017"))


def test_a_contact_card_without_serial_file_is_its_chip() -> None:
    cplc = "9F7F2A 4790 5040 4791 8102 3100 8333 00112233 4455" + "00" * 24
    card = answers("6E00", "6A82", "6A82", f"{cplc} 9000".replace(" ", ""))
    reading = read_pcsc_card(Card(card))
    assert reading.evidence == Evidence(medium="chip", value="cplc:47905040" + "8333" + "00112233" + "4455")


def test_a_contact_card_without_any_number_is_refused_in_words() -> None:
    with pytest.raises(ChipWithoutNumberError, match="use a loyalty card"):
        read(FileCard(b"\x3b\x00", {0x2F02: b"\x5a\x20short"}))


def test_a_torn_card_is_said_to_be_torn_at_every_command() -> None:
    commands = 0

    def count(apdu: bytes) -> bytes:
        nonlocal commands
        commands += 1
        return card.answer(apdu)

    card = SunCard(UID, meta_key=bytes(16), mac_key=bytes(16))
    read_pcsc_card(Card(count))
    for torn_at in range(commands):
        left = [torn_at]

        def tear(apdu: bytes, left: list[int] = left) -> bytes:
            if left[0] == 0:
                raise CardTornError
            left[0] -= 1
            return card.answer(apdu)

        with pytest.raises(CardTornError, match="hold it still"):
            read_pcsc_card(Card(tear))


def test_more_data_and_another_length_are_followed() -> None:
    # ISO/IEC 7816-4 par. 5.3.4: 61xx asks for GET RESPONSE, 6Cxx for the same command with Le xx.
    assert Card(answers("AA6102", "BBCC9000")).ask(ASK) == bytes.fromhex("AABBCC")
    assert Card(answers("6C02", "BBCC9000")).ask(ASK) == bytes.fromhex("BBCC")


def test_a_refused_command_is_told_by_its_meaning() -> None:
    with pytest.raises(StatusWordError, match="6982, security status not satisfied") as refused:
        Card(answers("6982")).ask(ASK)
    assert refused.value.sw == 0x6982


@pytest.mark.parametrize("answer", ["", "90", "00" * 5_000])
def test_what_is_no_answer_is_refused(answer: str) -> None:
    with pytest.raises(CardAnswerError):
        Card(answers(answer)).ask(ASK)


def test_a_card_that_never_ends_is_left_after_a_limit() -> None:
    with pytest.raises(CardAnswerError, match=f"after {CARD_COMMANDS_MAX} commands"):
        Card(lambda _: bytes.fromhex("AA6101")).ask(ASK)


@given(st.lists(st.binary(max_size=40), min_size=CARD_COMMANDS_MAX, max_size=CARD_COMMANDS_MAX))
def test_a_card_that_says_nonsense_is_read_or_refused_and_never_crashes(said: list[bytes]) -> None:
    left = list(said)
    try:
        reading = read_pcsc_card(Card(lambda _: left.pop()))
    except CardError:
        return
    assert reading.evidence.value

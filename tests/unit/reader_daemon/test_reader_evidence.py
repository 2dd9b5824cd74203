import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.cards import CARD_NUMBER_DIGITS_MAX, EVIDENCE_CHARS_MAX
from reader_daemon.cards.evidence import EvidenceError, normalise
from wire.messages import Evidence


@pytest.mark.parametrize(
    ("medium", "value", "normal"),
    [
        ("nfc_uid", "04a2b3c4", "04A2B3C4"),
        ("nfc_uid", "04:A2:B3:C4:D5:E6:80", "04A2B3C4D5E680"),
        ("nfc_uid", "04 a2-b3 c4 d5 e6 80 01 02 03", "04A2B3C4D5E680010203"),
        ("nfc_uid", "E00401503A1B2C3D", "E00401503A1B2C3D"),
        ("barcode", "2900000000018\r\n", "2900000000018"),
        ("typed", " 2900 0000 0001 8 ", "2900000000018"),
        ("qr", "OFF1:abc-DEF", "OFF1:abc-DEF"),
        ("ntag424", "https://x.example/?e=00ff", "https://x.example/?e=00ff"),
        ("qr", "x" * EVIDENCE_CHARS_MAX, "x" * EVIDENCE_CHARS_MAX),
        ("chip", "iccsn:97560000000000000017", "iccsn:97560000000000000017"),
        ("chip", "iccsn:80756000000000000001", "health_card"),
        ("chip", "iccsn:80276001011234567890", "health_card"),
        ("typed", " 80756 0000 0000 0000 001", "health_card"),
        ("barcode", "80756000000000000001", "health_card"),
        ("qr", "80756000000000000001", "health_card"),
        ("nfc_uid", "80756000000000000001", "80756000000000000001"),
    ],
)
def test_evidence_takes_its_normal_form(medium: str, value: str, normal: str) -> None:
    assert normalise(Evidence(medium=medium, value=value)) == Evidence(medium=medium, value=normal)


@pytest.mark.parametrize(
    ("medium", "value", "reason"),
    [
        ("nfc_uid", "", "4 to 10 bytes"),
        ("nfc_uid", "04A2B3", "4 to 10 bytes"),
        ("nfc_uid", "04A2B3C4D", "4 to 10 bytes"),
        ("nfc_uid", "04A2B3C4D5E680010203FF", "4 to 10 bytes"),
        ("nfc_uid", "04A2B3CG", "in hex"),
        ("nfc_uid", "٠٤٠٤٠٤٠٤", "in hex"),
        ("barcode", "", "4 to 48 digits"),
        ("barcode", "123", "4 to 48 digits"),
        ("barcode", "29000000X0018", "4 to 48 digits"),
        ("barcode", "١٢٣٤٥٦٧٨", "4 to 48 digits"),
        ("typed", "1" * (CARD_NUMBER_DIGITS_MAX + 1), "4 to 48 digits"),
        ("qr", "", "1 to 4096 printable"),
        ("qr", "x" * (EVIDENCE_CHARS_MAX + 1), "1 to 4096 printable"),
        ("ntag424", "a\x00b", "printable"),
        ("chip", "é", "printable ASCII"),
    ],
)
def test_what_cannot_be_a_card_is_refused_without_repeating_it(medium: str, value: str, reason: str) -> None:
    with pytest.raises(EvidenceError) as refused:
        normalise(Evidence(medium=medium, value=value))

    assert reason in str(refused.value)
    assert len(value) < 3 or value not in str(refused.value)


@given(st.sampled_from(["nfc_uid", "barcode", "typed", "qr", "ntag424", "chip"]), st.text(max_size=60))
def test_the_normal_form_is_its_own_normal_form(medium: str, value: str) -> None:
    try:
        normal = normalise(Evidence(medium=medium, value=value))
    except EvidenceError:
        return
    assert normalise(normal) == normal


@given(st.binary(min_size=4, max_size=10), st.sampled_from(["", " ", ":", "-"]))
def test_every_uid_of_a_card_has_one_normal_form(uid: bytes, separator: str) -> None:
    printed = separator.join(f"{byte:02x}" for byte in uid)

    assert normalise(Evidence(medium="nfc_uid", value=printed)).value == uid.hex().upper()

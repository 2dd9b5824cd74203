"""Codes of scanners: judged by tables and by noise; by the vectors of biip in test_gs1_vectors.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.limits.readers import SCAN_CHARS_MAX
from reader_daemon.barcodes import CodeRefused, LineOfCodes, read_code
from reader_daemon.cards.evidence import normalise
from wire.messages import Evidence

GS = "\x1d"


@pytest.mark.parametrize(
    ("scanned", "medium", "value"),
    [
        ("2900000000018", "barcode", "2900000000018"),
        ("]E02900000000018", "barcode", "2900000000018"),
        ("96385074", "barcode", "96385074"),
        ("12345", "barcode", "12345"),
        (
            "0123456789012345",
            "barcode",
            "0123456789012345",
        ),  # a card's: no GTIN is in it
        ("]C1010590123412345715210526", "barcode", "5901234123457"),
        (f"]d2010340093595583817261231{'10ABC'}{GS}21XYZ", "barcode", "3400935955838"),
        (f"01034009359558381726120010ABC{GS}21XYZ", "barcode", "3400935955838"),  # expiry day 00
        ("]C1010340093595583815000000", "barcode", "3400935955838"),  # a date of no calendar
        ("012345678905", "barcode", "0012345678905"),  # a UPC-A, as a scanner set to 12 digits sends it
        ("0012345678905", "barcode", "0012345678905"),  # and as one set to EAN-13
        ("]E00012345678905", "barcode", "0012345678905"),
        ("]d20100012345678905", "barcode", "0012345678905"),
        ("]d20100000096385074", "barcode", "96385074"),  # an EAN-8 within 14 digits
        ("14252611", "barcode", "0142100005261"),  # UPC-E, its article's number in full
        ("https://id.gs1.org/01/07032069804988/10/0329", "barcode", "7032069804988"),
        ("LOY1.290000000001.AB12CD", "qr", "LOY1.290000000001.AB12CD"),
        ("https://loy.example/t?e=00", "qr", "https://loy.example/t?e=00"),
        ("]Q1LOY1.2900", "qr", "LOY1.2900"),
    ],
)
def test_a_code_becomes_evidence(scanned: str, medium: str, value: str) -> None:
    evidence = read_code(scanned)
    assert evidence == Evidence(medium=medium, value=value)
    assert normalise(evidence) == evidence


def test_a_members_number_of_gs1_goes_before_an_articles() -> None:
    # AI 8018 is the Global Service Relation Number of a recipient: 17 digits and the GS1 check digit.
    digits = "76123456789012345"
    check = -sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(digits)) % 10
    member = f"{digits}{check}"
    assert read_code(f"]d201034009359558388018{member}") == Evidence(medium="barcode", value=member)
    with pytest.raises(CodeRefused, match="check digit"):
        read_code(f"]d28018{digits}{(check + 1) % 10}")


@pytest.mark.parametrize(
    ("scanned", "reason"),
    [
        ("2123456012345", "check digit"),  # biip alone reads it as a serial number, AI 21
        ("2900000000019", "check digit"),
        ("14252612", "check digit"),
        ("]E414252611", "check digit"),
        ("]E059012341234", "digits where"),
        ("]d210ABC123", "without a number"),
        ("]C110ABC123", "without a number"),
        ("", "empty"),
        ("]E0", "empty"),
        ("123", "4 to 48 digits"),
        ("1" * 49, "4 to 48 digits"),
        ("carte n°5", "no card has"),
        ("\x00\x01", "no card has"),
        ("x" * (SCAN_CHARS_MAX + 1), "longer than"),
    ],
)
def test_a_code_of_no_use_is_refused_in_words_without_repeating_it(scanned: str, reason: str) -> None:
    with pytest.raises(CodeRefused) as refused:
        read_code(scanned)
    assert reason in str(refused.value)
    assert len(scanned) < 4 or scanned not in str(refused.value)


@given(st.text(max_size=80))
def test_noise_is_read_or_refused_and_what_is_read_is_evidence(text: str) -> None:
    try:
        evidence = read_code(text)
    except CodeRefused:
        return
    assert normalise(evidence) == evidence


@given(st.from_regex(r"\](C1|d2|Q3|e0)[0-9A-Z\x1d]{0,60}", fullmatch=True))
def test_gs1_noise_is_read_or_refused(text: str) -> None:
    try:
        evidence = read_code(text)
    except CodeRefused:
        return
    assert normalise(evidence) == evidence


@given(
    st.lists(st.text("0123456789AB", min_size=1, max_size=20), max_size=10),
    st.sampled_from(["\r", "\n", "\r\n"]),
)
def test_codes_are_cut_at_line_ends_however_they_arrive(codes: list[str], end: str) -> None:
    line = LineOfCodes()
    sent = "".join(code + end for code in codes)
    assert [code for char in sent for code in line.feed(char)] == codes


def test_an_endless_code_is_dropped_and_the_next_is_read() -> None:
    line = LineOfCodes()
    assert list(line.feed("9" * (SCAN_CHARS_MAX + 1))) == []
    assert list(line.feed("9" * 100_000 + "\n2900000000018\n")) == ["2900000000018"]

"""The vectors of biip, every group of them: read, refused as told, or left out with the reason."""

import gzip
import json
import re
from typing import Any, Final

import pytest
from biip.checksums import gs1_standard_check_digit

from reader_daemon.barcodes import CodeRefused, read_code
from tests.shared_data import shared_path
from wire.messages import Evidence

Group = tuple[str, str]

MIXED: Final[Group] = ("test_parse", "test_parse")
ARTICLES: Final[tuple[Group, ...]] = (
    *(
        ("gtin.test_parse", f"test_parse_gtin_{kind}")
        for kind in (
            "8",
            "8_with_leading_zeros",
            "12_without_leading_zero",
            "12_with_1_leading_zero",
            "12_with_2_leading_zero",
            "12_with_3_leading_zero",
            "13",
        )
    ),
    ("rcn.test_rcn", "test_parse_rcn"),
    *(
        ("rcn.test_rules", f"test_region_{name}")
        for name in ("baltics", "denmark", "finland", "germany", "great_britain", "norway", "sweden")
    ),
)
UPC_E: Final[Group] = ("upc.test_parse", "test_parse_upc_e")
UPC_E_OF_NO_SYSTEM: Final[Group] = ("upc.test_parse", "test_parse_upc_e_with_invalid_number_system")
MESSAGES: Final[tuple[Group, ...]] = (
    *(
        ("test_gs1_messages", name)
        for name in (
            "test_parse",
            "test_parse_hri",
            "test_parse_hri_ignores_whitespace",
            "test_parse_hri_roundtrip",
            "test_parse_ignores_redundant_separator_chars",
            "test_parse_with_invalid_element_values",
            "test_parse_with_separator_char",
            "test_as_gs1_digital_link_uri",
            "test_as_hri",
            "test_filter_element_strings_by_ai",
            "test_filter_element_strings_by_data_title",
            "test_from_element_strings",
            "test_get_element_string_by_ai",
            "test_get_element_string_by_data_title",
            "test_gs1_digital_link_uri_roundtrip",
        )
    ),
    *(
        ("test_gs1_element_strings", name)
        for name in (
            "test_as_hri",
            "test_parse",
            "test_extract",
            "test_extract_amount_payable",
            "test_extract_amount_payable_and_currency",
            "test_extract_date_and_datetime",
            "test_extract_handles_min_and_max_year_correctly",
            "test_extract_handles_zero_day_as_last_day_of_month",
            "test_extract_percentage_discount",
            "test_extract_variable_measures",
            "test_extract_with_nested_error",
        )
    ),
)
"""Messages that are well formed: they give the article they name, or are refused because they name none."""
DAMAGED_MESSAGES: Final[tuple[Group, ...]] = (
    ("test_gs1_messages", "test_parse_fails_if_unparsed_data_left"),
    ("test_gs1_messages", "test_parse_hri_fails_if_ai_is_unknown"),
    ("test_gs1_messages", "test_parse_hri_fails_if_data_does_not_match_full_pattern"),
    ("test_gs1_messages", "test_parse_hri_fails_if_no_pattern_matches"),
    ("test_gs1_messages", "test_parse_hri_fails_if_not_starting_with_parenthesis"),
    ("test_gs1_element_strings", "test_extract_fails_when_not_matching_pattern"),
    ("test_gs1_element_strings", "test_parse_fails_when_not_matching_full_pattern"),
)
DATES_OF_NO_CALENDAR: Final[Group] = ("test_gs1_element_strings", "test_extract_fails_with_invalid_date")
LINKS: Final[tuple[Group, ...]] = tuple(
    ("test_gs1_digital_link_uris", name)
    for name in (
        "test_parse",
        "test_parse_with_invalid_element_values",
        "test_as_canonical_uri",
        "test_as_gs1_message",
        "test_as_uri",
        "test_filter_element_strings_by_ai",
        "test_filter_element_strings_by_data_title",
        "test_get_element_strings_by_ai",
        "test_get_element_strings_by_data_title",
    )
)
LINKS_OF_NO_GS1: Final[tuple[Group, ...]] = (
    ("test_gs1_digital_link_uris", "test_parse_error"),
    ("test_gs1_digital_link_uris", "test_parse_fails_if_data_does_not_match_full_pattern"),
)
NO_NUMBERS: Final[tuple[Group, ...]] = tuple(
    (source, "test_parse_nonnumeric_value")
    for source in ("gtin.test_parse", "upc.test_parse", "test_sscc", "test_gln")
)
CHECK_DIGITS: Final[Group] = ("test_checksums", "test_gs1_standard_check_digit")

_LISTS = "its rows are lists of parsed elements, no code that a scanner sends"
_SCALES = "check digits of prices and weights within a number; prices come from the ticket, never from a code"
LEFT_OUT: Final[dict[Group, str]] = {
    ("test_gs1_element_strings", "test_list_filter_element_strings_by_ai"): _LISTS,
    ("test_gs1_element_strings", "test_list_filter_element_strings_by_data_title"): _LISTS,
    ("test_gs1_element_strings", "test_list_get_element_strings_by_ai"): _LISTS,
    ("test_gs1_element_strings", "test_list_get_element_strings_by_data_title"): _LISTS,
    ("test_gs1_digital_link_uris", "test_from_element_strings"): _LISTS,
    ("test_checksums", "test_gs1_price_weight_check_digit"): _SCALES,
    ("test_checksums", "test_gs1_price_weight_check_digit_on_values_with_wrong_length"): _SCALES,
    ("test_checksums", "test_gs1_price_weight_check_digit_with_nonnumeric_value"): _SCALES,
    ("test_checksums", "test_gs1_standard_check_digit_with_nonnumeric_value"): (
        "only digits reach the check digit: what else is scanned is text"
    ),
    ("test_sscc", "test_as_hri"): "how a parcel's number is printed for people; the reader prints nothing",
    ("rcn.test_rcn", "test_rcn_region_can_be_specified_as_string"): "names of regions, no code",
}
USED: Final[tuple[Group, ...]] = (
    MIXED, *ARTICLES, UPC_E, UPC_E_OF_NO_SYSTEM, *MESSAGES, *DAMAGED_MESSAGES, DATES_OF_NO_CALENDAR, *LINKS,
    *LINKS_OF_NO_GS1, *NO_NUMBERS, CHECK_DIGITS,
)  # fmt: skip

pytestmark = pytest.mark.shared


def all_rows() -> list[tuple[Group, dict[str, Any]]]:
    lines = gzip.decompress(shared_path("peers/gs1_barcode_vectors.jsonl.gz").read_bytes()).splitlines()
    items = [json.loads(line) for line in lines]
    return [((item["source"].removeprefix("tests."), item["test"]), item["args"]) for item in items]


def rows_of(*groups: Group) -> list[dict[str, Any]]:
    rows = [args for group, args in all_rows() if group in groups]
    assert {group for group, _ in all_rows() if group in groups} == set(groups)
    return rows


def is_refused(code: str) -> bool:
    try:
        read_code(code)
    except CodeRefused:
        return True
    return False


def test_every_group_of_the_vectors_is_used_or_left_out_with_a_reason() -> None:
    assert len(USED) == len(set(USED))
    assert not set(USED) & set(LEFT_OUT)
    assert {group for group, _ in all_rows()} == set(USED) | set(LEFT_OUT)
    used = sum(group in USED for group, _ in all_rows())
    assert (used, len(all_rows())) == (309, 343)  # docs/reader.md says these figures


def test_codes_give_their_number_or_are_refused_as_told() -> None:
    for row in rows_of(MIXED):
        scanned, expected = row["value"], row["expected"]
        gtin = expected["gtin"] and expected["gtin"]["value"]
        is_article = len(scanned) in (8, 12, 13, 14)
        if expected["gtin_error"] and "check digit" in expected["gtin_error"] and is_article:
            assert is_refused(scanned)
        elif gtin is not None:
            found = read_code(scanned).value
            assert found.lstrip("0") in (gtin.lstrip("0"), scanned.lstrip("0")), scanned
        else:
            assert read_code(scanned).value == scanned


def as_ean13(number: str) -> str:
    """An article's number in 13 digits; an EAN-8, however many zeros stand before it, in 8."""
    fourteen = number.zfill(14)
    return fourteen[6:] if fourteen[:6] == "000000" else fourteen[1:] if fourteen[0] == "0" else fourteen


def test_article_numbers_are_read_and_one_wrong_digit_is_refused() -> None:
    for row in rows_of(*ARTICLES):
        number = row["value"]
        assert read_code(number).value == as_ean13(number)
        wrong = number[:-1] + str((int(number[-1]) + 1) % 10)
        assert is_refused(wrong), wrong


def test_a_whole_upc_e_becomes_its_article_number_and_a_shortened_one_stays_a_number() -> None:
    for row in rows_of(UPC_E):
        scanned = row["value"]
        wanted = as_ean13("142100005261") if len(scanned) == 8 else scanned
        assert read_code(scanned) == Evidence(medium="barcode", value=wanted)
        assert len(scanned) < 8 or is_refused("]E4" + scanned)  # the scanner says that it is an EAN-8


def test_a_upc_e_of_another_number_system_is_no_upc_e() -> None:
    for row in rows_of(UPC_E_OF_NO_SYSTEM):
        digits = f"{row['number_system']}425261"
        read = [digits + last for last in "0123456789" if not is_refused(digits + last)]
        assert read == [digits + str(gs1_standard_check_digit(digits))]  # an EAN-8
        assert read_code(read[0]).value == read[0]


def message_of(row: dict[str, Any]) -> str:
    """What a scanner sends: parentheses stand in print only, and one sign separates."""
    value = row["value"]
    if not isinstance(value, str):  # elements: their message is what is expected
        value = row["expected"]["value"]
    if value.strip().startswith("("):
        expected = row["expected"]
        value = expected if isinstance(expected, str) else expected["value"]
    for separator in row.get("separator_chars", ()):
        value = value.replace(separator, "\x1d")
    return str(value)


def article_in(message: str) -> str | None:
    """The article a message names with AI 01 and a right check digit; in the vectors it comes first."""
    named = re.match(r"01(\d{14})", message)
    if named is None or gs1_standard_check_digit(named[1][:-1]) != int(named[1][-1]):
        return None
    return named[1].removeprefix("0")


def test_messages_give_the_article_they_name_or_are_refused_because_they_name_none() -> None:
    named = 0
    for row in rows_of(*MESSAGES):
        message = message_of(row)
        article = article_in(message)
        if article is None:
            with pytest.raises(CodeRefused, match="without a number"):
                read_code("]C1" + message)
        else:
            named += 1
            assert read_code("]C1" + message) == Evidence(medium="barcode", value=article), message
        # Well formed: behind an article it is read, whatever it tells.
        assert read_code("]d20107032069804988" + message).value == "7032069804988", message
    assert named >= 20


def test_damaged_messages_are_refused_alone_and_behind_an_article() -> None:
    for row in rows_of(*DAMAGED_MESSAGES):
        damaged = str(row.get("value", row.get("bad_value")))
        assert is_refused("]C1" + damaged), damaged
    # Wherever the damage stands, nothing is read from such a code.
    for row in rows_of(("test_gs1_messages", "test_parse_fails_if_unparsed_data_left")):
        assert is_refused("]d20107032069804988" + row["value"]), row


def test_a_date_that_no_calendar_has_hides_no_article() -> None:
    for row in rows_of(DATES_OF_NO_CALENDAR):
        date = row["ai_code"] + row["bad_value"][-6:]
        assert is_refused("]C1" + date)
        assert read_code("]C10107032069804988" + date).value == "7032069804988"


def link_of(row: dict[str, Any]) -> str:
    return str(row["value"])


def test_links_of_gs1_give_the_article_they_name_and_others_stay_text() -> None:
    named = 0
    for row in rows_of(*LINKS):
        link = link_of(row)
        article = re.search(r"/01/(\d+)", link)
        if article is None:
            assert read_code(link) == Evidence(medium="qr", value=link)
        else:
            named += 1
            assert read_code(link) == Evidence(medium="barcode", value=article[1].zfill(14)[1:]), link
            assert read_code("]Q3" + link) == read_code(link)
    assert named >= 20


def test_links_that_are_none_of_gs1_give_no_article() -> None:
    for row in rows_of(*LINKS_OF_NO_GS1):
        link = link_of(row)
        if link.isdigit():
            assert read_code(link) == Evidence(medium="barcode", value=as_ean13(link))
        else:
            assert read_code(link) == Evidence(medium="qr", value=link)
            assert is_refused("]Q3" + link)


def test_letters_in_a_number_make_it_text_and_other_scripts_are_refused() -> None:
    for row in rows_of(*NO_NUMBERS):
        text = row["value"]
        if text.isascii():
            assert read_code(text) == Evidence(medium="qr", value=text)
        else:
            assert is_refused(text)
        assert is_refused("]C1" + text)


def test_of_ten_last_digits_the_one_of_the_vectors_is_read() -> None:
    for row in rows_of(CHECK_DIGITS):
        if len(row["value"]) + 1 in (12, 13, 14):
            read = [last for last in "0123456789" if not is_refused(row["value"] + last)]
            assert read == [str(row["expected"])]
        else:  # a parcel's number, which a message names with AI 00: never an article
            assert is_refused(f"]C100{row['value']}{row['expected']}")

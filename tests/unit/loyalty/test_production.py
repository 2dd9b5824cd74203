"""The card maker's file: numbers with their check digits, in the maker's own columns (P-26)."""

import csv

import pytest

from loyalty.programme.numbers import is_ean13, is_in_store
from loyalty.programme.production import OWN_LAYOUT, card_numbers, parse_layout, render
from loyalty.rules.reading import ProgrammeInvalid

MAKER = {
    "columns": [
        {"title": "Nr", "value": "{sequence}"},
        {"title": "Aufdruck", "value": "No {printed}"},
        {"title": "Code", "value": "{ean13}"},
    ],
    "delimiter": ",",
    "line_end": "lf",
}


def test_numbers_are_eans_of_the_groups_own_range_and_all_different() -> None:
    numbers = card_numbers("29", 0, 2000)
    assert len(set(numbers)) == 2000
    assert all(is_ean13(number) and is_in_store(number) for number in numbers)
    assert card_numbers("29", 1, 1) == ["2900000000018"]


@pytest.mark.parametrize(
    ("prefix", "first", "count"), [("39", 0, 1), ("2", 0, 1), ("29", -1, 1), ("29", 10**10, 1), ("29", 0, 0)]
)
def test_numbers_outside_the_range_are_refused(prefix: str, first: int, count: int) -> None:
    with pytest.raises(ProgrammeInvalid):
        card_numbers(prefix, first, count)


def test_our_own_layout_has_every_field() -> None:
    text = render(OWN_LAYOUT, card_numbers("29", 1, 2), "spring")
    rows = list(csv.DictReader(text.splitlines(), delimiter=";"))
    assert rows[0] == {
        "sequence": "1",
        "number": "2900000000018",
        "printed": "2900 0000 0001 8",
        "ean13": "2900000000018",
        "qr": "2900000000018",
        "batch": "spring",
    }
    assert len(rows) == 2
    assert "\r\n" in text


def test_a_makers_layout_is_data() -> None:
    text = render(parse_layout(MAKER), card_numbers("29", 1, 1), "spring")
    assert text == "Nr,Aufdruck,Code\n1,No 2900 0000 0001 8,2900000000018\n"
    assert not render(parse_layout(MAKER | {"titles": False}), ["2900000000018"], "b").startswith("Nr")


@pytest.mark.parametrize(
    "changed",
    [
        {"columns": []},
        {"columns": [{"title": "x"}]},
        {"columns": [{"title": "x", "value": "{key}"}]},
        {"columns": [{"title": "x", "value": "{number.__class__}"}]},
        {"columns": [{"title": "x", "value": "{number!r}"}]},
        {"columns": [{"title": "x", "value": "{number:>10}"}]},
        {"columns": [{"title": "x", "value": "{"}]},
        {"columns": [{"title": "", "value": "{number}"}]},
        {"delimiter": "x"},
        {"titles": 1},
        {"line_end": "cr"},
        {"colour": "red"},
    ],
)
def test_a_layout_that_says_something_else_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(ProgrammeInvalid):
        parse_layout(MAKER | changed)

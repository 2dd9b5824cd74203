"""One GTIN is one number, in however many digits it is written; what is no GTIN stays as it is."""

import pytest

from loyalty.programme.numbers import is_gtin, is_same_number, plain_gtin, same_numbers


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("012345678905", "0012345678905"),  # UPC-A
        ("0012345678905", "0012345678905"),
        ("00012345678905", "0012345678905"),
        ("96385074", "96385074"),  # EAN-8
        ("000096385074", "96385074"),
        ("00000096385074", "96385074"),
        ("4006381333931", "4006381333931"),
        ("04006381333931", "4006381333931"),
        ("14006381333938", "14006381333938"),  # a pack of them is another article
        ("012345678904", "012345678904"),  # no check digit: a card's own number
        ("0012345678904", "0012345678904"),
        ("0007560001", "0007560001"),
        ("LOY1.012345678905", "LOY1.012345678905"),
        ("", ""),
    ],
)
def test_a_gtin_has_one_plain_form_and_other_numbers_none(written: str, plain: str) -> None:
    assert plain_gtin(written) == plain
    assert plain_gtin(plain) == plain


@pytest.mark.parametrize("written", ["012345678905", "0012345678905", "00012345678905"])
def test_the_same_number_is_looked_for_as_given_first_and_then_in_its_other_lengths(written: str) -> None:
    first, *others = same_numbers(written)
    assert first == written
    assert {first, *others} == {"012345678905", "0012345678905", "00012345678905"}
    assert all(is_same_number(written, other) for other in others)


@pytest.mark.parametrize("number", ["012345678904", "7560001", "14006381333938", ""])
def test_a_number_with_no_other_length_is_looked_for_once(number: str) -> None:
    assert same_numbers(number) == (number,)


def test_numbers_that_differ_by_zeros_without_being_gtins_are_two() -> None:
    assert not is_same_number("12345", "012345")
    assert not is_same_number("012345678904", "0012345678904")
    assert not is_gtin("٠" * 13)

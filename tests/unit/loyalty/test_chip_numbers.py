"""Numbers that chips show to anybody: a serial has one form, a health card's is known in every dress."""

import pytest

from loyalty.programme.chip_numbers import (
    HEALTH_CARD,
    ChipSerialInvalid,
    HealthCard,
    is_health_card,
    plain_chip_serial,
)
from loyalty.programme.numbers import plain_card_number


@pytest.mark.parametrize(
    "value",
    [
        HEALTH_CARD,
        "iccsn:80756000000000000001",
        "ICCSN:80756000000000000001",
        "iccsn:80276001011234567890",
        "iccsn:8075600000000001FFFF",
        "80756000000000000001",
        " 80756 00000 00000 00001 ",
    ],
)
def test_a_health_cards_number_is_known_however_it_is_written(value: str) -> None:
    assert is_health_card(value)
    with pytest.raises(HealthCard):
        plain_card_number(value)


@pytest.mark.parametrize(
    "value", ["", "8075600", "2900000000018", "97560000000000000017", "iccsn:97560000000000000017", "8" * 19]
)
def test_other_numbers_are_none_of_a_health_card(value: str) -> None:
    assert not is_health_card(value)
    assert plain_card_number(value) == value


@pytest.mark.parametrize(
    "written", ["iccsn:9756000000000000017F", "iccsn:9756000000000000017", "ICCSN:9756000000000000017f"]
)
def test_a_serial_number_has_one_form_with_and_without_the_padding_of_its_last_byte(written: str) -> None:
    assert plain_chip_serial(written) == "iccsn:9756000000000000017"


@pytest.mark.parametrize(
    "written", ["", "iccsn:", "iccsn:9756", "97560000000000000017", "iccsn:" + "9" * 22, "iccsn:9756000X"]
)
def test_what_no_reader_gives_is_no_serial_number(written: str) -> None:
    with pytest.raises(ChipSerialInvalid):
        plain_chip_serial(written)


def test_the_refusal_of_a_health_card_repeats_nothing_of_its_number() -> None:
    with pytest.raises(HealthCard) as refused:
        plain_chip_serial("iccsn:80756000000000000001")
    assert "80756" not in str(refused.value)

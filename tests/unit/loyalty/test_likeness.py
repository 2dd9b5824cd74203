"""Names as they are typed at a counter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme.likeness import apart, distance, fold, parts_of, sound


@pytest.mark.parametrize("name", ["Müller", "Mueller", "MULLER", "müller"])
def test_case_accents_and_umlauts_do_not_tell_names_apart(name: str) -> None:
    assert fold(name) == "muller"


@pytest.mark.parametrize(
    "alike", [("Meier", "Maier", "Mayer", "Meyer"), ("Schmid", "Schmidt", "Schmitt"), ("Philippe", "Filipe")]
)
def test_names_that_sound_alike_are_alike(alike: tuple[str, ...]) -> None:
    assert len({sound(fold(name)) for name in alike}) == 1


def test_names_of_other_letters_stay_as_they_are() -> None:
    assert sound(fold("王芳")) == "王芳"
    assert parts_of("Jean-Luc d'Aubert") == ("jean", "luc", "d", "aubert")


@pytest.mark.parametrize(
    ("one", "other", "letters"),
    [("", "", 0), ("ab", "", 2), ("meier", "meire", 1), ("meier", "meyer", 1), ("anna", "hanna", 1)],
)
def test_distance_counts_letters(one: str, other: str, letters: int) -> None:
    assert distance(one, other) == letters


@given(st.text("abc", max_size=6), st.text("abc", max_size=6), st.text("abc", max_size=6))
def test_distance_is_one(one: str, other: str, third: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))
    assert distance(one, one + third) == len(third)


@pytest.mark.parametrize(
    ("typed", "name", "off"),
    [
        ("Meier", "Meier Jürg", 0),
        ("jürg meyer", "Meier Jürg", 1),
        ("Keller", "Meier Jürg", None),
        ("", "Meier", None),
        ("-", "Meier", None),
        ("王芳", "王芳", 0),
    ],
)
def test_a_typed_name_is_near_or_another(typed: str, name: str, off: int | None) -> None:
    assert apart(typed, name) == off

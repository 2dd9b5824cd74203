"""A group's colours: refused where nobody could read them, with colours that can be read instead."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from central.services.group.themes import ColourInvalid, ThemeIllegible, derive_tint, require_legible
from wire.colours import CONTRAST_MIN, contrast, from_hex, luminance

WHITE = (255, 255, 255)
A_COLOUR = st.from_regex(r"#[0-9A-F]{6}", fullmatch=True)


def refusal(brand: str, tint: str) -> dict[str, str]:
    with pytest.raises(ThemeIllegible) as refused:
        require_legible(brand, tint)
    return {name: str(value) for name, value in refused.value.params.items()}


def test_the_refusal_names_the_pair_its_ratio_and_a_brand_that_passes() -> None:
    told = refusal("#777777", "#FFFFFF")  # WCAG's well-known 4.48
    assert told == {
        "pair": "White text on the brand #777777",
        "ratio": "4.47",
        "proposal": "Take #757575, the nearest darker brand that passes.",
    }


def test_a_brand_that_cannot_be_read_on_its_tint_is_refused() -> None:
    told = refusal("#0B6B4F", "#A0C8B8")
    assert told["pair"] == "Text in the brand #0B6B4F on the tint #A0C8B8"


def test_where_no_darker_brand_helps_the_tint_is_left_out() -> None:
    told = refusal("#0B6B4F", "#303030")
    assert told["proposal"].endswith("take the brand #0B6B4F and leave the tint out.")
    require_legible("#0B6B4F", derive_tint("#0B6B4F"))


@pytest.mark.parametrize("wrong", ["", "green", "#12345", "#GGGGGG", "#0B6B4F\n", "0B6B4F"])
def test_what_is_no_colour_is_refused(wrong: str) -> None:
    with pytest.raises(ColourInvalid):
        require_legible(wrong, "#FFFFFF")
    with pytest.raises(ColourInvalid):
        require_legible("#0B6B4F", wrong)


@given(A_COLOUR, A_COLOUR)
def test_every_colour_is_taken_or_its_proposal_is(brand: str, tint: str) -> None:
    try:
        require_legible(brand, tint)
    except ThemeIllegible as refused:
        proposal = str(refused.params["proposal"])
        proposed = re.findall(r"#[0-9A-F]{6}", proposal)[0]
        assert luminance(from_hex(proposed)) <= luminance(from_hex(brand))
        require_legible(proposed, derive_tint(proposed) if "leave the tint out" in proposal else tint)
    else:
        assert contrast(from_hex(brand), WHITE) >= CONTRAST_MIN
        assert contrast(from_hex(brand), from_hex(tint)) >= CONTRAST_MIN


@given(A_COLOUR)
def test_a_tint_that_nobody_chose_never_is_what_is_refused(brand: str) -> None:
    tint = derive_tint(brand)
    if contrast(from_hex(brand), WHITE) >= CONTRAST_MIN:
        require_legible(brand, tint)

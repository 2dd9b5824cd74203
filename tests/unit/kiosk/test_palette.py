from hypothesis import given
from hypothesis import strategies as st

from kiosk.widgets.palette import CONTRAST_MIN, Palette, contrast, from_hex
from wire.face import Theme


def test_contrast_is_that_of_the_standard() -> None:
    assert round(contrast((0, 0, 0), (255, 255, 255)), 2) == 21
    assert round(contrast((119, 119, 119), (255, 255, 255)), 2) == 4.48  # WCAG's well-known #777 on white


def test_a_colour_that_is_none_falls_back() -> None:
    for text in ("", "green", "#12345", "#GGGGGG", "0B6B4F00"):
        assert from_hex(text) == (11, 107, 79)


@given(st.from_regex(r"#[0-9A-F]{6}", fullmatch=True), st.from_regex(r"#[0-9A-F]{6}", fullmatch=True))
def test_any_brand_stays_legible(brand: str, tint: str) -> None:
    palette = Palette.of(Theme(name="A group", brand=brand, brand_tint=tint))
    for ground in (palette.ground, palette.card, palette.tint):
        assert contrast(palette.ink, ground) >= CONTRAST_MIN
        assert contrast(palette.brand_text, ground) >= CONTRAST_MIN
    assert contrast(palette.on_brand, palette.brand) >= CONTRAST_MIN
    assert contrast(palette.muted, palette.ground) >= CONTRAST_MIN
    assert contrast(palette.muted, palette.card) >= CONTRAST_MIN
    assert contrast(palette.soon_text, palette.soon_tint) >= CONTRAST_MIN
    assert contrast(palette.stop_text, palette.card) >= CONTRAST_MIN
    assert contrast(palette.on_stop, palette.stop) >= CONTRAST_MIN

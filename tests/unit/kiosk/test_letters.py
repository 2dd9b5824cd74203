"""The group's letters: every sentence of ours fits where it fits in Inter, and no letter is lost."""

import pytest

from kiosk.assets import fonts
from kiosk.contact_sheet import MODES, SIZES
from kiosk.locales.words import LANGUAGES, OWN_NAMES
from kiosk.widgets.fontbook import FontBook
from tests.unit.kiosk.drawing import SMALL, drawn
from tests.unit.kiosk.test_words import catalogue
from wire.face import FONTS, Font
from wire.messages import Language

OWN = [font for font in FONTS if font != "inter"]


def book(font: Font) -> FontBook:
    directory = fonts.build(fonts.default_directory())
    made = FontBook(directory)
    own = fonts.build_family(fonts.default_directory(), font)
    if own is not None:
        made.use(own, fonts.letters_of(own))
    return made


def sentences(language: Language) -> set[str]:
    """All that we say in a language; of plurals each form."""
    said = (each.string for each in catalogue(language) if each.id)
    return {text for one in said for text in ([one] if isinstance(one, str) else one)}


@pytest.mark.parametrize("font", OWN)
def test_no_sentence_of_ours_is_a_twentieth_wider_than_in_inter(font: Font) -> None:
    inter, own = book("inter"), book(font)
    wider = []
    for language in LANGUAGES:
        for sentence in sentences(language):
            for weight in (400, 600, 700):
                taken, room = own.width(sentence, weight, 40), inter.width(sentence, weight, 40)
                if taken - room > max(
                    10, room // 20
                ):  # a letter of a short label; labels may shrink by a quarter
                    wider.append((language, weight, sentence, taken, room))
    assert wider == []


@pytest.mark.parametrize("font", OWN)
def test_letters_differ_from_inters_and_none_is_missing(font: Font) -> None:
    inter, own = book("inter"), book(font)
    assert own.width("Posez votre carte", 700, 40) != inter.width("Posez votre carte", 700, 40)
    assert own.missing("Żółć Ωμέγα Привет 药房 €") == inter.missing("Żółć Ωμέγα Привет 药房 €") == set()


def test_inter_needs_no_family_of_its_own() -> None:
    assert fonts.build_family(fonts.default_directory(), "inter") is None


def test_the_logo_stands_in_the_head_bar_instead_of_the_name_and_is_read_aloud() -> None:
    canvas = drawn("attract_logo", "fr", SMALL)
    assert canvas.seen == ["Pharmacies du Léman"]
    assert "Pharmacies du Léman" not in {label.text for label in canvas.labels}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("mode", ["plain", "large", "contrast"])
def test_languages_shrink_for_a_logo_no_further_than_it_needs(mode: str, size: tuple[int, int]) -> None:
    """Until now they shrank for the group's name, which is not drawn then: in large type to 18 of 33."""
    for language in LANGUAGES:
        canvas = drawn("attract_logo", language, size, MODES[mode])
        spoken = [label for label in canvas.labels if label.text in OWN_NAMES.values()]
        logo, left = canvas.panels[0], min(label.rect.left for label in spoken)
        assert logo.right < left, language
        if spoken[0].size < canvas.metrics.note:
            larger = canvas.metrics.note * sum(label.rect.width for label in spoken) // spoken[0].size
            assert logo.right + larger > canvas.metrics.width - 6 * canvas.metrics.gap, language

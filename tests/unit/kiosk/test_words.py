"""Every sentence in every language, with its values; figures as each language writes them."""

import io
import re
from datetime import date
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import kiosk
from kiosk.locales.words import LANGUAGES, words
from kiosk.scenes import SCENES, play
from kiosk.widgets.textflow import Span
from tests.unit.kiosk.drawing import SMALL, drawn
from wire.messages import Language

PACKAGE = Path(kiosk.__file__).parent
KEYWORDS = {"tr": None, "rich": None, "trn": (1, 2), "richn": (1, 2)}
TODAY = date(2026, 11, 22)


def sentences() -> set[tuple[str, ...]]:
    """Every message of the code: (one,) or (one, many)."""
    found = extract_from_dir(PACKAGE, [("**.py", "python")], keywords=KEYWORDS)
    return {(said,) if isinstance(said, str) else tuple(said) for _, _, said, _, _ in found}


def catalogue(language: Language) -> Catalog:
    return read_po(io.BytesIO((PACKAGE / "locales" / f"{language}.po").read_bytes()), locale=language)


def values_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def forms(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


def test_the_code_says_something() -> None:
    assert len(sentences()) > 60


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_is_translated_with_its_values(language: Language) -> None:
    known = catalogue(language)
    for sentence in sentences():
        message = known.get(sentence[0])
        assert message is not None, sentence
        assert not message.fuzzy, sentence
        said = forms(message)
        assert len(said) == (known.num_plurals if len(sentence) == 2 else 1), sentence
        for form in said:
            assert form.strip(), sentence
            assert values_in(form) == values_in(sentence[-1]), sentence


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_left_over(language: Language) -> None:
    ids = {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalogue(language)}
    assert ids - {""} == {sentence[0] for sentence in sentences()}


@pytest.mark.parametrize("language", [one for one in LANGUAGES if one != "en"])
def test_sentences_are_not_left_in_english(language: Language) -> None:
    for message in catalogue(language):
        if message.id and not isinstance(message.id, tuple):
            assert message.string != message.id, message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_says_error_or_shows_a_code(language: Language) -> None:
    for message in catalogue(language):
        if message.id:
            for form in forms(message):
                lower = form.lower()
                assert not any(word in lower for word in ("error", "erreur", "fehler", "errore", "错误"))


HAN = r"[\u4e00-\u9fff]"
ASCII_BESIDE_HAN = re.compile(f"{HAN}[,:;!?]|[,:;!?] ?{HAN}")


def test_chinese_has_its_own_commas_and_colons_and_one_word_for_a_blocked_card() -> None:
    for message in catalogue("zh"):
        for form in forms(message) if message.id else ():
            assert not ASCII_BESIDE_HAN.search(form), form
            assert "挂失" not in form, "冻结 is the word (GLOSSARY.md)"


@pytest.mark.parametrize("scene", [scene.name for scene in SCENES])
def test_no_chinese_screen_strings_its_parts_together_as_english_does(scene: str) -> None:
    for label in drawn(scene, "zh", SMALL, is_rehearsal=True).labels:
        assert not ASCII_BESIDE_HAN.search(label.text), label.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_scene_speaks_the_language_it_is_asked_for(language: Language) -> None:
    others = [scene.name for scene in SCENES if play(scene, language).state.language != language]
    assert others == []


def test_lists_and_labels_are_written_as_each_language_does() -> None:
    listed = {language: words(language).listed(["1", "2"]) for language in LANGUAGES}
    assert listed == {"fr": "1, 2", "de": "1, 2", "it": "1, 2", "en": "1, 2", "zh": "1、2"}
    assert [words(each).labelled("A", "b") for each in ("fr", "de", "zh")] == ["A\u202f: b", "A: b", "A：b"]


@pytest.mark.parametrize(
    ("language", "said"),
    [("fr", "1\u202f248"), ("de", "1\u202f248"), ("it", "1\u202f248"), ("en", "1,248"), ("zh", "1\u202f248")],
)
def test_numbers_keep_their_thousands_together(language: Language, said: str) -> None:
    assert words(language).number(1248) == said


def test_changes_carry_their_sign() -> None:
    assert [words("fr").signed(value) for value in (37, 0, -12)] == ["+37", "0", "\u221212"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_money_is_one_unbroken_figure(language: Language) -> None:
    assert words(language).money(1200, "CHF") == "CHF\u00a012.00"


def test_money_follows_its_currency() -> None:
    assert words("fr").money(-123_456, "CHF") == "\u2212CHF\u00a01\u202f234.56"
    assert words("fr").money(123_456, "EUR") == "EUR\u00a01\u202f234,56"
    assert words("en").money(5, "GBP") == "GBP\u00a00.05"
    assert words("zh").money(1200, "JPY") == "JPY\u00a01\u202f200"


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("fr", ["Aujourd’hui", "Hier", "12\u00a0novembre", "20\u00a0décembre\u00a02024"]),
        ("de", ["Heute", "Gestern", "12.\u00a0November", "20.\u00a0Dezember\u00a02024"]),
        ("it", ["Oggi", "Ieri", "12\u00a0novembre", "20\u00a0dicembre\u00a02024"]),
        ("en", ["Today", "Yesterday", "12\u00a0November", "20\u00a0December\u00a02024"]),
        ("zh", ["今天", "昨天", "11月12日", "2024年12月20日"]),
    ],
)
def test_days_are_said_in_words(language: Language, said: list[str]) -> None:
    days = [TODAY, date(2026, 11, 21), date(2026, 11, 12), date(2024, 12, 20)]
    assert [words(language).day(day, today=TODAY) for day in days] == said


def test_one_and_many_differ_where_the_language_does() -> None:
    one, many = "{points} point", "{points} points"
    assert words("fr").trn(one, many, 0, points="0") == "0 point"
    assert words("de").trn(one, many, 0, points="0") == "0 Punkte"
    assert words("it").trn(one, many, 1, points="1") == "1 punto"
    assert words("zh").trn(one, many, 2, points="2") == "2 积分"


def test_the_figure_in_a_sentence_is_strong() -> None:
    spans = words("fr").rich("that is a voucher of {worth}", worth="CHF 12.00")
    assert spans == (Span("soit un bon de "), Span("CHF 12.00", is_strong=True))


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Visite terminée"),
        ("de", "Besuch beendet"),
        ("it", "Visita terminata"),
        ("en", "Visit finished"),
        ("zh", "本次查询已结束"),
    ],
)
def test_a_visit_that_ends_by_itself_sounds_like_no_fault(language: Language, title: str) -> None:
    said = [label.text for label in drawn("goodbye_timed_out", language, SMALL).labels]
    assert title in said

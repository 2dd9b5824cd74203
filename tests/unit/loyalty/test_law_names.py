"""Laws are cited as people of a language cite them: official names kept, what surrounds them translated."""

from datetime import date

import pytest

from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import PACKS, LegalAct, law_name, verdict
from loyalty.programme.compliance.verdict import Source

DAY = date(2026, 11, 22)
LANGUAGES = ("fr", "de", "it", "en", "zh")
ALL = [
    source
    for pack in PACKS.values()
    for cells in (*pack.cells.values(), pack.shop_only_programme)
    for cell in cells
    for source in cell.sources
]
SOURCES = list({source.title: source for source in ALL}.values())


def cited(country: str, article_class: ArticleClass, act: LegalAct) -> str:
    return verdict(country, article_class, act, DAY).citation


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.title)
def test_every_source_has_a_name_in_each_language(source: Source) -> None:
    assert tuple(source.names) == LANGUAGES
    assert all(law_name(str(source), language) == source.names[language] for language in LANGUAGES)
    for language in LANGUAGES[:-1]:
        assert not [char for char in source.names[language] if ord(char) > 0x24F], "printers know few others"


def test_titles_are_told_apart() -> None:
    assert all(one == other for one in ALL for other in SOURCES if one.title == other.title)


@pytest.mark.parametrize(
    ("language", "law"),
    [
        ("fr", "art. 21 al. 1 let. f OPuM, RS 812.212.5"),
        ("de", "Art. 21 Abs. 1 Bst. f AWV, SR 812.212.5"),
        ("it", "art. 21 cpv. 1 lett. f OPuM, RS 812.212.5"),
        ("en", "art. 21 par. 1 let. f OPuM/AWV, SR 812.212.5"),
        ("zh", "AWV/OPuM第21条第1款f项, SR 812.212.5"),
        ("rm", "art. 21 par. 1 let. f OPuM/AWV, SR 812.212.5"),
    ],
)
def test_a_swiss_law_has_its_official_name_of_the_readers_language(language: str, law: str) -> None:
    assert law_name(cited("CH", ArticleClass.MEDICINE_CH_B, LegalAct.REDEEM_ON), language) == law


def test_a_german_law_and_a_french_one_keep_their_names() -> None:
    german = cited("DE", ArticleClass.MEDICINE_RX, LegalAct.EARN)
    assert law_name(german, "fr") == "§ 7 al. 1 phrase 1 no 1 HWG"
    assert law_name(german, "de") == "§ 7 Abs. 1 Satz 1 Nr. 1 HWG"
    french = cited("FR", ArticleClass.COSMETIC, LegalAct.BE_A_GIFT)
    assert law_name(french, "fr") == "art. R. 5125-28 du code de la santé publique"
    assert law_name(french, "de") == "Art. R. 5125-28 Code de la santé publique"


def test_a_law_is_told_before_what_others_wrote_of_it() -> None:
    both = cited("CH", ArticleClass.MEDICINE_CH_B, LegalAct.COUPON_TRIGGER)
    assert both.startswith("CH-1: pharmaSuisse")
    assert law_name(both, "fr") == "art. 21 al. 1 let. f OPuM, RS 812.212.5"


def test_where_only_others_wrote_of_it_they_are_named_as_the_source_and_no_headline_is_printed() -> None:
    press = cited("FR", ArticleClass.MEDICINE_RX, LegalAct.EARN)
    assert law_name(press, "fr") == "source : Fiducial"
    assert law_name(press, "de") == "Quelle: Fiducial"


def test_a_citation_that_no_pack_knows_any_more_is_told_as_it_was_kept() -> None:
    assert law_name("DE-9: § 9 HWG https://example.org", "fr") == "§ 9 HWG"
    assert law_name("", "fr") == ""

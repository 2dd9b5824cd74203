"""Every country x class x act cell, asserted from a table written by hand from the fact sheet."""

from datetime import date

import pytest

from loyalty.programme.articles import ArticleClass
from loyalty.programme.compliance import (
    PACKS,
    Condition,
    LegalAct,
    ShopOnlyProgrammeRefused,
    VerdictCode,
    require_lawful_reach,
    shop_only_verdict,
    verdict,
)

DAY = date(2026, 11, 22)
ACTS = (
    "earn",
    "redeem_on",
    "coupon_trigger",
    "be_a_gift",
    "be_advertised",
    "be_in_a_contest",
    "shop_only_benefit",
    "counts_toward_threshold",
    "be_discounted",
    "be_a_prize",
)
# + allowed, c allowed when not product bound, - denied by law, . no source (denies), ? unknown class (denies)
EXPECTED = {
    "CH": {
        #                       earn red coup gift adv cont shop thre disc prize
        "medicine_rx": "c----- + . . -",
        "medicine_otc": "c--- . - + . . -",
        "medicine_ch_a": "c----- + . . -",
        "medicine_ch_b": "c----- + . . -",
        "medicine_ch_c": "c--- . - + . . -",
        "medicine_ch_d": "c--- . - + . . -",
        "medicine_ch_e": "c+ . + . + + . . .",
        "medical_device": "........ . .",
        "infant_milk_first_age": "........ . .",
        "book": "........ . .",
        "parapharmacy": "+++ ... ++ + c",
        "cosmetic": "+++ ... ++ + c",
        "food_supplement": "+++ ... ++ + c",
        "food": "........ . .",
        "service": "........ . .",
        "unknown": "???????? ? ?",
    },
    "FR": {
        "medicine_rx": "---- .. -- - -",
        "medicine_otc": "---- .. -- - -",
        "medicine_ch_a": "........ . .",
        "medicine_ch_b": "........ . .",
        "medicine_ch_c": "........ . .",
        "medicine_ch_d": "........ . .",
        "medicine_ch_e": "........ . .",
        "medical_device": "---- .. -- - -",
        "infant_milk_first_age": "---- .. -- - -",
        "book": "-- . - .. -- - -",
        "parapharmacy": "++ . - .. -+ + -",
        "cosmetic": "++ . - .. -+ + -",
        "food_supplement": "++ . - .. -+ + -",
        "food": "........ . .",
        "service": "-- . - .. -- - -",
        "unknown": "???????? ? ?",
    },
    "DE": {
        "medicine_rx": "--- .... - - .",
        "medicine_otc": "+ ....... + .",
        "medicine_ch_a": "........ . .",
        "medicine_ch_b": "........ . .",
        "medicine_ch_c": "........ . .",
        "medicine_ch_d": "........ . .",
        "medicine_ch_e": "........ . .",
        "medical_device": "........ . .",
        "infant_milk_first_age": "........ . .",
        "book": "........ . .",
        "parapharmacy": "+....... + .",
        "cosmetic": "+....... + .",
        "food_supplement": "+....... + .",
        "food": "........ . .",
        "service": "........ . .",
        "unknown": "???????? ? ?",
    },
    "CN": {
        "medicine_rx": "... - .... . .",
        "medicine_otc": "... - .... . .",
        "medicine_ch_a": "........ . .",
        "medicine_ch_b": "........ . .",
        "medicine_ch_c": "........ . .",
        "medicine_ch_d": "........ . .",
        "medicine_ch_e": "........ . .",
        "medical_device": "........ . .",
        "infant_milk_first_age": "........ . .",
        "book": "........ . .",
        "parapharmacy": "........ . .",
        "cosmetic": "........ . .",
        "food_supplement": "........ . .",
        "food": "........ . .",
        "service": "........ . .",
        "unknown": "???????? ? ?",
    },
}
SIGNS = {
    "+": (True, VerdictCode.ALLOWED, Condition.NONE),
    "c": (True, VerdictCode.ALLOWED, Condition.NOT_PRODUCT_BOUND),
    "-": (False, VerdictCode.DENIED_BY_LAW, Condition.NONE),
    ".": (False, VerdictCode.UNSOURCED, Condition.NONE),
    "?": (False, VerdictCode.UNKNOWN_ARTICLE, Condition.NONE),
}
CELLS = [
    (country, article_class, act, sign)
    for country, rows in EXPECTED.items()
    for article_class, row in rows.items()
    for act, sign in zip(ACTS, row.replace(" ", ""), strict=True)
]


@pytest.mark.parametrize(("country", "article_class", "act", "sign"), CELLS)
def test_cell_is_judged_as_the_fact_sheet_says(country: str, article_class: str, act: str, sign: str) -> None:
    answer = verdict(country, ArticleClass(article_class), LegalAct(act), DAY)
    assert (answer.is_allowed, answer.code, answer.condition) == SIGNS[sign]


def test_the_table_speaks_of_every_cell() -> None:
    assert len(CELLS) == len(PACKS) * len(ArticleClass) * len(LegalAct)
    assert set(ACTS) == set(LegalAct)


@pytest.mark.parametrize(
    ("country", "article_class", "act", "source", "words"),
    [
        ("CH", "medicine_ch_b", "earn", "CH-1", "pharmasuisse.org"),
        ("CH", "medicine_ch_d", "redeem_on", "CH-3", "art. 21 al. 1 let. f"),
        ("CH", "medicine_ch_d", "be_in_a_contest", "CH-3", "art. 21 al. 1 let. h"),
        ("CH", "medicine_ch_e", "be_in_a_contest", "CH-3", "al. 2"),
        ("CH", "medicine_rx", "be_advertised", "CH-4", "art. 32"),
        ("FR", "medicine_otc", "earn", "FR-5", "fiducial.fr"),
        ("FR", "infant_milk_first_age", "earn", "FR-4", "lequotidiendupharmacien.fr"),
        ("FR", "cosmetic", "earn", "FR-3", "lequotidiendupharmacien.fr"),
        ("FR", "cosmetic", "shop_only_benefit", "FR-2", "466187"),
        ("DE", "medicine_rx", "earn", "DE-1", "I ZR 206/17"),
        ("CN", "medicine_otc", "be_a_gift", "CN-1", "art. 42"),
    ],
)
def test_a_sourced_verdict_cites_its_source(
    country: str, article_class: str, act: str, source: str, words: str
) -> None:
    citation = verdict(country, ArticleClass(article_class), LegalAct(act), DAY).citation
    assert source in citation
    assert words in citation


def test_every_spoken_verdict_has_a_citation() -> None:
    for country, article_class, act, sign in CELLS:
        answer = verdict(country, ArticleClass(article_class), LegalAct(act), DAY)
        assert bool(answer.citation) == (sign in "+c-"), (country, article_class, act)


@pytest.mark.parametrize(
    ("country", "article_class", "act", "first_day"),
    [
        ("DE", "medicine_rx", "earn", date(2013, 8, 13)),
        ("CN", "medicine_rx", "be_a_gift", date(2024, 1, 1)),
        ("CH", "medicine_ch_d", "redeem_on", date(2019, 1, 1)),
    ],
)
def test_a_dated_statement_holds_from_its_first_day_and_denies_before_for_want_of_a_source(
    country: str, article_class: str, act: str, first_day: date
) -> None:
    on_it = verdict(country, ArticleClass(article_class), LegalAct(act), first_day)
    day_before = verdict(
        country, ArticleClass(article_class), LegalAct(act), date.fromordinal(first_day.toordinal() - 1)
    )
    assert (on_it.code, on_it.valid_from) == (VerdictCode.DENIED_BY_LAW, first_day)
    assert (day_before.is_allowed, day_before.code) == (False, VerdictCode.UNSOURCED)


def test_a_country_without_a_pack_denies() -> None:
    answer = verdict("IT", ArticleClass.COSMETIC, LegalAct.EARN, DAY)
    assert (answer.is_allowed, answer.code) == (False, VerdictCode.NO_COUNTRY_PACK)


@pytest.mark.parametrize("country", ["FR", "DE", "CN", "IT"])
def test_a_programme_for_one_shop_is_refused_where_no_source_allows_it(country: str) -> None:
    with pytest.raises(ShopOnlyProgrammeRefused) as caught:
        require_lawful_reach(frozenset({"CH", country}), is_every_shop=False, day=DAY)
    assert caught.value.params["country"] == country
    require_lawful_reach(frozenset({"CH", country}), is_every_shop=True, day=DAY)


def test_the_french_refusal_cites_the_ruling_and_switzerland_allows_one_shop() -> None:
    assert "466187" in shop_only_verdict("FR", DAY).citation
    require_lawful_reach(frozenset({"CH"}), is_every_shop=False, day=DAY)


@pytest.mark.parametrize("goods", ["parapharmacy", "cosmetic", "food_supplement"])
def test_a_swiss_coupon_of_ordinary_goods_is_cited_and_buys_no_medicine(goods: str) -> None:
    triggers = verdict("CH", ArticleClass(goods), LegalAct.COUPON_TRIGGER, DAY)
    assert triggers.is_allowed
    assert [line[:4] for line in triggers.citation.splitlines()] == ["CH-1", "CH-3"]
    for medicine in ("medicine_rx", "medicine_otc", "medicine_ch_a", "medicine_ch_d"):
        redeemed = verdict("CH", ArticleClass(medicine), LegalAct.REDEEM_ON, DAY)
        assert not redeemed.is_allowed
        assert "CH-3" in redeemed.citation
    for named_by_nobody in ("food", "book", "medical_device", "service"):
        silent = verdict("CH", ArticleClass(named_by_nobody), LegalAct.COUPON_TRIGGER, DAY)
        assert (silent.is_allowed, silent.code) == (False, VerdictCode.UNSOURCED)

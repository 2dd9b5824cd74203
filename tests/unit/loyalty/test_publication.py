"""The law, asked before a programme is published."""

from datetime import date
from typing import Any

import pytest

from loyalty.programme.articles import ArticleClass
from loyalty.programme.programme import parse_programme
from loyalty.programme.publication import Finding, FindingCode, publication_findings
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, mint, percent_off, points

DAY = date(2026, 11, 22)
EVERYWHERE = frozenset({"CH", "FR", "DE", "CN"})


def of_class(*names: str) -> dict[str, Any]:
    return {"in": [{"fact": "line.article_class"}, list(names)]}


def findings(rule: dict[str, Any], *countries: str, **more: Any) -> list[Finding]:
    articles = more.pop("article_classes", {})
    programme = parse_programme(a_programme_of(rule, **more), ruleset_version=1)
    wanted = frozenset(countries) or EVERYWHERE
    return publication_findings(programme, wanted, DAY, article_classes=articles)


def judged(found: list[Finding]) -> list[tuple[str, str]]:
    return [(each.country, each.code.value) for each in found]


CONTEST = {"effect": "contest_entry", "contest": "spring", "entries": 1}
PRICE = {"effect": "price_rate", "rate_bp": 9000, "rounding": "half_up"}
DENY = {"effect": "deny", "acts": ["discount"]}
SPONSOR = {"effect": "points_sponsor", "sponsor_points": 100, "sponsored_points": 50}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (a_rule("campaign", points()), []),
        (a_rule("promotion", percent_off()), []),
        (
            a_rule("campaign", points(), lines=of_class("medicine_ch_d")),
            [(c, "product_bound_points") for c in ("CH", "CN", "DE", "FR")],
        ),
        (
            a_rule("promotion", percent_off(), lines=of_class("medicine_otc")),
            [(c, "product_bound_discount") for c in ("CH", "CN", "FR")],
        ),
        (
            a_rule("promotion", percent_off(), lines=of_class("medicine_rx")),
            [(c, "product_bound_discount") for c in ("CH", "CN", "DE", "FR")],
        ),
        (a_rule("promotion", percent_off(), lines=of_class("cosmetic")), [("CN", "product_bound_discount")]),
        (a_rule("campaign", points(), lines={"not": of_class("medicine_rx")}), []),
        (
            a_rule("campaign", points(), when={"any_line": of_class("medicine_rx")}),
            [(c, "product_bound_points") for c in ("CH", "CN", "DE", "FR")],
        ),
        (
            a_rule("promotion", mint("v"), when={"any_line": of_class("medicine_rx")}),
            [(c, "voucher_trigger") for c in ("CH", "CN", "DE", "FR")],
        ),
        (
            a_rule("promotion", mint("v", redeem_on=["medicine_otc"])),
            [(c, "voucher_on_class") for c in ("CH", "CN", "DE", "FR")],
        ),
        (
            a_rule("campaign", CONTEST, when={"any_line": of_class("medicine_ch_d")}),
            [(c, "contest_with_class") for c in ("CH", "CN", "DE", "FR")],
        ),
        (
            a_rule(
                "promotion", {"effect": "free_article", "article_id": "x", "article_class": "medicine_otc"}
            ),
            [(c, "gift_of_class") for c in ("CH", "CN", "DE", "FR")],
        ),
        (a_rule("campaign", points(), shops=["one"]), [(c, "shop_only_benefit") for c in ("CN", "DE", "FR")]),
        (
            a_rule("campaign", SPONSOR, shops=["one"]),
            [(c, "sponsor_tied_to_a_shop") for c in ("CN", "DE", "FR")],
        ),
        (
            a_rule(
                "promotion",
                {
                    "effect": "bundle_price",
                    "parts": [{"quantity": 2, "lines": of_class("medicine_rx")}],
                    "price_minor": 1,
                },
            ),
            [(c, "product_bound_discount") for c in ("CH", "CN", "DE", "FR")],
        ),
        (
            a_rule(
                "promotion", {"effect": "buy_get", "buy": 1, "get": 1, "get_lines": of_class("medicine_rx")}
            ),
            [(c, "product_bound_discount") for c in ("CH", "CN", "DE", "FR")],
        ),
        (a_rule("restriction", {"effect": "deny", "acts": ["earn"]}, lines=of_class("medicine_rx")), []),
        (
            a_rule("promotion", percent_off(), lines={"eq": [{"fact": "shop.id"}, "one"]}),
            [(c, "shop_only_benefit") for c in ("CN", "DE", "FR")],
        ),
        *(
            (a_rule("restriction", DENY, **named), [(c, "shop_only_benefit") for c in ("CN", "DE", "FR")])
            for named in (
                {"shops": ["one"]},
                {"when": {"eq": [{"fact": "shop.id"}, "one"]}},
                {"when": {"not": {"eq": [{"fact": "member.home_shop"}, "one"]}}},
                {"lines": {"eq": [{"fact": "shop.id"}, "one"]}},
            )
        ),
        (a_rule("price", PRICE, shops=["one"]), []),
        (
            a_rule("price", PRICE, shops=["one"], when={"fact": "member.is_known"}),
            [(c, "shop_only_benefit") for c in ("CN", "DE", "FR")],
        ),
    ],
)
def test_rule_is_judged_by_the_law_of_every_country(
    rule: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    assert judged(findings(rule)) == expected


@pytest.mark.parametrize(
    ("rule", "country", "source"),
    [
        (a_rule("promotion", mint("v", redeem_on=["medicine_ch_d"])), "CH", "art. 21 al. 1 let. f"),
        (a_rule("campaign", CONTEST, lines=of_class("medicine_ch_b")), "CH", "art. 21 al. 1 let. h"),
        (a_rule("campaign", points(), lines=of_class("medicine_ch_b")), "CH", "CH-1"),
        (a_rule("promotion", percent_off(), shops=["one"]), "FR", "466187"),
        (a_rule("restriction", DENY, shops=["one"]), "FR", "466187"),
        (a_rule("promotion", mint("v"), lines=of_class("medicine_rx")), "DE", "I ZR 206/17"),
        (a_rule("promotion", percent_off(), lines=of_class("medicine_rx")), "DE", "DE-1"),
        (
            a_rule(
                "promotion", {"effect": "free_article", "article_id": "x", "article_class": "medicine_rx"}
            ),
            "CN",
            "art. 42",
        ),
    ],
)
def test_a_finding_cites_its_source_and_says_what_to_do(
    rule: dict[str, Any], country: str, source: str
) -> None:
    (found,) = findings(rule, country)
    assert source in found.citation
    assert found.rule_id == rule["id"]
    assert found.detail.endswith(".")


def test_category_e_may_be_in_a_contest_and_be_redeemed_on_in_switzerland() -> None:
    assert findings(a_rule("campaign", CONTEST, lines=of_class("medicine_ch_e")), "CH") == []
    assert findings(a_rule("promotion", mint("v", redeem_on=["medicine_ch_e"])), "CH") == []


def test_a_rule_that_names_an_article_is_judged_by_the_articles_class() -> None:
    rule = a_rule("promotion", percent_off(), lines={"eq": [{"fact": "line.article_id"}, "aspirin"]})
    classes = {"aspirin": ArticleClass.MEDICINE_OTC, "soap": ArticleClass.COSMETIC}
    (found,) = findings(rule, "FR", article_classes=classes)
    assert (found.code, "FR-5" in found.citation) == (FindingCode.PRODUCT_BOUND_DISCOUNT, True)
    soap = a_rule("promotion", percent_off(), lines={"eq": ["soap", {"fact": "line.article_id"}]})
    assert findings(soap, "FR", article_classes=classes) == []
    unknown = a_rule("promotion", percent_off(), lines={"eq": ["ghost", {"fact": "line.article_id"}]})
    assert judged(findings(unknown, "FR", article_classes=classes)) == [("FR", "product_bound_discount")]


def test_a_programme_for_one_shop_is_found_in_france_and_not_in_switzerland() -> None:
    rule = a_rule("campaign", points())
    (found,) = findings(rule, "FR", "CH", benefits_valid_in="one_shop")
    assert (found.code, found.country, found.rule_id) == (FindingCode.SHOP_ONLY_BENEFIT, "FR", "")
    assert "466187" in found.citation


def test_only_benefits_of_some_shops_stop_a_publication() -> None:
    (shop_only,) = findings(a_rule("promotion", percent_off(), shops=["one"]), "FR")
    (medicine,) = findings(a_rule("promotion", percent_off(), lines=of_class("medicine_rx")), "FR")
    assert (shop_only.is_blocking, medicine.is_blocking) == (True, False)


def test_a_country_without_a_pack_is_found() -> None:
    assert judged(findings(a_rule("campaign", points()), "IT", "CH")) == [("IT", "no_country_pack")]

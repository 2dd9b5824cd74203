"""Every recipe of docs/rules.md does what the page says."""

import json
import re
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from loyalty.pricing.basket import ArticleFacts, Basket, BasketLine
from loyalty.pricing.quote import Quote, quote_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.programme import parse_programme
from loyalty.programme.schema import programme_schema
from loyalty.rules.effect_table import EFFECTS
from tests.unit.loyalty.conftest import ROOT

PAGE = (ROOT / "docs" / "rules.md").read_text("utf-8")
RECIPE = re.compile(
    r"^### (?P<number>\d+)\. (?P<title>.+?)$.*?```json\n(?P<rule>.+?)```.*?```json\n(?P<ticket>.+?)```",
    re.MULTILINE | re.DOTALL,
)
RECIPES = [match.groupdict() for match in RECIPE.finditer(PAGE.partition("## Cookbook")[2])]
SCHEMA = Draft202012Validator(programme_schema())
BASE = {
    "id": "base",
    "version": 1,
    "kind": "campaign",
    "when": {"fact": "member.is_known"},
    "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
}


def document_of(recipe: dict[str, str]) -> dict[str, Any]:
    part = json.loads(recipe["rule"])
    settings = part if "rules" in part else {"rules": [part]}
    return {**settings, "rules": [*settings["rules"], BASE]}


def line_of(no: int, tax_rate_bp: int | None, facts: list[Any]) -> BasketLine:
    quantity, amount, article_class, brand, article_range, article = (*facts, *[""] * (6 - len(facts)))
    described = ArticleFacts(
        article or f"article{no}", ArticleClass(article_class or "parapharmacy"), brand, article_range
    )
    return BasketLine(no, str(no), described, quantity, amount, tax_rate_bp)


def quote_of(recipe: dict[str, str]) -> tuple[dict[str, Any], Quote]:
    ticket = json.loads(recipe["ticket"])
    tax = ticket.get("tax_rate_bp")
    lines = tuple(line_of(no, tax, facts) for no, facts in enumerate(ticket["ticket"], start=1))
    day = date.fromisoformat(ticket.get("day", "2026-11-22"))
    facts = {
        name: frozenset(value) if isinstance(value, list) else value
        for name, value in ticket.get("member", {}).items()
    }
    quote = quote_basket(
        Basket(lines, "CHF", "shop", "CH", day, ticket.get("time")),
        parse_programme(document_of(recipe), ruleset_version=1),
        is_member=True,
        member_facts=facts,
        usage=ticket.get("usage", {}),
    )
    return ticket, quote


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe["title"])
def test_recipe_does_what_the_page_says(recipe: dict[str, str]) -> None:
    ticket, quote = quote_of(recipe)
    assert (quote.total_minor, quote.points) == (ticket["pays"], ticket["points"])
    assert [promise.effect.name.value for promise in quote.promises] == ticket.get("promises", [])
    SCHEMA.validate(document_of(recipe))


def test_there_are_forty_recipes_numbered_in_order() -> None:
    assert [int(recipe["number"]) for recipe in RECIPES] == list(range(1, 41))
    assert len({recipe["title"] for recipe in RECIPES}) == 40


@pytest.mark.parametrize("effect", [name.value for name in EFFECTS])
def test_every_effect_is_described(effect: str) -> None:
    assert f"| `{effect}` |" in PAGE

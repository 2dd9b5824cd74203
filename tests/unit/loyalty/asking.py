"""Short ways to ask for a quote."""

from typing import Any

from loyalty.pricing.outcome import Quote
from loyalty.pricing.quote import quote_basket
from loyalty.programme.programme import parse_programme
from tests.unit.loyalty.rule_samples import a_programme_of
from tests.unit.loyalty.vector_basket import basket_of

SOL = {"eq": [{"fact": "line.brand"}, "Sol"]}
BEST = {"group": "best"}


def a_line(amount: int = 1000, **facts: Any) -> dict[str, Any]:
    return {"quantity": 1, "amount_minor": amount, "class": "cosmetic", **facts}


def a_quote(*rules: dict[str, Any], lines: Any = None, **asked: Any) -> Quote:
    basket = {
        "country": asked.pop("country", "CH"),
        "currency": "CHF",
        "day": asked.pop("day", "2026-11-22"),
        "lines": lines or [a_line()],
        "time": asked.pop("time", None),
    }
    programme = parse_programme(a_programme_of(*rules, stacking={"best": "best_of"}), ruleset_version=1)
    asked = {"is_member": True, **asked}
    return quote_basket(basket_of(basket), programme, **asked)


def codes(quote: Quote, at: int = 0) -> list[tuple[str, str]]:
    return [(reason.rule_id, reason.code) for reason in quote.lines[at].reasons]


def limit(per: str, window: str, times: int = 2) -> dict[str, Any]:
    return {"per": per, "window": window, "times": times}

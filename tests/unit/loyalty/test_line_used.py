"""A rule that finds its lines used up by another says so on them, and which one did it."""

from typing import Any

from loyalty.pricing.outcome import Quote
from tests.unit.loyalty.asking import BEST, SOL, a_line, a_quote
from tests.unit.loyalty.rule_samples import a_rule, percent_off, points

PAIR = {"effect": "buy_get", "buy": 1, "get": 1}
ALONE = {"exclusive": True}


def told(quote: Quote, at: int = 0) -> list[tuple[str, tuple[str, ...]]]:
    return [(each.rule_id, each.kept_off) for each in quote.lines[at].reasons if each.code == "line_used"]


def off(name: str, **members: Any) -> dict[str, Any]:
    return a_rule("promotion", percent_off(), id=name, **members)


def test_a_line_that_a_unit_promotion_used_up_names_it_and_the_one_shut_out() -> None:
    lines = [a_line(2000, quantity=2, brand="Sol"), a_line()]
    quote = a_quote(a_rule("promotion", PAIR, id="pair", lines=SOL), off("ten"), lines=lines)
    assert [line.amount_minor for line in quote.lines] == [1000, 900]
    assert (told(quote), told(quote, 1)) == ([("pair", ("ten",))], [])


def test_an_exclusive_promotion_names_who_touched_the_line_before_it() -> None:
    quote = a_quote(off("first"), off("alone", stacking=ALONE))
    assert (quote.total_minor, told(quote)) == (900, [("first", ("alone",))])


def test_a_promotion_after_an_exclusive_one_names_it() -> None:
    quote = a_quote(off("alone", stacking=ALONE), off("late"), off("later"))
    assert told(quote) == [("alone", ("late",)), ("alone", ("later",))]


def test_a_rule_that_would_have_given_nothing_on_the_line_is_not_told() -> None:
    dear = a_rule("promotion", {"effect": "special_price", "unit_price_minor": 5000}, id="dear")
    few = off("few", min_quantity=9)
    assert told(a_quote(off("alone", stacking=ALONE), dear, few)) == []


def test_a_rule_of_a_group_that_takes_the_best_says_why_it_had_nothing_to_give() -> None:
    rules = off("a", stacking=BEST, lines=SOL), off("b", stacking=BEST)
    alone = off("alone", lines=SOL, stacking={"exclusive": True, "priority": 900})
    quote = a_quote(alone, *rules, lines=[a_line(brand="Sol"), a_line()])
    assert [line.amount_minor for line in quote.lines] == [900, 900]
    assert told(quote) == [("alone", ("a",)), ("alone", ("b",))]


def test_campaigns_say_the_same() -> None:
    base, alone = a_rule("campaign", points(), id="base"), a_rule("campaign", points(10), id="alone")
    assert told(a_quote(base, alone | {"stacking": ALONE})) == [("base", ("alone",))]
    quote = a_quote(alone | {"stacking": ALONE}, base)
    assert (quote.points, told(quote)) == (100, [("alone", ("base",))])

"""Groups that take the best: one rule alone gives, and none of the others would have given more."""

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.pricing.basket import ArticleFacts, Basket, BasketLine
from loyalty.pricing.promises import worth_minor
from loyalty.pricing.quote import Quote, quote_basket
from loyalty.programme.articles import ArticleClass
from loyalty.programme.programme import parse_programme

EFFECTS = st.one_of(
    st.integers(1, 90).map(lambda points: {"effect": "points_fixed", "points": points, "per": "ticket"}),
    st.integers(10001, 50000).map(
        lambda times: {"effect": "points_multiplier", "times_bp": times, "rounding": "half_up"}
    ),
    st.builds(
        lambda at, points: {"effect": "points_threshold", "at_points": at, "points": points},
        st.integers(901, 1000),
        st.integers(1, 90),
    ),
    st.integers(1, 200).map(
        lambda worth: {
            "effect": "next_purchase_voucher",
            "voucher": "v",
            "worth_minor": worth,
            "valid_days": 9,
        }
    ),
    st.just({"effect": "points_sponsor", "sponsor_points": 20, "sponsored_points": 10}),
)
STEPS = st.none() | st.builds(
    lambda points, worth: {"points": points, "worth_minor": worth}, st.integers(1, 500), st.integers(1, 500)
)
BASE = {"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}


def a_campaign(name: str, effects: list[dict[str, Any]], group: str) -> dict[str, Any]:
    stacking = {"group": group}
    never = {"not": {"has": [{"fact": "basket.vouchers"}, "v"]}}
    rule = {"id": name, "version": 1, "kind": "campaign", "when": never}
    return rule | {"effects": effects, "stacking": stacking}


def asked(rules: list[dict[str, Any]], amounts: list[int], step: Any) -> Quote:
    document = {"rules": rules, "stacking": {"best": "best_of"}}
    programme = parse_programme(
        document | ({} if step is None else {"voucher_step": step}), ruleset_version=1
    )
    cream = ArticleFacts("a", ArticleClass.COSMETIC)
    lines = tuple(BasketLine(no, str(no), cream, 1, amount) for no, amount in enumerate(amounts))
    basket = Basket(lines, "CHF", "shop", "CH", date(2026, 11, 22))
    facts = {"member.points": 900, "member.is_sponsored": True}
    return quote_basket(basket, programme, is_member=True, member_facts=facts)


def worth_of(quote: Quote, rule_id: str, step: Any) -> int:
    """What a rule gave, points and money in one measure."""
    points = sum(each.points for line in quote.lines for each in line.reasons if each.rule_id == rule_id)
    mine = [each.effect for each in quote.promises if each.rule_id == rule_id]
    points += sum(getattr(effect, "sponsor_points", 0) for effect in mine)
    step = step or {"points": 1, "worth_minor": 1}
    return points * int(step["worth_minor"]) + sum(map(worth_minor, mine)) * int(step["points"])


@settings(max_examples=200, deadline=None)
@given(
    members=st.lists(st.lists(EFFECTS, min_size=1, max_size=2), min_size=2, max_size=4),
    amounts=st.lists(st.integers(0, 9000), min_size=1, max_size=3),
    step=STEPS,
)
def test_one_rule_gives_and_no_other_would_have_given_more(
    members: list[list[dict[str, Any]]], amounts: list[int], step: Any
) -> None:
    base = a_campaign("base", [BASE], "base")
    group = [a_campaign(f"r{no}", effects, "best") for no, effects in enumerate(members)]
    quote = asked([base, *group], amounts, step)
    given_by = {rule["id"]: worth_of(quote, rule["id"], step) for rule in group}
    alone = {rule["id"]: worth_of(asked([base, rule], amounts, step), rule["id"], step) for rule in group}
    most = max(alone.values())
    first = next(name for name, worth in alone.items() if worth == most)
    assert given_by == {name: most if name == first else 0 for name in alone}
    losers = {name for name, worth in alone.items() if worth and name != first}
    told = {each.rule_id for line in quote.lines for each in line.reasons if each.code == "not_best"}
    assert told == losers

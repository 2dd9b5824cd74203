"""A voucher that pays for its own successor is refused when a programme is saved."""

import json
from typing import Any

import pytest

from loyalty.programme.programme import parse_programme
from loyalty.programme.voucher_circles import require_vouchers_end
from loyalty.rules.reading import ProgrammeInvalid
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, mint

ONCE = [{"per": "member", "window": "ever", "times": 1}]
PER_SHOP = [{"per": "shop", "window": "day", "times": 9}]


def has(voucher: str) -> dict[str, Any]:
    return {"has": [{"fact": "basket.vouchers"}, voucher]}


def without(*vouchers: str) -> dict[str, Any]:
    return {"not": {"or": [has(voucher) for voucher in vouchers]}}


def total(least: int, op: str = "ge") -> dict[str, Any]:
    return {op: [{"fact": "basket.total_minor"}, least]}


def per_member(window: str) -> list[dict[str, Any]]:
    return [{"per": "member", "window": window, "times": 1}]


def giving(voucher: str, when: Any = True, **more: Any) -> dict[str, Any]:
    """Gives a voucher over 5.00."""
    name = more.pop("id", f"give-{voucher}")
    return a_rule(more.pop("kind", "promotion"), mint(voucher), id=name, when=when, **more)


def both(*conditions: dict[str, Any]) -> dict[str, Any]:
    return {"and": list(conditions)}


def of_tier(tier: str) -> dict[str, Any]:
    return {"eq": [{"fact": "member.tier"}, tier]}


def judge(*rules: dict[str, Any]) -> None:
    require_vouchers_end(parse_programme(a_programme_of(*rules), ruleset_version=1).rules)


@pytest.mark.parametrize(
    ("rules", "at", "paid_with"),
    [
        *(
            [
                ([giving("a", limits=per_member(window))], 0, "a")
                for window in ("day", "week", "month", "year")
            ]
        ),
        ([giving("a")], 0, "a"),
        ([giving("a", has("a"))], 0, "a"),
        ([giving("b", has("a")), giving("a", has("b"))], 0, "b, a"),
        ([giving("c", has("b")), giving("a", has("c")), giving("b", has("a"))], 0, "c, a, b"),
        ([giving("a", kind="campaign")], 0, "a"),
        ([giving("a", {"eq": [{"fact": "member.birthday_days"}, 0]})], 0, "a"),
        ([giving("a", total(500))], 0, "a"),
        ([giving("a", total(2000, "le"))], 0, "a"),
        ([giving("a", {"or": [total(501), {"fact": "member.is_known"}]})], 0, "a"),
        ([giving("a", {"or": [without("a"), {"fact": "member.is_known"}]})], 0, "a"),
        ([giving("a", limits=PER_SHOP)], 0, "a"),
        ([giving("a", kind="campaign", budget=1000)], 0, "a"),
        ([giving("a", without("b"))], 0, "a"),
        ([giving("a", without("a")), giving("b", without("b"))], 0, "b"),
        ([giving("a", without("a")), giving("b", has("a"))], 0, "b"),
        ([giving("b"), giving("x", total(501)), giving("a", has("x"))], 0, "b, a, x"),
        ([giving("a", both(without("b"), {"fact": "member.is_known"}), limits=per_member("day"))], 0, "a"),
    ],
)
def test_a_voucher_that_pays_for_its_successor_is_refused(
    rules: list[dict[str, Any]], at: int, paid_with: str
) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        judge(*rules)
    assert caught.value.params["path"] == f"programme.rules.{at}.effects.0.voucher"
    assert f"paid with {paid_with} do not" in str(caught.value)
    kept_out = [has(voucher) for voucher in paid_with.split(", ")]
    proposed = {"not": kept_out[0] if len(kept_out) == 1 else {"or": kept_out}}
    asks = "has" in rules[at].get("when", {}) if isinstance(rules[at]["when"], dict) else False
    assert (json.dumps(proposed) in str(caught.value)) is not asks
    assert "(above 500," in str(caught.value)
    assert '"window": "ever"' in str(caught.value)


@pytest.mark.parametrize(
    "rules",
    [
        [giving("a", {"not": has("a")})],
        [giving("a", both(has("a"), total(501)))],
        [giving("a", has("x"))],
        [giving("b", has("a")), giving("c", has("b"))],
        [giving("a", {"and": [{"fact": "member.is_known"}, without("b", "a")]})],
        [giving("a", total(501))],
        [giving("a", total(500, "gt"))],
        [giving("a", {"le": [501, {"fact": "basket.total_minor"}]})],
        [giving("a", {"ge": [{"sum": {"of": {"fact": "line.amount_minor"}, "where": True}}, 501]})],
        [giving("a", limits=ONCE)],
        [giving("a", limits=[{"per": "shop", "window": "ever", "times": 9}])],
        [giving("a", limits=[*per_member("day"), {"per": "group", "window": "ever", "times": 9}])],
        [giving("a", budget=1000)],
        [giving("a", without("a", "b")), giving("b", without("b"))],
        [giving("a", without("a", "b", "c")), giving("b", has("a")), giving("c", has("b"))],
    ],
)
def test_vouchers_that_come_to_an_end_are_allowed(rules: list[dict[str, Any]]) -> None:
    judge(*rules)


def test_two_vouchers_of_one_rule_count_together() -> None:
    rule = a_rule("promotion", mint("a"), mint("b"), when=total(1000))
    with pytest.raises(ProgrammeInvalid, match="above 1000"):
        judge(rule)
    judge(rule | {"when": total(1001)})


@pytest.mark.parametrize(
    "rules",
    [
        [giving(voucher, total(501)) for voucher in ("va", "vb", "vc")],
        [giving("v", total(501), id=f"give-{number}") for number in range(6)],
        [giving("x", total(501)), giving("a", has("x"))],
        [giving("x", total(501)), giving("y", total(1000)), giving("z", without("x", "y"), limits=ONCE)],
        [giving("x", total(501), kind="campaign"), giving("y", total(501))],
    ],
)
def test_rules_are_refused_that_together_give_what_their_ticket_costs(rules: list[dict[str, Any]]) -> None:
    for rule in rules:
        if rule["when"] != has("x"):
            judge(rule)
    with pytest.raises(ProgrammeInvalid):
        judge(*rules)


def test_following_the_proposed_total_leads_to_a_programme_that_is_taken() -> None:
    rules = [giving(voucher, total(501)) for voucher in ("va", "vb", "vc")]
    for _ in range(6):
        try:
            judge(*rules)
        except ProgrammeInvalid as refused:
            _, _, at, *_ = str(refused.params["path"]).split(".")
            least = int(str(refused).partition("of at least ")[2].split()[0])
            rules[int(at)]["when"] = total(least)
    judge(*rules)
    assert sorted(rule["when"]["ge"][1] for rule in rules) == [501, 1001, 1501]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"when": both(total(501), of_tier("gold"))}, {"when": both(total(501), of_tier("silver"))}),
        (
            {"when": total(501), "period": {"from": "2026-01-01", "to": "2026-01-31"}},
            {"when": total(501), "period": {"from": "2026-02-01", "to": "2026-02-28"}},
        ),
        ({"when": total(501)}, {"when": total(1001)}),
        ({"when": total(501)}, {"when": without("a", "b")}),
        ({"when": total(501)}, {"when": True, "limits": ONCE}),
    ],
)
def test_rules_that_never_meet_or_end_do_not_count_together(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    judge(giving("a", **one), giving("b", **other))


def test_periods_that_touch_count_together() -> None:
    january = giving("a", total(501), period={"from": "2026-01-01", "to": "2026-01-31"})
    february = giving("b", total(501), period={"from": "2026-01-31", "to": "2026-02-28"})
    with pytest.raises(ProgrammeInvalid, match="above 1000"):
        judge(january, february)

"""A voucher that pays for its own successor is refused when a programme is saved."""

from typing import Any

import pytest

from loyalty.programme.programme import parse_programme
from loyalty.programme.voucher_circles import require_vouchers_end
from loyalty.rules.reading import ProgrammeInvalid
from tests.unit.loyalty.rule_samples import a_programme_of, a_rule, mint

PER_MEMBER = [{"per": "member", "window": "month", "times": 1}]
PER_SHOP = [{"per": "shop", "window": "day", "times": 9}]


def has(voucher: str) -> dict[str, Any]:
    return {"has": [{"fact": "basket.vouchers"}, voucher]}


def without(*vouchers: str) -> dict[str, Any]:
    return {"not": {"or": [has(voucher) for voucher in vouchers]}}


def total(least: int, op: str = "ge") -> dict[str, Any]:
    return {op: [{"fact": "basket.total_minor"}, least]}


def giving(voucher: str, when: Any = True, **more: Any) -> dict[str, Any]:
    """Gives a voucher over 5.00."""
    return a_rule(more.pop("kind", "promotion"), mint(voucher), id=f"give-{voucher}", when=when, **more)


def judge(*rules: dict[str, Any]) -> None:
    require_vouchers_end(parse_programme(a_programme_of(*rules), ruleset_version=1).rules)


@pytest.mark.parametrize(
    ("rules", "at", "paid_with"),
    [
        ([giving("a")], 0, "a"),
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
        ([giving("x", total(501)), giving("a", has("x")), giving("b")], 2, "b"),
    ],
)
def test_a_voucher_that_pays_for_its_successor_is_refused(
    rules: list[dict[str, Any]], at: int, paid_with: str
) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        judge(*rules)
    assert caught.value.params["path"] == f"programme.rules.{at}.effects.0.voucher"
    proposal = f'Add {{"not": {{"has": [{{"fact": "basket.vouchers"}}, "{paid_with}"]}}}} to when'
    assert proposal in str(caught.value)
    assert "basket.total_minor above 500" in str(caught.value)


@pytest.mark.parametrize(
    "rules",
    [
        [giving("a", {"not": has("a")})],
        [giving("a", {"and": [{"fact": "member.is_known"}, without("b", "a")]})],
        [giving("a", total(501))],
        [giving("a", total(500, "gt"))],
        [giving("a", {"le": [501, {"fact": "basket.total_minor"}]})],
        [giving("a", {"ge": [{"sum": {"of": {"fact": "line.amount_minor"}, "where": True}}, 501]})],
        [giving("a", limits=PER_MEMBER)],
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

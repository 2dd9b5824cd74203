"""A ticket priced offline: its price stands, benefits are only added, nobody's facts are needed for it."""

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from loyalty.pricing.basket import Basket
from loyalty.pricing.offline import may_run_offline, offline_rules, quote_late, quote_told
from loyalty.pricing.quote import quote_basket
from loyalty.programme.programme import Programme
from loyalty.rules.needs import member_facts_of
from tests.property.loyalty.test_promotion_properties import MEMBERS, USAGES, baskets, programmes


def bundled(programme: Programme) -> Programme:
    """What of a programme leaves central."""
    return replace(programme, rules=offline_rules(programme))


@given(baskets(), programmes(has_triple=True, has_others=True), st.booleans(), MEMBERS, USAGES)
def test_a_late_ticket_keeps_its_price_and_never_loses_a_point(
    basket: Basket, programme: Programme, is_member: bool, facts: dict[str, Any], usage: dict[str, int]
) -> None:
    told = quote_told(basket, bundled(programme), is_member=is_member)

    late = quote_late(
        basket,
        programme,
        told,
        is_member=is_member,
        member_facts=facts if is_member else {},
        usage=usage,
    )

    assert late.total_minor == told.total_minor
    assert [line.amount_minor for line in late.lines] == [line.amount_minor for line in told.lines]
    assert late.points >= told.points
    for line in late.lines:
        assert line.sent_minor + sum(reason.amount_minor for reason in line.reasons) == line.amount_minor
        assert sum(reason.points for reason in line.reasons) == line.points


@given(baskets(), programmes(has_others=True), st.booleans())
def test_what_all_know_comes_out_as_it_was_told(
    basket: Basket, programme: Programme, is_member: bool
) -> None:
    plain = bundled(programme)
    told = quote_told(basket, plain, is_member=is_member)

    late = quote_late(basket, plain, told, is_member=is_member)

    assert (late.total_minor, late.points) == (told.total_minor, told.points)
    assert [line.points for line in late.lines] == [line.points for line in told.lines]


@given(baskets(), programmes(has_triple=True, has_others=True), MEMBERS, USAGES)
def test_offline_nobodys_facts_and_no_bound_are_asked_for(
    basket: Basket, programme: Programme, facts: dict[str, Any], usage: dict[str, int]
) -> None:
    plain = bundled(programme)
    granting = [rule for rule in plain.rules if rule.kind.value in ("price", "promotion", "campaign")]

    assert member_facts_of(granting) <= {"member.is_known"}
    assert not any(rule.is_bounded for rule in granting)
    assert all(may_run_offline(rule) for rule in programme.rules if rule.kind.value == "restriction")
    told = quote_told(basket, plain, is_member=True)
    assert quote_basket(basket, plain, is_member=True, usage=usage).points == told.points
    learned = quote_basket(basket, plain, is_member=True, member_facts=facts)
    assert learned.points >= told.points or learned.total_minor != told.total_minor

"""Who is known by a name alone earns on a part of the ticket, by its amount, at everybody's prices (C-02)."""

from typing import Any

from loyalty.pricing.outcome import Quote
from loyalty.pricing.quote import quote_basket
from loyalty.programme.identification import (
    DEFAULT_TABLE,
    Act,
    Strength,
    earns_minor,
    parse_table,
    permits,
)
from loyalty.programme.programme import parse_programme
from tests.unit.loyalty.test_loyalty_quote import a_basket, a_line

BASE = {
    "id": "base",
    "version": 1,
    "kind": "campaign",
    "when": True,
    "effects": [{"effect": "points_per_amount", "points": 1, "per_minor": 100, "rounding": "floor"}],
}
GOLD = {"eq": [{"fact": "member.tier"}, "gold"]}


def a_rule(name: str, kind: str, *effects: dict[str, Any], when: object = True) -> dict[str, Any]:
    return {"id": name, "version": 1, "kind": kind, "when": when, "effects": list(effects)}


def quoted(*rules: dict[str, Any], earns: int | None, lines: tuple[int, ...] = (9000, 3000)) -> Quote:
    programme = parse_programme({"rules": [BASE, *rules]}, ruleset_version=1)
    basket = a_basket(*(a_line(number, amount) for number, amount in enumerate(lines, start=1)))
    return quote_basket(
        basket,
        programme,
        is_member=True,
        member_facts={"member.tier": "gold"},
        earns_minor=earns,
    )


def test_of_a_large_ticket_so_much_earns_split_over_its_lines() -> None:
    quote = quoted(earns=5000)
    assert (quote.total_minor, quote.points, quote.eligible_minor) == (12_000, 50, 5000)
    assert [line.points for line in quote.lines] == [38, 12]
    assert all("show_card" in {reason.code for reason in line.reasons} for line in quote.lines)


def test_a_small_ticket_earns_what_a_card_would() -> None:
    assert quoted(earns=5000, lines=(4999,)) == quoted(earns=None, lines=(4999,))
    assert quoted(earns=0).points == 0


def test_what_does_not_follow_the_amount_is_given_to_cards_alone() -> None:
    fixed = a_rule("welcome", "campaign", {"effect": "points_fixed", "points": 500, "per": "ticket"})
    double = a_rule(
        "double", "campaign", {"effect": "points_multiplier", "times_bp": 20_000, "rounding": "floor"}
    )
    assert quoted(fixed, double, earns=None).points == 120 + 500 + 620
    named = quoted(fixed, double, earns=5000)
    assert named.points == 100
    assert ("welcome", "show_card") in {
        (reason.rule_id, reason.code) for line in named.lines for reason in line.reasons
    }


def test_a_price_for_some_members_is_not_theirs_who_say_a_name() -> None:
    off = {"effect": "percent_off", "rate_bp": 1000, "rounding": "floor"}
    gold = a_rule("gold", "promotion", off, when=GOLD)
    members = a_rule("members", "promotion", off, when={"fact": "member.is_known"})
    assert quoted(gold, members, earns=None).total_minor < 12_000
    assert quoted(gold, members, earns=5000).total_minor == 12_000


def test_the_table_says_how_much_by_strength() -> None:
    assert earns_minor(DEFAULT_TABLE, Strength.NAME) == 5_000
    assert earns_minor(DEFAULT_TABLE, Strength.PHONE_OR_EMAIL) == 20_000
    assert earns_minor(DEFAULT_TABLE, Strength.BARCODE) is None
    for act in set(Act) - {Act.EARN}:
        assert not permits(DEFAULT_TABLE, Strength.PHONE_OR_EMAIL, act)
    own = parse_table({"earn": {"name": 1000, "barcode": None}})
    assert (earns_minor(own, Strength.NAME), earns_minor(own, Strength.NFC_UID)) == (1000, None)
    assert not permits(parse_table({"earn": "barcode"}), Strength.NAME, Act.EARN)

"""A wrong rule is refused when it is saved, with the path of the fault and a proposal."""

from typing import Any

import pytest

from loyalty.errors import LoyaltyError
from loyalty.limits import SEGMENTS_PER_GROUP_MAX
from loyalty.programme.programme import parse_programme
from loyalty.rules.reading import ProgrammeInvalid
from tests.unit.loyalty.rule_samples import BROKEN, Broken, a_programme_of, a_rule, mint, percent_off


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.path} {broken.words}")
def test_a_wrong_rule_is_refused_with_its_path_and_a_proposal(broken: Broken) -> None:
    with pytest.raises(LoyaltyError) as caught:
        parse_programme(a_programme_of(broken.rule), ruleset_version=1)
    assert caught.value.params["path"] == broken.path
    assert broken.words in str(caught.value)


def minting(needed: str | None, minted: str) -> dict[str, Any]:
    when = True if needed is None else {"has": [{"fact": "basket.vouchers"}, needed]}
    return a_rule("promotion", mint(minted), id=f"{needed}-{minted}", when=when)


@pytest.mark.parametrize(
    "rules",
    [
        [minting("a", "a")],
        [minting("a", "b"), minting("b", "a")],
        [minting("b", "c"), minting("c", "a"), minting("a", "b")],
        [minting(None, "a"), minting("x", "y"), minting("a", "b"), minting("b", "a")],
    ],
)
def test_vouchers_that_mint_themselves_in_a_circle_are_refused(rules: list[dict[str, Any]]) -> None:
    with pytest.raises(ProgrammeInvalid, match="lead back") as caught:
        parse_programme(a_programme_of(*rules), ruleset_version=1)
    last = len(rules) - 1
    assert caught.value.params["path"] == f"programme.rules.{last}.effects.0.voucher"
    parse_programme(a_programme_of(*rules[:-1]), ruleset_version=1)


def test_a_chain_of_vouchers_that_ends_is_allowed() -> None:
    chain = [minting(None, "a"), minting("a", "b"), minting("a", "c"), minting("b", "d"), minting("c", "d")]
    assert len(parse_programme(a_programme_of(*chain), ruleset_version=1).rules) == 5


def test_a_voucher_given_only_to_those_without_it_is_no_circle() -> None:
    rule = a_rule("promotion", mint("a"), when={"not": {"has": [{"fact": "basket.vouchers"}, "a"]}})
    assert parse_programme(a_programme_of(rule), ruleset_version=1).rules


def a_segment(name: str, when: Any = True) -> dict[str, Any]:
    return a_rule("segment", {"effect": "segment", "segment": name}, id=name, when=when)


def test_a_segment_may_name_one_before_it_and_no_later_one() -> None:
    loyal = a_segment("loyal", {"ge": [{"fact": "member.visits"}, 3]})
    best = a_segment("best", {"has": [{"fact": "member.segments"}, "loyal"]})
    assert parse_programme(a_programme_of(loyal, best), ruleset_version=1).index.segments
    with pytest.raises(ProgrammeInvalid) as caught:
        parse_programme(a_programme_of(best, loyal), ruleset_version=1)
    assert caught.value.params["path"] == "programme.rules.0.when.has.1"


def test_a_segment_may_stand_after_the_rules_that_name_it() -> None:
    rule = a_rule("promotion", percent_off(), when={"has": [{"fact": "member.segments"}, "loyal"]})
    programme = parse_programme(a_programme_of(rule, a_segment("loyal")), ruleset_version=1)
    assert [each.rule_id for each in programme.rules] == ["percent-off", "loyal"]


def test_the_number_of_segments_is_limited() -> None:
    most = [a_segment(f"s{number}") for number in range(SEGMENTS_PER_GROUP_MAX - 1)]
    parse_programme(a_programme_of(*most), ruleset_version=1)
    with pytest.raises(ProgrammeInvalid, match="segments"):
        parse_programme(a_programme_of(*most, a_segment("more")), ruleset_version=1)


@pytest.mark.parametrize(
    ("settings", "path"),
    [
        ({"stacking": {"sun": "best"}}, "programme.stacking.sun"),
        ({"stacking": ["sun"]}, "programme.stacking"),
        ({"segments": [""]}, "programme.segments.0"),
        ({"segments": "gold"}, "programme.segments"),
        ({"cash_rounding_minor": 0}, "programme.cash_rounding_minor"),
        ({"expiry": {"policy": "fixed_day", "month": 2, "day": 30, "years": 0}}, "programme.expiry.day"),
        ({"expiry": {"policy": "end_of_month"}}, "programme.expiry.months"),
        ({"points_bas": "paid_tax_included"}, "programme"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], path: str) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        parse_programme({"rules": [], **settings}, ruleset_version=1)
    assert caught.value.params["path"] == path

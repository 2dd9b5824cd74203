"""A wrong rule is refused when it is saved, with the path of the fault and a proposal."""

from typing import Any

import pytest

from loyalty.errors import LoyaltyError
from loyalty.limits.rules import SEGMENTS_PER_GROUP_MAX
from loyalty.programme.never_gives import require_groups_met, require_rules_give
from loyalty.programme.programme import parse_programme
from loyalty.rules.reading import ProgrammeInvalid
from tests.unit.loyalty.rule_samples import BROKEN, SOL, Broken, a_programme_of, a_rule, percent_off


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.path} {broken.words}")
def test_a_wrong_rule_is_refused_with_its_path_and_a_proposal(broken: Broken) -> None:
    with pytest.raises(LoyaltyError) as caught:
        parse_programme(a_programme_of(broken.rule), ruleset_version=1)
    assert caught.value.params["path"] == broken.path
    assert broken.words in str(caught.value)


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
        ({"points_bas": "paid_tax_included"}, "programme.points_bas"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, Any], path: str) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        parse_programme({"rules": [], **settings}, ruleset_version=1)
    assert caught.value.params["path"] == path


def grouped(group: str, kind: str = "promotion") -> dict[str, Any]:
    effect = percent_off() if kind == "promotion" else DOUBLE
    return a_rule(kind, effect, id=f"{kind}-{group}", stacking={"group": group})


DOUBLE = {"effect": "points_multiplier", "times_bp": 20000, "rounding": "floor"}


def judge_groups(stacking: dict[str, str], *rules: dict[str, Any]) -> None:
    programme = parse_programme(a_programme_of(*rules, stacking=stacking), ruleset_version=1)
    require_groups_met(programme.stacking, programme.rules)


@pytest.mark.parametrize(
    ("stacking", "rules", "words"),
    [
        ({"tiers": "best_of"}, [grouped("tier"), grouped("sun", "campaign")], "Did you mean tier?"),
        (
            {"tier": "all", "sum": "best_of"},
            [grouped("tier"), grouped("sun", "campaign")],
            "Did you mean sun?",
        ),
        ({"defaults": "best_of"}, [a_rule("promotion", percent_off())], "Did you mean default?"),
        ({"tier": "best_of"}, [], "there is none"),
    ],
)
def test_a_stacking_group_without_a_rule_is_refused(
    stacking: dict[str, str], rules: list[dict[str, Any]], words: str
) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        judge_groups(stacking, *rules)
    name = list(stacking)[-1]
    assert caught.value.params["path"] == f"programme.stacking.{name}"
    assert f"No rule is in group {name}." in str(caught.value)
    assert words in str(caught.value)


def test_a_stacking_group_with_a_rule_is_taken() -> None:
    plain = a_rule("promotion", percent_off())
    judge_groups(
        {"tier": "best_of", "sun": "all", "default": "best_of"}, plain, grouped("tier"), grouped("sun")
    )


def in_range(*ranges: str) -> dict[str, Any]:
    return {"in": [{"fact": "line.range"}, list(ranges)]}


def rewarding(get_lines: dict[str, Any], **members: Any) -> dict[str, Any]:
    return a_rule(
        "promotion", {"effect": "buy_get", "buy": 1, "get": 1, "get_lines": get_lines}, id="get", **members
    )


def judge_giving(rule: dict[str, Any]) -> None:
    require_rules_give(parse_programme(a_programme_of(rule), ruleset_version=1).rules)


@pytest.mark.parametrize(
    ("lines", "get_lines", "words"),
    [
        (in_range("sun"), in_range("soap"), '{"in": [{"fact": "line.range"}, ["soap", "sun"]]}'),
        (
            {"eq": [{"fact": "line.article_id"}, "cream"]},
            {
                "or": [
                    {"eq": ["soap", {"fact": "line.article_id"}]},
                    {"eq": [{"fact": "line.article_id"}, "tea"]},
                ]
            },
            '["cream", "soap", "tea"]',
        ),
        (
            {"and": [SOL, in_range("sun")]},
            {"and": [SOL, in_range("soap"), {"gt": [{"fact": "line.price_minor"}, 5]}]},
            '{"fact": "line.range"}',
        ),
        (SOL, SOL, "leave get_lines out"),
    ],
)
def test_a_reward_that_no_line_can_be_is_refused(
    lines: dict[str, Any], get_lines: dict[str, Any], words: str
) -> None:
    with pytest.raises(ProgrammeInvalid) as caught:
        judge_giving(rewarding(get_lines, lines=lines))
    assert caught.value.params["path"] == "programme.rules.0.effects.0.get_lines"
    assert words in str(caught.value)


@pytest.mark.parametrize(
    "rule",
    [
        rewarding(in_range("soap")),
        rewarding(in_range("soap"), lines=in_range("sun", "soap")),
        rewarding(in_range("soap"), lines=SOL),
        rewarding(in_range("soap"), lines={"not": in_range("sun")}),
        rewarding(in_range("soap"), lines={"or": [in_range("sun"), SOL]}),
        a_rule("campaign", DOUBLE),
        a_rule(
            "campaign", {"effect": "points_fixed", "points": 5, "per": "ticket"}, stacking={"exclusive": True}
        ),
    ],
)
def test_rules_that_may_give_are_taken(rule: dict[str, Any]) -> None:
    judge_giving(rule)


def test_an_exclusive_multiplier_is_refused() -> None:
    with pytest.raises(ProgrammeInvalid, match="best_of") as caught:
        judge_giving(a_rule("campaign", DOUBLE, stacking={"exclusive": True}))
    assert caught.value.params["path"] == "programme.rules.0.stacking.exclusive"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"budget": True}, "not true. Write it"),
        ({"lines": None}, "not null"),
        ({"period": {"from": "2027-02-30", "to": "2027-03-01"}}, "2027-02 has the days 01 to 28."),
        ({"period": {"from": "2027-13-01", "to": "2027-03-01"}}, "Months go from 01 to 12"),
        ({"period": {"from": "1.3.2027", "to": "2027-03-01"}}, "Write the year first"),
    ],
)
def test_a_refusal_speaks_as_the_document_does_and_says_what_may_stand_there(
    change: dict[str, Any], told: str
) -> None:
    with pytest.raises(LoyaltyError) as caught:
        parse_programme({"rules": [a_rule("promotion", percent_off(), **change)]}, ruleset_version=1)
    assert told in str(caught.value)

"""Why somebody sees an offer: the word is said only where the rule asks for what it says."""

from typing import Any

import pytest

from loyalty.rules.for_member import reasons
from loyalty.rules.rule import parse_rule
from tests.unit.loyalty.rule_samples import a_rule, percent_off

FIRST = {"fact": "member.is_first_purchase"}
ENROLLED = {"fact": "member.days_since_enrolment"}
BOUGHT = {"fact": "member.days_since_purchase"}
BIRTHDAY = {"fact": "member.birthday_days"}
SPONSORED = {"fact": "member.is_sponsored"}
TIER = {"eq": [{"fact": "member.tier"}, "gold"]}


@pytest.mark.parametrize(
    ("when", "known", "because"),
    [
        (FIRST, {FIRST["fact"]: True}, "new"),
        ({"not": {"not": FIRST}}, {FIRST["fact"]: True}, "new"),
        ({"not": FIRST}, {FIRST["fact"]: False}, "chosen"),
        ({"le": [ENROLLED, 30]}, {ENROLLED["fact"]: 3}, "new"),
        ({"gt": [30, ENROLLED]}, {ENROLLED["fact"]: 3}, "new"),
        ({"not": {"gt": [ENROLLED, 30]}}, {ENROLLED["fact"]: 3}, "new"),
        ({"ge": [ENROLLED, 3650]}, {ENROLLED["fact"]: 4000}, "chosen"),
        ({"eq": [ENROLLED, 365]}, {ENROLLED["fact"]: 365}, "chosen"),
        ({"ge": [BOUGHT, 90]}, {BOUGHT["fact"]: 120}, "back"),
        ({"not": {"lt": [BOUGHT, 90]}}, {BOUGHT["fact"]: 120}, "back"),
        ({"le": [BOUGHT, 14]}, {BOUGHT["fact"]: 3}, "chosen"),
        ({"ge": [14, BOUGHT]}, {BOUGHT["fact"]: 3}, "chosen"),
        ({"le": [BIRTHDAY, 7]}, {BIRTHDAY["fact"]: 2}, "birthday"),
        ({"eq": [BIRTHDAY, 0]}, {BIRTHDAY["fact"]: 0}, "birthday"),
        ({"ge": [BIRTHDAY, 7]}, {BIRTHDAY["fact"]: 90}, "chosen"),
        (SPONSORED, {SPONSORED["fact"]: True}, "sponsored"),
        ({"not": SPONSORED}, {SPONSORED["fact"]: False}, "chosen"),
        ({"not": {"or": [FIRST, TIER]}}, {FIRST["fact"]: False, "member.tier": "silver"}, "chosen"),
        (TIER, {"member.tier": "gold"}, "tier"),
    ],
)
def test_the_word_is_said_in_the_direction_that_means_it(
    when: dict[str, Any], known: dict[str, Any], because: str
) -> None:
    rule = parse_rule(a_rule("promotion", percent_off(), when=when))
    assert reasons(rule, known)[0] == because

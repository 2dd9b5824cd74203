"""Facts of a member: derived on a local day, unknown where nothing is known, and no more than rules read."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loyalty.programme.birthday import age_years
from loyalty.programme.member import ENROLMENT_FIELDS
from loyalty.programme.member_facts import (
    DERIVED,
    MOVING_FACTS,
    PERSON_FACTS,
    TRAIT_FACTS,
    KnownMember,
    Purchases,
    derive_facts,
    months_before,
)
from loyalty.programme.programme import parse_programme
from loyalty.programme.traits import (
    TRAIT_FIELDS,
    FamilyBirthdays,
    TraitInvalid,
    check_segments,
    check_text,
    parse_family,
)
from loyalty.rules.facts import FACTS, MEMBER_PREFIX, Kind
from tests.unit.loyalty.rule_samples import SOL, a_programme_of, a_rule, percent_off

DAY = date(2026, 11, 22)
DAYS = st.dates(date(1900, 1, 1), date(2100, 12, 31))
NAMES = frozenset(name for name in FACTS if name.startswith(MEMBER_PREFIX)) - {"member.is_known"}
NEWCOMER = KnownMember(language="", home_shop=None, enrolled_on=DAY)
KINDS: dict[Kind, type] = {Kind.BOOL: bool, Kind.INT: int, Kind.TEXT: str, Kind.TEXTS: frozenset}


def test_every_fact_of_a_member_is_derived_and_of_its_kind() -> None:
    assert DERIVED.keys() == NAMES
    known = KnownMember(
        language="fr",
        home_shop="lac-1",
        enrolled_on=date(2026, 11, 1),
        birth_date=date(1988, 11, 20),
        family=FamilyBirthdays(date(1990, 11, 22), (date(2020, 1, 1), date(2021, 12, 1))),
        tier="gold",
        grade="core",
        profile="family",
        choices=frozenset({"insurance=railway"}),
        classes=frozenset({"gout"}),
        preferred_channel="sms",
        preferred_payment="cash",
        segments=frozenset({"parents"}),
        is_sponsored=True,
        points=985,
        purchases=Purchases(
            tickets=10,
            returned=1,
            visits_3_months=4,
            spent_3_months_minor=500,
            spent_12_months_minor=900,
            last_on=date(2026, 11, 12),
        ),
    )
    facts = derive_facts(known, NAMES, DAY)
    assert facts == {
        "member.grade": "core",
        "member.profile": "family",
        "member.choices": frozenset({"insurance=railway"}),
        "member.classes": frozenset({"gout"}),
        "member.preferred_channel": "sms",
        "member.preferred_payment": "cash",
        "member.tier": "gold",
        "member.segments": {"parents"},
        "member.language": "fr",
        "member.home_shop": "lac-1",
        "member.age_years": 38,
        "member.birthday_days": 2,
        "member.spouse_birthday_days": 0,
        "member.child_birthday_days": 9,
        "member.points": 985,
        "member.visits": 10,
        "member.visits_3_months": 4,
        "member.spent_3_months_minor": 500,
        "member.spent_12_months_minor": 900,
        "member.is_first_purchase": False,
        "member.days_since_purchase": 10,
        "member.days_since_enrolment": 21,
        "member.is_sponsored": True,
    }
    for name, value in facts.items():
        assert type(value) is KINDS[FACTS[name].kind]


def test_what_is_not_known_of_a_newcomer_stays_unknown() -> None:
    facts = derive_facts(NEWCOMER, NAMES, DAY)
    assert {name for name, value in facts.items() if value is None} == {
        "member.grade",
        "member.profile",
        "member.choices",
        "member.classes",
        "member.preferred_channel",
        "member.preferred_payment",
        "member.tier",
        "member.language",
        "member.home_shop",
        "member.age_years",
        "member.birthday_days",
        "member.spouse_birthday_days",
        "member.child_birthday_days",
        "member.days_since_purchase",
    }
    assert (facts["member.segments"], facts["member.visits"]) == (frozenset(), 1)
    assert (facts["member.is_first_purchase"], facts["member.is_sponsored"]) == (True, False)


def test_only_what_is_needed_is_derived() -> None:
    assert derive_facts(NEWCOMER, frozenset({"member.visits", "basket.currency"}), DAY) == {
        "member.visits": 1
    }


@pytest.mark.parametrize(
    ("rule", "reads"),
    [
        (a_rule("promotion", percent_off()), set()),
        (a_rule("promotion", percent_off(), when={"eq": [{"fact": "member.tier"}, "gold"]}), {"member.tier"}),
        (
            a_rule("promotion", percent_off(), when={"has": [{"fact": "member.segments"}, "gold"]}),
            {"member.segments"},
        ),
        (
            a_rule(
                "promotion", percent_off(), lines={"and": [SOL, {"ge": [{"fact": "member.age_years"}, 18]}]}
            ),
            {"member.age_years"},
        ),
        (a_rule("campaign", {"effect": "points_nth_visit", "every": 10, "points": 5}), {"member.visits"}),
        (a_rule("campaign", {"effect": "points_threshold", "at_points": 9, "points": 5}), {"member.points"}),
        (
            a_rule(
                "promotion",
                {
                    "effect": "bundle_price",
                    "price_minor": 900,
                    "parts": [
                        {"quantity": 1, "lines": SOL},
                        {"quantity": 1, "lines": {"eq": [{"fact": "member.grade"}, "core"]}},
                    ],
                },
            ),
            {"member.grade"},
        ),
        (
            a_rule(
                "promotion",
                {"effect": "buy_get", "buy": 1, "get": 1, "get_lines": {"fact": "member.is_sponsored"}},
            ),
            {"member.is_sponsored"},
        ),
    ],
)
def test_a_programme_knows_which_facts_of_a_member_its_rules_read(
    rule: dict[str, Any], reads: set[str]
) -> None:
    programme = parse_programme(a_programme_of(rule), ruleset_version=1)
    assert programme.member_facts == reads


def test_a_segment_of_a_rule_is_read_by_what_defines_it() -> None:
    segment = a_rule(
        "segment",
        {"effect": "segment", "segment": "loyal"},
        when={"ge": [{"fact": "member.visits_3_months"}, 3]},
    )
    user = a_rule("promotion", percent_off(), when={"has": [{"fact": "member.segments"}, "loyal"]})
    programme = parse_programme(a_programme_of(segment, user), ruleset_version=1)
    assert programme.member_facts == {"member.visits_3_months"}


@given(birthday=DAYS, day=DAYS)
def test_age_rises_by_one_on_a_birthday_and_on_no_other_day(birthday: date, day: date) -> None:
    tomorrow = day + timedelta(days=1)
    grown = age_years(birthday, tomorrow) - age_years(birthday, day)
    assert grown in (0, 1)
    if grown:
        assert (tomorrow.month, tomorrow.day) == (birthday.month, birthday.day) or (
            (birthday.month, birthday.day) == (2, 29) and (tomorrow.month, tomorrow.day) == (2, 28)
        )


@pytest.mark.parametrize(
    ("birthday", "day", "years"),
    [
        ("2008-11-23", "2026-11-22", 17),
        ("2008-11-23", "2026-11-23", 18),
        ("2008-02-29", "2026-02-28", 18),
        ("2008-02-29", "2028-02-28", 19),
        ("2008-02-29", "2028-02-29", 20),
        ("2026-11-23", "2026-11-22", 0),
    ],
)
def test_age_in_whole_years(birthday: str, day: str, years: int) -> None:
    assert age_years(date.fromisoformat(birthday), date.fromisoformat(day)) == years


@pytest.mark.parametrize(
    ("day", "months", "before"),
    [
        ("2026-11-22", 3, "2026-08-22"),
        ("2026-05-31", 3, "2026-02-28"),
        ("2024-05-31", 3, "2024-02-29"),
        ("2026-01-15", 3, "2025-10-15"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2026-12-31", 12, "2025-12-31"),
    ],
)
def test_months_before_end_in_their_own_month(day: str, months: int, before: str) -> None:
    assert months_before(date.fromisoformat(day), months) == date.fromisoformat(before)


@given(day=DAYS, months=st.integers(0, 24))
def test_months_before_is_that_many_months_away(day: date, months: int) -> None:
    before = months_before(day, months)
    assert (day.year - before.year) * 12 + day.month - before.month == months
    assert before.day <= day.day


def test_every_trait_has_a_purpose_and_none_is_a_field_of_enrolment() -> None:
    assert all(TRAIT_FIELDS.values())
    assert not TRAIT_FIELDS.keys() & ENROLMENT_FIELDS.keys()
    assert not TRAIT_FACTS & PERSON_FACTS
    assert not MOVING_FACTS & (TRAIT_FACTS | PERSON_FACTS)


def test_birthdays_of_a_family_are_checked_without_being_repeated() -> None:
    family = parse_family("", ("2021-06-01", "2019-01-02"), today=DAY)
    assert family == FamilyBirthdays(None, (date(2019, 1, 2), date(2021, 6, 1)))
    for spouse, children in (
        ("2027-01-01", ()),
        ("", ("31.12.2020",)),
        ("", ("",)),
        ("", ("2020-01-01",) * 13),
    ):
        with pytest.raises(TraitInvalid) as caught:
            parse_family(spouse, children, today=DAY)
        assert not any(text and text in str(caught.value) for text in (spouse, *children))


@pytest.mark.parametrize("text", ["", "  ", "a|b", "x" * 65, "two\nlines"])
def test_a_name_that_would_part_a_set_or_a_line_is_refused(text: str) -> None:
    with pytest.raises(TraitInvalid):
        check_text("tier", text)


def test_segments_are_counted_after_joining_and_leaving() -> None:
    held = frozenset(f"s{number}" for number in range(50))
    check_segments(held, frozenset({"new"}), frozenset({"s1"}))
    check_segments(held, frozenset({"s1"}), frozenset())
    for join, leave in (({"new"}, set()), ({"a"}, {"a"})):
        with pytest.raises(TraitInvalid):
            check_segments(held, frozenset(join), frozenset(leave))

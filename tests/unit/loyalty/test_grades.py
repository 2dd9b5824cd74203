"""Grades with the figures of J-08: each threshold on both sides, ends of months, one order of precedence."""

from datetime import date
from typing import Any

import pytest

from loyalty.programme.grades import Grade, GradeFacts, GradePolicy, Needed, grade_of, parse_grades
from loyalty.programme.programme import parse_programme
from loyalty.rules.reading import ProgrammeInvalid

DAY = date(2026, 11, 22)
USUAL = GradePolicy()
COMPLETE = frozenset({Needed.FAMILY_NAME, Needed.CONTACT})


def facts(**changed: Any) -> GradeFacts:
    fields: dict[str, Any] = {
        "enrolled_on": date(2024, 1, 1),
        "visits_recent": 0,
        "spent_recent_minor": 0,
        "last_on": None,
        "known": COMPLETE,
        "is_call_back_failed": False,
    }
    return GradeFacts(**fields | changed)


BOUGHT = {"visits_recent": 1, "spent_recent_minor": 10, "last_on": DAY}


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({"visits_recent": 3, "spent_recent_minor": 500_00, "last_on": DAY}, Grade.CORE),
        ({"visits_recent": 2, "spent_recent_minor": 900_00, "last_on": DAY}, Grade.ORDINARY),
        ({"visits_recent": 9, "spent_recent_minor": 499_99, "last_on": DAY}, Grade.ORDINARY),
        (BOUGHT, Grade.ORDINARY),
        ({"enrolled_on": date(2026, 10, 22)}, Grade.NEW),
        ({"enrolled_on": date(2026, 10, 21)}, Grade.DORMANT),
        ({"last_on": date(2026, 8, 21)}, Grade.DORMANT),
        ({"last_on": date(2026, 5, 22), "known": frozenset()}, Grade.DORMANT),
        ({"last_on": date(2026, 5, 21), "known": frozenset()}, Grade.INVALID),
        ({"last_on": date(2026, 5, 21), "is_call_back_failed": True}, Grade.INVALID),
        ({"last_on": date(2026, 5, 21)}, Grade.DORMANT),
        ({"known": frozenset({Needed.FAMILY_NAME})}, Grade.INVALID),
    ],
)
def test_each_threshold_holds_on_its_very_day_and_amount(changed: dict[str, Any], grade: Grade) -> None:
    assert grade_of(USUAL, facts(**changed), DAY) is grade


@pytest.mark.parametrize(
    ("changed", "grade"),
    [
        ({"enrolled_on": DAY, "visits_recent": 3, "spent_recent_minor": 500_00, "last_on": DAY}, Grade.CORE),
        ({"enrolled_on": DAY, **BOUGHT}, Grade.NEW),
        ({"enrolled_on": DAY, "known": frozenset()}, Grade.NEW),
        ({**BOUGHT, "known": frozenset(), "is_call_back_failed": True}, Grade.ORDINARY),
    ],
)
def test_where_two_grades_fit_the_first_in_the_order_is_taken(changed: dict[str, Any], grade: Grade) -> None:
    assert grade_of(USUAL, facts(**changed), DAY) is grade


@pytest.mark.parametrize(
    ("day", "enrolled_on", "grade"),
    [
        (date(2026, 3, 31), date(2026, 2, 28), Grade.NEW),
        (date(2026, 3, 31), date(2026, 2, 27), Grade.DORMANT),
        (date(2028, 3, 31), date(2028, 2, 29), Grade.NEW),
        (date(2028, 3, 31), date(2028, 2, 28), Grade.DORMANT),
        (date(2026, 3, 1), date(2026, 2, 1), Grade.NEW),
    ],
)
def test_a_month_ends_where_the_calendars_does(day: date, enrolled_on: date, grade: Grade) -> None:
    assert grade_of(USUAL, facts(enrolled_on=enrolled_on), day) is grade


def test_the_figures_are_the_programmes_and_default_to_those_of_j_08() -> None:
    assert parse_grades({}) == USUAL
    document = {
        "core": {"visits": 5, "spent_minor": 300_00},
        "recent_months": 2,
        "new_months": 2,
        "lost_months": 12,
        "complete": ["birth_date"],
    }
    programme = parse_programme({"rules": [], "grades": document}, ruleset_version=1)
    assert programme.grades == GradePolicy(
        core_visits=5,
        core_spent_minor=300_00,
        recent_months=2,
        new_months=2,
        lost_months=12,
        complete=(Needed.BIRTH_DATE,),
    )
    assert parse_programme({"rules": []}, ruleset_version=1).grades is None


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ({"core": {"visits": 0}}, "programme.grades.core.visits"),
        ({"core": {"spent": 1}}, "spent_minor"),
        ({"lost_months": 2}, "recent_months"),
        ({"complete": ["shoe_size"]}, "birth_date"),
        ({"new_months": 1.0}, "programme.grades.new_months"),
    ],
)
def test_figures_that_make_no_sense_are_refused_with_the_place(document: Any, place: str) -> None:
    with pytest.raises(ProgrammeInvalid, match=place):
        parse_grades(document)

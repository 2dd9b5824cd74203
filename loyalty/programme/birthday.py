"""Birthdays as rules see them: how many days to or since the nearest one."""

from calendar import isleap
from datetime import date

_FEBRUARY, _LEAP_DAY = 2, 29


def birthday_distance_days(birthday: date, day: date) -> int:
    """Days between a day and the nearest birthday, before or after; 0 on the birthday.

    Whoever is born on 29 February has the birthday on the 28th in a common year.
    """
    near = (_birthday_in(birthday, year) for year in (day.year - 1, day.year, day.year + 1))
    return min(abs((each - day).days) for each in near)


def nearest_birthday_days(birthdays: tuple[date, ...], day: date) -> int | None:
    """The same over several people, e.g. the children; None when no birthday is known."""
    return min((birthday_distance_days(each, day) for each in birthdays), default=None)


def age_years(birthday: date, day: date) -> int:
    """Whole years of age on a day; 0 before birth."""
    return max(0, day.year - birthday.year - (day < _birthday_in(birthday, day.year)))


def _birthday_in(birthday: date, year: int) -> date:
    is_moved = (birthday.month, birthday.day) == (_FEBRUARY, _LEAP_DAY) and not isleap(year)
    return date(year, birthday.month, birthday.day - is_moved)

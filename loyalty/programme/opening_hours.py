"""When a shop is open: OpenStreetMap's notation read, other hours laid over the week, what holds now.

Read is the part of the notation that shops use: weekdays and their ranges, several times a day, `off`,
`24/7`. A later rule replaces an earlier one for its days. What is not understood is no week at all: a screen
says nothing rather than something wrong. Source: https://wiki.openstreetmap.org/wiki/Key:opening_hours/specification
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from typing import Final

from loyalty.errors import LoyaltyError
from loyalty.limits.shops import SHOP_SPANS_PER_DAY_MAX

DAY_MIN: Final = 24 * 60
_WEEKDAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_NAMES: Final = "|".join(_WEEKDAYS)
_BEFORE_DAYS: Final = re.compile(rf"[;,]\s*(?=(?:{_NAMES}|PH|SH)\b)|;")
_DAYS: Final = rf"(?:{_NAMES}|PH|SH)(?:\s*-\s*(?:{_NAMES}))?"
_RULE: Final = re.compile(rf"(?P<days>{_DAYS})?:?\s*(?P<times>.*)", re.ASCII)
_TIMES: Final = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)", re.ASCII)
_CLOSED: Final = frozenset({"off", "closed"})
_LOOK_AHEAD_DAYS: Final = 14

Span = tuple[int, int]
"""From and until, in minutes of the day; until may pass midnight."""


class HoursInvalid(LoyaltyError):
    """Hours of a day that nobody understands."""

    code = "hours_invalid"
    text = "“{given}” are no hours. Write 08:30-12:00,14:00-18:30, or off for a day that is closed."


@dataclass(frozen=True, slots=True)
class WeekSpan:
    """Open on a weekday (0: Monday) from one minute of the day until another, which may pass midnight."""

    weekday: int
    from_min: int
    to_min: int


@dataclass(frozen=True, slots=True)
class OtherDay:
    """A day (ISO date) with other hours than its weekday; without any it is closed."""

    day: str
    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The week as it always is, and the days that are not like it."""

    week: tuple[WeekSpan, ...]
    days: tuple[OtherDay, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """Open or not, and the next moment when that changes; None: not within a fortnight."""

    is_open: bool
    day: date | None = None
    minute: int = 0


def read_week(text: str) -> tuple[WeekSpan, ...] | None:
    """The week that OpenStreetMap's notation tells; None where it tells none, or what we do not read."""
    week: dict[int, tuple[Span, ...]] = {}
    waiting: set[int] = set()
    for rule in _BEFORE_DAYS.split(text.replace("–", "-").strip()):
        found = _RULE.fullmatch(rule.strip())
        if found is None or not rule.strip():
            return None
        named, times = found["days"], found["times"].strip()
        waiting |= _days_of(named)
        if not times and named:
            continue  # "Mo,We 08:00-12:00": the times follow
        spans = _spans_of(times)
        if spans is None:
            return None
        week.update(dict.fromkeys(waiting, spans))
        waiting = set()
    if waiting or not any(week.values()):
        return None
    return tuple(WeekSpan(day, *span) for day in sorted(week) for span in week[day])


def read_day(text: str) -> tuple[Span, ...]:
    """The hours of one day: `08:30-12:00,14:00-18:30`, or `off`. Raises: HoursInvalid."""
    spans = _spans_of(text.replace("–", "-").strip())
    if spans is None:
        raise HoursInvalid(given=text[:60])
    return spans


def _days_of(named: str | None) -> set[int]:
    """Weekdays of a selector; none for public and school holidays, which no weekday is."""
    if named is None:
        return set(range(7))
    first, _, last = (part.strip() for part in named.partition("-"))
    if first not in _WEEKDAYS:
        return set()
    start = _WEEKDAYS.index(first)
    count = (_WEEKDAYS.index(last) - start) % 7 if last else 0
    return {(start + offset) % 7 for offset in range(count + 1)}


def _spans_of(text: str) -> tuple[Span, ...] | None:
    if text in _CLOSED:
        return ()
    if text == "24/7":
        return ((0, DAY_MIN),)
    spans: list[Span] = []
    for part in re.split(r"\s*[,/]\s*", text):
        found = _TIMES.fullmatch(part)
        if found is None:
            return None
        hour, minute, to_hour, to_minute = map(int, found.groups())
        start, end = hour * 60 + minute, to_hour * 60 + to_minute
        if minute > 59 or to_minute > 59 or start >= DAY_MIN or end > 2 * DAY_MIN:
            return None
        spans.append((start, end if end > start else end + DAY_MIN))
    spans.sort()
    is_apart = all(one[1] < other[0] for one, other in pairwise(spans))
    return tuple(spans) if is_apart and len(spans) <= SHOP_SPANS_PER_DAY_MAX else None


def spans_on(hours: OpeningHours, day: date) -> tuple[Span, ...]:
    """When it is open on a day."""
    iso = day.isoformat()
    for other in hours.days:
        if other.day == iso:
            return other.spans
    weekday = day.weekday()
    return tuple((each.from_min, each.to_min) for each in hours.week if each.weekday == weekday)


def other_day(hours: OpeningHours, day: date) -> OtherDay | None:
    """The day's own hours, where it is not like its weekday."""
    iso = day.isoformat()
    return next((each for each in hours.days if each.day == iso), None)


def standing_at(hours: OpeningHours, day: date, minute: int) -> Standing:
    """Open now, and until when; or closed, and until when. Spans that meet at midnight are one."""
    opened_until: int | None = None
    for start, end in _timeline(hours, day):
        if opened_until is not None and start <= opened_until:
            opened_until = max(opened_until, end)
        elif opened_until is not None:
            break
        elif start <= minute < end:
            opened_until = end
        elif start > minute:
            return Standing(False, *_moment(day, start))
    if opened_until is None:
        return Standing(False)
    if opened_until >= _LOOK_AHEAD_DAYS * DAY_MIN:
        return Standing(True)
    return Standing(True, *_moment(day, opened_until))


def _timeline(hours: OpeningHours, day: date) -> Iterator[Span]:
    """Spans in minutes from the day's midnight on, those that began yesterday first."""
    for offset in range(-1, _LOOK_AHEAD_DAYS):
        base = offset * DAY_MIN
        for start, end in spans_on(hours, day + timedelta(days=offset)):
            yield base + start, base + end


def _moment(day: date, minute: int) -> tuple[date, int]:
    """Midnight at which a span ends is still of the evening before: 24:00, not 00:00."""
    days, rest = divmod(minute, DAY_MIN)
    if rest == 0 and days > 0:
        return day + timedelta(days=days - 1), DAY_MIN
    return day + timedelta(days=days), rest


def write_spans(spans: Sequence[Span]) -> str:
    """Hours as people read them: 08:30–12:00, 14:00–18:30."""
    return ", ".join(f"{write_minute(start)}–{write_minute(end)}" for start, end in spans)


def write_minute(minute: int) -> str:
    """A minute of the day: 18:30. Midnight at the end of a day is 24:00."""
    if minute > DAY_MIN:
        minute -= DAY_MIN
    return f"{minute // 60:02d}:{minute % 60:02d}"

"""Opening hours: what is read of OpenStreetMap's notation, days with other hours, open until when."""

from datetime import date

import pytest

from loyalty.programme.opening_hours import (
    HoursInvalid,
    OpeningHours,
    OtherDay,
    Standing,
    WeekSpan,
    read_day,
    read_week,
    spans_on,
    standing_at,
    write_spans,
)
from loyalty.programme.places import length_m, offset_m

THURSDAY = date(2026, 11, 26)


def _week(text: str) -> OpeningHours:
    week = read_week(text)
    assert week is not None, text
    return OpeningHours(week)


@pytest.mark.parametrize(
    ("text", "monday", "wednesday", "sunday"),
    [
        ("Mo-Sa 08:30-20:00", "08:30–20:00", "08:30–20:00", ""),
        (
            "Mo-Fr 09:00-12:30,14:00-19:15; Sa 09:00-12:00",
            "09:00–12:30, 14:00–19:15",
            "09:00–12:30, 14:00–19:15",
            "",
        ),
        ("Mo-Sa 09:15-12:15 / 14:15-19:15, We 16:15-19:15", "09:15–12:15, 14:15–19:15", "16:15–19:15", ""),
        ("Mo,We 08:00-12:00; Su 10:00-11:00", "08:00–12:00", "08:00–12:00", "10:00–11:00"),
        ("Mo-Su 08:00-18:00; We off; PH off", "08:00–18:00", "", "08:00–18:00"),
        ("Sa-Mo 10:00-12:00", "10:00–12:00", "", "10:00–12:00"),
        ("24/7", "00:00–24:00", "00:00–24:00", "00:00–24:00"),
        ("Mo-We 20:00-02:00", "20:00–02:00", "20:00–02:00", ""),
    ],
)
def test_a_week_is_read_as_shops_write_it(text: str, monday: str, wednesday: str, sunday: str) -> None:
    hours = _week(text)
    days = (date(2026, 11, 23), date(2026, 11, 25), date(2026, 11, 29))
    assert tuple(write_spans(spans_on(hours, day)) for day in days) == (monday, wednesday, sunday)


@pytest.mark.parametrize(
    "text",
    ["", "by appointment", "Mo-Fr", "Mo-Fr 8-12", "Mo-Fr 09:00-25:99", "week 1-10 Mo 09:00-12:00", "PH off",
     "Mo-Fr 09:00-12:00 open \"ring\"", "Mo 09:00-13:00,12:00-18:00", "sunrise-sunset"],
)  # fmt: skip
def test_what_is_not_understood_is_no_week(text: str) -> None:
    assert read_week(text) is None


def test_a_day_with_other_hours_goes_before_its_weekday() -> None:
    closed = OtherDay("2026-12-25")
    short = OtherDay("2026-12-24", read_day("08:30-16:00"))
    hours = OpeningHours(_week("Mo-Sa 08:30-18:30").week, (closed, short))
    assert spans_on(hours, date(2026, 12, 25)) == ()
    assert write_spans(spans_on(hours, date(2026, 12, 24))) == "08:30–16:00"
    assert standing_at(hours, date(2026, 12, 24), 16 * 60) == Standing(False, date(2026, 12, 26), 8 * 60 + 30)


def test_hours_of_a_day_that_nobody_understands_are_refused() -> None:
    with pytest.raises(HoursInvalid, match="off"):
        read_day("in the morning")


@pytest.mark.parametrize(
    ("minute", "standing"),
    [
        (8 * 60, Standing(False, THURSDAY, 9 * 60)),
        (9 * 60, Standing(True, THURSDAY, 12 * 60)),
        (12 * 60, Standing(False, THURSDAY, 14 * 60)),
        (18 * 60 + 29, Standing(True, THURSDAY, 18 * 60 + 30)),
        (18 * 60 + 30, Standing(False, date(2026, 11, 30), 9 * 60)),
    ],
)
def test_open_until_or_closed_until(minute: int, standing: Standing) -> None:
    assert standing_at(_week("Mo-Th 09:00-12:00,14:00-18:30"), THURSDAY, minute) == standing


def test_a_night_belongs_to_the_evening_before_and_midnight_is_no_end() -> None:
    night = _week("Mo-We 20:00-02:00")
    assert standing_at(night, THURSDAY, 60) == Standing(True, THURSDAY, 120)
    assert standing_at(night, THURSDAY, 120) == Standing(False, date(2026, 11, 30), 20 * 60)
    assert standing_at(_week("24/7"), THURSDAY, 0) == Standing(True)
    until = standing_at(_week("Th 08:00-24:00; Fr 00:00-06:00"), THURSDAY, 23 * 60)
    assert until == Standing(True, date(2026, 11, 27), 6 * 60)
    assert standing_at(_week("Th 08:00-24:00"), THURSDAY, 1439) == Standing(True, THURSDAY, 1440)


def test_a_shop_that_never_opens_says_no_moment() -> None:
    days = tuple(OtherDay(date(2026, 11, day).isoformat()) for day in range(26, 31))
    days += tuple(OtherDay(date(2026, 12, day).isoformat()) for day in range(1, 31))
    assert standing_at(OpeningHours((WeekSpan(0, 480, 720),), days), THURSDAY, 0) == Standing(False)


def test_neighbours_lie_where_they_lie() -> None:
    east, north = offset_m(
        46_3832000_0 // 10,
        6_2348000_0 // 10,
        latitude_from_e7=46_3832000_0 // 10,
        longitude_from_e7=6_2218000_0 // 10,
    )
    assert north == 0
    assert 980 < east < 1010  # 0.013 degrees at 46 degrees north
    assert length_m(3, 4) == 5

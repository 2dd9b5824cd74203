"""Moments that people write at the command line."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from officine.inputs import InputInvalid
from officine.moments import both_clocks, moment_ms

ZURICH = ZoneInfo("Europe/Zurich")


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2027-03-01", "2027-02-28T23:00"),
        ("2027-07-01", "2027-06-30T22:00"),
        ("2027-03-01T08:30", "2027-03-01T07:30"),
        ("2027-03-01 08:30", "2027-03-01T07:30"),
        ("2027-03-01T08:30Z", "2027-03-01T08:30"),
        ("2027-03-01T08:30+08:00", "2027-03-01T00:30"),
        ("2027-03-28T01:59", "2027-03-28T00:59"),
        ("2027-03-28T03:00", "2027-03-28T01:00"),
        ("2027-10-31T02:30+01:00", "2027-10-31T01:30"),
        ("2027-10-31T03:00", "2027-10-31T02:00"),
    ],
)
def test_a_moment_is_by_the_clock_of_the_place_unless_it_says_otherwise(text: str, utc: str) -> None:
    wanted = datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert moment_ms(text, ZURICH, "--at") == int(wanted.timestamp()) * 1000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tomorrow", "is no moment. Write 2027-03-01"),
        ("2027-02-30", "is no moment"),
        ("2027-03-28T02:30", "does not come in Europe/Zurich"),
        (
            "2027-10-31T02:30",
            "comes twice in Europe/Zurich: clocks change. Write 2027-10-31T00:30Z or 2027-10-31T01:30Z",
        ),
    ],
)
def test_what_is_no_moment_or_more_than_one_is_refused_with_what_to_write(text: str, said: str) -> None:
    with pytest.raises(InputInvalid, match="--at: ") as refused:
        moment_ms(text, ZURICH, "--at")
    assert said in str(refused.value)


def test_a_moment_is_told_by_both_clocks() -> None:
    at_ms = moment_ms("2027-03-01T08:30", ZURICH, "--at")
    assert both_clocks(at_ms, ZURICH) == "2027-03-01 08:30 Europe/Zurich (2027-03-01 07:30 UTC)"
    assert both_clocks(at_ms, UTC) == "2027-03-01 07:30 UTC"

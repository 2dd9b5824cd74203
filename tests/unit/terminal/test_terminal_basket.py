"""A till's moment becomes milliseconds, none lost."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from terminal.till.nexo.basket import occurred_ms, tax_rate_bp_of
from terminal.till.nexo.context import NexoFailure

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
YEAR_2100_MS = 4_102_444_800_000


@given(st.integers(min_value=0, max_value=YEAR_2100_MS))
def test_a_moment_of_whole_milliseconds_is_exact(at_ms: int) -> None:
    time_stamp = (EPOCH + timedelta(milliseconds=at_ms)).isoformat(timespec="milliseconds")

    assert occurred_ms(time_stamp) == at_ms


@pytest.mark.parametrize(
    ("time_stamp", "at_ms"),
    [
        ("2026-11-22T10:15:00.001Z", 1_795_342_500_001),
        ("2026-11-22T11:15:00.001999+01:00", 1_795_342_500_001),
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.001Z", 1_001),
    ],
)
def test_a_moment_is_read_in_its_zone_and_parts_of_a_millisecond_are_dropped(
    time_stamp: str, at_ms: int
) -> None:
    assert occurred_ms(time_stamp) == at_ms


@pytest.mark.parametrize("time_stamp", ["1969-12-31T23:59:59.999Z", "2026-11-22T10:15:00", "yesterday", ""])
def test_a_moment_before_1970_or_without_zone_is_refused(time_stamp: str) -> None:
    with pytest.raises(NexoFailure):
        occurred_ms(time_stamp)


@pytest.mark.parametrize(
    ("tax_code", "rate_bp"),
    [
        ("2.6", 260),
        ("8.10", 810),
        ("20.0", 2000),
        ("0.0", 0),
        ("2", None),
        ("A", None),
        ("8,1", None),
        ("100.1", None),
        ("8.125", None),
        ("", None),
        (None, None),
        ("٢.٦", None),
    ],
)
def test_a_tax_code_is_a_rate_only_where_it_says_so(tax_code: str | None, rate_bp: int | None) -> None:
    assert tax_rate_bp_of(tax_code) == rate_bp

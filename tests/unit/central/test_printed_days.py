"""Days on paper, in the form of the reader's language."""

from datetime import date

import pytest

from loyalty.printed.days import printed_day


@pytest.mark.parametrize(
    ("language", "country", "told"),
    [
        ("fr", "FR", "05/01/2027"),
        ("fr", "CH", "05.01.2027"),
        ("de", "DE", "05.01.2027"),
        ("de", "CH", "05.01.2027"),
        ("it", "", "05/01/2027"),
        ("it", "CH", "05.01.2027"),
        ("en", "CH", "5 Jan 2027"),
        ("zh", "CN", "2027年1月5日"),
        ("rm", "CH", "5 Jan 2027"),
    ],
)
def test_a_day_is_written_as_its_reader_writes_it(language: str, country: str, told: str) -> None:
    assert printed_day(date(2027, 1, 5), language, country) == told

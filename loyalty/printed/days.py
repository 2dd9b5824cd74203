"""A day as people of a language write it; paper has no room for names of months."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

_FORMS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "fr": "{day:02}/{month:02}/{year}",
        "de": "{day:02}.{month:02}.{year}",
        "it": "{day:02}/{month:02}/{year}",
        "fr-CH": "{day:02}.{month:02}.{year}",
        "it-CH": "{day:02}.{month:02}.{year}",
        "zh": "{year}年{month}月{day}日",
    }
)
"""The short forms of Unicode's CLDR, with four digits of the year. English has two orders: it gets words."""
_ENGLISH_MONTHS: Final = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def printed_day(day: date, language: str, country: str = "") -> str:
    """A day on paper, e.g. 31/12/2026 in French, 31.12.2026 in Swiss French, 31 Dec 2026 in English."""
    form = _FORMS.get(f"{language}-{country}") or _FORMS.get(language)
    if form is None:
        return f"{day.day} {_ENGLISH_MONTHS[day.month - 1]} {day.year}"
    return form.format(day=day.day, month=day.month, year=day.year)

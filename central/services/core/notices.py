"""The group's news for its screens: each ends after it has begun."""

from collections.abc import Sequence
from datetime import date

from central.services.core.days import DaysInvalid
from wire.api_catalogue import NoticeView


def require_days(notices: Sequence[NoticeView]) -> None:
    """Raises: DaysInvalid: of a notice that would be over before it began, or on a day that there is not."""
    for notice in notices:
        try:
            named = [date.fromisoformat(day) for day in (notice.from_day, notice.to_day) if day]
        except ValueError:
            raise DaysInvalid(from_day=notice.from_day, to_day=notice.to_day) from None
        if named != sorted(named):
            raise DaysInvalid(from_day=notice.from_day, to_day=notice.to_day)

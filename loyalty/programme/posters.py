"""When a poster hangs: its first and last day, and its hours within the week."""

from dataclasses import dataclass
from datetime import date

from loyalty.programme.opening_hours import OpeningHours, WeekSpan, standing_at


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterTime:
    """Days are ISO dates of the shop, both included. `week`: hours of weekdays; empty: at any hour."""

    from_day: str
    to_day: str
    week: tuple[WeekSpan, ...] = ()

    def is_over(self, day: date) -> bool:
        """Whether it will never be shown again."""
        return self.to_day < day.isoformat()

    def is_shown(self, day: date, minute: int) -> bool:
        """Whether it hangs in this minute of the shop's day."""
        if not self.from_day <= day.isoformat() <= self.to_day:
            return False
        return not self.week or standing_at(OpeningHours(self.week), day, minute).is_open

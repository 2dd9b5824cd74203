"""Spans of days that people name."""

from loyalty.errors import LoyaltyError


class DaysInvalid(LoyaltyError):
    """Days that are none, or end before they begin."""

    code = "days_invalid"
    text = "{from_day} to {to_day} are no days, or end before they begin. Write them as 2026-11-22."

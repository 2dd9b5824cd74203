"""How values look to a person: moments, amounts, yes and no."""

from datetime import UTC, datetime

from loyalty.money import format_minor, scale_of


def moment(at_ms: int | None) -> str | None:
    """UTC, to the minute; None stays None."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")


def amount(minor: int | None, currency: str) -> str | None:
    """Minor units with their decimals and currency; None stays None."""
    if minor is None:
        return None
    return f"{format_minor(minor, scale_of(currency))} {currency}"

"""How values look to a person: moments, amounts, what the law says of a programme."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from loyalty.money import format_minor, scale_of
from officine.output import print_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wire import api_value


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


def print_findings(findings: "Sequence[api_value.FindingView]") -> None:
    """What stops a programme and what to look at, each with what to do."""
    if findings:
        rows = [("stops it" if f.is_blocking else "look", f.code, f.path, f.detail) for f in findings]
        print_rows(f"\n{len(findings)} findings", ("", "Code", "Where", "What"), rows)

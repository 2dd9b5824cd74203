"""The pairs of a terminal's AdditionalResponse, as a cashier reads them."""

from collections.abc import Iterator, Mapping
from typing import Final

from officine.shown import amount

PLAIN: Final = {
    "memberName": "member",
    "balance": "balance",
    "points": "points",
    "pointsToday": "points today",
    "earned": "points earned",
    "takenBack": "points taken back",
    "owed": "of them owed",
    "expiringPoints": "next to expire",
    "expiringLastDay": "their last day",
    "proof": "proved by",
    "queued": "queued",
    "message": "on the member's paper",
}
NOT_SHOWN: Final = {"language", "currency", "scale", "total", "pointsFrom", "pointsTo", "worthMinor"}


def facts_of(pairs: Mapping[str, str], currency: str) -> dict[str, object]:
    """Names and values to print; a pair nobody named here is shown as it came."""
    lines = sorted({int(name.partition(".")[2]) for name in pairs if name.startswith("amount.")})
    known = {f"{name}.{line}" for line in lines for name in ("price", "amount", "points")}
    facts: dict[str, object] = {shown: pairs[name] for name, shown in PLAIN.items() if name in pairs}
    if "pointsFrom" in pairs:
        facts["balance"] = f"{pairs['pointsFrom']} to {pairs.get('pointsTo', '…')} points"
    if "total" in pairs:
        facts["total"] = amount(int(pairs["total"]), currency)
    for line in lines:
        facts[f"line {line}"] = ", ".join(_line(pairs, line, currency))
    rest = pairs.keys() - PLAIN.keys() - NOT_SHOWN - known
    return facts | {name: pairs[name] for name in sorted(rest)}


def _line(pairs: Mapping[str, str], line: int, currency: str) -> Iterator[str]:
    yield f"paid {amount(int(pairs[f'amount.{line}']), currency)}"
    if f"price.{line}" in pairs:
        yield f"listed at {amount(int(pairs[f'price.{line}']), currency)}"
    yield f"{pairs.get(f'points.{line}', '0')} points"

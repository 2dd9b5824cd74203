"""What a replay sent, booked, and could not place; how fast central was."""

from collections.abc import Sequence

import msgspec

from loyalty.money import format_minor
from tools.replay.plan import Tally
from tools.replay.uci_file import PRICE_SCALE


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """Lines, units and money of a part of the file; `amount` is exact decimal text in pounds."""

    lines: int
    quantity: int
    amount: str
    amount_e4: int


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """Duration of ticket requests as the till sees them, microseconds; all 0 when none was sent."""

    requests: int
    p50_us: int
    p95_us: int
    p99_us: int
    max_us: int


class UnmatchedView(msgspec.Struct, frozen=True, kw_only=True):
    """Units given back that no earlier sale of that member explains: reported, no points move."""

    line: int
    invoice: str
    code: str
    customer: str
    quantity: int
    amount: str


class RefusedView(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the file that is not sent, and why."""

    line: int
    code: str
    detail: str


class ErrorView(msgspec.Struct, frozen=True, kw_only=True):
    """A request that central refused for good."""

    what: str
    status: int
    code: str
    detail: str


class ReplayReport(msgspec.Struct, frozen=True, kw_only=True):
    """The account of a replay: in units and money, read = sold + returned + unmatched + refused.

    `booked` counts answers that wrote, `replayed` those central had given before. Points are those of booked
    tickets; `points_owed` is the part of `points_reversed` that members had no points for.
    `tickets_per_s` is per 1,000 to stay whole: 123456 is 123.456 tickets a second.
    """

    group_id: str
    articles: int
    members: int
    read: Account
    sold: Account
    returned: Account
    unmatched: Account
    refused: Account
    tickets: int
    sales_booked: int
    sales_replayed: int
    returns_booked: int
    returns_replayed: int
    points_accrued: int
    points_reversed: int
    points_owed: int
    points_net: int
    returned_value_minor: int
    retries: int
    took_ms: int
    tickets_per_1000_s: int
    latency: Latency
    error_count: int
    errors: list[ErrorView]
    unmatched_lines: list[UnmatchedView]
    refused_lines: list[RefusedView]


def pounds_of(amount_e4: int) -> str:
    """Pounds as exact decimal text: two decimals, more only where they say something."""
    text = format_minor(amount_e4, PRICE_SCALE)
    return text[:-2] + text[-2:].rstrip("0")


def account_of(tally: Tally) -> Account:
    """A tally with its amount as exact text."""
    return Account(
        lines=tally.lines,
        quantity=tally.quantity,
        amount=pounds_of(tally.amount_e4),
        amount_e4=tally.amount_e4,
    )


def latency_of(took_us: Sequence[int]) -> Latency:
    """Nearest-rank percentiles."""
    ordered = sorted(took_us)
    return Latency(
        requests=len(ordered),
        p50_us=_rank(ordered, 50),
        p95_us=_rank(ordered, 95),
        p99_us=_rank(ordered, 99),
        max_us=_rank(ordered, 100),
    )


def _rank(ordered: Sequence[int], percent: int) -> int:
    """The smallest value that at least `percent` of all are not above; 0 of nothing."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)] if ordered else 0


def facts_of(report: ReplayReport) -> dict[str, object]:
    """The report to print for a person."""
    latency = report.latency
    return {
        "group": report.group_id,
        "articles, members": f"{report.articles}, {report.members}",
        "read": _text(report.read),
        "sold": _text(report.sold),
        "returned": _text(report.returned),
        "returns without a sale": _text(report.unmatched),
        "refused": _text(report.refused),
        "sales booked, known before": f"{report.sales_booked}, {report.sales_replayed}",
        "returns booked, known before": f"{report.returns_booked}, {report.returns_replayed}",
        "points accrued, reversed, net": (
            f"{report.points_accrued}, {report.points_reversed}, {report.points_net}"
        ),
        "of the reversed owed by members": report.points_owed,
        "tickets": f"{report.tickets} in {report.took_ms / 1000:.1f} s",
        "tickets/s": f"{report.tickets_per_1000_s / 1000:.1f}",
        "answer p50, p95, p99, max": (
            f"{latency.p50_us / 1000:.1f}, {latency.p95_us / 1000:.1f}, {latency.p99_us / 1000:.1f},"
            f" {latency.max_us / 1000:.1f} ms"
        ),
        "sent again": report.retries,
        "errors": report.error_count,
    }


def _text(account: Account) -> str:
    return f"{account.lines} lines, {account.quantity} units, {account.amount} GBP"

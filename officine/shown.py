"""How values look to a person: moments, amounts, what the law says of a programme."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.markup import escape

from loyalty.money import format_minor, scale_of
from officine.output import console

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


def percent(share_bp: int) -> str:
    """Basis points as a percentage: `2.50 %`."""
    return f"{format_minor(share_bp, 2)} %"


def what_for(what: str) -> str:
    """What one party owes another for, in words."""
    from central.services.clearing.paper_words import says

    return says(what, "en").replace("_", " ")


def counted(count: int, one: str, more: str) -> str:
    """A count with its word: 1 finding, 2 findings."""
    return f"{count} {one if count == 1 else more}"


def print_findings(
    findings: "Sequence[api_value.FindingView]", line_of: "Callable[[str], int | None] | None" = None
) -> None:
    """What stops a programme and what to look at, each with what to do, once for all rules it is true of.

    Args:
        line_of: the line of the file that a finding's path leads to, where there is a file.
    """
    if not findings:
        return
    places: dict[tuple[bool, str, str], list[str]] = {}
    for each in findings:
        line = line_of(each.path) if line_of is not None else None
        where = each.path if line is None else f"{each.path} (line {line})"
        places.setdefault((each.is_blocking, each.code, each.detail), []).append(where)
    console().print(f"\n[bold]{counted(len(places), 'finding', 'findings')}[/]")
    for (is_blocking, code, detail), paths in sorted(places.items(), key=lambda each: not each[0][0]):
        mark = "[bold red]stops it[/]" if is_blocking else "[yellow]look[/]"
        # Not in a table: a source's address that is folded cannot be opened.
        console().print(f"{mark}  {escape(code)}  [dim]{escape(', '.join(paths))}[/]", soft_wrap=True)
        for told in detail.splitlines():
            console().print(f"    {escape(told)}", soft_wrap=True)

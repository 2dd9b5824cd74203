"""`make bench`: figures of the whole stack on this machine, printed and on request as JSON."""

import asyncio
import logging
import os
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

import click
import msgspec
import structlog
from rich.console import Console
from rich.table import Table

from tools.bench import pricing, sales, tap_to_screen
from tools.bench.figures import Figures
from tools.demo.desk.server import Facts
from tools.demo.run import MADE_FILE, TILL_ID, make_group
from tools.demo.stack import Stack, StackPlan, short_directory
from tools.till import Item, SimulatedTill
from wire import api

TAP_GOAL_P95_MS = 100


@dataclass(frozen=True)
class Results:
    """Everything measured in one run."""

    taps: tap_to_screen.TapFigures
    sales: sales.SalesFigures
    pricing: pricing.PricingFigures


async def measure() -> Results:
    """Generate a group, start the programs, measure, stop."""
    tell = Console(stderr=True, highlight=False).print
    with tempfile.TemporaryDirectory(prefix="officine-bench-") as folder, short_directory() as sockets:
        state = Path(folder)
        token_file = state / "terminal.token"
        tell("Generating the demo group …")
        await make_group(state, token_file, lambda *_: None)
        facts = msgspec.json.decode((state / MADE_FILE).read_bytes(), type=Facts)
        stack = Stack(StackPlan(state=state, sockets=sockets, terminal_token_file=token_file))
        try:
            tell("Starting the programs …")
            await stack.start()
            tell("Tapping cards, awarding tickets …")
            chips = [card for card in facts.cards if card.kind == "ms_card"]
            code, article = next(iter(facts.articles.items()))
            item = Item(
                line_no=0, code=code, quantity=1, amount_minor=article.price_minor, label=article.name
            )
            async with SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=stack.plan.poi_id) as till:
                taps = await tap_to_screen.measure(stack, chips, item, till)
            tell("Sending tickets to central …")
            holders = [
                api.EvidenceBody(medium=card.evidence.medium, value=card.evidence.value) for card in chips
            ]
            token = token_file.read_text(encoding="ascii").strip()
            sold = await sales.measure(stack.central_url, token, holders, list(facts.articles), state)
        finally:
            await stack.stop()
    tell("Quoting against 10 to 10,000 promotions …")
    return Results(taps=taps, sales=sold, pricing=await asyncio.to_thread(pricing.measure))


def tell_table(results: Results) -> None:
    """Print the figures for a person."""
    table = Table(box=None, header_style="dim", padding=(0, 2, 0, 0))
    for name in ("", "n", "min", "median", "p95", "p99", "max"):
        table.add_column(name, justify="left" if not name else "right")
    rows: dict[str, Figures] = {
        "tap to screen, ms": results.taps.tap_to_screen_ms,
        "award to the new balance on the screen (counted up in 220 ms), ms": results.taps.award_to_screen_ms,
        "award to the till's answer, ms": results.taps.award_answer_ms,
        f"sale through the API ({sales.CLIENTS} clients), ms": results.sales.request_ms,
    }
    for name, each in rows.items():
        values = (each.minimum, each.median, each.p95, each.p99, each.maximum)
        table.add_row(name, str(each.count), *(f"{value:.1f}" for value in values))
    console = Console(highlight=False)
    console.print(table)
    sold = results.sales
    console.print(
        f"\ntickets of {sales.LINES_PER_TICKET} lines: {sold.tickets_per_s:,.0f}/s, client and central on"
        f" {os.cpu_count()} cores · this disk alone, one durable row at a time:"
        f" {sold.bare_commits_per_s:,.0f}/s · ratio {sold.ratio:.2f}"
    )
    p95 = results.taps.tap_to_screen_ms.p95
    pricing.tell(results.pricing, console)
    verdict = "met" if p95 < TAP_GOAL_P95_MS else "missed"
    console.print(f"goal: tap to screen p95 under {TAP_GOAL_P95_MS} ms: {p95:.1f} ms, {verdict}")


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def main(as_json: bool) -> None:
    """Measure tap to screen and tickets per second on this machine."""
    warnings_only = structlog.make_filtering_bound_logger(logging.WARNING)
    structlog.configure(wrapper_class=warnings_only)
    results = asyncio.run(measure())
    if as_json:
        sys.stdout.write(msgspec.json.encode(asdict(results)).decode() + "\n")
    else:
        tell_table(results)


if __name__ == "__main__":
    main()

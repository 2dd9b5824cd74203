"""Tap to screen on the whole stack: generate the demo group, start the four programs, tap, award, stop."""

import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec

from terminal.till.keys import key_file
from terminal.till.keys.key_file import TillKey
from tools.bench import tap_to_screen
from tools.bench.figures import Figures
from tools.bench.progress import OnProgress
from tools.bench.report import Measured, Report, against
from tools.demo.desk.facts import Facts
from tools.demo.run import MADE_FILE, TILL_ID, make_group
from tools.demo.stack import Stack, StackPlan, short_directory
from tools.till import Item, SimulatedTill

TAP_GOAL_P95_MS: Final = 100


@asynccontextmanager
async def a_running_stack(
    till_keys: Sequence[TillKey] = (), on_progress: OnProgress = lambda *_: None
) -> AsyncIterator[tuple[Stack, Facts]]:
    """The demo group on the four programs; its terminal knows these keys, and takes plain messages too."""
    with tempfile.TemporaryDirectory(prefix="officine-bench-") as folder, short_directory() as sockets:
        state = Path(folder)
        token_file = state / "terminal.token"
        await make_group(state, token_file, on_progress)
        facts = msgspec.json.decode((state / MADE_FILE).read_bytes(), type=Facts)
        key_file.save(state / "terminal" / "till-keys.json", tuple(till_keys))
        stack = Stack(StackPlan(state=state, sockets=sockets, terminal_token_file=token_file))
        try:
            await stack.start(on_progress=on_progress)
            yield stack, facts
        finally:
            await stack.stop()


async def measure(report: Report, on_progress: OnProgress) -> None:
    """Tap cards and award tickets on a running stack."""
    async with a_running_stack(on_progress=on_progress) as (stack, facts):
        chips = [card for card in facts.cards if card.kind == "ms_card"]
        code, article = next(iter(facts.articles.items()))
        item = Item(line_no=0, code=code, quantity=1, amount_minor=article.price_minor, label=article.name)
        async with SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=stack.plan.poi_id) as till:
            found = await tap_to_screen.measure(stack, chips, item, till, on_progress)
    _tell(report, "tap to screen", found.tap_to_screen_ms, TAP_GOAL_P95_MS)
    _tell(report, "award to the new balance, counted up in 220 ms", found.award_to_screen_ms)
    _tell(report, "award to the till's answer", found.award_answer_ms)


def _tell(report: Report, name: str, found: Figures, goal_p95_ms: int | None = None) -> None:
    report.measured.append(Measured(name=f"{name}, median", unit="ms", rounds=(found.median,)))
    if goal_p95_ms is None:
        report.measured.append(Measured(name=f"{name}, p95", unit="ms", rounds=(found.p95,)))
        return
    of, goal = f"{goal_p95_ms} ms", f"p95 < {goal_p95_ms}"
    report.measured.append(against(f"{name}, p95", "ms", [found.p95], of, [goal_p95_ms], goal))

"""A till's round trip on the whole stack: award of five lines, encrypted, plain and in XML, by turns."""

import time
from contextlib import AsyncExitStack
from typing import Final

from reader_daemon import control
from terminal.till.keys.key_file import TillKey, new_passphrase
from tools.bench.figures import figures
from tools.bench.report import Measured, Report
from tools.bench.taps import a_running_stack
from tools.demo.run import TILL_ID
from tools.till import Item, SimulatedTill
from tools.till.xml_till import XmlTill
from wire.nexo.envelope import SealingKey, derive

LINES: Final = 5
WARM_UP: Final = 10
ROUND_TRIPS: Final = 300
NANOSECONDS_PER_MS: Final = 1_000_000


async def measure(report: Report) -> None:
    """From the first byte of the till's request, built and sealed, to its answer, opened and read."""
    key = TillKey(identifier="bench", version=1, passphrase=new_passphrase())
    sealing = SealingKey(key.identifier, key.version, derive(key.passphrase))
    async with a_running_stack([key]) as (stack, facts), AsyncExitStack() as open_tills:
        poi_id = stack.plan.poi_id
        items = [
            Item(line_no=number, code=code, quantity=1, amount_minor=article.price_minor)
            for number, (code, article) in enumerate(list(facts.articles.items())[:LINES])
        ]
        tills = {
            "encrypted": SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=poi_id, key=sealing),
            "plain": SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=poi_id),
            "XML": XmlTill(stack.nexo_url, sale_id=TILL_ID, poi_id=poi_id),
        }
        for till in tills.values():
            await open_tills.enter_async_context(till)
        chip = next(card for card in facts.cards if card.kind == "ms_card")
        done = await control.tap(stack.plan.reader_control_socket, chip.evidence)
        assert not done.error, done.error
        await tills["plain"].acquire()
        took_ms: dict[str, list[float]] = {name: [] for name in tills}
        for number in range(WARM_UP + ROUND_TRIPS):
            for name, till in tills.items():
                elapsed_ms = await _award(till, items)
                if number >= WARM_UP:
                    took_ms[name].append(elapsed_ms)
    for name, sample in took_ms.items():
        found = figures(sample)
        for rank, value in (("p50", found.median), ("p99", found.p99)):
            report.measured.append(
                Measured(name=f"till's award of {LINES} lines, {name}, {rank}", unit="ms", rounds=(value,))
            )


async def _award(till: SimulatedTill, items: list[Item]) -> float:
    begun_ns = time.monotonic_ns()
    answer = await till.award(items)
    elapsed_ns = time.monotonic_ns() - begun_ns
    assert answer.response.result == "Success", answer.response
    assert answer.loyalty_result is not None, "central answered in time"
    return elapsed_ns / NANOSECONDS_PER_MS

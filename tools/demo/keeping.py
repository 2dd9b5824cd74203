"""A program of the demo that ends is started again, as systemd does in the shop; not for ever."""

import time
from collections import deque
from collections.abc import Callable
from typing import Final

from tools.demo.programs import ProgramFailed
from tools.demo.stack import Stack

STARTS_MAX: Final = 5
"""So often one program is started again within `STARTS_WITHIN_S`; who ends once more ends the demo."""
STARTS_WITHIN_S: Final = 60
"""As `StartLimitIntervalSec` of the units in `systemd/`."""

Tell = Callable[[str], None]
"""Takes a line for whoever shows the demo."""


async def keep_running(stack: Stack, tell: Tell) -> str:
    """Start again whatever ends; returns what to tell once a program has ended too often."""
    begun: dict[str, deque[float]] = {}
    while True:
        program = await stack.any_ended()
        how, now_s = program.how_it_ended(), time.monotonic()
        latest = begun.setdefault(program.name, deque(maxlen=STARTS_MAX))
        while latest and now_s - latest[0] >= STARTS_WITHIN_S:
            latest.popleft()
        if len(latest) == STARTS_MAX:
            return (
                f"{how}, after {STARTS_MAX} new starts within {STARTS_WITHIN_S} s; the demo ends.\n"
                f"The last lines of its log:\n{program.log_tail()}"
            )
        latest.append(now_s)
        count = f"start {len(latest)} of at most {STARTS_MAX} within {STARTS_WITHIN_S} s"
        tell(f"{how}: it is started again ({count})")
        try:
            await stack.start((program.name,), is_mended=False)
        except ProgramFailed:
            await stack.kill(program.name)  # it has ended once more
        else:
            tell(f"{program.name} runs again")

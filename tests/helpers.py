"""Small helpers that several areas' tests share; keep it tiny."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

T = TypeVar("T")

POLL_S = 0.01
SOON_S = 30
"""For what takes a moment, on a machine that is busy with ten other things."""


async def eventually(predicate: Callable[[], T | Awaitable[T]], deadline_s: float = SOON_S) -> T:
    """Wait until `predicate()` (or what it awaits to) is true, and return it; fail after `deadline_s`.

    An AssertionError of the predicate counts as "not yet"; the last one is the text of the failure.
    """
    until_s = time.monotonic() + deadline_s
    while True:
        last: AssertionError | None = None
        try:
            found = predicate()
            value = await found if inspect.isawaitable(found) else found
            if value:
                return value
        except AssertionError as error:
            last = error
        if time.monotonic() > until_s:
            raise AssertionError(
                f"did not happen within {deadline_s} s: {last or inspect.getsource(predicate)}"
            )
        await asyncio.sleep(POLL_S)


SHOPS_ZONE = ZoneInfo("Europe/Zurich")
"""Of the shops that tests make."""


def shops_day(at_ms: int) -> date:
    """The local day of the shops at a moment: for an hour or two each night it is not the day by UTC."""
    return datetime.fromtimestamp(at_ms / 1000, SHOPS_ZONE).date()

"""Guesses of numbers that are worth money: whoever makes them waits, head office hears, others are served."""

from central.services.access import Actor
from central.services.clock import monotonic_clock
from central.services.context import Context
from central.services.identify import TooManyTries
from central.services.limiter import SlidingWindow
from loyalty import limits


class Guesses:
    """One count for gift cards and vouchers, by terminal. A slip fails its check digit and is no guess.

    Each worker process counts on its own.
    """

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock
        self._tries = SlidingWindow(
            tries=limits.GUESSES_PER_TERMINAL, window_s=limits.GUESS_WINDOW_S, clock=monotonic_clock
        )
        self._reports = SlidingWindow(tries=1, window_s=limits.GUESS_REPORT_EVERY_S, clock=monotonic_clock)

    async def require_room(self, actor: Actor) -> None:
        """Before numbers are looked up: who guessed too often learns of none. Raises: TooManyTries."""
        await self._refuse(actor, self._tries.wait_s(_key(actor)))

    async def count(self, actor: Actor) -> None:
        """A number that nobody has. Raises: TooManyTries."""
        await self._refuse(actor, self._tries.count_try(_key(actor)))

    async def _refuse(self, actor: Actor, retry_after_s: int | None) -> None:
        if retry_after_s is None:
            return
        if self._reports.count_try(_key(actor)) is None:
            await self._store.report_guessing(
                actor.group_id,
                token_id=actor.token_id,
                terminal_id=actor.terminal_id,
                shop_id=actor.shop_id,
                tries=limits.GUESSES_PER_TERMINAL,
                now_ms=self._clock(),
            )
        raise TooManyTries(retry_after_s=retry_after_s)


def _key(actor: Actor) -> str:
    return f"{actor.group_id}/{actor.token_id}"

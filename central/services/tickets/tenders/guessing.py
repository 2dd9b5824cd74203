"""Guesses of numbers that are worth money: whoever makes them waits, head office hears, others are served."""

from typing import Final

from central.services.core.access import Actor
from central.services.core.clock import monotonic_clock
from central.services.core.context import Context
from central.services.core.limiter import SlidingWindow
from central.services.members.identify import TooManyTries
from central.storage.interface.guesses import GuessAsked, Guesser, GuessLimit
from loyalty.limits import value as limits

_LIMIT: Final = GuessLimit(tries=limits.GUESSES_PER_TERMINAL, window_ms=limits.GUESS_WINDOW_S * 1000)


class Guesses:
    """One count for gift cards and vouchers, by terminal. A slip fails its check digit and is no guess.

    It lies in the store: however many workers a terminal's guesses reach, they are counted together.
    """

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._clock = context.clock
        # The store keeps head office from hearing it twice, this ten thousand refusals from asking it to.
        self._reports = SlidingWindow(tries=1, window_s=limits.GUESS_REPORT_EVERY_S, clock=monotonic_clock)

    async def require_room(self, actor: Actor) -> None:
        """Before numbers are looked up: who guessed too often learns of none. Raises: TooManyTries."""
        now_ms = self._clock()
        await self._refuse(
            actor, await self._store.find_next_guess(actor.group_id, actor.token_id, _LIMIT, now_ms), now_ms
        )

    def asked(self, actor: Actor) -> GuessAsked:
        """What `require_room` reads, for one who reads other things with it."""
        return GuessAsked(actor.token_id, _LIMIT, self._clock())

    async def require_room_found(self, actor: Actor, next_guess_ms: int | None) -> None:
        """As `require_room`, where it was read together with the numbers. Raises: TooManyTries."""
        await self._refuse(actor, next_guess_ms, self._clock())

    async def count(self, actor: Actor) -> None:
        """A number that nobody has. Raises: TooManyTries."""
        now_ms = self._clock()
        await self._refuse(
            actor, await self._store.count_guess(actor.group_id, actor.token_id, _LIMIT, now_ms), now_ms
        )

    async def _refuse(self, actor: Actor, next_ms: int | None, now_ms: int) -> None:
        if next_ms is None:
            return
        if self._reports.count_try(f"{actor.group_id}/{actor.token_id}") is None:
            await self._store.report_guessing(
                actor.group_id,
                Guesser(actor.token_id, actor.terminal_id, actor.shop_id),
                tries=limits.GUESSES_PER_TERMINAL,
                every_ms=limits.GUESS_REPORT_EVERY_S * 1000,
                now_ms=now_ms,
            )
        raise TooManyTries(retry_after_s=max(1, (next_ms - now_ms + 999) // 1000))

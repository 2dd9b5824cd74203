"""Tries of one token, counted in the store: a guesser who reaches many workers has no more of them."""

from central.services.core.access import Actor
from central.services.core.clock import Clock
from central.storage.base import Store
from central.storage.interface.guesses import GuessLimit


class SharedTries:
    """At most `tries` of `what` per token in any `window_s`, whichever worker they reach."""

    def __init__(self, store: Store, clock: Clock, what: str, *, tries: int, window_s: int) -> None:
        self._store = store
        self._clock = clock
        self._what = what
        self._limit = GuessLimit(tries=tries, window_ms=window_s * 1000)

    async def count(self, actor: Actor, of: str = "") -> int | None:
        """Count one try before it is looked at; None: it is allowed, else whole seconds until the next is.

        `of`: what is tried, where that has the limit and not the token.
        """
        group_id, now_ms = actor.group_id, self._clock()
        key = f"{self._what}:{of}" if of else self._key(actor)
        # Read first: who is refused ten thousand times writes nothing. The statement that counts decides.
        next_ms = await self._store.find_next_guess(group_id, key, self._limit, now_ms)
        if next_ms is None:
            next_ms = await self._store.count_guess(group_id, key, self._limit, now_ms)
        return None if next_ms is None else max(1, (next_ms - now_ms + 999) // 1000)

    async def give_back(self, actor: Actor) -> None:
        """The last try was none that counts: it was right."""
        await self._store.take_back_guess(actor.group_id, self._key(actor))

    def _key(self, actor: Actor) -> str:
        return f"{self._what}:{actor.token_id}"

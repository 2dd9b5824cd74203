"""A sliding window that makes guessing slow."""

from collections import OrderedDict, deque

from central.services.core.clock import Clock
from loyalty.limits.web import LIMITER_KEYS_MAX


class SlidingWindow:
    """At most `tries` per key in any `window_s` seconds; forgets the longest idle of too many keys."""

    def __init__(self, *, tries: int, window_s: int, clock: Clock) -> None:
        self._tries = tries
        self._window_ms = window_s * 1000
        self._clock = clock
        self._seen: OrderedDict[str, deque[int]] = OrderedDict()

    def count_try(self, key: str) -> int | None:
        """Count one try; None when it is allowed, else whole seconds until the next one is."""
        now_ms = self._clock()
        tries = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while len(self._seen) > LIMITER_KEYS_MAX:
            self._seen.popitem(last=False)
        retry_after_s = self.wait_s(key)
        if retry_after_s is None:
            tries.append(now_ms)
        return retry_after_s

    def wait_s(self, key: str) -> int | None:
        """Whole seconds until this key may try again; None: now."""
        tries = self._seen.get(key)
        if tries is None:
            return None
        now_ms = self._clock()
        while tries and tries[0] <= now_ms - self._window_ms:
            tries.popleft()
        if len(tries) < self._tries:
            return None
        return max(1, (tries[0] + self._window_ms - now_ms + 999) // 1000)

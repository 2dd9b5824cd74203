"""Events: reading them, and waking those who follow a group."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from central.storage.interface.rows import EventRow
from central.storage.unit import Snapshot

_LIST_EVENTS = """
SELECT seq, kind, at_ms, body FROM event WHERE group_id = :group_id AND seq > :after_seq
ORDER BY seq LIMIT :limit
"""


def list_events(snapshot: Snapshot, group_id: str, after_seq: int, limit: int) -> Sequence[EventRow]:
    bindings = {"group_id": group_id, "after_seq": after_seq, "limit": limit}
    return [EventRow(*row) for row in snapshot.all(_LIST_EVENTS, bindings)]


class Followers:
    """Who waits for events, by group. Lives on the event loop alone."""

    def __init__(self) -> None:
        self._bells: dict[str, set[asyncio.Event]] = defaultdict(set)
        self.is_closed = False

    @contextmanager
    def following(self, group_id: str) -> Iterator[asyncio.Event]:
        """A bell that rings when the group has new events. Clear it before reading, not after."""
        bell = asyncio.Event()
        self._bells[group_id].add(bell)
        try:
            yield bell
        finally:
            self._bells[group_id].discard(bell)
            if not self._bells[group_id]:
                del self._bells[group_id]

    def wake(self, groups: Iterable[str]) -> None:
        """New events of these groups are committed."""
        for group_id in groups:
            for bell in self._bells.get(group_id, ()):
                bell.set()

    def close(self) -> None:
        """End all following."""
        self.is_closed = True
        self.wake(tuple(self._bells))

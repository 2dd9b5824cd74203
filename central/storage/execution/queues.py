"""What waits for a store's threads: by group, bounded, and served in turn."""

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from central.storage.interface.common import StoreBusy

ItemT = TypeVar("ItemT")


class FairQueue(Generic[ItemT]):
    """Items by group. Groups are served in turn, and one that sends too much is refused before the others.

    `group_max` bounds what one group has waiting, `total_max` all together.
    """

    def __init__(self, *, group_max: int, total_max: int) -> None:
        self._group_max = group_max
        self._total_max = total_max
        self._waiting: OrderedDict[str, deque[ItemT]] = OrderedDict()
        """Groups that have something waiting, the next to be served first."""
        self._served: set[str] = set()
        """Groups whose items somebody works on alone."""
        self._count = 0
        self._is_closed = False
        self._lock = threading.RLock()  # taken by itself: the condition's own way to it is written in Python
        self._changed = threading.Condition(self._lock)

    def put(self, group: str, item: ItemT) -> None:
        """Let an item wait its turn.

        Raises: StoreBusy: the group or all groups have too much waiting, or nothing is taken any more.
        """
        with self._lock:
            items = self._waiting.get(group)
            if self._is_closed or self._count >= self._total_max:
                raise StoreBusy
            if items is None:
                items = self._waiting[group] = deque()
            elif len(items) >= self._group_max:
                raise StoreBusy
            items.append(item)
            self._count += 1
            self._changed.notify()

    @contextmanager
    def adding(self) -> Iterator[None]:
        """Nothing is taken while many are put."""
        with self._lock:
            yield

    def take(self, count: int, *, may_wait: bool = True) -> list[ItemT]:
        """Up to `count` items, one of each group in turn; none: closed and empty, or nothing is there now."""
        with self._lock:
            while not self._waiting and may_wait and not self._is_closed:
                self._changed.wait()
            taken: list[ItemT] = []
            while self._waiting and len(taken) < count:
                group, items = self._waiting.popitem(last=False)
                taken.append(items.popleft())
                if items:
                    self._waiting[group] = items
            self._count -= len(taken)
            return taken

    def take_group(self, count: int) -> tuple[str, list[ItemT]]:
        """Up to `count` items of the next group that nobody works on; it is the caller's until `finish`.

        No items: closed and empty.
        """
        with self._lock:
            while True:
                group = next((each for each in self._waiting if each not in self._served), None)
                if group is not None:
                    break
                if self._is_closed and not self._waiting:
                    return "", []
                self._changed.wait()
            items = self._waiting.pop(group)
            taken = [items.popleft() for _ in range(min(count, len(items)))]
            if items:
                self._waiting[group] = items
            self._served.add(group)
            self._count -= len(taken)
            return group, taken

    def finish(self, group: str) -> None:
        """The group's items may be taken again."""
        with self._lock:
            self._served.discard(group)
            self._changed.notify_all()

    def close(self) -> None:
        """Take no more; what waits is still given out."""
        with self._lock:
            self._is_closed = True
            self._changed.notify_all()

    def depth(self) -> int:
        """Items that wait now."""
        return self._count

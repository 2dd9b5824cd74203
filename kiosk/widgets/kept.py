"""What was made last is kept, within a limit: a kiosk stays up for months."""

from collections import OrderedDict
from collections.abc import Callable
from typing import Generic, TypeVar

import pygame

K = TypeVar("K")
V = TypeVar("V")


def bytes_of(picture: pygame.Surface) -> int:
    """The memory that its pixels take."""
    return picture.get_height() * picture.get_pitch()


def _one(_value: object) -> int:
    return 1


class Kept(Generic[K, V]):
    """Values by key; what was asked for longest ago goes first. The one that was kept last always stays."""

    def __init__(self, limit: int, *, size_of: Callable[[V], int] = _one) -> None:
        """limit: of the sum of `size_of` over all of them; unless told otherwise each counts one."""
        self._values: OrderedDict[K, V] = OrderedDict()
        self._limit = limit
        self._size_of = size_of
        self._size = 0

    def __len__(self) -> int:
        return len(self._values)

    @property
    def size(self) -> int:
        """Of all that is kept."""
        return self._size

    def find(self, key: K) -> V | None:
        """What is kept of this key, which is used by that; None: nothing."""
        known = self._values.get(key)
        if known is not None:
            self._values.move_to_end(key)
        return known

    def keep(self, key: K, value: V) -> V:
        """Keep it, and let go what is over the limit."""
        self.drop(key)
        self._values[key] = value
        self._size += self._size_of(value)
        while self._size > self._limit and len(self._values) > 1:
            _, old = self._values.popitem(last=False)
            self._size -= self._size_of(old)
        return value

    def get(self, key: K, make: Callable[[], V]) -> V:
        """What is kept of this key, or what is made now."""
        known = self.find(key)
        return self.keep(key, make()) if known is None else known

    def items(self) -> list[tuple[K, V]]:
        """All of it; what was used longest ago is first."""
        return list(self._values.items())

    def drop(self, key: K) -> None:
        """Let this one go, if it is here."""
        old = self._values.pop(key, None)
        if old is not None:
            self._size -= self._size_of(old)

    def take_oldest(self) -> V:
        """What was used longest ago, which is kept no more."""
        _, old = self._values.popitem(last=False)
        self._size -= self._size_of(old)
        return old

    def clear(self) -> None:
        """Let all go."""
        self._values.clear()
        self._size = 0

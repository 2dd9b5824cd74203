"""The group as the terminal knows it: as central last said, or as kept from the last run."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Final

import msgspec

from terminal.clock import Clock, Keeps, TrustedTime, zone_of
from wire.api_catalogue import GroupView

GROUP: Final = "group"
"""The name it is kept under."""


class KnownGroup:
    """Its face, currency and shop; the shop's day. `load` first."""

    def __init__(
        self, store: Keeps, time: TrustedTime, *, clock: Clock, said: Callable[[], GroupView | None]
    ) -> None:
        self._store, self._time, self._clock, self._said = store, time, clock, said
        self._kept: GroupView | None = None

    def find(self) -> GroupView | None:
        """As it is known now; None until central has said it once."""
        return self._said() or self._kept

    def time_zone(self) -> str:
        """The shop's, an IANA name; UTC while none is known."""
        return _zone(self.find())

    def today(self) -> str:
        """The shop's day now, as an ISO date; never before the moment that central last told."""
        latest_ms = max(self._clock(), self._time.earliest_ms())
        return datetime.fromtimestamp(latest_ms / 1000, zone_of(self.time_zone())).date().isoformat()

    async def load(self) -> None:
        """Read what was kept."""
        kept = await self._store.find_kept(GROUP)
        if kept is not None:
            self._kept = msgspec.json.decode(kept, type=GroupView)
            await _read_zone(self._kept)

    async def keep(self, group: GroupView) -> None:
        """For the next run; what is asked of a terminal for a moment (support) is not for that.

        Raises: apsw.Error, LoyaltyError.
        """
        self._kept = msgspec.structs.replace(group, support=None)
        await self._store.keep(GROUP, msgspec.json.encode(self._kept))
        await _read_zone(self._kept)


def _zone(group: GroupView | None) -> str:
    return group.shop.time_zone if group is not None and group.shop is not None else "UTC"


async def _read_zone(group: GroupView) -> None:
    """The first look at a zone reads a file: off the loop."""
    await asyncio.to_thread(zone_of, _zone(group))

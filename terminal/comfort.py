"""How loud and bright the kiosk is, as staff set it: kept over restarts of anything."""

from collections.abc import Callable
from typing import Final

import msgspec
import structlog

from terminal.till_store import TillStore
from wire.comfort import USUAL, Comfort

log = structlog.get_logger(__name__)

KEPT: Final = "comfort"


class KeptComfort:
    """`on_change` is called after every change."""

    def __init__(self, store: TillStore, on_change: Callable[[], None]) -> None:
        self._store = store
        self._on_change = on_change
        self.now = USUAL

    async def load(self) -> None:
        """As the last run had it; what this release does not allow is as usual."""
        kept = await self._store.find_kept(KEPT)
        try:
            self.now = msgspec.json.decode(kept, type=Comfort) if kept else USUAL
        except msgspec.DecodeError as error:
            log.warning("comfort_unreadable", reason=str(error))

    async def set(self, comfort: Comfort) -> None:
        """From here on; on the disk first."""
        await self._store.keep(KEPT, msgspec.json.encode(comfort))
        self.now = comfort
        self._on_change()

"""The keys in use: derived once each, read again when their file changes: a rotation needs no restart."""

import asyncio
import time
from pathlib import Path
from typing import Final

import structlog

from loyalty.limits.tills import TILL_KEYS_LOOK_S
from terminal.till.keys.key_file import TillKey, TillKeysUnusable, load
from wire.nexo.envelope import SealingKey, derive

log = structlog.get_logger(__name__)

_Mark = tuple[int, int, int]
_NEVER: Final = -1.0e9


class KeyRing:
    """Finds a key by identifier and version. A key that was paired with another terminal is not in use here.

    `trial`: the key of a till that is being paired; it opens messages that book nothing.
    """

    def __init__(self, path: Path, *, poi_id: str = "") -> None:
        self._path = path
        self._poi_id = poi_id
        self.trial: SealingKey | None = None
        self._keys: dict[tuple[str, int], SealingKey] = {}
        self._kept: dict[tuple[str, int], TillKey] = {}
        self._mark: _Mark | None = None
        self._looked_s = _NEVER
        self._looking = asyncio.Lock()

    async def look(self) -> None:
        """Read the file if it changed; a file that cannot be used leaves no key in use."""
        async with self._looking:
            mark = await asyncio.to_thread(_mark_of, self._path)
            self._looked_s = time.monotonic()
            if mark == self._mark:
                return
            try:
                kept = await asyncio.to_thread(load, self._path)
            except TillKeysUnusable as error:
                log.error("till_keys_unusable", reason=str(error))
                kept = ()
            kept = tuple(each for each in kept if each.till is None or each.till.poi_id == self._poi_id)
            known = {place: key for place, key in self._keys.items() if self._is_same(place, kept)}
            for each in kept:
                place = (each.identifier, each.version)
                if place not in known:
                    secrets = await asyncio.to_thread(derive, each.passphrase)
                    known[place] = SealingKey(each.identifier, each.version, secrets, _sale_id_of(each))
            self._keys, self._mark = known, mark
            self._kept = {(each.identifier, each.version): each for each in kept}
            log.info("till_keys", keys=[f"{name} v{version}" for name, version in sorted(known)])

    async def find(self, identifier: str, version: int) -> SealingKey | None:
        """The key a till names; one that was removed is gone after TILL_KEYS_LOOK_S at the latest."""
        if time.monotonic() - self._looked_s >= TILL_KEYS_LOOK_S:
            await self.look()
        trial = self.trial
        if trial is not None and (trial.identifier, trial.version) == (identifier, version):
            return trial
        return self._keys.get((identifier, version))

    async def newest(self, sale_id: str = "") -> SealingKey | None:
        """The key for what this terminal says first to a till: its own, else the highest version of those
        that are nobody's own, then the first name.
        """
        if time.monotonic() - self._looked_s >= TILL_KEYS_LOOK_S:
            await self.look()
        return min(
            (key for key in self._keys.values() if key.sale_id in ("", sale_id)),
            key=lambda key: (key.sale_id != sale_id, -key.version, key.identifier),
            default=None,
        )

    async def has_any(self) -> bool:
        """Whether any till can speak here."""
        await self.look()
        return bool(self._keys)

    def is_trial(self, key: SealingKey) -> bool:
        """Whether this is the key of a till that is not paired yet."""
        return key is self.trial

    def _is_same(self, place: tuple[str, int], kept: tuple[TillKey, ...]) -> bool:
        before = self._kept.get(place)
        return before is not None and any(
            (each.identifier, each.version) == place
            and (each.passphrase, _sale_id_of(each)) == (before.passphrase, _sale_id_of(before))
            for each in kept
        )


def _sale_id_of(key: TillKey) -> str:
    return key.till.sale_id if key.till else ""


def _mark_of(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_mode

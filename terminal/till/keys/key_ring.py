"""The keys in use: derived once each, read again when their file changes: a rotation needs no restart."""

import asyncio
import time
from pathlib import Path
from typing import Final

import structlog

from loyalty.limits import TILL_KEYS_LOOK_S
from terminal.till.keys.key_file import TillKey, TillKeysUnusable, load
from wire.nexo.envelope import SealingKey, derive

log = structlog.get_logger(__name__)

_Mark = tuple[int, int, int]
_NEVER: Final = -1.0e9


class KeyRing:
    """Finds a key by identifier and version."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys: dict[tuple[str, int], SealingKey] = {}
        self._passphrases: dict[tuple[str, int], str] = {}
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
            known = {place: key for place, key in self._keys.items() if self._is_same(place, kept)}
            for each in kept:
                place = (each.identifier, each.version)
                if place not in known:
                    secrets = await asyncio.to_thread(derive, each.passphrase)
                    known[place] = SealingKey(each.identifier, each.version, secrets)
            self._keys, self._mark = known, mark
            self._passphrases = {(each.identifier, each.version): each.passphrase for each in kept}
            log.info("till_keys", keys=[f"{name} v{version}" for name, version in sorted(known)])

    async def find(self, identifier: str, version: int) -> SealingKey | None:
        """The key a till names; one that was removed is gone after TILL_KEYS_LOOK_S at the latest."""
        if time.monotonic() - self._looked_s >= TILL_KEYS_LOOK_S:
            await self.look()
        return self._keys.get((identifier, version))

    async def newest(self) -> SealingKey | None:
        """The key for what this terminal says first: the highest version, then the first name."""
        if time.monotonic() - self._looked_s >= TILL_KEYS_LOOK_S:
            await self.look()
        return min(self._keys.values(), key=lambda key: (-key.version, key.identifier), default=None)

    def _is_same(self, place: tuple[str, int], kept: tuple[TillKey, ...]) -> bool:
        return any(
            (each.identifier, each.version) == place and each.passphrase == self._passphrases.get(place)
            for each in kept
        )


def _mark_of(path: Path) -> _Mark | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_mode

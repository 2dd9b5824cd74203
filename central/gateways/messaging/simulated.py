"""A way out that ends in a folder: for a demo, and for a shop that tries messages before it sends any."""

import asyncio
import re
from pathlib import Path
from typing import Final

import msgspec

from central.gateways.messaging.base import HandoverFailed, Letter
from wire.files import write_private

_UNFIT: Final = re.compile(r"[^A-Za-z0-9._-]")


class SimulatedOutlet:
    """Writes each letter into a file of its own; the same letter again is the same file."""

    def __init__(self, folder: Path, channel: str) -> None:
        self._folder = folder
        self._channel = channel

    async def hand_over(self, letter: Letter) -> None:
        """See `Outlet`."""
        path = self._folder / f"{self._channel}-{_UNFIT.sub('_', letter.message_id)}.json"
        try:
            await asyncio.to_thread(self._write, path, letter)
        except OSError as error:
            raise HandoverFailed("folder_unusable") from error

    def _write(self, path: Path, letter: Letter) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            write_private(path, msgspec.json.format(msgspec.json.encode(letter)))
        except FileExistsError:
            return

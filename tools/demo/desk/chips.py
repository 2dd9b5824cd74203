"""Chips of the cards on the desk: each tap shows a fresh message, as a real NTAG 424 DNA does."""

import asyncio
from pathlib import Path
from typing import Self

import msgspec

from tools.cards.kinds import SunCard
from wire.files import replace_file
from wire.messages import Evidence


class DeskChip(msgspec.Struct, kw_only=True):
    """What stands in the chip; all in hexadecimal."""

    uid: str
    meta_key: str
    mac_key: str
    counter: int = 0


class ChipFile(msgspec.Struct, kw_only=True):
    """The chips by card, kept with the group: a counter that falls back is refused as a copy."""

    chips: dict[str, DeskChip]

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read it."""
        return msgspec.json.decode(path.read_bytes(), type=cls)

    def save(self, path: Path) -> None:
        """Write it, for its owner alone."""
        replace_file(path, msgspec.json.encode(self), 0o600)


class Chips:
    """The chips of one desk."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = ChipFile.load(path)

    async def tapped(self, card_id: str) -> tuple[Evidence, str] | None:
        """What the reader sees of the chip at its next tap, and its UID; None: that card has no such chip."""
        chip = self._file.chips.get(card_id)
        if chip is None:
            return None
        chip.counter += 1
        await asyncio.to_thread(self._file.save, self._path)
        card = SunCard(
            bytes.fromhex(chip.uid),
            meta_key=bytes.fromhex(chip.meta_key),
            mac_key=bytes.fromhex(chip.mac_key),
        )
        card.counter = chip.counter
        return Evidence(medium="ntag424", value=card.sun_url()), chip.uid

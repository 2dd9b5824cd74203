"""The verbs of `central.storage.interface.chips`; see `central.storage.async_verbs.store`.

One line each, but for a tap that moves nothing: it is read first, and waits for no writer.
"""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.chips import CardKeysRow, CardProofRow, ChipTapRow
from central.storage.interface.rows import CardRow
from central.storage.verbs import chips


class ChipVerbs(VerbRunner):
    """See `central.storage.interface.chips.ChipStore`; a part of `VerbStore`."""

    async def add_card_keys(self, row: CardKeysRow) -> None:
        await self._write(chips.add_card_keys, row)

    async def list_card_keys(self, group_id: str) -> Sequence[CardKeysRow]:
        return await self._read(chips.list_card_keys, group_id)

    async def retire_card_keys(self, group_id: str, version: int, now_ms: int) -> bool:
        return await self._write(chips.retire_card_keys, group_id, version, now_ms)

    async def find_tap(self, group_id: str, uid: str) -> ChipTapRow | None:
        return await self._read(chips.find_tap, group_id, uid)

    async def accept_tap(self, row: ChipTapRow, *, same_since_ms: int) -> bool:
        if await self._read(chips.is_same_tap, row, same_since_ms=same_since_ms):
            return True
        return await self._write(chips.accept_tap, row, same_since_ms=same_since_ms)

    async def keep_card_proof(self, row: CardProofRow) -> bool:
        return await self._write(chips.keep_card_proof, row)

    async def find_card_proof(self, group_id: str, uid: str) -> CardProofRow | None:
        return await self._read(chips.find_card_proof, group_id, uid)

    async def bind_chip(self, group_id: str, card_number: str, uid: str, now_ms: int) -> CardRow:
        return await self._write(chips.bind_chip, group_id, card_number, uid, now_ms)

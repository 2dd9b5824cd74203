"""The verbs of `central.storage.interface.stored_value` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.stored_value import (
    GiftBatchRow,
    GiftCardMove,
    GiftCardRow,
    GiftCardStands,
    ReturnTender,
    SaleTender,
    ValueAct,
    ValueActRow,
)
from central.storage.verbs import gift_cards, lines, stored_value
from loyalty.ledger.postings import Transaction
from loyalty.value.moves import Allotted
from loyalty.value.tenders import LineShare


class StoredValueVerbs(VerbRunner):
    """See `central.storage.interface.stored_value.StoredValueStore`; a part of `VerbStore`."""

    async def record_act(self, act: ValueAct) -> Recorded[ValueActRow]:
        return await self._write(stored_value.record_act, act)

    async def find_act(self, group_id: str, act_id: str) -> ValueActRow | None:
        return await self._read(stored_value.find_act, group_id, act_id)

    async def list_acts(self, group_id: str, from_ms: int, to_ms: int, limit: int) -> Sequence[ValueActRow]:
        return await self._scan(stored_value.list_acts, group_id, from_ms, to_ms, limit)

    async def find_gift_cards(
        self, group_id: str, code_hashes: Sequence[bytes], asset: str
    ) -> dict[bytes, GiftCardStands]:
        return await self._read(gift_cards.find_gift_cards, group_id, code_hashes, asset)

    async def get_gift_card(self, group_id: str, gift_card_id: str, asset: str) -> GiftCardStands | None:
        return await self._read(gift_cards.get_gift_card, group_id, gift_card_id, asset)

    async def put_gift_batch(self, row: GiftBatchRow, cards: Sequence[GiftCardRow]) -> Recorded[GiftBatchRow]:
        return await self._write(gift_cards.put_gift_batch, row, cards)

    async def move_gift_batch(self, row: GiftBatchRow, from_states: Sequence[str]) -> GiftBatchRow:
        return await self._write(gift_cards.move_gift_batch, row, from_states)

    async def find_gift_batch(self, group_id: str, batch_id: str) -> GiftBatchRow | None:
        return await self._read(gift_cards.find_gift_batch, group_id, batch_id)

    async def list_gift_batches(self, group_id: str, before_ms: int, limit: int) -> Sequence[GiftBatchRow]:
        return await self._scan(gift_cards.list_gift_batches, group_id, before_ms, limit)

    async def list_batch_cards(
        self, group_id: str, batch_id: str, after_place: int, limit: int, asset: str
    ) -> Sequence[GiftCardStands]:
        return await self._scan(gift_cards.list_batch_cards, group_id, batch_id, after_place, limit, asset)

    async def activate_cards(self, group_id: str, moves: Sequence[tuple[GiftCardMove, Transaction]]) -> int:
        return await self._write(gift_cards.activate_cards, group_id, moves)

    async def find_sale_tenders(self, group_id: str, sale_id: str) -> Sequence[SaleTender]:
        return await self._read(stored_value.find_sale_tenders, group_id, sale_id)

    async def list_return_tenders(self, group_id: str, return_id: str) -> Sequence[ReturnTender]:
        return await self._read(stored_value.list_return_tenders, group_id, return_id)

    async def list_line_shares(self, group_id: str, line_key: bytes) -> Sequence[LineShare]:
        return await self._read(lines.list_shares, group_id, line_key)

    async def list_allotted(self, group_id: str, transaction_id: str) -> Sequence[Allotted]:
        return await self._read(stored_value.list_allotted, group_id, transaction_id)

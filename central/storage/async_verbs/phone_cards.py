"""The verbs of `central.storage.interface.phone_cards` one line each; see `async_verbs.store`."""

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.phone_cards import PhoneCardRow
from central.storage.verbs import phone_cards


class PhoneCardVerbs(VerbRunner):
    """See `central.storage.interface.phone_cards.PhoneCardStore`; a part of `VerbStore`."""

    async def put_phone_card(self, row: PhoneCardRow) -> Recorded[PhoneCardRow]:
        return await self._write(phone_cards.put_phone_card, row)

    async def find_phone_card(self, group_id: str, handle: str) -> PhoneCardRow | None:
        return await self._read(phone_cards.find_phone_card, group_id, handle)

    async def end_phone_card(self, group_id: str, card_number: str, now_ms: int) -> bool:
        return await self._write(phone_cards.end_phone_card, group_id, card_number, now_ms)

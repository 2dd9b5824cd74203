"""The verbs of `central.storage.interface.insured_cards` one line each; see `async_verbs.store`."""

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.insured_cards import InsuredCardRow
from central.storage.interface.standings import ConsentRow
from central.storage.verbs import insured_cards, insured_links


class InsuredCardVerbs(VerbRunner):
    """See `central.storage.interface.insured_cards.InsuredCardStore`; a part of `VerbStore`."""

    async def link_insured_card(self, row: InsuredCardRow, member_id: str, consent: ConsentRow) -> Change:
        return await self._write(insured_links.link_insured_card, row, member_id, consent)

    async def find_insured_card(self, group_id: str, card_hash: bytes) -> InsuredCardRow | None:
        return await self._read(insured_cards.find_insured_card, group_id, card_hash)

"""The verbs of `central.storage.interface.insured_cards` one line each; see `async_verbs.store`."""

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.insured_cards import InsuredCardRow, InsuredLink
from central.storage.verbs import insured_cards, insured_links


class InsuredCardVerbs(VerbRunner):
    """See `central.storage.interface.insured_cards.InsuredCardStore`; a part of `VerbStore`."""

    async def link_insured_card(self, link: InsuredLink) -> bool:
        return await self._write(insured_links.link_insured_card, link)

    async def find_insured_card(self, group_id: str, card_hash: bytes) -> InsuredCardRow | None:
        return await self._read(insured_cards.find_insured_card, group_id, card_hash)

"""The verbs of `central.storage.interface.sponsors` one line each, see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.sponsors import SponsorRow
from central.storage.verbs import sponsors


class SponsorVerbs(VerbRunner):
    """See `central.storage.interface.sponsors.SponsorStore`; a part of `VerbStore`."""

    async def rank_sponsors(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[SponsorRow]:
        return await self._scan(sponsors.rank_sponsors, group_id, from_ms, to_ms, limit)

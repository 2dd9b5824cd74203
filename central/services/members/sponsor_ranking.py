"""Who sponsors best, and what the sponsored bring (C-11)."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from wire import api_traits


class SponsorRankingService:
    """Ranks sponsors."""

    def __init__(self, context: Context) -> None:
        self._store = context.store

    async def rank(self, actor: Actor, query: api_traits.SponsorQuery) -> api_traits.SponsorListView:
        """The sponsors whose members spent most in a span of time; returns are taken off."""
        access.require(actor, access.MEMBERS_READ)
        rows = await self._store.rank_sponsors(actor.group_id, query.from_ms, query.to_ms, query.limit)
        return api_traits.SponsorListView(
            sponsors=[
                api_traits.SponsorView(
                    sponsor_id=row.sponsor_id,
                    sponsored=row.sponsored,
                    buyers=row.buyers,
                    spent_minor=row.spent_minor,
                )
                for row in rows
            ]
        )

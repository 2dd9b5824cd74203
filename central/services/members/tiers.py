"""The programme's tiers for head office: who is in which, and how a member comes to theirs."""

from central.services.core import access
from central.services.core.access import Actor
from central.services.core.context import Context
from central.services.core.sealed_people import require_there
from central.services.group.groups import GroupsService
from central.services.members.standings import StandingsService
from central.storage.interface.facts import WORKED_OUT
from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.web import PAGE_ROWS_MAX
from loyalty.programme.tiers import TierPolicy, require_tier
from wire import api_tiers


class NoTiers(LoyaltyError):
    """The programme says nothing of tiers: they are given by hand alone."""

    code = "no_tiers"
    trouble = Trouble.NOT_FOUND
    text = "The programme has no tiers to work out. Write `tiers` into it, with their thresholds."


class TiersService:
    """Reads tiers; they are worked out with the other standings, and given by hand as traits."""

    def __init__(self, context: Context, groups: GroupsService, standings: StandingsService) -> None:
        self._store = context.store
        self._groups = groups
        self._standings = standings

    async def list_tiers(self, actor: Actor) -> api_tiers.TierListView:
        """The tiers, and how many members are in each. Raises: NoTiers."""
        access.require(actor, access.MEMBERS_READ)
        currency, policy = await self._policy(actor)
        counts = await self._store.count_tier_members(actor.group_id, policy.names)
        return api_tiers.TierListView(
            count=policy.count.value,
            period=policy.period.value,
            months=policy.months,
            down=policy.down.value,
            currency=currency,
            tiers=[
                api_tiers.TierStepView(tier=step.tier, at=step.at, members=counts[step.tier])
                for step in policy.steps
            ],
            is_up_to_date=await self._standings.is_up_to_date(actor.group_id),
        )

    async def list_members(
        self, actor: Actor, tier: str, *, after: str = "", limit: int = PAGE_ROWS_MAX
    ) -> api_tiers.TierPageView:
        """A page of who is in a tier, whoever gave it. Raises: NoTiers, TierUnknown."""
        access.require(actor, access.MEMBERS_READ)
        _, policy = await self._policy(actor)
        require_tier(policy, tier)
        size = min(limit, PAGE_ROWS_MAX)
        rows = await self._store.list_tier_members(actor.group_id, tier, after, size + 1)
        return api_tiers.TierPageView(
            members=[
                api_tiers.TierMemberView(
                    member_id=row.member_id,
                    from_ms=row.from_ms,
                    by="purchases" if row.actor == WORKED_OUT else "hand",
                    until=row.until_day,
                )
                for row in rows[:size]
            ],
            next=rows[size - 1].member_id if len(rows) > size else None,
            is_up_to_date=await self._standings.is_up_to_date(actor.group_id),
        )

    async def of_member(self, actor: Actor, member_id: str) -> api_tiers.MemberTierView:
        """A member's tier now, and what it follows from. Raises: MemberNotFound, MemberMerged, NoTiers."""
        access.require(actor, access.MEMBERS_READ)
        currency, policy = await self._policy(actor)
        require_there(await self._store.find_member(actor.group_id, member_id), member_id)
        found = await self._standings.tier_of(actor.group_id, member_id)
        held, worked_out = found.by_hand, found.by_purchases
        assert worked_out is not None, "the programme has tiers"
        return api_tiers.MemberTierView(
            member_id=member_id,
            tier=worked_out.tier if held is None else held.value,
            by="purchases" if held is None else "hand",
            until=None if held is None else held.until_day,
            count=policy.count.value,
            currency=currency,
            by_purchases=worked_out.tier,
            counted=worked_out.counted,
            before=worked_out.before,
            period_from=policy.begins_on(found.day).isoformat(),
            next_tier=worked_out.next_tier,
            missing=worked_out.missing,
        )

    async def _policy(self, actor: Actor) -> tuple[str, TierPolicy]:
        group = await self._groups.get(actor.group_id)
        if group.programme.tiers is None:
            raise NoTiers
        return group.row.currency, group.programme.tiers

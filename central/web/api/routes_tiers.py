"""Operations on tiers; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.core import sealed_people as people
from central.services.members import tiers as service
from central.web.api.route import Answer, Call, Route
from loyalty.programme import tiers
from wire import api_segments, api_tiers


async def list_tiers(call: Call) -> Answer:
    """The programme's tiers with their thresholds, and how many members are in each."""
    return Answer(await call.services.tiers.list_tiers(call.actor))


async def list_tier_members(call: Call) -> Answer:
    """A page of the members of a tier, since when, and whether purchases or a person gave it."""
    query: api_segments.SegmentQuery = call.query
    page = await call.services.tiers.list_members(
        call.actor, call.path["tier"], after=query.after, limit=query.limit
    )
    return Answer(page)


async def get_member_tier(call: Call) -> Answer:
    """A member's tier today, what it follows from, and what is missing to the next."""
    return Answer(await call.services.tiers.of_member(call.actor, call.path["member_id"]))


TIER_ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/tiers",
        operation="list_tiers",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=list_tiers,
        answer=api_tiers.TierListView,
        errors=(service.NoTiers,),
    ),
    Route(
        method="GET",
        path="/api/v1/tiers/{tier}/members",
        operation="list_tier_members",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=list_tier_members,
        query=api_segments.SegmentQuery,
        answer=api_tiers.TierPageView,
        errors=(service.NoTiers, tiers.TierUnknown),
    ),
    Route(
        method="GET",
        path="/api/v1/members/{member_id}/tier",
        operation="get_member_tier",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=get_member_tier,
        answer=api_tiers.MemberTierView,
        errors=(service.NoTiers, people.MemberNotFound, people.MemberMerged),
    ),
)

"""Operations on the traits of members; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.core import requests as tickets
from central.services.core import sealed_people as people
from central.web.api.route import Answer, Call, Route
from loyalty.programme import tiers, traits
from wire import api_traits


async def get_traits(call: Call) -> Answer:
    """What rules look at of a member: tier, grade, segments, sponsor, birthdays of the family."""
    return Answer(await call.services.traits.get(call.actor, call.path["member_id"]))


async def change_traits(call: Call) -> Answer:
    """Change traits of a member; what is left out stays, the same again changes nothing."""
    return Answer(await call.services.traits.change(call.actor, call.path["member_id"], call.body))


async def rank_sponsors(call: Call) -> Answer:
    """Who sponsors best: whom they brought, and what these spent in a span of time."""
    return Answer(await call.services.sponsors.rank(call.actor, call.query))


_PATH: Final = "/api/v1/members/{member_id}/traits"

TRAIT_ROUTES: Final = (
    Route(
        method="GET",
        path="/api/v1/sponsors",
        operation="rank_sponsors",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=rank_sponsors,
        query=api_traits.SponsorQuery,
        answer=api_traits.SponsorListView,
    ),
    Route(
        method="GET",
        path=_PATH,
        operation="get_traits",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=get_traits,
        answer=api_traits.TraitsView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
        ),
    ),
    Route(
        method="PATCH",
        path=_PATH,
        operation="change_traits",
        tag="members",
        permission=access.MEMBERS_WRITE,
        handler=change_traits,
        body=api_traits.TraitsBody,
        answer=api_traits.TraitsView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
            traits.TraitInvalid,
            traits.SponsorRefused,
            traits.GradeIsWorkedOut,
            tiers.TierUnknown,
            tickets.TryAgain,
        ),
    ),
)

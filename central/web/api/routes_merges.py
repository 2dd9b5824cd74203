"""Operations on merges of members; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, requests, sealed_people
from central.services.ledger import corrections, merging
from central.services.members import erasure
from central.storage.base import IdempotencyConflict
from central.web.api.route import Answer, Call, Route
from loyalty.programme import traits
from wire import api_merges, api_value


async def merge_member(call: Call) -> Answer:
    """Make a duplicate a part of the member, for good; what is too much for one person waits for a second."""
    view, is_replay = await call.services.merging.request(call.actor, call.path["member_id"], call.body)
    return Answer(view, is_replay=is_replay)


async def list_merges(call: Call) -> Answer:
    """Merges that wait for a second person."""
    return Answer(await call.services.merging.list_pending(call.actor))


async def decide_merge(call: Call) -> Answer:
    """Do or refuse the merge that another person asked for."""
    view, is_replay = await call.services.merging.decide(call.actor, call.path["merge_id"], call.body)
    return Answer(view, is_replay=is_replay)


_PREFIX: Final = "/api/v1"
_JOINING: Final = (
    sealed_people.MemberNotFound,
    sealed_people.MemberMerged,
    erasure.MemberIsPaying,
    merging.PursesTogetherTooFull,
    merging.MergeTooMany,
    traits.TraitInvalid,
    requests.TryAgain,
)

MERGE_ROUTES: Final = (
    Route(
        method="POST",
        path=f"{_PREFIX}/members/{{member_id}}/merge",
        operation="merge_member",
        tag="members",
        permission=access.MEMBERS_MERGE,
        handler=merge_member,
        body=api_merges.MergeBody,
        answer=api_merges.MergeView,
        errors=(*_JOINING, merging.MergeWithItself, IdempotencyConflict),
        is_repeatable=True,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/merges",
        operation="list_merges",
        tag="members",
        permission=access.VALUE_APPROVE,
        handler=list_merges,
        answer=api_merges.MergeListView,
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/merges/{{merge_id}}/decision",
        operation="decide_merge",
        tag="members",
        permission=access.VALUE_APPROVE,
        handler=decide_merge,
        body=api_value.DecisionBody,
        answer=api_merges.MergeView,
        errors=(*_JOINING, merging.MergeNotFound, merging.MergeDecided, corrections.SecondPersonNeeded),
        is_repeatable=True,
    ),
)

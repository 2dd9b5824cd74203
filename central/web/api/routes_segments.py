"""Operations on segments, consents and call-backs; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.core import requests as tickets
from central.services.core import sealed_people as people
from central.services.members import consents
from central.storage.base import IdempotencyConflict
from central.web.api.route import Answer, Call, Route
from loyalty.programme import segments, traits
from loyalty.rules import sql, validate
from loyalty.rules.reading import ProgrammeInvalid
from wire import api_segments

_CONDITION: Final = (
    ProgrammeInvalid,
    sql.NotAboutMembers,
    validate.UnknownOperation,
    validate.UnknownFact,
    validate.KindsDoNotMix,
    validate.RuleTooDeep,
    validate.RuleTooCostly,
)


async def list_segments(call: Call) -> Answer:
    """The segments of the programme, and how many members are in each."""
    return Answer(await call.services.segments.list_segments(call.actor))


async def count_segment(call: Call) -> Answer:
    """How many members are in a segment; about health only from ten on, or with health.read."""
    return Answer(await call.services.segments.count(call.actor, call.path["segment"]))


async def list_segment_members(call: Call) -> Answer:
    """A page of the members of a segment, by their ids; about health with health.read, and logged."""
    query: api_segments.SegmentQuery = call.query
    page = await call.services.segments.members(
        call.actor, call.path["segment"], after=query.after, limit=query.limit
    )
    return Answer(page)


async def move_segment_members(call: Call) -> Answer:
    """Put members into a segment that is filled by hand, or take them out of it."""
    return Answer(await call.services.segments.move(call.actor, call.path["segment"], call.body))


async def explain_segment(call: Call) -> Answer:
    """How a segment is found: the facts it reads, its SQL, the engine's plan."""
    return Answer(await call.services.segments.explain(call.actor, call.path["segment"]))


async def explain_segment_member(call: Call) -> Answer:
    """Why a member is in a segment or not: the facts it reads."""
    segment, member_id = call.path["segment"], call.path["member_id"]
    return Answer(await call.services.segments.explain(call.actor, segment, member_id))


async def ask_members(call: Call) -> Answer:
    """Who meets a condition: how many, and a page of them."""
    return Answer(await call.services.segments.ask(call.actor, call.body))


async def list_health_classes(call: Call) -> Answer:
    """The automatic classes, their sources, and what of the group's articles feeds each."""
    return Answer(await call.services.health_classes.list_classes(call.actor))


async def get_member_classes(call: Call) -> Answer:
    """A member's automatic classes, where the member agreed; logged for them."""
    return Answer(await call.services.health_classes.of_member(call.actor, call.path["member_id"]))


async def list_memberships(call: Call) -> Answer:
    """A member's segments by rule, and grades, from when to when."""
    return Answer(await call.services.segments.history(call.actor, call.path["member_id"]))


async def put_consent(call: Call) -> Answer:
    """Note what a member says about a purpose: health, email, sms, letter, telephone."""
    return Answer(
        await call.services.consents.put_consent(
            call.actor, call.path["member_id"], call.path["purpose"], call.body
        )
    )


async def list_consents(call: Call) -> Answer:
    """What a member agreed to and withdrew, the latest first."""
    return Answer(await call.services.consents.list_consents(call.actor, call.path["member_id"]))


async def put_call_back(call: Call) -> Answer:
    """Note an attempt to reach a member who stays away."""
    return Answer(await call.services.consents.put_call_back(call.actor, call.path["member_id"], call.body))


_PREFIX: Final = "/api/v1"

SEGMENT_ROUTES: Final = (
    Route(
        method="GET",
        path=f"{_PREFIX}/segments",
        operation="list_segments",
        tag="segments",
        permission=access.MEMBERS_READ,
        handler=list_segments,
        answer=api_segments.SegmentListView,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/segments/{{segment}}/count",
        operation="count_segment",
        tag="segments",
        permission=access.MEMBERS_READ,
        handler=count_segment,
        answer=api_segments.SegmentCountView,
        errors=(segments.SegmentUnknown,),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/segments/{{segment}}/members",
        operation="list_segment_members",
        tag="segments",
        permission=access.MEMBERS_READ,
        handler=list_segment_members,
        query=api_segments.SegmentQuery,
        answer=api_segments.SegmentPageView,
        errors=(segments.SegmentUnknown,),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/segments/{{segment}}/members",
        operation="move_segment_members",
        tag="segments",
        permission=access.MEMBERS_WRITE,
        handler=move_segment_members,
        body=api_segments.SegmentMembersBody,
        answer=api_segments.SegmentMovedView,
        errors=(segments.SegmentUnknown, segments.SegmentByRule, traits.TraitInvalid, tickets.TryAgain),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/segments/{{segment}}/explanation",
        operation="explain_segment",
        tag="segments",
        permission=access.MEMBERS_READ,
        handler=explain_segment,
        answer=api_segments.ExplanationView,
        errors=(segments.SegmentUnknown,),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/segments/{{segment}}/explanation/{{member_id}}",
        operation="explain_segment_member",
        tag="segments",
        permission=access.MEMBERS_READ,
        handler=explain_segment_member,
        answer=api_segments.ExplanationView,
        errors=(segments.SegmentUnknown, people.MemberNotFound, people.MemberMerged),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/segments/ask",
        operation="ask_members",
        tag="segments",
        permission=access.MEMBERS_READ,
        handler=ask_members,
        body=api_segments.AskBody,
        answer=api_segments.AskedView,
        errors=_CONDITION,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/classes",
        operation="list_health_classes",
        tag="segments",
        permission=access.ARTICLES_READ,
        handler=list_health_classes,
        answer=api_segments.HealthClassListView,
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/members/{{member_id}}/classes",
        operation="get_member_classes",
        tag="segments",
        permission=access.HEALTH_READ,
        handler=get_member_classes,
        answer=api_segments.MemberClassesView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
        ),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/members/{{member_id}}/segments",
        operation="list_memberships",
        tag="segments",
        permission=access.MEMBERS_READ,
        handler=list_memberships,
        answer=api_segments.MembershipListView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
        ),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/members/{{member_id}}/consents/{{purpose}}",
        operation="put_consent",
        tag="members",
        permission=access.MEMBERS_WRITE,
        handler=put_consent,
        body=api_segments.ConsentBody,
        answer=api_segments.ConsentListView,
        errors=(people.MemberNotFound, people.MemberMerged, consents.ConsentPurposeUnknown),
    ),
    Route(
        method="GET",
        path=f"{_PREFIX}/members/{{member_id}}/consents",
        operation="list_consents",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=list_consents,
        answer=api_segments.ConsentListView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
        ),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/members/{{member_id}}/call-backs",
        operation="put_call_back",
        tag="members",
        permission=access.MEMBERS_WRITE,
        handler=put_call_back,
        body=api_segments.CallBackBody,
        answer=api_segments.CallBackView,
        errors=(people.MemberNotFound, people.MemberMerged, IdempotencyConflict),
    ),
)

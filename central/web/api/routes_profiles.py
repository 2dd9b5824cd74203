"""Operations on profiles and the erasure of members; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access
from central.services.core import requests as tickets
from central.services.core import sealed_people as people
from central.services.members import erasure
from central.web.api.route import Answer, Call, Route
from loyalty.programme import member, profiles
from wire import api_erasure, api_profiles

PROFILE_ERRORS: Final = (
    profiles.ProfileUnknown,
    profiles.ProfileValueInvalid,
    profiles.FieldNeedsConsent,
    member.FieldWithoutPurpose,
)


async def get_member_profile(call: Call) -> Answer:
    """A member's type and own fields, each with its purpose; what is not for the asker's eyes is left out."""
    return Answer(await call.services.member_profiles.get(call.actor, call.path["member_id"]))


async def change_member_profile(call: Call) -> Answer:
    """Change a member's type, own fields and preferences; what is left out stays."""
    return Answer(await call.services.member_profiles.change(call.actor, call.path["member_id"], call.body))


async def erase_member(call: Call) -> Answer:
    """Erase a member for good: the key is destroyed, value ends, cards are blocked; again changes nothing."""
    return Answer(await call.services.erasure.erase(call.actor, call.path["member_id"], call.body))


_PATH: Final = "/api/v1/members/{member_id}/profile"

PROFILE_ROUTES: Final = (
    Route(
        method="GET",
        path=_PATH,
        operation="get_member_profile",
        tag="members",
        permission=access.MEMBERS_READ,
        handler=get_member_profile,
        answer=api_profiles.MemberProfileView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
        ),
    ),
    Route(
        method="PATCH",
        path=_PATH,
        operation="change_member_profile",
        tag="members",
        permission=access.MEMBERS_WRITE,
        handler=change_member_profile,
        body=api_profiles.ProfileBody,
        answer=api_profiles.MemberProfileView,
        errors=(people.MemberNotFound, people.MemberMerged, *PROFILE_ERRORS, tickets.TryAgain),
    ),
    Route(
        method="POST",
        path="/api/v1/members/{member_id}/erasure",
        operation="erase_member",
        tag="members",
        permission=access.MEMBERS_ERASE,
        handler=erase_member,
        body=api_erasure.ErasureBody,
        answer=api_erasure.ErasureView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
            erasure.StoredValueLeft,
            erasure.MemberIsPaying,
            tickets.TryAgain,
        ),
    ),
)

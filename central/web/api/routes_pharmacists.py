"""Operations on my pharmacist; a part of the one table in `routes`."""

from typing import Final

from central.services.core import access, requests
from central.services.core import sealed_people as people
from central.services.group.staff import StaffUnknown
from central.services.visits import pharmacists
from central.web.api.refusals import CARD_REFUSED
from central.web.api.route import Answer, Call, Route
from wire import api_my_value, api_pharmacists


async def put_shown_staff(call: Call) -> Answer:
    """A clerk agreed to be shown to members by name, or takes it back."""
    staff_id = call.path["staff_id"]
    return Answer(await call.services.visits.pharmacists.put_shown(call.actor, staff_id, call.body))


async def show_pharmacist(call: Call) -> Answer:
    """The holder's pharmacist, and who may be chosen."""
    return Answer(await call.services.visits.pharmacists.show(call.actor, call.body))


async def choose_pharmacist(call: Call) -> Answer:
    """The holder chooses their pharmacist."""
    return Answer(await call.services.visits.pharmacists.choose(call.actor, call.body))


async def put_member_pharmacist(call: Call) -> Answer:
    """Staff name a member's pharmacist."""
    member_id = call.path["member_id"]
    return Answer(await call.services.visits.pharmacists.put_of_member(call.actor, member_id, call.body))


_PREFIX: Final = "/api/v1"

PHARMACIST_ROUTES: Final = (
    Route(
        method="PUT",
        path=f"{_PREFIX}/staff/{{staff_id}}/shown",
        operation="put_shown_staff",
        tag="counter",
        permission=access.STAFF_WRITE,
        handler=put_shown_staff,
        body=api_pharmacists.ShownStaffBody,
        answer=api_pharmacists.ShownStaffView,
        errors=(StaffUnknown, pharmacists.ShownStaffTooMany),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/holders/pharmacist",
        operation="show_pharmacist",
        tag="members",
        permission=access.SALES_TELL,
        handler=show_pharmacist,
        body=api_my_value.HolderBody,
        answer=api_pharmacists.MyPharmacistView,
        errors=(*CARD_REFUSED, access.ShopMissing),
    ),
    Route(
        method="POST",
        path=f"{_PREFIX}/holders/pharmacist/choice",
        operation="choose_pharmacist",
        tag="members",
        permission=access.SALES_TELL,
        handler=choose_pharmacist,
        body=api_pharmacists.PharmacistChoiceBody,
        answer=api_pharmacists.MyPharmacistView,
        errors=(*CARD_REFUSED, access.ShopMissing, pharmacists.PharmacistUnknown, requests.TryAgain),
    ),
    Route(
        method="PUT",
        path=f"{_PREFIX}/members/{{member_id}}/pharmacist",
        operation="put_member_pharmacist",
        tag="members",
        permission=access.MEMBERS_WRITE,
        handler=put_member_pharmacist,
        body=api_pharmacists.MemberPharmacistBody,
        answer=api_pharmacists.MemberPharmacistView,
        errors=(
            people.MemberNotFound,
            people.MemberMerged,
            pharmacists.PharmacistUnknown,
            requests.TryAgain,
        ),
    ),
)

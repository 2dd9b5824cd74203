"""My pharmacist: staff who agreed to be shown, and whose they are; the API's bodies and views."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.shops import STAFF_NAME_CHARS_MAX
from wire.api import EvidenceBody
from wire.api_base import Body, Id, View

StaffTitle = Literal["pharmacist", "assistant"]


class ShownStaffBody(Body, frozen=True):
    """A clerk as members see them. `agreed`: they were asked and agreed; false: the name is shown no more."""

    name: Annotated[str, Meta(min_length=1, max_length=STAFF_NAME_CHARS_MAX)]
    agreed: bool
    title: StaffTitle = "pharmacist"


class PharmacistView(View, frozen=True):
    """Somebody of staff. `shop_id`: where they are reached; of who serves in all shops, this one."""

    staff_id: str
    name: str
    title: StaffTitle
    shop_id: str
    shop_name: str
    phone: str


class ShownStaffView(View, frozen=True):
    """Whether a clerk is shown to members, and how."""

    staff_id: str
    is_shown: bool
    name: str
    title: str


class MyPharmacistView(View, frozen=True):
    """The member's pharmacist, if they have one; and who may be chosen."""

    mine: PharmacistView | None
    others: list[PharmacistView]


class PharmacistChoiceBody(Body, frozen=True):
    """The member chooses somebody of `others`; null: nobody."""

    holder: EvidenceBody
    staff_id: Id | None


class MemberPharmacistBody(Body, frozen=True):
    """Staff name a member's pharmacist; null: nobody."""

    staff_id: Id | None


class MemberPharmacistView(View, frozen=True):
    """Who is a member's pharmacist, and who said so."""

    member_id: str
    staff_id: str | None
    chosen_by: Literal["member", "staff"] | None
    at_ms: int | None

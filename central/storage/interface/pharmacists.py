"""The storage interface for staff who are shown to members, and for whose pharmacist they are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownStaffRow:
    """A clerk who agreed to be shown. `title`: pharmacist or assistant."""

    group_id: str
    staff_id: str
    name: str
    title: str
    agreed_ms: int
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPharmacistRow:
    """Whose pharmacist a clerk is. `chosen_by`: member or staff."""

    group_id: str
    member_id: str
    staff_id: str
    chosen_by: str
    at_ms: int
    actor: str


@dataclass(frozen=True, slots=True)
class ShownStaff:
    """A clerk who is shown, and serves: in one shop, or in all (None)."""

    staff_id: str
    name: str
    title: str
    shop_id: str | None


class PharmacistStore(Protocol):
    """Verbs on them; same promises as `Store`."""

    async def put_shown_staff(self, row: ShownStaffRow) -> ShownStaffRow:
        """What is there already is left, with its moment."""
        ...

    async def hide_staff(self, group_id: str, staff_id: str) -> bool:
        """They agreed no more: the name is gone. False: it was not there."""
        ...

    async def list_shown_staff(self, group_id: str, limit: int) -> Sequence[ShownStaff]:
        """Those who serve and agreed, by name."""
        ...

    async def put_member_pharmacist(self, row: MemberPharmacistRow) -> None:
        """Keep whose pharmacist it is. Raises: GuardFailed: the member was erased or merged meanwhile."""
        ...

    async def drop_member_pharmacist(self, group_id: str, member_id: str) -> bool:
        """The member has none any more. False: there was none."""
        ...

    async def find_member_pharmacist(self, group_id: str, member_id: str) -> MemberPharmacistRow | None: ...

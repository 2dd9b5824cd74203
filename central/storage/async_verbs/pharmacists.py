"""The verbs of `central.storage.interface.pharmacists` one line each; see `async_verbs.store`."""

from collections.abc import Sequence

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.pharmacists import MemberPharmacistRow, ShownStaff, ShownStaffRow
from central.storage.verbs import pharmacists


class PharmacistVerbs(VerbRunner):
    """See `central.storage.interface.pharmacists.PharmacistStore`; a part of `VerbStore`."""

    async def put_shown_staff(self, row: ShownStaffRow) -> ShownStaffRow:
        return await self._write(pharmacists.put_shown_staff, row)

    async def hide_staff(self, group_id: str, staff_id: str) -> bool:
        return await self._write(pharmacists.hide_staff, group_id, staff_id)

    async def list_shown_staff(self, group_id: str, limit: int) -> Sequence[ShownStaff]:
        return await self._read(pharmacists.list_shown_staff, group_id, limit)

    async def put_member_pharmacist(self, row: MemberPharmacistRow) -> None:
        await self._write(pharmacists.put_member_pharmacist, row)

    async def drop_member_pharmacist(self, group_id: str, member_id: str) -> bool:
        return await self._write(pharmacists.drop_member_pharmacist, group_id, member_id)

    async def find_member_pharmacist(self, group_id: str, member_id: str) -> MemberPharmacistRow | None:
        return await self._read(pharmacists.find_member_pharmacist, group_id, member_id)

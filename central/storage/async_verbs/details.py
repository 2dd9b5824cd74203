"""The verbs of `central.storage.interface.details` one line each; see `async_verbs.store`."""

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Recorded
from central.storage.interface.details import ContactCodeRow, DetailsChange
from central.storage.verbs import details


class DetailsVerbs(VerbRunner):
    """See `central.storage.interface.details.DetailsStore`; a part of `VerbStore`."""

    async def put_contact_code(
        self, row: ContactCodeRow, *, most: int, since_ms: int
    ) -> Recorded[ContactCodeRow] | None:
        return await self._write(details.put_contact_code, row, most=most, since_ms=since_ms)

    async def take_contact_try(
        self, group_id: str, code_id: str, member_id: str, *, most: int, now_ms: int
    ) -> ContactCodeRow | None:
        return await self._write(
            details.take_contact_try, group_id, code_id, member_id, most=most, now_ms=now_ms
        )

    async def change_details(self, change: DetailsChange) -> None:
        await self._write(details.change_details, change)

"""The verbs of `central.storage.interface.erasure` one line each, see `async_verbs.store`."""

from central.storage.async_verbs.runner import VerbRunner
from central.storage.interface.common import Change
from central.storage.interface.erasure import ErasureRecord, MemberValue
from central.storage.verbs import erasure


class ErasureVerbs(VerbRunner):
    """See `central.storage.interface.erasure.ErasureStore`; a part of `VerbStore`."""

    async def read_member_value(self, group_id: str, member_id: str) -> MemberValue:
        return await self._read(erasure.read_member_value, group_id, member_id)

    async def erase_member(self, record: ErasureRecord) -> Change:
        return await self._write(erasure.erase_member, record)

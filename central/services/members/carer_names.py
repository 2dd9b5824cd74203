"""The names by which members recognise who acts for them: sealed under the member's key, as ADR 31 has it."""

from central.services.core.context import Context
from central.services.core.member_keys import MemberKeys
from central.storage.interface.carers import CarerRow


class CarerNames:
    """Seals and opens them."""

    def __init__(self, context: Context) -> None:
        self._vault = context.vault
        self._keys = MemberKeys(context)

    async def seal(self, group_id: str, carer_id: str, name: str, *, member_id: str) -> bytes:
        """Under the key of this member, who is not erased."""
        key = await self._keys.open(group_id, member_id)
        return self._vault.seal_note(group_id, _note(carer_id), name.encode(), key)

    async def open(self, row: CarerRow) -> str:
        """The name of somebody who acts, or acted, for a member who is not erased."""
        key = await self._keys.open(row.group_id, row.sealed_for)
        return self._vault.open_note(row.group_id, _note(row.carer_id), row.sealed, key).decode()


def _note(carer_id: str) -> str:
    return f"carer/{carer_id}"

"""Keys of members, also of merged duplicates: theirs are kept under the survivor's (docs/adr/0018)."""

from dataclasses import replace

from central.services.core.context import Context
from central.storage.interface.rows import MemberRow


class MemberKeys:
    """Finds rows whose key can be opened."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault

    async def find(self, group_id: str, member_id: str) -> MemberRow | None:
        """The member with a key to open; None after the erasure of the person.

        What stands in the open of a duplicate is the survivor's. Its key comes out of the survivor's and is
        wrapped for this row, which is written nowhere.
        """
        row = await self._store.find_member(group_id, member_id)
        if row is None or row.key_wrapped is not None:
            return row
        if row.merged_into is None or row.merged_key is None:
            return None
        survivor = await self._store.find_member(group_id, row.merged_into)
        if survivor is None or survivor.key_wrapped is None:
            return None
        survivor_key = self._vault.open_key(group_id, survivor.member_id, survivor.key_wrapped)
        key = self._vault.open_merged_key(group_id, member_id, survivor_key, row.merged_key)
        return replace(
            row,
            key_wrapped=self._vault.wrap_key(group_id, member_id, key),
            language=survivor.language,
            home_shop_id=survivor.home_shop_id,
        )

    async def open(self, group_id: str, member_id: str) -> bytes:
        """The key of a member who is not erased."""
        row = await self.find(group_id, member_id)
        assert row is not None, "a merged member's key is kept with the survivor's"
        assert row.key_wrapped is not None, "it was found by its key"
        return self._vault.open_key(group_id, member_id, row.key_wrapped)

    async def living(self, group_id: str, member_id: str) -> MemberRow | None:
        """Who a member is now: itself, or whom it was merged into; None where that one was erased."""
        row = await self._store.find_member(group_id, member_id)
        if row is not None and row.merged_into is not None:
            row = await self._store.find_member(group_id, row.merged_into)
        return None if row is None or row.key_wrapped is None else row

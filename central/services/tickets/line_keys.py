"""The keys that lead from a sale to its lines: only the member's own key makes them (DESIGN 11)."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from central.services.core.context import Context
from central.storage.interface.rows import MemberRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.values import quick

_REF_BYTES: Final = 16


class LinesErased(LoyaltyError):
    """The member was erased, and nothing leads to the lines any more."""

    code = "lines_erased"
    trouble = Trouble.CONFLICT
    text = (
        "The ticket is recorded, but its member was erased since, and its lines cannot be found. Do not send"
        " it again; take goods of it back by hand."
    )


@quick
@dataclass(frozen=True, slots=True)
class LineKey:
    """Where a sale's lines are, and under whose random subject."""

    line_key: bytes
    subject_id: bytes
    ref_key: bytes

    def ref(self, fact_id: str) -> str:
        """The name of a sale or return in settlements: nothing leads back from it without the key."""
        return hmac.digest(self.ref_key, fact_id.encode(), hashlib.sha256)[:_REF_BYTES].hex()


class LineKeys:
    """Makes line keys."""

    def __init__(self, context: Context) -> None:
        self._store = context.store
        self._vault = context.vault

    def of_member(self, group_id: str, member: MemberRow | None, sale_id: str) -> LineKey:
        """The key of a sale of a member who is there, or of nobody's."""
        if member is None:
            return LineKey(
                self._vault.anonymous_line_key(group_id, sale_id),
                self._vault.anonymous_subject(group_id, sale_id),
                self._vault.anonymous_ref_key(group_id),
            )
        assert member.key_wrapped is not None, "an erased member has no active card"
        assert member.subject_sealed is not None, "key and subject are made and erased together"
        key = self._vault.open_key(group_id, member.member_id, member.key_wrapped)
        subject = self._vault.open_subject(group_id, member.member_id, key, member.subject_sealed)
        return LineKey(self._vault.line_key(key, sale_id), subject, self._vault.ref_key(key))

    async def of_sale(self, group_id: str, member_id: str | None, sale_id: str) -> LineKey | None:
        """The key of a recorded sale; None where the member's key was destroyed: no way leads there."""
        if member_id is None:
            return self.of_member(group_id, None, sale_id)
        member = await self._store.find_member(group_id, member_id)
        if member is None or member.key_wrapped is None:
            return None
        return self.of_member(group_id, member, sale_id)

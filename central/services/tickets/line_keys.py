"""The keys that lead from a sale to its lines: only the member's own key makes them (DESIGN 11)."""

import hashlib
import hmac
from dataclasses import dataclass
from typing import Final

from central.services.core.context import Context
from central.services.core.member_keys import MemberKeys
from central.storage.interface.rows import MemberRow, SaleRow
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
        self._vault = context.vault
        self._keys = MemberKeys(context)

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

    async def of_sale(self, sale: SaleRow) -> LineKey | None:
        """The key of a recorded sale; None where its member's key was destroyed: no way leads there."""
        if sale.key_of is None:
            return self.of_member(sale.group_id, None, sale.sale_id)
        holder = await self._keys.find(sale.group_id, sale.key_of)
        return None if holder is None else self.of_member(sale.group_id, holder, sale.sale_id)

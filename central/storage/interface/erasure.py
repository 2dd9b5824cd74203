"""The storage interface for the erasure of members."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Protocol

from central.storage.interface.common import Change
from central.storage.interface.rows import AccountRow
from central.storage.interface.value import LotRow
from loyalty.ledger.postings import Transaction


@dataclass(frozen=True, slots=True)
class MemberValue:
    """All that a member holds and owes, in one snapshot."""

    accounts: tuple[AccountRow, ...]
    lots: tuple[LotRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErasureRecord:
    """What an erasure writes, in ONE transaction. `transaction`: the end of the member's value, if any.

    `zones`: of the group's shops, by shop; tickets that stay keep the month they were made in, there.
    """

    group_id: str
    member_id: str
    actor: str
    now_ms: int
    transaction: Transaction | None
    zones: Mapping[str, tzinfo] = field(default_factory=dict)


class ErasureStore(Protocol):
    """Verbs for erasing members; same promises as `Store`."""

    async def read_member_value(self, group_id: str, member_id: str) -> MemberValue:
        """The accounts on which a member holds or owes something, and the open lots on them."""
        ...

    async def erase_member(self, record: ErasureRecord) -> Change:
        """Destroy a member's key, and with it all that is sealed under it; block the cards; forget the rest.

        Look-up hashes, traits, facts, segments, consents, call-backs and the household go; tickets, postings
        and events keep the member's id, which leads to nobody any more; tickets
        are coarsened to their month. Erased already: UNCHANGED.
        Raises: GuardFailed: the member still holds, owes or is paying something after `transaction`.
        """
        ...

"""The storage interface for merging two records of one person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded
from central.storage.interface.erasure import MemberValue
from central.storage.interface.rows import MemberRow
from loyalty.errors import LoyaltyError, Trouble
from loyalty.ledger.postings import Transaction


class MergeWaits(LoyaltyError):
    """One merge of a record at a time: the second would be decided on what the first changes."""

    code = "merge_waits"
    trouble = Trouble.CONFLICT
    text = "The merge {merge_id} of {member_id} waits for a second person already. Have it decided first."


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeRow:
    """A merge that was asked for; `state`: pending, done, refused. `points`, `value_minor`: what it moves."""

    group_id: str
    merge_id: str
    survivor_id: str
    duplicate_id: str
    reason: str
    state: str
    points: int
    value_minor: int
    input_hash: bytes
    requested_by: str
    requested_ms: int
    decided_by: str | None = None
    decided_ms: int | None = None
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class MergeRead:
    """What a merge is decided on, in one snapshot.

    `value`: of the duplicate, `survivor_value` of the survivor. `vouchers_minor`: what the duplicate's unused
    vouchers are worth. `former`: duplicates that were merged into the duplicate, `merged` into the survivor.
    `sealed`, `survivor_sealed`: what is kept sealed of where the two stand. `has_claims`: a reservation
    of the duplicate keeps limits. `leased`: by lot of the duplicate what leases keep of it: they go along.
    """

    survivor: MemberRow | None
    duplicate: MemberRow | None
    value: MemberValue
    survivor_value: MemberValue
    vouchers_minor: int
    former: tuple[MemberRow, ...]
    merged: int
    sealed: bytes | None
    survivor_sealed: bytes | None
    has_claims: bool
    leased: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """The survivor as it is after a merge, and what is left of the duplicate; the rows of before are guards.

    `merged_key`: the duplicate's key under the survivor's; `former_keys`: the same of earlier duplicates.
    `lots`: by lot of the duplicate the survivor's that takes it over. `sealed`: None where it stays.
    """

    survivor: MemberRow
    survivor_before: MemberRow
    duplicate_before: MemberRow
    merged_key: bytes
    former_keys: tuple[tuple[str, bytes], ...]
    transaction: Transaction | None
    lots: tuple[tuple[str, str], ...]
    sealed: bytes | None
    survivor_sealed_before: bytes | None


@dataclass(frozen=True, slots=True)
class AloneMax:
    """What the merges that somebody does alone may move since a moment."""

    since_ms: int
    points: int
    minor: int


class MergeStore(Protocol):
    """Verbs for merging members; same promises as `Store`."""

    async def read_merge(self, group_id: str, survivor_id: str, duplicate_id: str) -> MergeRead: ...

    async def put_merge(self, row: MergeRow, joined: Joined | None, alone: AloneMax) -> Recorded[MergeRow]:
        """Ask for a merge; with `joined` it is done at once, all of it or nothing.

        What else waits for the duplicate ends as refused, here and in `decide_merge`.
        Raises: GuardFailed: something of the two changed since it was decided, or it is too much for one;
            MergeWaits: one of the two is in a merge that waits, and this one would too.
        """
        ...

    async def decide_merge(
        self, group_id: str, merge_id: str, decided_by: str, joined: Joined | None, now_ms: int
    ) -> MergeRow:
        """Do a pending merge, or refuse it (None).

        Raises: GuardFailed: it is not pending, or `decided_by` asked for it; as `put_merge`.
        """
        ...

    async def find_merge(self, group_id: str, merge_id: str) -> MergeRow | None: ...
    async def list_pending_merges(self, group_id: str, limit: int) -> Sequence[MergeRow]: ...
    async def merged_alone(self, group_id: str, actor: str, since_ms: int) -> tuple[int, int]:
        """Points and minor units of the merges that an actor did without a second person."""
        ...

    async def list_merged(self, group_id: str, survivor_id: str) -> Sequence[str]:
        """The duplicates that were merged into a member."""
        ...

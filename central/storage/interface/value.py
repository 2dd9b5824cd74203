"""The storage interface for value beyond sales: holds, due lots, gifts, corrections, households, drafts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded
from central.storage.interface.counter import UNLIMITED, ActLimits, CounterActRow
from central.storage.interface.vouchers import VoucherRow
from loyalty.ledger.holds import Hold
from loyalty.ledger.postings import LotChange, Transaction
from loyalty.ledger.restoration import Taken
from loyalty.values import quick


@dataclass(frozen=True, slots=True)
class HoldRow:
    """A hold as it stands; `state` as in `loyalty.ledger.holds.HoldState`, `posted` of `amount` was used."""

    hold_id: str
    account: str
    asset: str
    amount: int
    posted: int
    state: str
    cause_id: str
    made_ms: int
    expires_ms: int
    actor: str
    terminal_id: str | None
    lots: tuple[LotChange, ...]


@dataclass(frozen=True, slots=True)
class SalePoints:
    """What became of a sale's points, for the return that undoes them.

    `expired`: expired out of the sale's own lots at its member. `undone`, `reversed`, `owed`: what earlier
    returns undid, of it taken from lots (spare ones too), of it owed. `returns` counts them: a guard of the
    next.
    """

    expired: int
    undone: int
    reversed: int
    owed: int
    restored: int
    returns: int


@dataclass(frozen=True, slots=True)
class LotRow:
    """A lot as it stands."""

    lot_id: str
    account: str
    asset: str
    amount: int
    remaining: int
    expires_ms: int | None
    source_id: str
    funder: str
    held: int = 0
    matures_ms: int | None = None
    awaits: str = ""


@dataclass(frozen=True, slots=True)
class ClaimedLot:
    """A lot beside what returns of the sale it came from may still take back, of all that sale's lots."""

    lot: LotRow
    claimable: int


@quick
@dataclass(frozen=True, slots=True)
class MemberPoints:
    """A member's points in one snapshot."""

    balance: int
    held: int
    owed: int
    pending: int


@dataclass(frozen=True, slots=True)
class MoveRecord:
    """A donation, a transfer, a conversion or a move of another asset, written with its transaction.

    `needs_household`: `member_id` and `other_id` must be of one household, or nothing is written.
    `vouchers`: what it gives, by their rows; their units are in the transaction. `act`: of the clerk who
    does it, within `limits`; both are written or neither.
    """

    group_id: str
    move_id: str
    kind: str
    input_hash: bytes
    member_id: str | None
    other_id: str | None
    asset: str
    amount: int
    recorded_ms: int
    transaction: Transaction
    needs_household: bool = False
    vouchers: tuple[VoucherRow, ...] = ()
    act: CounterActRow | None = None
    limits: ActLimits = UNLIMITED


@dataclass(frozen=True, slots=True)
class MoveRow:
    """A recorded move; `balance_after`: of `member_id` in `asset`."""

    group_id: str
    move_id: str
    kind: str
    input_hash: bytes
    member_id: str | None
    other_id: str | None
    asset: str
    amount: int
    recorded_ms: int
    transaction_id: str
    balance_after: int | None


@dataclass(frozen=True, slots=True)
class CorrectionRow:
    """A correction by staff; `state`: pending, posted, refused."""

    group_id: str
    correction_id: str
    member_id: str
    points: int
    reason: str
    state: str
    input_hash: bytes
    requested_by: str
    requested_ms: int
    decided_by: str | None = None
    decided_ms: int | None = None
    transaction_id: str | None = None


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A programme on its way; `revision` rises with every change of its text, which ends any review."""

    group_id: str
    draft_id: str
    programme: str
    note: str
    state: str
    revision: int
    author: str
    changed_ms: int
    reviewer: str | None = None
    reviewed_ms: int | None = None
    review_note: str = ""
    activate_ms: int | None = None
    ruleset_version: int | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeVersionRow:
    """A saved version of a programme."""

    ruleset_version: int
    actor: str
    recorded_ms: int


class ValueStore(Protocol):
    """Verbs for value beyond sales; same promises as `Store`."""

    # Holds
    async def put_hold(self, group_id: str, hold: Hold) -> Recorded[HoldRow]:
        """Hold value: counted against the floor and the lots from now on.

        The same id again is a replay, whatever became of the hold.
        Raises: GuardFailed: a floor or a lot would break. IdempotencyConflict: other content under the id.
        """
        ...

    async def find_hold(self, group_id: str, hold_id: str) -> HoldRow | None: ...
    async def list_pending_holds(self, group_id: str, after: str, limit: int) -> Sequence[HoldRow]: ...
    async def post_hold(
        self, group_id: str, hold_id: str, transaction: Transaction | None, posted: int, now_ms: int
    ) -> HoldRow:
        """Post `posted` of a pending hold by `transaction` and free the rest (0 and None: void it).

        The same again gives the row as it is. Raises: GuardFailed: the hold is not pending any more.
        """
        ...

    async def expire_holds(self, group_id: str, now_ms: int, limit: int) -> int:
        """Free pending holds whose time is over, at most `limit`; how many it freed."""
        ...

    # Lots and single transactions
    async def post_once(self, group_id: str, transaction: Transaction) -> bool:
        """Write a transaction that stands alone; False when its id is there already.

        Raises: GuardFailed.
        """
        ...

    async def find_points(self, group_id: str, member_id: str) -> MemberPoints: ...
    async def find_sale_points(self, group_id: str, sale_id: str, member_id: str) -> SalePoints: ...
    async def list_claimed_lots(self, group_id: str, member_id: str) -> Sequence[ClaimedLot]:
        """The member's open lots that came from own purchases, what expires first first."""
        ...

    async def list_allocations(self, group_id: str, transaction_id: str) -> Sequence[Taken]:
        """What a transaction took of which lot, in the order in which it took them."""
        ...

    # Gifts, corrections, households
    async def record_move(self, record: MoveRecord) -> Recorded[MoveRow]: ...
    async def find_move(self, group_id: str, move_id: str) -> MoveRow | None: ...
    async def put_correction(
        self, row: CorrectionRow, transaction: Transaction | None, *, alone_max: int, since_ms: int
    ) -> Recorded[CorrectionRow]:
        """Ask for a correction; with `transaction` it is posted at once.

        Raises: GuardFailed: posted at once, what its asker corrected alone since `since_ms` would exceed
            `alone_max`; or a lot or floor would break.
        """
        ...

    async def decide_correction(
        self, group_id: str, correction_id: str, decided_by: str, transaction: Transaction | None, now_ms: int
    ) -> CorrectionRow:
        """Post a pending correction, or refuse it (None).

        Raises: GuardFailed: it is not pending, or `decided_by` asked for it.
        """
        ...

    async def find_correction(self, group_id: str, correction_id: str) -> CorrectionRow | None: ...
    async def list_pending_corrections(self, group_id: str, limit: int) -> Sequence[CorrectionRow]: ...
    async def corrected_alone(self, group_id: str, actor: str, since_ms: int) -> int: ...
    async def put_household(
        self, group_id: str, household_id: str, member_ids: Sequence[str], now_ms: int
    ) -> None:
        """Make these the household's members; who is named leaves the household of before."""
        ...

    async def list_household(self, group_id: str, household_id: str) -> Sequence[str]: ...
    async def find_household(self, group_id: str, member_id: str) -> str | None: ...

    # Drafts of the programme
    async def put_draft(self, row: DraftRow) -> DraftRow:
        """Save a draft's text and note; guarded by the revision before (`row.revision` - 1).

        Raises: GuardFailed: somebody else changed it, or it is scheduled, active or withdrawn.
        """
        ...

    async def move_draft(self, row: DraftRow, from_states: Sequence[str]) -> DraftRow:
        """Move a draft to `row.state`, guarded by its revision and the states it may come from."""
        ...

    async def find_draft(self, group_id: str, draft_id: str) -> DraftRow | None: ...
    async def list_drafts(self, group_id: str) -> Sequence[DraftRow]: ...
    async def list_due_drafts(self, group_id: str, now_ms: int) -> Sequence[DraftRow]: ...
    async def list_programmes(self, group_id: str, limit: int) -> Sequence[ProgrammeVersionRow]:
        """Saved versions of the programme, newest first."""
        ...

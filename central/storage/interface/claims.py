"""The storage interface for what quotes claim: counters of limits, budgets, what reservations keep."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from central.storage.interface.common import Recorded
from central.storage.interface.stored_value import NOT_PAID, NOT_PAID_BACK, PaidBack, PaidWith
from central.storage.interface.value import HoldRow
from central.storage.interface.vouchers import (
    NO_BENEFITS,
    NO_VOUCHER_RETURN,
    Benefits,
    VoucherReturn,
    VoucherStore,
)
from loyalty.ledger.assets import Asset
from loyalty.ledger.budget import BudgetStands
from loyalty.ledger.postings import Posting, Transaction
from loyalty.values import quick

CounterKey = tuple[str, str]
"""Key of a claim (rule, scope, window), and whom it counts for: `member/<id>`, `shop/<id>`, or "" (group)."""


@dataclass(frozen=True, slots=True)
class CounterUse:
    """`amount` (> 0) of a limit is used. `limit` None: noted, never refused (it was promised or is paid)."""

    claim_key: str
    owner: str
    rule_id: str
    amount: int
    limit: int | None


@dataclass(frozen=True, slots=True)
class BudgetUse:
    """`amount` (> 0) of a budget, posted by a transaction beside it."""

    claim_key: str
    rule_id: str
    asset: Asset
    amount: int


@dataclass(frozen=True, slots=True)
class UseRow:
    """A use as it stands; `asset` is empty for a limit; `is_held`: by a reservation that has not ended."""

    cause_id: str
    claim_key: str
    owner: str
    rule_id: str
    asset: str
    amount: int
    freed: int
    is_held: bool


@dataclass(frozen=True, slots=True)
class SponsorPoints:
    """Points (> 0) that a sale gives the sponsor of its member, or that a return takes back again.

    `transaction` is None where a return finds nothing to move (they expired, or are forgiven), and where the
    sponsor gets nothing: `refused` says why. `expired_before`, `lots_before`: as `ReturnRecord` has them, of
    the sponsor.
    """

    member_id: str
    points: int
    transaction: Transaction | None
    refused: str = ""
    expired_before: int | None = None
    lots_before: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class DiscountGiven:
    """What the counter took off a ticket on its own, for the event that tells who; its reason lies with the
    ticket's lines.
    """

    shop_id: str
    role: str
    operator: str
    actor: str
    off_minor: int


@quick
@dataclass(frozen=True, slots=True)
class Claimed:
    """What a sale takes of limits and budgets, written in its transaction.

    `holds`: pending holds it settles, with what is posted of each (0: freed). `reserved`: how many uses of
    its reservation must still be held, a guard: they become free before `uses` are counted.
    """

    uses: tuple[CounterUse, ...] = ()
    budgets: tuple[BudgetUse, ...] = ()
    holds: tuple[tuple[str, int], ...] = ()
    reserved: int = 0
    transactions: tuple[Transaction, ...] = ()
    benefits: Benefits = NO_BENEFITS
    sponsor: SponsorPoints | None = None
    discount: DiscountGiven | None = None
    paid: PaidWith = NOT_PAID
    """What stored value paid; its transaction is one of `transactions`."""


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """What a return gives back: shares of budgets, posted by `transactions`; at the end the limits.

    `spent_rules` keep their limits: what they gave was used, or handed over, and cannot be taken back.
    """

    budgets: tuple[BudgetUse, ...] = ()
    frees_limits: bool = False
    spent_rules: frozenset[str] = frozenset()
    transactions: tuple[Transaction, ...] = ()
    vouchers: VoucherReturn = NO_VOUCHER_RETURN
    sponsor: SponsorPoints | None = None
    paid_back: PaidBack = NOT_PAID_BACK


NOTHING_CLAIMED = Claimed()
NOTHING_UNCLAIMED = Unclaimed()


@dataclass(frozen=True, slots=True)
class Usage:
    """Counters (used and held together) and budgets in one snapshot; what is not there was never used."""

    counters: Mapping[CounterKey, int] = field(default_factory=lambda: MappingProxyType({}))
    budgets: Mapping[str, BudgetStands] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class GoodwillRow:
    """Points the counter gave a member on its own; `balance_after`: the member's points with it."""

    group_id: str
    goodwill_id: str
    input_hash: bytes
    shop_id: str
    member_id: str
    role: str
    operator: str
    actor: str
    points: int
    reason: str
    recorded_ms: int
    transaction_id: str
    balance_after: int = 0


@dataclass(frozen=True, slots=True)
class CounterFault:
    """A counter, or what a rule spent, that is not the sum of its uses."""

    claim_key: str
    owner: str
    found: int
    expected: int


@dataclass(frozen=True, slots=True)
class JournalFault:
    """A record and a transaction that belong together, of which one is not there.

    `record_id` empty: a transaction without its record. `transaction_id` empty: the record names none.
    """

    record: str
    record_id: str
    transaction_id: str


class ClaimStore(VoucherStore, Protocol):
    """Verbs for claims; same promises as `Store`."""

    async def find_usage(
        self, group_id: str, counters: Sequence[CounterKey], budgets: Sequence[tuple[str, str]]
    ) -> Usage:
        """What is used of these counters and of these budgets (rule and asset), in one snapshot."""
        ...

    async def list_uses(self, group_id: str, cause_id: str) -> Sequence[UseRow]:
        """What a sale or a reservation took of limits and budgets."""
        ...

    async def list_uses_between(
        self, group_id: str, first_key: str, last_key: str, limit: int
    ) -> Sequence[UseRow]:
        """What sales took under the claim keys from the first to the last, the last first."""
        ...

    async def list_holds_of(self, group_id: str, reservation_id: str) -> Sequence[HoldRow]:
        """The further holds of a reservation, beside that of its points: ids `<reservation>/...`."""
        ...

    async def list_postings(self, group_id: str, transaction_id: str) -> Sequence[Posting]:
        """What a transaction moved, in its order; nothing where there is none of this id."""
        ...

    async def check_counters(self, group_id: str) -> Sequence[CounterFault]:
        """Every counter that differs from its uses, every rule's spending that differs from its uses."""
        ...

    async def check_journal(self, group_id: str) -> Sequence[JournalFault]:
        """Sales, returns, corrections, moves and acts without their transaction, and the other way round."""
        ...

    async def record_goodwill(
        self, row: GoodwillRow, transaction: Transaction, uses: Sequence[CounterUse]
    ) -> Recorded[GoodwillRow]:
        """Write an act of goodwill with its points, counted against what the role may give.

        Raises: GuardFailed: the day's count leaves less; IdempotencyConflict: other content under the id.
        """
        ...

    async def find_goodwill(self, group_id: str, goodwill_id: str) -> GoodwillRow | None: ...
    async def list_goodwill(
        self, group_id: str, from_ms: int, to_ms: int, limit: int
    ) -> Sequence[GoodwillRow]:
        """Acts of goodwill recorded in [from_ms, to_ms), newest first."""
        ...

"""Postings and transactions: value moves from a source account to a target account, and nothing is lost."""

from dataclasses import dataclass, field

from loyalty.ledger.assets import Asset
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True)
class Posting:
    """`amount` minor units (> 0) of `asset` leave `source` and reach `target` (paths of the chart)."""

    source: str
    target: str
    asset: Asset
    amount: int


@quick
@dataclass(frozen=True, slots=True)
class NewLot:
    """A dated part of `account`, made by this transaction.

    `expires_ms` None: never expires. `funder` is who pays for it in the clearing (an account path's owner).
    A pending lot matures at `matures_ms`, or when the event `awaits` happens; other lots have neither.
    """

    lot_id: str
    account: str
    asset: Asset
    amount: int
    expires_ms: int | None
    source_id: str
    funder: str
    matures_ms: int | None = None
    awaits: str = ""


@quick
@dataclass(frozen=True, slots=True)
class LotChange:
    """`amount` (> 0) is taken out of the lot `lot_id`; stored as the allocation of this transaction."""

    lot_id: str
    amount: int


@quick
@dataclass(frozen=True, slots=True)
class Transaction:
    """1..n postings that happen together or not at all; the id is made by whoever starts the action.

    `kind` is e.g. `accrual`, `reversal`; `cause_id` the sale or return behind it; times are UTC milliseconds:
    `occurred_ms` by the terminal's clock (information only), `recorded_ms` by central's.
    """

    transaction_id: str
    kind: str
    postings: tuple[Posting, ...]
    occurred_ms: int
    recorded_ms: int
    cause_id: str
    actor: str
    terminal_id: str | None
    ruleset_version: int
    new_lots: tuple[NewLot, ...] = field(default=())
    lot_changes: tuple[LotChange, ...] = field(default=())
    lot_restores: tuple[LotChange, ...] = field(default=())
    """What goes back into the lots it was once taken from."""

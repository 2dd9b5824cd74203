"""The storage interface for stored value: gift cards, their batches, acts, and what tickets were paid with.

The value itself is the ledger's. A card's number is kept as a keyed hash alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from central.storage.interface.common import Recorded
from loyalty.ledger.postings import Transaction
from loyalty.value.moves import Allotted
from loyalty.value.tenders import LineShare


@dataclass(frozen=True, slots=True)
class GiftCardRow:
    """A gift card; `state` as in `loyalty.value.gift_card.GiftCardState`. `number_end`: its last digits.

    `shop_id`, `amount_minor`, `expires_ms`: of its activation. `member_id`: who it was converted for.
    """

    group_id: str
    gift_card_id: str
    code_hash: bytes
    number_end: str
    state: str
    batch_id: str | None
    place: int
    made_ms: int
    activation_id: str | None = None
    shop_id: str | None = None
    amount_minor: int | None = None
    expires_ms: int | None = None
    reason: str = ""
    replaced_by: str | None = None
    member_id: str | None = None


@dataclass(frozen=True, slots=True)
class GiftCardStands:
    """A gift card with what it holds, and what tickets on their way keep of that.

    `ends_ms`: when the first of what it holds ends, None: nothing of it does. What comes back to a card may
    end later than what it was sold with. Of an empty card the end it was sold with.
    """

    row: GiftCardRow
    balance: int
    held: int
    ends_ms: int | None


@dataclass(frozen=True, slots=True)
class GiftBatchRow:
    """Cards made together. `amount_minor` None: blank ones, sold with an amount of the buyer's choice."""

    group_id: str
    batch_id: str
    input_hash: bytes
    cards: int
    amount_minor: int | None
    purpose: str
    funder: str
    state: str
    made_by: str
    made_ms: int
    handout_id: str | None = None
    activation_id: str | None = None
    expires_ms: int | None = None
    handed_out_ms: int | None = None
    activated_ms: int | None = None


@dataclass(frozen=True, slots=True)
class GiftCardMove:
    """A gift card changes its state in an act, guarded by the states it may come from.

    `must_be_empty`: the change stands only if this account holds nothing (account and asset).
    """

    gift_card_id: str
    from_states: tuple[str, ...]
    to_state: str
    activation_id: str | None = None
    shop_id: str | None = None
    amount_minor: int | None = None
    expires_ms: int | None = None
    reason: str | None = None
    replaced_by: str | None = None
    member_id: str | None = None
    must_be_empty: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class DayLimit:
    """What an owner may do in a day: a counter as limits have them. `amount` > 0."""

    claim_key: str
    owner: str
    amount: int
    limit: int


@dataclass(frozen=True, slots=True)
class ValueActRow:
    """What was done with stored value. `amount` in minor units of `asset`; `balance_after`: of its account.

    `tender`: how it was paid for, `paid_minor` of it. `funder`: who owes it in the clearing.
    """

    group_id: str
    act_id: str
    kind: str
    input_hash: bytes
    shop_id: str | None
    member_id: str | None
    gift_card_id: str | None
    asset: str
    amount: int
    paid_minor: int
    tender: str
    funder: str
    operator: str
    actor: str
    reason: str
    recorded_ms: int
    expires_ms: int | None = None
    transaction_id: str | None = None
    balance_after: int | None = None


@dataclass(frozen=True, slots=True)
class ValueAct:
    """An act with all that is written with it, or nothing.

    `account`: whose balance the answer tells; after it `balance_max` at most, a guard where given.
    """

    row: ValueActRow
    account: str
    transaction: Transaction | None = None
    new_cards: tuple[GiftCardRow, ...] = ()
    card: GiftCardMove | None = None
    balance_max: int | None = None
    day_limit: DayLimit | None = None

    @property
    def group_id(self) -> str:
        """Whose act it is."""
        return self.row.group_id


@dataclass(frozen=True, slots=True)
class SaleTender:
    """A tender of a ticket. `returned_minor` came back of it; `balance_after` it on its account."""

    tender_no: int
    kind: str
    account: str
    asset: str
    gift_card_id: str | None
    number_end: str
    amount_minor: int
    returned_minor: int = 0
    balance_after: int = 0


@dataclass(frozen=True, slots=True)
class PaidWith:
    """What a sale writes of its tenders; `shares`: of each line (0: points)."""

    tenders: tuple[SaleTender, ...] = ()
    shares: tuple[LineShare, ...] = ()


@dataclass(frozen=True, slots=True)
class ReturnTender:
    """What came back to a tender (0: points), and onto which account.

    `already_minor`: what had come back before; a guard where given: another return in between is refused.
    """

    tender_no: int
    amount_minor: int
    account: str
    already_minor: int | None = None


@dataclass(frozen=True, slots=True)
class PaidBack:
    """What a return writes: by tender, and by line and tender, guarded by what they paid."""

    tenders: tuple[ReturnTender, ...] = ()
    shares: tuple[LineShare, ...] = ()


NOT_PAID = PaidWith()
NOT_PAID_BACK = PaidBack()


class StoredValueStore(Protocol):
    """Verbs for stored value; same promises as `Store`."""

    async def record_act(self, act: ValueAct) -> Recorded[ValueActRow]:
        """Write an act, or give the first answer again.

        Raises: IdempotencyConflict. GuardFailed: a floor or lot, the state of a card, a day's limit,
            `balance_max`.
        """
        ...

    async def find_act(self, group_id: str, act_id: str) -> ValueActRow | None: ...
    async def list_acts(self, group_id: str, from_ms: int, to_ms: int, limit: int) -> Sequence[ValueActRow]:
        """Acts recorded in [from_ms, to_ms), oldest first."""
        ...

    async def find_gift_cards(
        self, group_id: str, code_hashes: Sequence[bytes], asset: str
    ) -> dict[bytes, GiftCardStands]: ...
    async def get_gift_card(self, group_id: str, gift_card_id: str, asset: str) -> GiftCardStands | None: ...
    async def put_gift_batch(self, row: GiftBatchRow, cards: Sequence[GiftCardRow]) -> Recorded[GiftBatchRow]:
        """Write a batch with all its cards; the same again is a replay. Raises: IdempotencyConflict."""
        ...

    async def move_gift_batch(self, row: GiftBatchRow, from_states: Sequence[str]) -> GiftBatchRow:
        """Move a batch to `row.state`, with `row`'s ids and times. Raises: GuardFailed: it is elsewhere."""
        ...

    async def find_gift_batch(self, group_id: str, batch_id: str) -> GiftBatchRow | None: ...
    async def list_gift_batches(self, group_id: str, before_ms: int, limit: int) -> Sequence[GiftBatchRow]:
        """Batches made before a moment, newest first."""
        ...

    async def list_batch_cards(
        self, group_id: str, batch_id: str, after_place: int, limit: int, asset: str
    ) -> Sequence[GiftCardStands]:
        """The cards of a batch in their places, after one."""
        ...

    async def activate_cards(self, group_id: str, moves: Sequence[tuple[GiftCardMove, Transaction]]) -> int:
        """Activate cards of a batch with their value; those that are not `made` are left alone. How many."""
        ...

    async def find_sale_tenders(self, group_id: str, sale_id: str) -> Sequence[SaleTender]: ...
    async def list_return_tenders(self, group_id: str, return_id: str) -> Sequence[ReturnTender]: ...
    async def list_line_shares(self, group_id: str, line_key: bytes) -> Sequence[LineShare]: ...
    async def list_allotted(self, group_id: str, transaction_id: str) -> Sequence[Allotted]:
        """What a transaction took of which lot of which account, in the order in which it took them."""
        ...

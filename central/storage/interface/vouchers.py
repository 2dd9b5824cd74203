"""The storage interface for vouchers and gifts of tickets. The units themselves are the ledger's."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A voucher; its number is kept as a keyed hash. `redeem_on`: article classes, parted by spaces."""

    group_id: str
    voucher_id: str
    code_hash: bytes
    definition: str
    rule_id: str
    account: str
    lot_id: str
    member_id: str | None
    sale_id: str
    number: int
    worth_minor: int
    redeem_on: str
    last_day: str
    made_ms: int
    taken_back: str | None = None


@quick
@dataclass(frozen=True, slots=True)
class VoucherStands:
    """A voucher with its lot as it stands: 1 is there or not, held or not.

    `taken_by` is the kind of the transaction that took the unit away; empty while it is there. `lot_account`:
    where the lot lies; not the voucher's account where it was used up before its member was merged.
    """

    row: VoucherRow
    remaining: int
    held: int
    expires_ms: int | None
    funder: str
    taken_by: str
    lot_account: str


@quick
@dataclass(frozen=True, slots=True)
class VoucherUse:
    """What a voucher took off a ticket. `takes_unit`: its unit is burned with it, a guard by its lot."""

    voucher_id: str
    used_minor: int
    restored_by: str | None = None


@dataclass(frozen=True, slots=True)
class GiftRow:
    """Units offered free of charge."""

    rule_id: str
    article_id: str
    quantity: int


@quick
@dataclass(frozen=True, slots=True)
class Benefits:
    """What a ticket gave and used beside money and points."""

    vouchers: tuple[VoucherRow, ...] = ()
    uses: tuple[VoucherUse, ...] = ()
    gifts: tuple[GiftRow, ...] = ()


@dataclass(frozen=True, slots=True)
class VoucherReturn:
    """What a return does to vouchers. `restored`: voucher and the lot it is in from now on.

    `void`: used ones that stay ended, for what earned them came back, and whose goods are all back now: they
    are not written, but nobody pays for them any more.
    """

    taken_back: tuple[str, ...] = ()
    restored: tuple[tuple[str, str], ...] = ()
    void: tuple[str, ...] = ()


NO_BENEFITS = Benefits()
NO_VOUCHER_RETURN = VoucherReturn()


class VoucherStore(Protocol):
    """Verbs for vouchers; same promises as `Store`."""

    async def find_vouchers(
        self, group_id: str, code_hashes: Sequence[bytes]
    ) -> dict[bytes, VoucherStands]: ...
    async def find_benefits(self, group_id: str, sale_id: str) -> Benefits: ...
    async def list_vouchers(self, group_id: str, voucher_ids: Sequence[str]) -> dict[str, VoucherStands]: ...
    async def list_vouchers_of(
        self, group_id: str, member_id: str, now_ms: int, limit: int
    ) -> Sequence[VoucherStands]:
        """What a member can use now, the first to end first: there, not held, not expired, not taken back."""
        ...

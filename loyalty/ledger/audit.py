"""Audit of a ledger: recompute everything from the journal and name every difference (DESIGN 4)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from loyalty.ledger.assets import UnknownAsset, parse_asset
from loyalty.ledger.chart import AccountKind, UnknownAccount, kind_of
from loyalty.ledger.journal import GENESIS, chain_hash
from loyalty.ledger.postings import LotChange, Transaction


class FindingCode(StrEnum):
    """What can be wrong with a ledger."""

    ASSET_NOT_ZERO = "asset_not_zero"
    BALANCE_DIFFERS = "balance_differs"
    FLOOR_BROKEN = "floor_broken"
    CEILING_BROKEN = "ceiling_broken"
    LOTS_DIFFER = "lots_differ"
    LOT_DIFFERS = "lot_differs"
    LOT_OVERDRAWN = "lot_overdrawn"
    LOT_OVERFILLED = "lot_overfilled"
    HELD_DIFFERS = "held_differs"
    COUNTER_DIFFERS = "counter_differs"
    NOT_IN_JOURNAL = "not_in_journal"
    NOT_RECORDED = "not_recorded"
    AMOUNT_NOT_POSITIVE = "amount_not_positive"
    WRONG_ASSET = "wrong_asset"
    UNKNOWN_ACCOUNT = "unknown_account"
    TRANSACTION_TWICE = "transaction_twice"
    SEQUENCE_GAP = "sequence_gap"
    CHAIN_BROKEN = "chain_broken"


_TEXTS = {
    FindingCode.ASSET_NOT_ZERO: "the balances of {subject} sum to {found}, not 0",
    FindingCode.BALANCE_DIFFERS: "{subject} holds {found}; its postings say {expected}",
    FindingCode.FLOOR_BROKEN: "{subject} is at {found}, below its floor {expected}",
    FindingCode.CEILING_BROKEN: "{subject} is at {found}, above its ceiling {expected}",
    FindingCode.LOTS_DIFFER: "the lots of {subject} hold {found}; its balance is {expected}",
    FindingCode.LOT_DIFFERS: "lot {subject} holds {found}; the journal says {expected}",
    FindingCode.LOT_OVERDRAWN: "more was taken from lot {subject} than it held: {found}",
    FindingCode.LOT_OVERFILLED: "more came back into lot {subject} than it began with: {found}",
    FindingCode.HELD_DIFFERS: "{subject} keeps {found} for holds; the pending holds say {expected}",
    FindingCode.COUNTER_DIFFERS: "the count of {subject} is {found}; its uses say {expected}",
    FindingCode.NOT_IN_JOURNAL: "{subject} says it was posted; the journal has no transaction {expected}",
    FindingCode.NOT_RECORDED: "transaction {subject} is in the journal; no {expected} names it",
    FindingCode.AMOUNT_NOT_POSITIVE: "a posting of {subject} moves {found}",
    FindingCode.WRONG_ASSET: "{subject} took a posting in {found}; it is kept in {expected}",
    FindingCode.UNKNOWN_ACCOUNT: "{subject} is not in the chart of accounts",
    FindingCode.TRANSACTION_TWICE: "transaction {subject} is in the journal twice",
    FindingCode.SEQUENCE_GAP: "the journal goes on at {found} where {expected} is due",
    FindingCode.CHAIN_BROKEN: "the hash of journal row {subject} does not follow from the rows before it",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference. `subject`: account, lot, asset, transaction or journal row."""

    code: FindingCode
    subject: str
    expected: str = ""
    found: str = ""

    @property
    def text(self) -> str:
        """The finding in words."""
        return _TEXTS[self.code].format(subject=self.subject, expected=self.expected, found=self.found)


class JournalEntry(Protocol):
    """A transaction in journal order with its chain hash."""

    @property
    def seq(self) -> int: ...
    @property
    def transaction(self) -> Transaction: ...
    @property
    def row_hash(self) -> bytes: ...


class StoredAccount(Protocol):
    """A stored balance; `asset` as `code/scale`."""

    @property
    def account(self) -> str: ...
    @property
    def asset(self) -> str: ...
    @property
    def balance(self) -> int: ...


class StoredLot(Protocol):
    """A stored lot."""

    @property
    def lot_id(self) -> str: ...
    @property
    def account(self) -> str: ...
    @property
    def asset(self) -> str: ...
    @property
    def remaining(self) -> int: ...


class HeldAccount(Protocol):
    """An account with what it keeps for holds."""

    @property
    def account(self) -> str: ...
    @property
    def asset(self) -> str: ...
    @property
    def held(self) -> int: ...


class HeldLot(Protocol):
    """A lot with what it keeps for holds."""

    @property
    def lot_id(self) -> str: ...
    @property
    def held(self) -> int: ...


class PendingHold(Protocol):
    """A hold that is neither posted nor freed."""

    @property
    def account(self) -> str: ...
    @property
    def asset(self) -> str: ...
    @property
    def amount(self) -> int: ...
    @property
    def lots(self) -> Sequence[LotChange]: ...


Key = tuple[str, str]
"""Account and asset."""


@dataclass(slots=True)
class Fold:
    """What the journal says so far: feed it every entry in order, then compare with what is stored."""

    balances: dict[Key, int] = field(default_factory=lambda: defaultdict(int))
    lots: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    head: bytes = GENESIS
    entries: int = 0
    _seen: set[str] = field(default_factory=set)
    _first: dict[str, int] = field(default_factory=dict)
    _seq: int | None = None

    def add(self, entry: JournalEntry) -> None:
        """Take the next journal entry."""
        transaction = entry.transaction
        self._check_place(entry)
        if transaction.transaction_id in self._seen:
            self._find(FindingCode.TRANSACTION_TWICE, transaction.transaction_id)
        self._seen.add(transaction.transaction_id)
        touched: dict[Key, None] = {}
        for posting in transaction.postings:
            if posting.amount <= 0:
                self._find(FindingCode.AMOUNT_NOT_POSITIVE, transaction.transaction_id, found=posting.amount)
            asset = str(posting.asset)
            self.balances[posting.source, asset] -= posting.amount
            self.balances[posting.target, asset] += posting.amount
            touched[posting.source, asset] = None
            touched[posting.target, asset] = None
        for key in touched:
            self.findings.extend(_bounds(key, self.balances[key]))
        self._move_lots(transaction)

    def _check_place(self, entry: JournalEntry) -> None:
        if self._seq is not None and entry.seq != self._seq + 1:
            self._find(FindingCode.SEQUENCE_GAP, "journal", expected=self._seq + 1, found=entry.seq)
        self._seq = entry.seq
        if chain_hash(self.head, entry.transaction) != entry.row_hash:
            self._find(FindingCode.CHAIN_BROKEN, str(entry.seq))
        # Go on from what is stored: one tampered row is one finding, not one for every row after it.
        self.head = entry.row_hash
        self.entries += 1

    def _move_lots(self, transaction: Transaction) -> None:
        for lot in transaction.new_lots:
            self.lots[lot.lot_id] = self.lots.get(lot.lot_id, 0) + lot.amount
            self._first[lot.lot_id] = lot.amount
        for change in transaction.lot_restores:
            back = self.lots.get(change.lot_id, 0) + change.amount
            self.lots[change.lot_id] = back
            if back > self._first.get(change.lot_id, 0):
                self._find(FindingCode.LOT_OVERFILLED, change.lot_id, found=back)
        for change in transaction.lot_changes:
            left = self.lots.get(change.lot_id, 0) - change.amount
            self.lots[change.lot_id] = left
            if left < 0:
                self._find(FindingCode.LOT_OVERDRAWN, change.lot_id, found=left)

    def _find(
        self, code: FindingCode, subject: str, *, expected: int | str = "", found: int | str = ""
    ) -> None:
        self.findings.append(Finding(code, subject, str(expected), str(found)))


def audit_ledger(
    journal: Iterable[JournalEntry], accounts: Iterable[StoredAccount], lots: Iterable[StoredLot]
) -> list[Finding]:
    """Check one group's ledger: an empty list means that all of it agrees.

    Args:
        journal: every entry, in order; read once, so it may be a stream.
        accounts, lots: everything stored, in any order.
    """
    fold = Fold()
    for entry in journal:
        fold.add(entry)
    return compare(fold, accounts, lots)


def compare(fold: Fold, accounts: Iterable[StoredAccount], lots: Iterable[StoredLot]) -> list[Finding]:
    """Compare a finished fold with the stored balances and lots; see `audit_ledger`."""
    stored = {(account.account, account.asset): account.balance for account in accounts}
    held = list(lots)
    return [
        *fold.findings,
        *check_sums(stored),
        *(finding for key, balance in stored.items() for finding in _bounds(key, balance)),
        *check_balances(fold.balances, stored),
        *check_lots(fold.lots, held),
        *check_lot_sums(stored, held),
    ]


def check_sums(balances: dict[Key, int]) -> Iterator[Finding]:
    """Every asset sums to zero over all accounts."""
    sums: dict[str, int] = defaultdict(int)
    for (_, asset), balance in balances.items():
        sums[asset] += balance
    for asset, total in sums.items():
        if total:
            yield Finding(FindingCode.ASSET_NOT_ZERO, asset, "0", str(total))


def check_balances(expected: dict[Key, int], stored: dict[Key, int]) -> Iterator[Finding]:
    """Every stored balance is the fold of its postings, and none is missing."""
    for key in sorted(expected.keys() | stored.keys()):
        due, found = expected.get(key, 0), stored.get(key, 0)
        if due != found:
            yield Finding(FindingCode.BALANCE_DIFFERS, key[0], str(due), str(found))


def check_lots(expected: dict[str, int], stored: Iterable[StoredLot]) -> Iterator[Finding]:
    """Every stored lot holds what the journal put in and took out."""
    remaining = {lot.lot_id: lot.remaining for lot in stored}
    for lot_id in sorted(expected.keys() | remaining.keys()):
        due, found = expected.get(lot_id, 0), remaining.get(lot_id, 0)
        if due != found:
            yield Finding(FindingCode.LOT_DIFFERS, lot_id, str(due), str(found))


def check_lot_sums(balances: dict[Key, int], stored: Iterable[StoredLot]) -> Iterator[Finding]:
    """The lots of an account with lots sum to its balance."""
    sums: dict[Key, int] = defaultdict(int)
    for lot in stored:
        sums[lot.account, lot.asset] += lot.remaining
    for key in sorted(balances.keys() | sums.keys()):
        if not _has_lots(key[0]) and key not in sums:
            continue
        due, found = balances.get(key, 0), sums.get(key, 0)
        if due != found:
            yield Finding(FindingCode.LOTS_DIFFER, key[0], str(due), str(found))


def check_holds(
    pending: Iterable[PendingHold], accounts: Iterable[HeldAccount], lots: Iterable[HeldLot]
) -> Iterator[Finding]:
    """What accounts and lots keep is exactly what the pending holds promise."""
    due: dict[str, int] = defaultdict(int)
    for hold in pending:
        due[f"{hold.account} in {hold.asset}"] += hold.amount
        for change in hold.lots:
            due[f"lot {change.lot_id}"] += change.amount
    found = {f"{account.account} in {account.asset}": account.held for account in accounts}
    found |= {f"lot {lot.lot_id}": lot.held for lot in lots}
    for subject in sorted(due.keys() | found.keys()):
        if due.get(subject, 0) != found.get(subject, 0):
            yield Finding(
                FindingCode.HELD_DIFFERS, subject, str(due.get(subject, 0)), str(found.get(subject, 0))
            )


def _takes(kind: AccountKind, asset: str) -> bool:
    try:
        return kind.takes(parse_asset(asset))
    except UnknownAsset:
        return False


def _has_lots(account: str) -> bool:
    try:
        return kind_of(account).has_lots
    except UnknownAccount:
        return False


def _bounds(key: Key, balance: int) -> Iterator[Finding]:
    account, asset = key
    try:
        kind = kind_of(account)
    except UnknownAccount:
        yield Finding(FindingCode.UNKNOWN_ACCOUNT, account)
        return
    if not _takes(kind, asset):
        yield Finding(FindingCode.WRONG_ASSET, account, " or ".join(sorted(kind.families)), asset)
    if kind.floor is not None and balance < kind.floor:
        yield Finding(FindingCode.FLOOR_BROKEN, account, str(kind.floor), str(balance))
    if kind.ceiling is not None and balance > kind.ceiling:
        yield Finding(FindingCode.CEILING_BROKEN, account, str(kind.ceiling), str(balance))

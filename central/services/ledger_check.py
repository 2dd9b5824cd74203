"""The ledger proved, page by page: every balance again from its postings, the chain, the floors, the lots."""

from collections.abc import Callable
from dataclasses import dataclass

from central.storage.base import AccountRow, LotRow, Store
from loyalty.ledger.audit import Finding, Fold, compare
from loyalty.limits import PAGE_ROWS_MAX

Progress = Callable[[int], None]
"""Told how many journal entries are done."""


@dataclass(frozen=True, slots=True)
class LedgerReport:
    """What was checked, and every difference found."""

    group_id: str
    transactions: int
    accounts: int
    lots: int
    findings: tuple[Finding, ...]

    @property
    def is_sound(self) -> bool:
        """Whether all of it agrees."""
        return not self.findings


async def check_ledger(store: Store, group_id: str, on_progress: Progress = lambda _: None) -> LedgerReport:
    """Audit one group's ledger (see `loyalty.ledger.audit`).

    Read in pages while others may write: run it on a quiet or copied store for a final word.
    """
    fold = Fold()
    after_seq = 0
    while page := await store.list_journal(group_id, after_seq, PAGE_ROWS_MAX):
        for entry in page:
            fold.add(entry)
        after_seq = page[-1].seq
        on_progress(fold.entries)
    accounts: list[AccountRow] = []
    after = ""
    while rows := await store.list_accounts(group_id, after, PAGE_ROWS_MAX):
        accounts.extend(rows)
        after = rows[-1].account
    lots: list[LotRow] = []
    after = ""
    while held := await store.list_lots(group_id, after, PAGE_ROWS_MAX):
        lots.extend(held)
        after = held[-1].lot_id
    return LedgerReport(
        group_id=group_id,
        transactions=fold.entries,
        accounts=len(accounts),
        lots=len(lots),
        findings=tuple(compare(fold, accounts, lots)),
    )

"""The ledger proved, in one state of it: balances again from the postings, the chain, floors, lots."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from central.services.core import access
from central.services.core.access import Actor
from central.storage.base import Store
from central.storage.interface.claims import JournalFault
from central.storage.interface.rows import JournalRow
from loyalty.ledger.audit import Finding, FindingCode, Fold, check_holds, compare

Progress = Callable[[int], None]
"""Told how many journal entries are done, on a thread of the store."""


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


async def check_ledger(store: Store, actor: Actor, on_progress: Progress = lambda _: None) -> LedgerReport:
    """Audit the ledger of the actor's group (see `loyalty.ledger.audit`).

    The ledger is read in one state, and the counters with their uses in another, so that it holds for a store
    in which others write meanwhile.
    """
    access.require(actor, access.LEDGER_CHECK)
    fold = Fold()

    def take(page: Sequence[JournalRow]) -> None:
        for entry in page:
            fold.add(entry)
        on_progress(fold.entries)

    accounts, lots, holds = await store.read_ledger(actor.group_id, take)
    counters = tuple(
        Finding(
            FindingCode.COUNTER_DIFFERS,
            f"{fault.claim_key} {fault.owner}".strip(),
            str(fault.expected),
            str(fault.found),
        )
        for fault in await store.check_counters(actor.group_id)
    )
    records = tuple(_finding(fault) for fault in await store.check_journal(actor.group_id))
    return LedgerReport(
        group_id=actor.group_id,
        transactions=fold.entries,
        accounts=len(accounts),
        lots=len(lots),
        findings=(*compare(fold, accounts, lots), *check_holds(holds, accounts, lots), *counters, *records),
    )


def _finding(fault: JournalFault) -> Finding:
    record = fault.record.replace("_", " ")
    if not fault.record_id:
        return Finding(FindingCode.NOT_RECORDED, fault.transaction_id, record)
    return Finding(FindingCode.NOT_IN_JOURNAL, f"{record} {fault.record_id}", fault.transaction_id or "of it")

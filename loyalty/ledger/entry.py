"""Who writes a transaction, when, and because of what: the same head for every kind."""

from dataclasses import dataclass

from loyalty.ledger.postings import LotChange, NewLot, Posting, Transaction
from loyalty.values import quick


@quick
@dataclass(frozen=True, slots=True, kw_only=True)
class EntryHead:
    """Everything of a transaction that does not move value; see `Transaction` for the fields."""

    transaction_id: str
    cause_id: str
    occurred_ms: int
    recorded_ms: int
    actor: str
    terminal_id: str | None
    ruleset_version: int

    def named(self, transaction_id: str) -> "EntryHead":
        """The head of another transaction of the same cause."""
        return EntryHead(
            transaction_id=transaction_id,
            cause_id=self.cause_id,
            occurred_ms=self.occurred_ms,
            recorded_ms=self.recorded_ms,
            actor=self.actor,
            terminal_id=self.terminal_id,
            ruleset_version=self.ruleset_version,
        )


def entry(
    head: EntryHead,
    kind: str,
    postings: tuple[Posting, ...],
    *,
    new_lots: tuple[NewLot, ...] = (),
    lot_changes: tuple[LotChange, ...] = (),
    lot_restores: tuple[LotChange, ...] = (),
) -> Transaction:
    """Join head and value into a transaction."""
    assert postings, "a transaction moves something"
    assert all(posting.amount > 0 for posting in postings), "an amount is above 0; turn the posting round"
    return Transaction(
        transaction_id=head.transaction_id,
        kind=kind,
        postings=postings,
        occurred_ms=head.occurred_ms,
        recorded_ms=head.recorded_ms,
        cause_id=head.cause_id,
        actor=head.actor,
        terminal_id=head.terminal_id,
        ruleset_version=head.ruleset_version,
        new_lots=new_lots,
        lot_changes=lot_changes,
        lot_restores=lot_restores,
    )

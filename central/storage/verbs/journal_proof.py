"""What must hold between the journal and the records of acts, for the nightly proof.

A record says which transaction it posted; no foreign key holds it. A record without its transaction is
value told to somebody and moved nowhere; a transaction without its record is value moved that nobody can
explain.
"""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from typing import Final

from central.storage.interface.claims import JournalFault
from central.storage.unit import Snapshot
from loyalty.limits.ledger import JOURNAL_FAULTS_MAX

_RECORDS: Final = (
    # table, its id, what names the transaction, which rows must name one, kinds that are its own
    ("sale", "sale_id", "transaction_id", "0 = 1", ("accrual",)),
    ("sale", "sale_id", "redemption_id", "0 = 1", ()),
    ("sale_return", "return_id", "transaction_id", "0 = 1", ("reversal",)),
    ("sale_return", "return_id", "restoration_id", "0 = 1", ("restoration",)),
    ("correction", "correction_id", "transaction_id", "r.state = 'posted'", ("correction",)),
    ("value_move", "move_id", "transaction_id", "0 = 1", ("donation", "transfer", "conversion", "handout")),
    ("value_act", "act_id", "transaction_id", "0 = 1", ("value_draw",)),
    ("goodwill", "goodwill_id", "transaction_id", "0 = 1", ("goodwill",)),
    ("game_play", "play_id", "transaction_id", "r.prize_id <> ''", ("prize",)),
    ("game_play", "play_id", "handover_transaction_id", "r.handed_ms IS NOT NULL", ("prize_handover",)),
    ("association_payout", "association_id", "transaction_id", "0 = 1", ()),
    ("member_merge", "merge_id", "transaction_id", "0 = 1", ("merge",)),
)
"""Other kinds have causes of several sorts (a batch of cards, a night's run) and no record of their own."""

_NOT_IN_JOURNAL = " UNION ALL ".join(
    f"""SELECT '{table}' AS record, r.{key} AS id, coalesce(r.{names}, '') AS transaction_id
FROM {table} AS r
WHERE r.group_id = :group_id AND (({must} AND r.{names} IS NULL) OR (r.{names} IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM ledger_transaction AS t WHERE t.group_id = :group_id AND t.transaction_id = r.{names})))"""
    for table, key, names, must, _ in _RECORDS
)
_NOT_RECORDED = " UNION ALL ".join(
    f"""SELECT record, id FROM (SELECT '{table}' AS record, t.transaction_id AS id
FROM ledger_transaction AS t
WHERE t.group_id = :group_id AND t.kind IN ({", ".join(f"'{kind}'" for kind in kinds)})
EXCEPT SELECT '{table}', r.{names} FROM {table} AS r WHERE r.group_id = :group_id) AS {table}_{names}"""
    for table, _, names, _, kinds in _RECORDS
    if kinds
)
_ALL_NOT_IN_JOURNAL = f"{_NOT_IN_JOURNAL} ORDER BY record, id LIMIT :limit"
_ALL_NOT_RECORDED = f"{_NOT_RECORDED} ORDER BY record, id LIMIT :limit"


def check_journal(snapshot: Snapshot, group_id: str) -> Sequence[JournalFault]:
    """Records whose transaction is not in the journal, and transactions whose record is not there."""
    asked = {"group_id": group_id, "limit": JOURNAL_FAULTS_MAX}
    lost = [JournalFault(*row) for row in snapshot.all(_ALL_NOT_IN_JOURNAL, asked)]
    bare = [JournalFault(record, "", posted) for record, posted in snapshot.all(_ALL_NOT_RECORDED, asked)]
    return [*lost, *bare]

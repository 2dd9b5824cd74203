"""Points the counter gives on its own, counted against what its role may give."""

from collections.abc import Sequence

from central.storage.interface.claims import CounterUse, GoodwillRow
from central.storage.interface.common import IdempotencyConflict, Recorded
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import claims, facts, ledger
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points
from loyalty.ledger.postings import Transaction

_COLUMNS = """
SELECT group_id, goodwill_id, input_hash, shop_id, member_id, role, operator, actor, points, reason,
    recorded_ms, transaction_id, balance_after
FROM goodwill
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND goodwill_id = :goodwill_id"
_LIST = f"""
{_COLUMNS} INDEXED BY goodwill_by_time
WHERE group_id = :group_id AND recorded_ms >= :from_ms AND recorded_ms < :to_ms
ORDER BY recorded_ms DESC, goodwill_id LIMIT :limit
"""
_ADD = """
INSERT INTO goodwill (group_id, goodwill_id, input_hash, shop_id, member_id, role, operator, actor, points,
    reason, recorded_ms, transaction_id, balance_after)
VALUES (:group_id, :goodwill_id, :input_hash, :shop_id, :member_id, :role, :operator, :actor, :points,
    :reason, :recorded_ms, :transaction_id, :balance_after)
"""


def record_goodwill(
    unit: Unit, row: GoodwillRow, transaction: Transaction, uses: Sequence[CounterUse]
) -> Recorded[GoodwillRow]:
    """Write it all, or give the first answer again."""
    first = find_goodwill(unit, row.group_id, row.goodwill_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The goodwill", id=row.goodwill_id)
        return Recorded(first, is_replay=True)
    facts.require_there(unit, row.group_id, [row.member_id])
    claims.use(unit, row.group_id, row.goodwill_id, uses, row.recorded_ms)
    ledger.post_transaction(unit, row.group_id, transaction)
    balance = ledger.balance(unit, row.group_id, member_points(row.member_id), POINTS)
    unit.run(_ADD, bindings_of(row, balance_after=balance))
    unit.add_event(
        row.group_id,
        "goodwill.given",
        row.recorded_ms,
        goodwill_id=row.goodwill_id,
        shop_id=row.shop_id,
        member_id=row.member_id,
        points=row.points,
    )
    written = find_goodwill(unit, row.group_id, row.goodwill_id)
    assert written is not None, "it was written just now"
    return Recorded(written, is_replay=False)


def find_goodwill(snapshot: Snapshot, group_id: str, goodwill_id: str) -> GoodwillRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "goodwill_id": goodwill_id})
    return None if row is None else GoodwillRow(*row)


def list_goodwill(
    snapshot: Snapshot, group_id: str, from_ms: int, to_ms: int, limit: int
) -> Sequence[GoodwillRow]:
    bindings = {"group_id": group_id, "from_ms": from_ms, "to_ms": to_ms, "limit": limit}
    return [GoodwillRow(*row) for row in snapshot.all(_LIST, bindings)]

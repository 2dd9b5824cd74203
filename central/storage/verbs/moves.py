"""Gifts, corrections by staff, households."""

from collections.abc import Sequence

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.value import CorrectionRow, MoveRecord, MoveRow
from central.storage.interface.vouchers import Benefits
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import facts, ledger, vouchers
from central.storage.verbs.counter_acts import add_counter_act
from loyalty.ledger import chart
from loyalty.ledger.assets import parse_asset
from loyalty.ledger.postings import Transaction

_FIND_MOVE = """
SELECT group_id, move_id, kind, input_hash, member_id, other_id, asset, amount, recorded_ms, transaction_id,
    balance_after
FROM value_move WHERE group_id = :group_id AND move_id = :move_id
"""
_ADD_MOVE = """
INSERT INTO value_move (group_id, move_id, kind, input_hash, member_id, other_id, asset, amount, recorded_ms,
    transaction_id, balance_after)
VALUES (:group_id, :move_id, :kind, :input_hash, :member_id, :other_id, :asset, :amount, :recorded_ms,
    :transaction_id, :balance_after)
"""


def record_move(unit: Unit, record: MoveRecord) -> Recorded[MoveRow]:
    """Write a move with its transaction, or give the first answer again."""
    first = find_move(unit, record.group_id, record.move_id)
    if first is not None:
        if first.input_hash != record.input_hash:
            raise IdempotencyConflict(what="The move", id=record.move_id)
        return Recorded(first, is_replay=True)
    facts.require_there(unit, record.group_id, filter(None, (record.member_id, record.other_id)))
    if record.needs_household:
        homes = {
            find_household(unit, record.group_id, each or "") for each in (record.member_id, record.other_id)
        }
        if len(homes) != 1 or None in homes:
            raise GuardFailed(guard="That both members are of one household")
    ledger.post_transaction(unit, record.group_id, record.transaction)
    balance_after = None
    if record.member_id is not None:
        asset = parse_asset(record.asset)
        account = chart.member_account(record.member_id, asset)
        balance_after = ledger.balance(unit, record.group_id, account, asset)
    row = MoveRow(
        group_id=record.group_id,
        move_id=record.move_id,
        kind=record.kind,
        input_hash=record.input_hash,
        member_id=record.member_id,
        other_id=record.other_id,
        asset=record.asset,
        amount=record.amount,
        recorded_ms=record.recorded_ms,
        transaction_id=record.transaction.transaction_id,
        balance_after=balance_after,
    )
    unit.run(_ADD_MOVE, bindings_of(row))
    if record.act is not None:
        add_counter_act(unit, record.act, record.limits)
    if record.vouchers:
        vouchers.add_benefits(unit, record.group_id, {record.move_id: Benefits(vouchers=record.vouchers)})
    unit.add_event(
        record.group_id,
        "value.moved",
        record.recorded_ms,
        move_id=record.move_id,
        member_id=record.member_id,
        kind=record.kind,
    )
    return Recorded(row, is_replay=False)


def find_move(snapshot: Snapshot, group_id: str, move_id: str) -> MoveRow | None:
    row = snapshot.one(_FIND_MOVE, {"group_id": group_id, "move_id": move_id})
    return None if row is None else MoveRow(*row)


# Corrections ------------------------------------------------------------------------------------------------

_CORRECTION = """
SELECT group_id, correction_id, member_id, points, reason, state, input_hash, requested_by, requested_ms,
    decided_by, decided_ms, transaction_id
FROM correction
"""
_FIND_CORRECTION = f"{_CORRECTION} WHERE group_id = :group_id AND correction_id = :correction_id"
_ALL_PENDING = f"""
{_CORRECTION} INDEXED BY correction_pending WHERE group_id = :group_id AND state = 'pending'
ORDER BY requested_ms, correction_id LIMIT :limit
"""
_ADD_CORRECTION = """
INSERT INTO correction (group_id, correction_id, member_id, points, reason, state, input_hash, requested_by,
    requested_ms, decided_by, decided_ms, transaction_id)
VALUES (:group_id, :correction_id, :member_id, :points, :reason, :state, :input_hash, :requested_by,
    :requested_ms, :decided_by, :decided_ms, :transaction_id)
"""
_FIND_CORRECTED_ALONE = """
SELECT coalesce(sum(abs(points)), 0) FROM correction INDEXED BY correction_by_time
WHERE group_id = :group_id AND requested_by = :actor AND requested_ms >= :since_ms
    AND state = 'posted' AND decided_by IS NULL
"""
_DECIDE = """
UPDATE correction
SET state = :state, decided_by = :decided_by, decided_ms = :now_ms, transaction_id = :transaction_id
WHERE group_id = :group_id AND correction_id = :correction_id AND state = 'pending'
    AND requested_by <> :decided_by
"""


def put_correction(
    unit: Unit, row: CorrectionRow, transaction: Transaction | None, *, alone_max: int, since_ms: int
) -> Recorded[CorrectionRow]:
    """Write a correction asked for, posted at once where a transaction comes with it."""
    stored = find_correction(unit, row.group_id, row.correction_id)
    if stored is not None:
        if stored.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The correction", id=row.correction_id)
        return Recorded(stored, is_replay=True)
    facts.require_there(unit, row.group_id, [row.member_id])
    if transaction is not None:
        before = corrected_alone(unit, row.group_id, row.requested_by, since_ms)
        if before + abs(row.points) > alone_max:
            raise GuardFailed(guard="What one person may correct alone in a day")
        ledger.post_transaction(unit, row.group_id, transaction)
    unit.run(_ADD_CORRECTION, bindings_of(row))
    _tell(unit, row, row.requested_ms)
    return Recorded(row, is_replay=False)


def decide_correction(
    unit: Unit,
    group_id: str,
    correction_id: str,
    decided_by: str,
    transaction: Transaction | None,
    now_ms: int,
) -> CorrectionRow:
    """Post or refuse what somebody else asked for."""
    bindings = {
        "group_id": group_id,
        "correction_id": correction_id,
        "decided_by": decided_by,
        "now_ms": now_ms,
        "state": "refused" if transaction is None else "posted",
        "transaction_id": None if transaction is None else transaction.transaction_id,
    }
    if not unit.run(_DECIDE, bindings):
        raise GuardFailed(guard=f"That the correction {correction_id} waits for somebody else's decision")
    row = find_correction(unit, group_id, correction_id)
    assert row is not None, "it was updated just now"
    if transaction is not None:
        facts.require_there(unit, group_id, [row.member_id])
        ledger.post_transaction(unit, group_id, transaction)
    _tell(unit, row, now_ms)
    return row


def _tell(unit: Unit, row: CorrectionRow, at_ms: int) -> None:
    kind = "correction.requested" if row.state == "pending" else f"correction.{row.state}"
    unit.add_event(row.group_id, kind, at_ms, correction_id=row.correction_id, member_id=row.member_id)


def find_correction(snapshot: Snapshot, group_id: str, correction_id: str) -> CorrectionRow | None:
    row = snapshot.one(_FIND_CORRECTION, {"group_id": group_id, "correction_id": correction_id})
    return None if row is None else CorrectionRow(*row)


def list_pending_corrections(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[CorrectionRow]:
    rows = snapshot.all(_ALL_PENDING, {"group_id": group_id, "limit": limit})
    return [CorrectionRow(*row) for row in rows]


def corrected_alone(snapshot: Snapshot, group_id: str, actor: str, since_ms: int) -> int:
    """What an actor corrected without a second person, up and down added together."""
    row = snapshot.one(_FIND_CORRECTED_ALONE, {"group_id": group_id, "actor": actor, "since_ms": since_ms})
    assert row is not None
    return int(row[0])


# Households -------------------------------------------------------------------------------------------------

_LEAVE = """
DELETE FROM household_member WHERE group_id = :group_id AND member_id IN (
    SELECT member_id FROM household_member WHERE group_id = :group_id AND household_id = :household_id)
"""
_JOIN = """
INSERT INTO household_member (group_id, member_id, household_id, joined_ms)
VALUES (:group_id, :member_id, :household_id, :now_ms)
ON CONFLICT (group_id, member_id) DO UPDATE SET household_id = :household_id, joined_ms = :now_ms
"""
_LIST_HOUSEHOLD = """
SELECT member_id FROM household_member WHERE group_id = :group_id AND household_id = :household_id
ORDER BY member_id
"""
_FIND_HOUSEHOLD = (
    "SELECT household_id FROM household_member WHERE group_id = :group_id AND member_id = :member_id"
)


def put_household(
    unit: Unit, group_id: str, household_id: str, member_ids: Sequence[str], now_ms: int
) -> None:
    key = {"group_id": group_id, "household_id": household_id}
    if list(list_household(unit, group_id, household_id)) == sorted(set(member_ids)):
        return
    unit.run(_LEAVE, key)
    unit.run_each(_JOIN, [key | {"member_id": each, "now_ms": now_ms} for each in sorted(set(member_ids))])
    unit.add_event(group_id, "household.changed", now_ms, household_id=household_id)


def list_household(snapshot: Snapshot, group_id: str, household_id: str) -> Sequence[str]:
    rows = snapshot.all(_LIST_HOUSEHOLD, {"group_id": group_id, "household_id": household_id})
    return [row[0] for row in rows]


def find_household(snapshot: Snapshot, group_id: str, member_id: str) -> str | None:
    row = snapshot.one(_FIND_HOUSEHOLD, {"group_id": group_id, "member_id": member_id})
    return None if row is None else row[0]

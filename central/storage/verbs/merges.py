"""Merging members: one asks, perhaps another decides; then all of it in one unit of writing."""

from collections.abc import Sequence
from dataclasses import replace

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.merges import AloneMax, Joined, MergeRead, MergeRow, MergeWaits
from central.storage.interface.rows import MemberRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import erasure, joining, leases, members

_COLUMNS = """
SELECT group_id, merge_id, survivor_id, duplicate_id, reason, state, points, value_minor, input_hash,
    requested_by, requested_ms, decided_by, decided_ms, transaction_id
FROM member_merge
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND merge_id = :merge_id"
_ALL_PENDING = f"""
{_COLUMNS} INDEXED BY member_merge_pending WHERE group_id = :group_id AND state = 'pending'
ORDER BY requested_ms, merge_id LIMIT :limit
"""
_ADD = """
INSERT INTO member_merge (group_id, merge_id, survivor_id, duplicate_id, reason, state, points, value_minor,
    input_hash, requested_by, requested_ms, decided_by, decided_ms, transaction_id)
VALUES (:group_id, :merge_id, :survivor_id, :duplicate_id, :reason, :state, :points, :value_minor,
    :input_hash, :requested_by, :requested_ms, :decided_by, :decided_ms, :transaction_id)
"""
_DECIDE = """
UPDATE member_merge
SET state = :state, decided_by = :decided_by, decided_ms = :now_ms, transaction_id = :transaction_id
WHERE group_id = :group_id AND merge_id = :merge_id AND state = 'pending' AND requested_by <> :decided_by
"""
_WAITING_OF = f"""
{_COLUMNS} INDEXED BY member_merge_pending WHERE group_id = :group_id AND state = 'pending'
    AND (survivor_id IN (:one, :other) OR duplicate_id IN (:one, :other))
ORDER BY requested_ms, merge_id
"""
_END = """
UPDATE member_merge SET state = 'refused', decided_ms = :now_ms
WHERE group_id = :group_id AND merge_id = :merge_id AND state = 'pending'
"""
_FIND_DONE_ALONE = """
SELECT coalesce(sum(points), 0), coalesce(sum(value_minor), 0)
FROM member_merge INDEXED BY member_merge_alone
WHERE group_id = :group_id AND requested_by = :actor AND requested_ms >= :since_ms
    AND state = 'done' AND decided_by IS NULL
"""
_FIND_SEALED = "SELECT sealed FROM member_fact WHERE group_id = :group_id AND member_id = :member_id"
_FIND_CLAIMS_HELD = """
SELECT coalesce(sum(held), 0) FROM claim_counter INDEXED BY claim_counter_by_owner
WHERE group_id = :group_id AND owner = :owner
"""
_SUM_VOUCHERS = """
SELECT coalesce(sum(v.worth_minor), 0) FROM voucher AS v INDEXED BY voucher_by_member
CROSS JOIN lot AS l ON l.group_id = v.group_id AND l.lot_id = v.lot_id AND l.remaining > 0
WHERE v.group_id = :group_id AND v.member_id = :member_id
"""


def read_merge(snapshot: Snapshot, group_id: str, survivor_id: str, duplicate_id: str) -> MergeRead:
    """See `MergeStore.read_merge`."""
    key = {"group_id": group_id, "member_id": duplicate_id}
    held = snapshot.one(_FIND_CLAIMS_HELD, {"group_id": group_id, "owner": f"member/{duplicate_id}"})
    worth = snapshot.one(_SUM_VOUCHERS, key)
    former = [
        _get(snapshot, group_id, each) for each in members.list_merged(snapshot, group_id, duplicate_id)
    ]
    assert held is not None, "a sum has a row"
    assert worth is not None, "a sum has a row"
    return MergeRead(
        survivor=members.find_member(snapshot, group_id, survivor_id),
        duplicate=members.find_member(snapshot, group_id, duplicate_id),
        value=erasure.read_member_value(snapshot, group_id, duplicate_id),
        survivor_value=erasure.read_member_value(snapshot, group_id, survivor_id),
        vouchers_minor=int(worth[0]),
        former=tuple(former),
        merged=len(members.list_merged(snapshot, group_id, survivor_id)),
        sealed=_sealed(snapshot, group_id, duplicate_id),
        survivor_sealed=_sealed(snapshot, group_id, survivor_id),
        has_claims=bool(held[0]),
        leased=leases.held_by_leases(snapshot, group_id, duplicate_id),
    )


def _get(snapshot: Snapshot, group_id: str, member_id: str) -> MemberRow:
    row = members.find_member(snapshot, group_id, member_id)
    assert row is not None, "it was listed just now"
    return row


def _sealed(snapshot: Snapshot, group_id: str, member_id: str) -> bytes | None:
    row = snapshot.one(_FIND_SEALED, {"group_id": group_id, "member_id": member_id})
    return None if row is None else row[0]


def put_merge(unit: Unit, row: MergeRow, joined: Joined | None, alone: AloneMax) -> Recorded[MergeRow]:
    """See `MergeStore.put_merge`."""
    first = find_merge(unit, row.group_id, row.merge_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The merge", id=row.merge_id)
        return Recorded(first, is_replay=True)
    if joined is None:
        _require_none_waits(unit, row)
    else:
        points, minor = merged_alone(unit, row.group_id, row.requested_by, alone.since_ms)
        if points + row.points > alone.points or minor + row.value_minor > alone.minor:
            raise GuardFailed(guard="What one person may merge alone in a day")
        joining.join_members(unit, row, joined, actor=row.requested_by, now_ms=row.requested_ms)
    unit.run(_ADD, bindings_of(row))
    _tell(unit, row, row.requested_ms)
    if joined is not None:
        _end_stale(unit, row, row.requested_ms)
    return Recorded(row, is_replay=False)


def decide_merge(
    unit: Unit, group_id: str, merge_id: str, decided_by: str, joined: Joined | None, now_ms: int
) -> MergeRow:
    """See `MergeStore.decide_merge`."""
    transaction = None if joined is None else joined.transaction
    bindings = {
        "group_id": group_id,
        "merge_id": merge_id,
        "decided_by": decided_by,
        "now_ms": now_ms,
        "state": "refused" if joined is None else "done",
        "transaction_id": None if transaction is None else transaction.transaction_id,
    }
    if not unit.run(_DECIDE, bindings):
        raise GuardFailed(guard=f"That the merge {merge_id} waits for somebody else's decision")
    row = find_merge(unit, group_id, merge_id)
    assert row is not None, "it was updated just now"
    if joined is not None:
        joining.join_members(unit, row, joined, actor=decided_by, now_ms=now_ms)
    _tell(unit, row, now_ms)
    if joined is not None:
        _end_stale(unit, row, now_ms)
    return row


def _require_none_waits(unit: Unit, row: MergeRow) -> None:
    """Whoever writes of a group is alone, so what is looked up here still stands when the row is added."""
    for waiting in _waiting_of(unit, row.group_id, row.survivor_id, row.duplicate_id):
        named = (waiting.survivor_id, waiting.duplicate_id)
        member_id = row.duplicate_id if row.duplicate_id in named else row.survivor_id
        raise MergeWaits(merge_id=waiting.merge_id, member_id=member_id)


def _end_stale(unit: Unit, row: MergeRow, now_ms: int) -> None:
    """What waits for a record that is merged now can never be done: refused, by nobody."""
    for waiting in _waiting_of(unit, row.group_id, row.duplicate_id, row.duplicate_id):
        key = {"group_id": row.group_id, "merge_id": waiting.merge_id, "now_ms": now_ms}
        if unit.run(_END, key):
            _tell(unit, replace(waiting, state="refused"), now_ms)


def _waiting_of(snapshot: Snapshot, group_id: str, one: str, other: str) -> list[MergeRow]:
    rows = snapshot.all(_WAITING_OF, {"group_id": group_id, "one": one, "other": other})
    return [_row(row) for row in rows]


def _tell(unit: Unit, row: MergeRow, at_ms: int) -> None:
    """Whoever works out where members stand looks at the survivor anew."""
    kind = {"pending": "member.merge_requested", "done": "member.merged", "refused": "member.merge_refused"}
    unit.add_event(
        row.group_id,
        kind[row.state],
        at_ms,
        merge_id=row.merge_id,
        member_id=row.survivor_id,
        duplicate_id=row.duplicate_id,
    )


def find_merge(snapshot: Snapshot, group_id: str, merge_id: str) -> MergeRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "merge_id": merge_id})
    return None if row is None else _row(row)


def list_pending_merges(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[MergeRow]:
    rows = snapshot.all(_ALL_PENDING, {"group_id": group_id, "limit": limit})
    return [_row(row) for row in rows]


def merged_alone(snapshot: Snapshot, group_id: str, actor: str, since_ms: int) -> tuple[int, int]:
    row = snapshot.one(_FIND_DONE_ALONE, {"group_id": group_id, "actor": actor, "since_ms": since_ms})
    assert row is not None, "a sum has a row"
    return int(row[0]), int(row[1])


def _row(row: tuple[object, ...]) -> MergeRow:
    return row_of(MergeRow, row)

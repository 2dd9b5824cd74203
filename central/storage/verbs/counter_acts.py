"""Acts of clerks: noted once, and only while their limits leave one."""

from collections.abc import Sequence

from central.storage.interface.common import IdempotencyConflict, Recorded
from central.storage.interface.counter import ActCount, ActLimitReached, ActLimits, CounterActRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of

_COLUMNS = """
SELECT group_id, act_id, kind, input_hash, shop_id, token_id, staff_id, role, member_id, from_id, sale_id,
    reason, day, at_ms
FROM counter_act
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND act_id = :act_id"
_LIST = f"""
{_COLUMNS} INDEXED BY counter_act_by_time
WHERE group_id = :group_id AND at_ms >= :from_ms AND at_ms < :to_ms
ORDER BY at_ms DESC, act_id DESC LIMIT :limit
"""
_BY_STAFF = """
SELECT count(*) FROM counter_act INDEXED BY counter_act_by_staff
WHERE group_id = :group_id AND staff_id = :staff_id AND kind = :kind AND day = :day
"""
_BY_MEMBER = """
SELECT count(*) FROM counter_act INDEXED BY counter_act_by_member
WHERE group_id = :group_id AND member_id = :member_id AND kind = :kind AND day = :day
"""
_COUNT = """
SELECT staff_id, max(role), kind, member_id, count(*) FROM counter_act INDEXED BY counter_act_by_time
WHERE group_id = :group_id AND at_ms >= :from_ms AND at_ms < :to_ms
GROUP BY staff_id, kind, member_id
ORDER BY 5 DESC, staff_id, kind, member_id LIMIT :limit
"""
_FIND_LAST_SALE = """
SELECT sale_id FROM sale INDEXED BY sale_by_time
WHERE group_id = :group_id AND occurred_ms >= :since_ms AND shop_id = :shop_id
    AND coalesce(terminal_id, '') = :terminal_id
ORDER BY occurred_ms DESC, recorded_ms DESC, sale_id DESC LIMIT 1
"""
# One statement decides and writes; which of the two limits it was is only asked afterwards, to say so.
_ADD = f"""
INSERT INTO counter_act (group_id, act_id, kind, input_hash, shop_id, token_id, staff_id, role, member_id,
    from_id, sale_id, reason, day, at_ms)
SELECT :group_id, :act_id, :kind, :input_hash, :shop_id, :token_id, :staff_id, :role, :member_id,
    :from_id, :sale_id, :reason, :day, :at_ms
WHERE (:per_staff = 0 OR ({_BY_STAFF}) < :per_staff)
    AND (:per_member = 0 OR CAST(:member_id AS TEXT) IS NULL OR ({_BY_MEMBER}) < :per_member)
"""


def add_counter_act(unit: Unit, row: CounterActRow, limits: ActLimits) -> Recorded[CounterActRow]:
    """See `CounterStore.add_counter_act`."""
    first = find_counter_act(unit, row.group_id, row.act_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The act", id=row.act_id)
        return Recorded(first, is_replay=True)
    bindings = bindings_of(row, per_staff=limits.per_staff, per_member=limits.per_member)
    if not unit.run(_ADD, bindings):
        counted = unit.one(_BY_STAFF, bindings)
        assert counted is not None, "a count has a row"
        is_staffs = limits.per_staff and counted[0] >= limits.per_staff
        raise ActLimitReached("staff" if is_staffs else "member")
    unit.add_event(
        row.group_id,
        "counter.acted",
        row.at_ms,
        act_id=row.act_id,
        act=row.kind,
        shop_id=row.shop_id,
        staff_id=row.staff_id,
        member_id=row.member_id,
        sale_id=row.sale_id,
    )
    return Recorded(row, is_replay=False)


def find_last_sale(
    snapshot: Snapshot, group_id: str, shop_id: str, terminal_id: str | None, since_ms: int
) -> str | None:
    """See `CounterStore.find_last_sale`."""
    bindings = {
        "group_id": group_id, "shop_id": shop_id, "terminal_id": terminal_id or "", "since_ms": since_ms
    }  # fmt: skip
    row = snapshot.one(_FIND_LAST_SALE, bindings)
    return None if row is None else str(row[0])


def find_counter_act(snapshot: Snapshot, group_id: str, act_id: str) -> CounterActRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "act_id": act_id})
    return None if row is None else _row(row)


def list_counter_acts(
    snapshot: Snapshot, group_id: str, from_ms: int, to_ms: int, limit: int
) -> Sequence[CounterActRow]:
    bindings = {"group_id": group_id, "from_ms": from_ms, "to_ms": to_ms, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST, bindings)]


def count_counter_acts(
    snapshot: Snapshot, group_id: str, from_ms: int, to_ms: int, limit: int
) -> Sequence[ActCount]:
    """See `CounterStore.count_counter_acts`."""
    bindings = {"group_id": group_id, "from_ms": from_ms, "to_ms": to_ms, "limit": limit}
    return [ActCount(*row) for row in snapshot.all(_COUNT, bindings)]


def _row(row: tuple[object, ...]) -> CounterActRow:
    return row_of(CounterActRow, row)

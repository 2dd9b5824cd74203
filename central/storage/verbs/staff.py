"""Who serves at the counter."""

from collections.abc import Sequence
from dataclasses import replace

from central.storage.interface.counter import StaffRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of

_COLUMNS = "SELECT group_id, staff_id, role, shop_id, put_ms, ended_ms FROM staff"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND staff_id = :staff_id"
_ALL = f"{_COLUMNS} WHERE group_id = :group_id ORDER BY staff_id LIMIT :limit"
_PUT = """
INSERT INTO staff (group_id, staff_id, role, shop_id, put_ms, ended_ms)
VALUES (:group_id, :staff_id, :role, :shop_id, :put_ms, :ended_ms)
ON CONFLICT (group_id, staff_id) DO UPDATE
SET role = excluded.role, shop_id = excluded.shop_id, put_ms = excluded.put_ms, ended_ms = excluded.ended_ms
"""


def put_staff(unit: Unit, row: StaffRow) -> StaffRow:
    """See `CounterStore.put_staff`. What is there already is left, with its moment."""
    before = find_staff(unit, row.group_id, row.staff_id)
    if before is not None and _same(before, row):
        return before
    unit.run(_PUT, bindings_of(row))
    unit.add_event(
        row.group_id,
        "staff.changed" if row.ended_ms is None else "staff.ended",
        row.put_ms,
        staff_id=row.staff_id,
        shop_id=row.shop_id,
    )
    return row


def _same(before: StaffRow, row: StaffRow) -> bool:
    has_ended = (before.ended_ms is None, row.ended_ms is None)
    return has_ended[0] == has_ended[1] and replace(before, put_ms=0, ended_ms=None) == replace(
        row, put_ms=0, ended_ms=None
    )


def find_staff(snapshot: Snapshot, group_id: str, staff_id: str) -> StaffRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "staff_id": staff_id})
    return None if row is None else _row(row)


def list_staff(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[StaffRow]:
    return [_row(row) for row in snapshot.all(_ALL, {"group_id": group_id, "limit": limit})]


def _row(row: tuple[object, ...]) -> StaffRow:
    return row_of(StaffRow, row)

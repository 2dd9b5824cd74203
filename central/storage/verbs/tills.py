"""Cards of staff, and what terminals tell of their tills."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import replace

from central.storage.interface.common import IdempotencyConflict, Recorded
from central.storage.interface.tills import StaffCardRow, TillActRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of

_STAFF = "group_id, staff_id, uid, name, needs, issued_ms, blocked_ms"
_FIND_STAFF = f"SELECT {_STAFF} FROM staff_card WHERE group_id = :group_id AND staff_id = :staff_id"
_FIND_STAFF_BY_UID = f"SELECT {_STAFF} FROM staff_card WHERE group_id = :group_id AND uid = :uid"
_ALL_STAFF = f"SELECT {_STAFF} FROM staff_card WHERE group_id = :group_id ORDER BY staff_id LIMIT :limit"
_IS_MEMBERS = "SELECT 1 FROM card WHERE group_id = :group_id AND uid = :uid AND uid <> ''"
_ADD_STAFF = """
INSERT INTO staff_card (group_id, staff_id, uid, name, needs, issued_ms, blocked_ms)
VALUES (:group_id, :staff_id, :uid, :name, :needs, :issued_ms, :blocked_ms)
"""
_BLOCK_STAFF = """
UPDATE staff_card SET blocked_ms = :now_ms
WHERE group_id = :group_id AND staff_id = :staff_id AND blocked_ms IS NULL
"""
_ACT = (
    "group_id, act_id, kind, shop_id, terminal_id, sale_id, key_version, opened_by, staff_id, occurred_ms,"
    " recorded_ms"
)
_FIND_ACT = f"SELECT {_ACT} FROM till_act WHERE group_id = :group_id AND act_id = :act_id"
_ALL_ACTS = f"""
SELECT {_ACT} FROM till_act WHERE group_id = :group_id ORDER BY recorded_ms DESC, act_id LIMIT :limit
"""
_ADD_ACT = f"""
INSERT INTO till_act ({_ACT})
VALUES (:group_id, :act_id, :kind, :shop_id, :terminal_id, :sale_id, :key_version, :opened_by, :staff_id,
    :occurred_ms, :recorded_ms)
"""


def put_staff_card(unit: Unit, row: StaffCardRow) -> Recorded[StaffCardRow]:
    """See `TillStore.put_staff_card`."""
    stored = _find_staff(unit, row.group_id, row.staff_id)
    if stored is not None:
        if replace(stored, issued_ms=row.issued_ms, blocked_ms=None) != row:
            raise IdempotencyConflict(what="The staff card of", id=row.staff_id)
        return Recorded(stored, is_replay=True)
    chip = {"group_id": row.group_id, "uid": row.uid}
    if unit.one(_IS_MEMBERS, chip) is not None or unit.one(_FIND_STAFF_BY_UID, chip) is not None:
        raise IdempotencyConflict(what="The chip of the staff card of", id=row.staff_id)
    unit.run(_ADD_STAFF, bindings_of(row))
    unit.add_event(row.group_id, "staff_card.issued", row.issued_ms, staff_id=row.staff_id)
    return Recorded(row, is_replay=False)


def find_staff_card(snapshot: Snapshot, group_id: str, uid: str) -> StaffCardRow | None:
    """See `TillStore.find_staff_card`."""
    row = snapshot.one(_FIND_STAFF_BY_UID, {"group_id": group_id, "uid": uid})
    return None if row is None else _staff(row)


def list_staff_cards(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[StaffCardRow]:
    """See `TillStore.list_staff_cards`."""
    return [_staff(row) for row in snapshot.all(_ALL_STAFF, {"group_id": group_id, "limit": limit})]


def block_staff_card(unit: Unit, group_id: str, staff_id: str, now_ms: int) -> StaffCardRow | None:
    """See `TillStore.block_staff_card`."""
    if unit.run(_BLOCK_STAFF, {"group_id": group_id, "staff_id": staff_id, "now_ms": now_ms}):
        unit.add_event(group_id, "staff_card.blocked", now_ms, staff_id=staff_id)
    return _find_staff(unit, group_id, staff_id)


def note_till_act(unit: Unit, row: TillActRow) -> Recorded[TillActRow]:
    """See `TillStore.note_till_act`."""
    found = unit.one(_FIND_ACT, {"group_id": row.group_id, "act_id": row.act_id})
    if found is not None:
        stored = _act(found)
        if replace(stored, recorded_ms=row.recorded_ms) != row:
            raise IdempotencyConflict(what="The act", id=row.act_id)
        return Recorded(stored, is_replay=True)
    unit.run(_ADD_ACT, bindings_of(row))
    unit.add_event(
        row.group_id,
        f"till.{row.kind}",
        row.recorded_ms,
        act_id=row.act_id,
        shop_id=row.shop_id,
        terminal_id=row.terminal_id,
        sale_id=row.sale_id,
        staff_id=row.staff_id,
    )
    return Recorded(row, is_replay=False)


def tell_support(unit: Unit, group_id: str, kind: str, ids: dict[str, str | None], now_ms: int) -> None:
    """See `TillStore.tell_support`."""
    unit.add_event(group_id, kind, now_ms, **ids)


def list_till_acts(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[TillActRow]:
    """See `TillStore.list_till_acts`."""
    return [_act(row) for row in snapshot.all(_ALL_ACTS, {"group_id": group_id, "limit": limit})]


def _find_staff(snapshot: Snapshot, group_id: str, staff_id: str) -> StaffCardRow | None:
    row = snapshot.one(_FIND_STAFF, {"group_id": group_id, "staff_id": staff_id})
    return None if row is None else _staff(row)


def _staff(row: Row) -> StaffCardRow:
    return row_of(StaffCardRow, row)


def _act(row: Row) -> TillActRow:
    return row_of(TillActRow, row)

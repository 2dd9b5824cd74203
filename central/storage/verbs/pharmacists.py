"""Staff who agreed to be shown to members, and whose pharmacist they are."""

from collections.abc import Sequence
from dataclasses import replace

from central.storage.interface.pharmacists import MemberPharmacistRow, ShownStaff, ShownStaffRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import facts

_FIND = """
SELECT group_id, staff_id, name, title, agreed_ms, actor FROM staff_shown
WHERE group_id = :group_id AND staff_id = :staff_id
"""
_PUT = """
INSERT INTO staff_shown (group_id, staff_id, name, title, agreed_ms, actor)
VALUES (:group_id, :staff_id, :name, :title, :agreed_ms, :actor)
ON CONFLICT (group_id, staff_id) DO UPDATE
SET name = excluded.name, title = excluded.title, agreed_ms = excluded.agreed_ms, actor = excluded.actor
"""
_HIDE = "DELETE FROM staff_shown WHERE group_id = :group_id AND staff_id = :staff_id"
_ALL_SHOWN = """
SELECT staff.staff_id, staff_shown.name, staff_shown.title, staff.shop_id
FROM staff_shown JOIN staff ON staff.group_id = staff_shown.group_id AND staff.staff_id = staff_shown.staff_id
WHERE staff_shown.group_id = :group_id AND staff.ended_ms IS NULL
ORDER BY staff_shown.name, staff.staff_id LIMIT :limit
"""
_PUT_LINK = """
INSERT INTO member_pharmacist (group_id, member_id, staff_id, chosen_by, at_ms, actor)
VALUES (:group_id, :member_id, :staff_id, :chosen_by, :at_ms, :actor)
ON CONFLICT (group_id, member_id) DO UPDATE
SET staff_id = excluded.staff_id, chosen_by = excluded.chosen_by, at_ms = excluded.at_ms,
    actor = excluded.actor
WHERE member_pharmacist.staff_id <> excluded.staff_id
"""
_DROP_LINK = "DELETE FROM member_pharmacist WHERE group_id = :group_id AND member_id = :member_id"
_FIND_LINK = """
SELECT group_id, member_id, staff_id, chosen_by, at_ms, actor FROM member_pharmacist
WHERE group_id = :group_id AND member_id = :member_id
"""


def put_shown_staff(unit: Unit, row: ShownStaffRow) -> ShownStaffRow:
    """See `PharmacistStore.put_shown_staff`."""
    found = unit.one(_FIND, {"group_id": row.group_id, "staff_id": row.staff_id})
    before = None if found is None else row_of(ShownStaffRow, found)
    if before is not None and replace(row, agreed_ms=before.agreed_ms, actor=before.actor) == before:
        return before
    unit.run(_PUT, bindings_of(row))
    return row


def hide_staff(unit: Unit, group_id: str, staff_id: str) -> bool:
    """See `PharmacistStore.hide_staff`."""
    return bool(unit.run(_HIDE, {"group_id": group_id, "staff_id": staff_id}))


def list_shown_staff(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[ShownStaff]:
    """See `PharmacistStore.list_shown_staff`."""
    return [ShownStaff(*row) for row in snapshot.all(_ALL_SHOWN, {"group_id": group_id, "limit": limit})]


def put_member_pharmacist(unit: Unit, row: MemberPharmacistRow) -> None:
    """See `PharmacistStore.put_member_pharmacist`."""
    facts.require_there(unit, row.group_id, [row.member_id])
    unit.run(_PUT_LINK, bindings_of(row))


def drop_member_pharmacist(unit: Unit, group_id: str, member_id: str) -> bool:
    """See `PharmacistStore.drop_member_pharmacist`."""
    return bool(unit.run(_DROP_LINK, {"group_id": group_id, "member_id": member_id}))


def find_member_pharmacist(snapshot: Snapshot, group_id: str, member_id: str) -> MemberPharmacistRow | None:
    """See `PharmacistStore.find_member_pharmacist`."""
    row = snapshot.one(_FIND_LINK, {"group_id": group_id, "member_id": member_id})
    return None if row is None else row_of(MemberPharmacistRow, row)

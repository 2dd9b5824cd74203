"""Incidents: handed over once, moved by one guarded statement each, with their whole history."""

import json
from collections.abc import Sequence
from dataclasses import replace

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.counter import ActLimits, CounterActRow
from central.storage.interface.incidents import IncidentRow, NoteRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of
from central.storage.verbs.counter_acts import add_counter_act

_COLUMNS = """
SELECT group_id, incident_id, kind, state, input_hash, shop_id, token_id, staff_id, member_id, sale_id,
    taken_by, notes, opened_ms, changed_ms
FROM incident
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND incident_id = :incident_id"
_LIST = f"""
{_COLUMNS} INDEXED BY incident_by_state
WHERE group_id = :group_id AND state = :state AND opened_ms >= :after_ms
ORDER BY opened_ms, incident_id LIMIT :limit
"""
_ADD = """
INSERT INTO incident (group_id, incident_id, kind, state, input_hash, shop_id, token_id, staff_id, member_id,
    sale_id, taken_by, notes, opened_ms, changed_ms)
VALUES (:group_id, :incident_id, :kind, :state, :input_hash, :shop_id, :token_id, :staff_id, :member_id,
    :sale_id, :taken_by, :notes, :opened_ms, :changed_ms)
"""
_MOVE = """
UPDATE incident SET state = :state, taken_by = :taken_by, notes = notes + 1, changed_ms = :changed_ms
WHERE group_id = :group_id AND incident_id = :incident_id AND notes = :notes
    AND state IN (SELECT value FROM json_each(:from_states))
"""
_ADD_NOTE = """
INSERT INTO incident_note (group_id, incident_id, note_no, act, actor, sealed, at_ms)
VALUES (:group_id, :incident_id, :note_no, :act, :actor, :sealed, :at_ms)
"""
_LIST_NOTES = """
SELECT note_no, act, actor, sealed, at_ms FROM incident_note
WHERE group_id = :group_id AND incident_id = :incident_id ORDER BY note_no
"""


def open_incident(
    unit: Unit, row: IncidentRow, note: NoteRow, act: CounterActRow, limits: ActLimits
) -> Recorded[IncidentRow]:
    """See `IncidentStore.open_incident`."""
    first = find_incident(unit, row.group_id, row.incident_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The incident", id=row.incident_id)
        return Recorded(first, is_replay=True)
    add_counter_act(unit, act, limits)
    unit.run(_ADD, bindings_of(row))
    _note(unit, row, note)
    _tell(unit, row)
    return Recorded(row, is_replay=False)


def move_incident(unit: Unit, row: IncidentRow, from_states: Sequence[str], note: NoteRow) -> IncidentRow:
    """See `IncidentStore.move_incident`."""
    if not unit.run(_MOVE, bindings_of(row, from_states=json.dumps(list(from_states)))):
        raise GuardFailed(guard=f"That the incident {row.incident_id} is as it was looked at")
    _note(unit, row, note)
    _tell(unit, row)
    return replace(row, notes=row.notes + 1)


def find_incident(snapshot: Snapshot, group_id: str, incident_id: str) -> IncidentRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "incident_id": incident_id})
    return None if row is None else _row(row)


def list_notes(snapshot: Snapshot, group_id: str, incident_id: str) -> Sequence[NoteRow]:
    rows = snapshot.all(_LIST_NOTES, {"group_id": group_id, "incident_id": incident_id})
    return [NoteRow(note_no=row[0], act=row[1], actor=row[2], sealed=row[3], at_ms=row[4]) for row in rows]


def list_incidents(
    snapshot: Snapshot, group_id: str, state: str, after_ms: int, limit: int
) -> Sequence[IncidentRow]:
    """See `IncidentStore.list_incidents`."""
    bindings = {"group_id": group_id, "state": state, "after_ms": after_ms, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST, bindings)]


def _note(unit: Unit, row: IncidentRow, note: NoteRow) -> None:
    unit.run(_ADD_NOTE, bindings_of(note, group_id=row.group_id, incident_id=row.incident_id))


def _tell(unit: Unit, row: IncidentRow) -> None:
    unit.add_event(
        row.group_id,
        f"incident.{row.state}" if row.state != "open" else "incident.opened",
        row.changed_ms,
        incident_id=row.incident_id,
        incident=row.kind,
        shop_id=row.shop_id,
        member_id=row.member_id,
        sale_id=row.sale_id,
    )


def _row(row: tuple[object, ...]) -> IncidentRow:
    return row_of(IncidentRow, row)

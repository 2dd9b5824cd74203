"""Drafts of the programme, and the versions that were saved."""

from collections.abc import Sequence

from central.storage.interface.common import GuardFailed
from central.storage.interface.value import DraftRow, ProgrammeVersionRow
from central.storage.unit import Snapshot, Unit, bindings_of

_COLUMNS = """
SELECT group_id, draft_id, programme, note, state, revision, author, changed_ms, reviewer, reviewed_ms,
    review_note, activate_ms, ruleset_version
FROM programme_draft
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND draft_id = :draft_id"
# Drafts and versions are few: the whole group's are read.
_ALL = f"{_COLUMNS} WHERE group_id = :group_id ORDER BY changed_ms DESC, draft_id"
_LIST_DUE = f"""
{_COLUMNS} INDEXED BY programme_draft_scheduled
WHERE group_id = :group_id AND state = 'scheduled' AND activate_ms <= :now_ms ORDER BY activate_ms, draft_id
"""
_ADD = """
INSERT INTO programme_draft (group_id, draft_id, programme, note, state, revision, author, changed_ms)
VALUES (:group_id, :draft_id, :programme, :note, 'drafted', 1, :author, :changed_ms)
ON CONFLICT (group_id, draft_id) DO NOTHING
"""
_CHANGE = """
UPDATE programme_draft
SET programme = :programme, note = :note, state = 'drafted', revision = :revision, author = :author,
    changed_ms = :changed_ms, reviewer = NULL, reviewed_ms = NULL, review_note = '', activate_ms = NULL
WHERE group_id = :group_id AND draft_id = :draft_id AND revision = :revision - 1
    AND state IN ('drafted', 'reviewed', 'refused')
"""
_MOVE = """
UPDATE programme_draft
SET state = :state, reviewer = :reviewer, reviewed_ms = :reviewed_ms, review_note = :review_note,
    activate_ms = :activate_ms, ruleset_version = :ruleset_version
WHERE group_id = :group_id AND draft_id = :draft_id AND revision = :revision
    AND state IN (SELECT value FROM json_each(:from_states))
"""
_ALL_PROGRAMMES = """
SELECT ruleset_version, actor, recorded_ms FROM programme_version WHERE group_id = :group_id
ORDER BY ruleset_version DESC LIMIT :limit
"""


def put_draft(unit: Unit, row: DraftRow) -> DraftRow:
    """Save a new draft (revision 1) or the next revision of one."""
    if not unit.run(_ADD if row.revision == 1 else _CHANGE, bindings_of(row)):
        raise GuardFailed(guard=f"That the draft {row.draft_id} stands at revision {row.revision - 1}")
    return _told(unit, row)


def move_draft(unit: Unit, row: DraftRow, from_states: Sequence[str]) -> DraftRow:
    """Move a draft from one of these states; its text stays."""
    states = "[" + ",".join(f'"{state}"' for state in from_states) + "]"
    if not unit.run(_MOVE, bindings_of(row, from_states=states)):
        raise GuardFailed(guard=f"That the draft {row.draft_id} is {' or '.join(from_states)}")
    return _told(unit, row)


def _told(unit: Unit, row: DraftRow) -> DraftRow:
    stored = find_draft(unit, row.group_id, row.draft_id)
    assert stored is not None, "it was written just now"
    at_ms = row.reviewed_ms or row.changed_ms
    unit.add_event(row.group_id, f"draft.{stored.state}", at_ms, draft_id=row.draft_id)
    return stored


def find_draft(snapshot: Snapshot, group_id: str, draft_id: str) -> DraftRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "draft_id": draft_id})
    return None if row is None else DraftRow(*row)


def list_drafts(snapshot: Snapshot, group_id: str) -> Sequence[DraftRow]:
    """All drafts, the last changed first."""
    return [DraftRow(*row) for row in snapshot.all(_ALL, {"group_id": group_id})]


def list_due_drafts(snapshot: Snapshot, group_id: str, now_ms: int) -> Sequence[DraftRow]:
    bindings = {"group_id": group_id, "now_ms": now_ms}
    return [DraftRow(*row) for row in snapshot.all(_LIST_DUE, bindings)]


def list_programmes(snapshot: Snapshot, group_id: str, limit: int) -> Sequence[ProgrammeVersionRow]:
    rows = snapshot.all(_ALL_PROGRAMMES, {"group_id": group_id, "limit": limit})
    return [ProgrammeVersionRow(*row) for row in rows]

"""What members change about themselves: in place of what was looked at, or not at all."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from dataclasses import fields
from typing import Final

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.details import ContactCodeRow, DetailsChange
from central.storage.unit import Unit, bindings_of, row_of

_NAMES: Final = tuple(field.name for field in fields(ContactCodeRow))
_FIND = f"SELECT {', '.join(_NAMES)} FROM contact_code WHERE group_id = :group_id AND code_id = :code_id"
_COUNT = """
SELECT count(*) FROM contact_code INDEXED BY contact_code_by_member
WHERE group_id = :group_id AND member_id = :member_id AND made_ms > :since_ms
"""
_FORGET = """
DELETE FROM contact_code INDEXED BY contact_code_by_member
WHERE group_id = :group_id AND member_id = :member_id AND made_ms <= :since_ms
"""
_ADD = f"INSERT INTO contact_code ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
_TAKE_TRY = """
UPDATE contact_code SET tries = tries + 1
WHERE group_id = :group_id AND code_id = :code_id AND member_id = :member_id AND tries < :most
    AND expires_ms > :now_ms
"""
_USE = """
UPDATE contact_code SET done_ms = :now_ms
WHERE group_id = :group_id AND code_id = :code_id AND done_ms IS NULL
"""
_CHANGE = """
UPDATE member SET person_sealed = :person_sealed, email_hash = :email_hash, phone_hash = :phone_hash,
    language = :language
WHERE group_id = :group_id AND member_id = :member_id AND person_sealed = :before
    AND key_wrapped IS NOT NULL AND merged_into IS NULL
"""


def put_contact_code(
    unit: Unit, row: ContactCodeRow, *, most: int, since_ms: int
) -> Recorded[ContactCodeRow] | None:
    """See `DetailsStore.put_contact_code`. Whoever writes of a group is alone: the count stays true."""
    first = _find(unit, row.group_id, row.code_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The code", id=row.code_id)
        return Recorded(first, is_replay=True)
    counted = unit.one(_COUNT, bindings_of(row, since_ms=since_ms))
    assert counted is not None, "a count has a row"
    if counted[0] >= most:
        return None
    unit.run(_FORGET, bindings_of(row, since_ms=since_ms))
    unit.run(_ADD, bindings_of(row))
    return Recorded(row, is_replay=False)


def take_contact_try(
    unit: Unit, group_id: str, code_id: str, member_id: str, *, most: int, now_ms: int
) -> ContactCodeRow | None:
    """See `DetailsStore.take_contact_try`."""
    key = {"group_id": group_id, "code_id": code_id, "member_id": member_id}
    if not unit.run(_TAKE_TRY, {**key, "most": most, "now_ms": now_ms}):
        return None
    return _find(unit, group_id, code_id)


def change_details(unit: Unit, change: DetailsChange) -> None:
    """See `DetailsStore.change_details`."""
    row = change.member
    if not unit.run(_CHANGE, bindings_of(row, before=change.before.person_sealed)):
        raise GuardFailed(guard=f"That the data of {row.member_id} are those that were looked at")
    if change.code_id is not None:
        key = {"group_id": row.group_id, "code_id": change.code_id, "now_ms": change.now_ms}
        if not unit.run(_USE, key):
            raise GuardFailed(guard=f"That the code {change.code_id} was not used before")
    unit.add_event(row.group_id, "member.changed", change.now_ms, member_id=row.member_id)


def _find(unit: Unit, group_id: str, code_id: str) -> ContactCodeRow | None:
    row = unit.one(_FIND, {"group_id": group_id, "code_id": code_id})
    return None if row is None else row_of(ContactCodeRow, row)

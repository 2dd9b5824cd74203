"""Invitations: kept with their mail by one verb, forgotten when their time is over."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from central.storage.interface.common import IdempotencyConflict, Recorded
from central.storage.interface.invitations import InvitationRow, Invited, Joining
from central.storage.unit import Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import members, messages, segments

_NAMES: Final = tuple(field.name for field in fields(InvitationRow))
_COLUMNS: Final = f"SELECT {', '.join(_NAMES)} FROM invitation"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND invitation_id = :invitation_id"
_LIST_ENDED = f"""
{_COLUMNS} INDEXED BY invitation_by_end
WHERE group_id = :group_id AND expires_ms <= :now_ms ORDER BY expires_ms, invitation_id LIMIT :limit
"""
_ADD = f"INSERT INTO invitation ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
_FORGET = "DELETE FROM invitation WHERE group_id = :group_id AND invitation_id = :invitation_id"


def join(unit: Unit, joining: Joining) -> Recorded[InvitationRow]:
    """See `InvitationStore.join`."""
    row, member = joining.invited.invitation, joining.member
    first = find_invitation(unit, row.group_id, row.invitation_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The wish to join", id=row.invitation_id)
        return Recorded(first, is_replay=True)
    members.enrol_member(unit, member, joining.card)
    segments.put_consent(unit, member.group_id, member.member_id, joining.consent)
    add_invited(unit, joining.invited)
    return Recorded(row, is_replay=False)


def add_invited(unit: Unit, invited: Invited) -> None:
    """Keep an invitation and its mail, as a part of what invites."""
    unit.run(_ADD, bindings_of(invited.invitation))
    messages.add_notice(unit, invited.letter)


def find_invitation(snapshot: Snapshot, group_id: str, invitation_id: str) -> InvitationRow | None:
    """See `InvitationStore.find_invitation`."""
    row = snapshot.one(_FIND, {"group_id": group_id, "invitation_id": invitation_id})
    return None if row is None else row_of(InvitationRow, row)


def list_ended_invitations(
    snapshot: Snapshot, group_id: str, now_ms: int, limit: int
) -> Sequence[InvitationRow]:
    """See `InvitationStore.list_ended_invitations`."""
    asked = {"group_id": group_id, "now_ms": now_ms, "limit": limit}
    return [row_of(InvitationRow, row) for row in snapshot.all(_LIST_ENDED, asked)]


def forget_invitation(unit: Unit, group_id: str, invitation_id: str) -> bool:
    """See `InvitationStore.forget_invitation`."""
    return bool(unit.run(_FORGET, {"group_id": group_id, "invitation_id": invitation_id}))

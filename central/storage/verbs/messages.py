"""Messages to members: kept before they leave, taken by one worker at a time, their ends told by events."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from central.storage.interface.common import IdempotencyConflict, Recorded
from central.storage.interface.messages import MessageLimit, MessageRow, MessageTried
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of

_NAMES: Final = tuple(field.name for field in fields(MessageRow))
_COLUMNS: Final = f"SELECT {', '.join(_NAMES)} FROM message"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND message_id = :message_id"
_LIST_OF_MEMBER = f"""
{_COLUMNS} INDEXED BY message_by_member
WHERE group_id = :group_id AND member_id = :member_id ORDER BY made_ms DESC, message_id DESC LIMIT :limit
"""
_LIST_OF_STATE = f"""
{_COLUMNS} INDEXED BY message_by_state
WHERE group_id = :group_id AND state = :state ORDER BY made_ms DESC, message_id DESC LIMIT :limit
"""
_LIST_OF_DELIVERY = f"""
{_COLUMNS} INDEXED BY message_by_delivery
WHERE group_id = :group_id AND delivery = :state AND delivery <> '' ORDER BY made_ms DESC, message_id DESC
LIMIT :limit
"""
_LIST_DUE = f"""
{_COLUMNS} INDEXED BY message_due
WHERE group_id = :group_id AND next_try_ms <= :now_ms ORDER BY next_try_ms, message_id LIMIT :limit
"""
_COUNT = """
SELECT count(*) FROM message INDEXED BY message_by_member
WHERE group_id = :group_id AND member_id = :member_id AND made_ms > :since_ms AND channel = :channel
"""
_ADD = f"INSERT INTO message ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
_TAKE = """
UPDATE message SET next_try_ms = :until_ms, tries = tries + 1
WHERE group_id = :group_id AND message_id = :message_id AND next_try_ms <= :now_ms
"""
_NOTE = """
UPDATE message SET state = :state, next_try_ms = :next_try_ms, ended_ms = :ended_ms,
    reason = CASE WHEN delivery = '' THEN :reason ELSE reason END
WHERE group_id = :group_id AND message_id = :message_id AND state = 'waiting' AND tries = :tries
"""
_RETRY = """
UPDATE message SET state = 'waiting', reason = '', next_try_ms = :now_ms, ended_ms = NULL, tries = 0,
    delivery = '', delivery_ms = NULL
WHERE group_id = :group_id AND message_id = :message_id
    AND (state = 'failed' OR (state = 'sent' AND delivery = 'undelivered'))
"""
# A report may be quicker than the note that the message left: it counts from the first try on.
_REPORT = """
UPDATE message SET delivery = :delivery, delivery_ms = :now_ms,
    reason = CASE WHEN :delivery = 'undelivered' THEN :reason ELSE '' END
WHERE group_id = :group_id AND message_id = :message_id AND delivery = '' AND tries > 0
"""


def put_message(unit: Unit, row: MessageRow, limit: MessageLimit) -> Recorded[MessageRow] | None:
    """See `MessageStore.put_message`. Whoever writes of a group is alone: the count stays true."""
    first = find_message(unit, row.group_id, row.message_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The message", id=row.message_id)
        return Recorded(first, is_replay=True)
    counted = unit.one(_COUNT, bindings_of(row, since_ms=limit.since_ms))
    assert counted is not None, "a count has a row"
    if counted[0] >= limit.messages:
        return None
    unit.run(_ADD, bindings_of(row))
    _tell(unit, row, "message.kept", row.made_ms)
    return Recorded(row, is_replay=False)


def add_notice(unit: Unit, row: MessageRow) -> None:
    """Keep a notice, as a part of what it tells of: no limit keeps it back."""
    unit.run(_ADD, bindings_of(row))
    _tell(unit, row, "message.kept", row.made_ms)


def find_message(snapshot: Snapshot, group_id: str, message_id: str) -> MessageRow | None:
    """See `MessageStore.find_message`."""
    row = snapshot.one(_FIND, {"group_id": group_id, "message_id": message_id})
    return None if row is None else _row(row)


def list_messages_of_member(
    snapshot: Snapshot, group_id: str, member_id: str, limit: int
) -> Sequence[MessageRow]:
    """See `MessageStore.list_messages_of_member`."""
    asked = {"group_id": group_id, "member_id": member_id, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST_OF_MEMBER, asked)]


def list_messages(snapshot: Snapshot, group_id: str, state: str, limit: int) -> Sequence[MessageRow]:
    """See `MessageStore.list_messages`."""
    asked = {"group_id": group_id, "state": state, "limit": limit}
    sql = _LIST_OF_DELIVERY if state in ("delivered", "undelivered") else _LIST_OF_STATE
    return [_row(row) for row in snapshot.all(sql, asked)]


def take_messages(
    unit: Unit, group_id: str, *, now_ms: int, until_ms: int, limit: int
) -> Sequence[MessageRow]:
    """See `MessageStore.take_messages`."""
    asked = {"group_id": group_id, "now_ms": now_ms, "limit": limit}
    taken = []
    for row in [_row(row) for row in unit.all(_LIST_DUE, asked)]:
        key = {"group_id": group_id, "message_id": row.message_id, "now_ms": now_ms, "until_ms": until_ms}
        if unit.run(_TAKE, key):
            taken.append(replace(row, tries=row.tries + 1, next_try_ms=until_ms))
    return taken


def note_message(unit: Unit, group_id: str, tried: MessageTried) -> bool:
    """See `MessageStore.note_message`."""
    ended_ms = None if tried.state == "waiting" else tried.now_ms
    if not unit.run(_NOTE, bindings_of(tried, group_id=group_id, ended_ms=ended_ms)):
        return False
    if ended_ms is not None:
        row = find_message(unit, group_id, tried.message_id)
        assert row is not None, "it was changed just now"
        _tell(unit, row, f"message.{tried.state}", tried.now_ms)
    return True


def retry_message(unit: Unit, group_id: str, message_id: str, now_ms: int) -> bool:
    """See `MessageStore.retry_message`."""
    key = {"group_id": group_id, "message_id": message_id, "now_ms": now_ms}
    return bool(unit.run(_RETRY, key))


def report_message(
    unit: Unit, group_id: str, message_id: str, *, delivery: str, reason: str, now_ms: int
) -> bool:
    """See `MessageStore.report_message`."""
    key = {"group_id": group_id, "message_id": message_id}
    if not unit.run(_REPORT, {**key, "delivery": delivery, "reason": reason, "now_ms": now_ms}):
        return False
    row = find_message(unit, group_id, message_id)
    assert row is not None, "it was changed just now"
    _tell(unit, row, f"message.{delivery}", now_ms)
    return True


def _tell(unit: Unit, row: MessageRow, kind: str, at_ms: int) -> None:
    """An event: that something was said, never what."""
    told = {"member_id": row.member_id, "message_id": row.message_id, "channel": row.channel}
    unit.add_event(row.group_id, kind, at_ms, **told, reason=row.reason)


def _row(row: Row) -> MessageRow:
    return row_of(MessageRow, row)

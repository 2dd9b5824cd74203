"""What members ask of a pharmacy: kept once, done once."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import fields
from typing import Final

from central.storage.interface.common import IdempotencyConflict, Recorded
from central.storage.interface.shop_messages import ShopMessageRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of

_NAMES: Final = tuple(field.name for field in fields(ShopMessageRow))
_COLUMNS: Final = f"SELECT {', '.join(_NAMES)} FROM shop_message"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND message_id = :message_id"
_LIST_OPEN = f"""
{_COLUMNS} INDEXED BY shop_message_open
WHERE group_id = :group_id AND shop_id = :shop_id AND done_ms IS NULL
ORDER BY made_ms, message_id LIMIT :limit
"""
_COUNT = """
SELECT count(*) FROM shop_message INDEXED BY shop_message_by_member
WHERE group_id = :group_id AND member_id = :member_id AND made_ms > :since_ms
"""
_ADD = f"INSERT INTO shop_message ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
_END = """
UPDATE shop_message SET done_ms = :now_ms, done_by = :done_by
WHERE group_id = :group_id AND message_id = :message_id AND done_ms IS NULL
"""


def put_shop_message(
    unit: Unit, row: ShopMessageRow, *, most: int, since_ms: int
) -> Recorded[ShopMessageRow] | None:
    """See `ShopMessageStore.put_shop_message`. Whoever writes of a group is alone: the count stays true."""
    first = find_shop_message(unit, row.group_id, row.message_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The message", id=row.message_id)
        return Recorded(first, is_replay=True)
    counted = unit.one(_COUNT, bindings_of(row, since_ms=since_ms))
    assert counted is not None, "a count has a row"
    if counted[0] >= most:
        return None
    unit.run(_ADD, bindings_of(row))
    _tell(unit, row, "shop_message.written", row.made_ms)
    return Recorded(row, is_replay=False)


def find_shop_message(snapshot: Snapshot, group_id: str, message_id: str) -> ShopMessageRow | None:
    """See `ShopMessageStore.find_shop_message`."""
    row = snapshot.one(_FIND, {"group_id": group_id, "message_id": message_id})
    return None if row is None else _row(row)


def list_shop_messages(
    snapshot: Snapshot, group_id: str, shop_id: str, limit: int
) -> Sequence[ShopMessageRow]:
    """See `ShopMessageStore.list_shop_messages`."""
    asked = {"group_id": group_id, "shop_id": shop_id, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST_OPEN, asked)]


def end_shop_message(unit: Unit, group_id: str, message_id: str, done_by: str, now_ms: int) -> bool:
    """See `ShopMessageStore.end_shop_message`."""
    key = {"group_id": group_id, "message_id": message_id, "done_by": done_by, "now_ms": now_ms}
    if not unit.run(_END, key):
        return False
    row = find_shop_message(unit, group_id, message_id)
    assert row is not None, "it was changed just now"
    _tell(unit, row, "shop_message.done", now_ms)
    return True


def _tell(unit: Unit, row: ShopMessageRow, kind: str, at_ms: int) -> None:
    told = {"message_id": row.message_id, "shop_id": row.shop_id, "member_id": row.member_id}
    unit.add_event(row.group_id, kind, at_ms, **told, topic=row.topic)


def _row(row: Row) -> ShopMessageRow:
    return row_of(ShopMessageRow, row)

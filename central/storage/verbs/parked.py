"""Baskets put aside: taken up once, emptied when their time is over."""

from collections.abc import Sequence

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.counter import ParkedRow
from central.storage.unit import Snapshot, Unit, bindings_of, row_of

_COLUMNS = """
SELECT group_id, parked_id, input_hash, shop_id, staff_id, label, sealed, parked_ms, expires_ms, taken_ms,
    taken_by
FROM parked_ticket
"""
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND parked_id = :parked_id"
_LIST = f"""
{_COLUMNS} INDEXED BY parked_ticket_waiting
WHERE group_id = :group_id AND shop_id = :shop_id AND taken_ms IS NULL AND parked_ms >= 0
    AND expires_ms > :now_ms
ORDER BY parked_ms, parked_id LIMIT :limit
"""
_ADD = """
INSERT INTO parked_ticket (group_id, parked_id, input_hash, shop_id, staff_id, label, sealed, parked_ms,
    expires_ms)
SELECT :group_id, :parked_id, :input_hash, :shop_id, :staff_id, :label, :sealed, :parked_ms, :expires_ms
WHERE (SELECT count(*) FROM parked_ticket INDEXED BY parked_ticket_waiting
       WHERE group_id = :group_id AND shop_id = :shop_id AND taken_ms IS NULL
           AND expires_ms > :parked_ms) < :parked_max
"""
# Taken ones too: what was put aside is in the ticket by then.
_EMPTY = """
UPDATE parked_ticket INDEXED BY parked_ticket_by_end SET sealed = NULL, label = ''
WHERE group_id = :group_id AND sealed IS NOT NULL AND expires_ms <= :now_ms
"""
_TAKE = """
UPDATE parked_ticket SET taken_ms = :now_ms, taken_by = :taken_by
WHERE group_id = :group_id AND parked_id = :parked_id AND shop_id = :shop_id AND expires_ms > :now_ms
    AND (taken_ms IS NULL OR taken_by = :taken_by)
"""


def put_parked(unit: Unit, row: ParkedRow, parked_max: int) -> Recorded[ParkedRow]:
    """See `CounterStore.put_parked`."""
    first = _find(unit, row.group_id, row.parked_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The parked ticket", id=row.parked_id)
        return Recorded(first, is_replay=True)
    bindings = bindings_of(row, parked_max=parked_max)
    if not unit.run(_ADD, bindings):
        raise GuardFailed(guard="That fewer tickets are parked in this shop")
    return Recorded(row, is_replay=False)


def empty_parked(unit: Unit, group_id: str, now_ms: int) -> int:
    """See `CounterStore.empty_parked`."""
    return unit.run(_EMPTY, {"group_id": group_id, "now_ms": now_ms})


def list_parked(
    snapshot: Snapshot, group_id: str, shop_id: str, now_ms: int, limit: int
) -> Sequence[ParkedRow]:
    """See `CounterStore.list_parked`."""
    bindings = {"group_id": group_id, "shop_id": shop_id, "now_ms": now_ms, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST, bindings)]


def take_parked(
    unit: Unit, group_id: str, shop_id: str, parked_id: str, taken_by: str, now_ms: int
) -> ParkedRow | None:
    """See `CounterStore.take_parked`."""
    bindings = {
        "group_id": group_id,
        "shop_id": shop_id,
        "parked_id": parked_id,
        "taken_by": taken_by,
        "now_ms": now_ms,
    }
    return _find(unit, group_id, parked_id) if unit.run(_TAKE, bindings) else None


def _find(snapshot: Snapshot, group_id: str, parked_id: str) -> ParkedRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "parked_id": parked_id})
    return None if row is None else _row(row)


def _row(row: tuple[object, ...]) -> ParkedRow:
    return row_of(ParkedRow, row)

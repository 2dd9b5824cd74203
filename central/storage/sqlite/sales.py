"""Sales, returns, reservations, and the log of who read purchase lines."""

from collections.abc import Sequence
from typing import Any

from central.storage.base import (
    GuardFailed,
    IdempotencyConflict,
    ReadLogRow,
    Recorded,
    ReservationRow,
    ReturnRecord,
    ReturnRow,
    SaleRecord,
    SaleRow,
)
from central.storage.sqlite import ledger, lines
from central.storage.sqlite.unit import Snapshot, Unit, bindings_of
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points

_SALE_COLUMNS = """
SELECT group_id, sale_id, business_key, input_hash, shop_id, terminal_id, member_id, occurred_ms, recorded_ms,
    currency, total_minor, points, ruleset_version, warnings, transaction_id, balance_after
FROM sale
"""
_FIND_SALE = f"{_SALE_COLUMNS} WHERE group_id = :group_id AND sale_id = :sale_id"
_FIND_SALE_BY_BUSINESS_KEY = f"""
{_SALE_COLUMNS} WHERE group_id = :group_id AND shop_id = :shop_id AND business_key = :business_key
"""
_ADD_SALE = """
INSERT INTO sale (group_id, sale_id, shop_id, business_key, input_hash, terminal_id, operator, member_id,
    occurred_ms, recorded_ms, currency, total_minor, points, ruleset_version, facts, warnings, transaction_id,
    balance_after, reservation_id)
VALUES (:group_id, :sale_id, :shop_id, :business_key, :input_hash, :terminal_id, :operator, :member_id,
    :occurred_ms, :recorded_ms, :currency, :total_minor, :points, :ruleset_version, :facts, :warnings,
    :transaction_id, :balance_after, :reservation_id)
"""
_CLAIM_RESERVATION = """
UPDATE reservation SET sale_id = :sale_id
WHERE group_id = :group_id AND reservation_id = :reservation_id AND sale_id IS NULL
"""


def record_sale(unit: Unit, record: SaleRecord) -> Recorded[SaleRow]:
    """Write all of a sale, or give the first answer again."""
    first = find_sale(unit, record.group_id, record.sale_id) or find_sale_by_business_key(
        unit, record.group_id, record.shop_id, record.business_key
    )
    if first is not None:
        if first.input_hash != record.input_hash:
            raise IdempotencyConflict(what="The sale", id=record.sale_id)
        return Recorded(first, is_replay=True)
    if record.reservation_id is not None and not unit.run(_CLAIM_RESERVATION, bindings_of(record)):
        raise GuardFailed(guard=f"That the reservation {record.reservation_id} is still free")
    outcome = _post(unit, record)
    unit.run(_ADD_SALE, bindings_of(record, **outcome))
    lines.add_lines(unit, record.group_id, record.line_key, record.subject_id, record.lines)
    unit.add_event(
        record.group_id,
        "sale.committed",
        record.recorded_ms,
        sale_id=record.sale_id,
        shop_id=record.shop_id,
        terminal_id=record.terminal_id,
        member_id=record.member_id,
        points=record.points,
    )
    row = find_sale(unit, record.group_id, record.sale_id)
    assert row is not None, "the sale was written just now"
    return Recorded(row, is_replay=False)


def _post(unit: Unit, record: SaleRecord | ReturnRecord) -> dict[str, Any]:
    """Write the ledger transaction, if any; `balance_after` is the member's points after it."""
    if record.transaction is not None:
        ledger.post_transaction(unit, record.group_id, record.transaction)
    balance_after: int | None = None
    if record.member_id is not None:
        account = member_points(record.member_id)
        balance_after = ledger.balance(unit, record.group_id, account, POINTS)
    transaction_id = None if record.transaction is None else record.transaction.transaction_id
    return {"transaction_id": transaction_id, "balance_after": balance_after}


def find_sale(snapshot: Snapshot, group_id: str, sale_id: str) -> SaleRow | None:
    row = snapshot.one(_FIND_SALE, {"group_id": group_id, "sale_id": sale_id})
    return None if row is None else SaleRow(*row)


def find_sale_by_business_key(
    snapshot: Snapshot, group_id: str, shop_id: str, business_key: str
) -> SaleRow | None:
    bindings = {"group_id": group_id, "shop_id": shop_id, "business_key": business_key}
    row = snapshot.one(_FIND_SALE_BY_BUSINESS_KEY, bindings)
    return None if row is None else SaleRow(*row)


# Returns ----------------------------------------------------------------------------------------------------

_RETURN_COLUMNS = """
SELECT group_id, return_id, business_key, input_hash, sale_id, recorded_ms, total_minor, points, points_owed,
    transaction_id, balance_after
FROM sale_return
"""
_FIND_RETURN = f"{_RETURN_COLUMNS} WHERE group_id = :group_id AND return_id = :return_id"
_FIND_RETURN_BY_BUSINESS_KEY = f"""
{_RETURN_COLUMNS} WHERE group_id = :group_id AND shop_id = :shop_id AND business_key = :business_key
"""
_ADD_RETURN = """
INSERT INTO sale_return (group_id, return_id, shop_id, business_key, input_hash, sale_id, terminal_id,
    operator, member_id, occurred_ms, recorded_ms, total_minor, points, points_owed, transaction_id,
    balance_after)
VALUES (:group_id, :return_id, :shop_id, :business_key, :input_hash, :sale_id, :terminal_id, :operator,
    :member_id, :occurred_ms, :recorded_ms, :total_minor, :points, :points_owed,
    :transaction_id, :balance_after)
"""


def record_return(unit: Unit, record: ReturnRecord) -> Recorded[ReturnRow]:
    """Write all of a return, or give the first answer again."""
    first = find_return(unit, record.group_id, record.return_id) or _find_return_by_business_key(unit, record)
    if first is not None:
        if first.input_hash != record.input_hash:
            raise IdempotencyConflict(what="The return", id=record.return_id)
        return Recorded(first, is_replay=True)
    lines.take_back(unit, record.group_id, record.line_key, record.lines)
    outcome = _post(unit, record)
    unit.run(_ADD_RETURN, bindings_of(record, **outcome))
    unit.add_event(
        record.group_id,
        "sale.returned",
        record.recorded_ms,
        return_id=record.return_id,
        sale_id=record.sale_id,
        shop_id=record.shop_id,
        terminal_id=record.terminal_id,
        member_id=record.member_id,
        points=-record.points,
    )
    row = find_return(unit, record.group_id, record.return_id)
    assert row is not None, "the return was written just now"
    return Recorded(row, is_replay=False)


def find_return(snapshot: Snapshot, group_id: str, return_id: str) -> ReturnRow | None:
    row = snapshot.one(_FIND_RETURN, {"group_id": group_id, "return_id": return_id})
    return None if row is None else ReturnRow(*row)


def _find_return_by_business_key(unit: Unit, record: ReturnRecord) -> ReturnRow | None:
    row = unit.one(_FIND_RETURN_BY_BUSINESS_KEY, bindings_of(record))
    return None if row is None else ReturnRow(*row)


# Reservations -----------------------------------------------------------------------------------------------

_FIND_RESERVATION = """
SELECT group_id, reservation_id, input_hash, quote_id, total_minor, points, expires_ms, sale_id
FROM reservation WHERE group_id = :group_id AND reservation_id = :reservation_id
"""
_ADD_RESERVATION = """
INSERT INTO reservation
    (group_id, reservation_id, input_hash, quote_id, total_minor, points, expires_ms, sale_id)
VALUES (:group_id, :reservation_id, :input_hash, :quote_id, :total_minor, :points, :expires_ms, :sale_id)
"""


def put_reservation(unit: Unit, row: ReservationRow, now_ms: int) -> Recorded[ReservationRow]:
    stored = find_reservation(unit, row.group_id, row.reservation_id)
    if stored is not None:
        if stored.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The reservation", id=row.reservation_id)
        return Recorded(stored, is_replay=True)
    unit.run(_ADD_RESERVATION, bindings_of(row))
    unit.add_event(row.group_id, "reservation.made", now_ms, reservation_id=row.reservation_id)
    return Recorded(row, is_replay=False)


def find_reservation(snapshot: Snapshot, group_id: str, reservation_id: str) -> ReservationRow | None:
    row = snapshot.one(_FIND_RESERVATION, {"group_id": group_id, "reservation_id": reservation_id})
    return None if row is None else ReservationRow(*row)


# The log of reads -------------------------------------------------------------------------------------------

_ADD_READ = """
INSERT INTO read_log (group_id, entry_no, at_ms, member_id, actor, purpose)
SELECT :group_id, coalesce(max(entry_no), 0) + 1, :at_ms, :member_id, :actor, :purpose
FROM read_log WHERE group_id = :group_id
"""
_LIST_READS = """
SELECT at_ms, member_id, actor, purpose FROM read_log INDEXED BY read_log_by_member
WHERE group_id = :group_id AND member_id = :member_id ORDER BY entry_no DESC LIMIT :limit
"""


def log_read(unit: Unit, group_id: str, row: ReadLogRow) -> None:
    unit.run(_ADD_READ, bindings_of(row, group_id=group_id))


def list_reads(snapshot: Snapshot, group_id: str, member_id: str, limit: int) -> Sequence[ReadLogRow]:
    bindings = {"group_id": group_id, "member_id": member_id, "limit": limit}
    return [ReadLogRow(*row) for row in snapshot.all(_LIST_READS, bindings)]

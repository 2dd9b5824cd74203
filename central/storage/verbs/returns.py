"""Returns: what a sale gave is taken back, what it took is given back."""

from typing import Any

from central.storage.base import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.rows import ReturnRecord, ReturnRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import claims, facts, ledger, lines, lots, settlement, stored_value
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points

_RETURN_COLUMNS = f"""
SELECT group_id, return_id, business_key, input_hash, sale_id, recorded_ms, total_minor, points, points_owed,
    transaction_id, balance_after, points_restored,
    {settlement.RESTORED_BEFORE}
FROM sale_return AS r
"""  # noqa: S608  -- joined from constants
_FIND_RETURN = f"{_RETURN_COLUMNS} WHERE group_id = :group_id AND return_id = :return_id"
_FIND_RETURN_BY_BUSINESS_KEY = f"""
{_RETURN_COLUMNS} WHERE group_id = :group_id AND shop_id = :shop_id AND business_key = :business_key
"""
_ADD_RETURN = """
INSERT INTO sale_return (group_id, return_id, shop_id, business_key, input_hash, sale_id, terminal_id,
    operator, member_id, occurred_ms, recorded_ms, total_minor, points, points_owed, transaction_id,
    balance_after, points_restored, restoration_id)
VALUES (:group_id, :return_id, :shop_id, :business_key, :input_hash, :sale_id, :terminal_id, :operator,
    :member_id, :occurred_ms, :recorded_ms, :total_minor, :points, :points_owed,
    :transaction_id, :balance_after, :points_restored, :restoration_id)
"""
_COUNT_RETURN = """
UPDATE sale SET returns = returns + 1, returned_minor = returned_minor + :total_minor
WHERE group_id = :group_id AND sale_id = :sale_id AND (returns = :returns_before OR :returns_before IS NULL)
    AND member_id IS NOT DISTINCT FROM :member_id
RETURNING total_minor, returned_minor
"""


def record_return(unit: Unit, record: ReturnRecord) -> Recorded[ReturnRow]:
    """Write all of a return, or give the first answer again."""
    first = find_recorded_return(unit, record.group_id, record.return_id, record.shop_id, record.business_key)
    if first is not None:
        if first.input_hash != record.input_hash:
            raise IdempotencyConflict(what="The return", id=record.return_id)
        return Recorded(first, is_replay=True)
    sale = unit.one(_COUNT_RETURN, bindings_of(record))
    if sale is None:
        raise GuardFailed(guard=f"That the sale {record.sale_id} had no other return or member in between")
    if record.member_id is not None:
        facts.require_there(unit, record.group_id, [record.member_id])
    _require_nothing_expired(unit, record)
    _require_still_spare(unit, record)
    _count_returned(unit, record, *sale)
    lines.take_back(unit, record.group_id, record.line_key, record.lines)
    claims.give_back(
        unit,
        record.group_id,
        record.sale_id,
        record.return_id,
        record.unclaimed,
        now_ms=record.recorded_ms,
    )
    stored_value.give_back(
        unit,
        record.group_id,
        sale_id=record.sale_id,
        return_id=record.return_id,
        line_key=record.line_key,
        back=record.unclaimed.paid_back,
    )
    settlement.add_return(unit, record.group_id, record.sale_id, record.return_id, record.funding)
    outcome = _post(unit, record)
    restoration_id = None if record.restoration is None else record.restoration.transaction_id
    unit.run(_ADD_RETURN, bindings_of(record, restoration_id=restoration_id, **outcome))
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


def _require_nothing_expired(unit: Unit, record: ReturnRecord) -> None:
    """What expires between a return's decision and its writing is let go, not owed: decide again."""
    sponsor = record.unclaimed.sponsor
    owing = [(record.member_id, record.expired_before)]
    if sponsor is not None:
        owing.append((sponsor.member_id, sponsor.expired_before))
    for member_id, before in owing:
        if member_id is None or before is None:
            continue
        if lots.find_expired(unit, record.group_id, record.sale_id, member_id) != before:
            raise GuardFailed(guard=f"That no points of the sale {record.sale_id} expired in between")


_FIND_REMAINING = "SELECT remaining FROM lot WHERE group_id = :group_id AND lot_id = :lot_id"


def _require_still_spare(unit: Unit, record: ReturnRecord) -> None:
    """Of what is spare in a lot two returns decide at once; the lot has enough for both, but not to spare."""
    sponsor = record.unclaimed.sponsor
    for lot_id, before in (*record.lots_before, *(() if sponsor is None else sponsor.lots_before)):
        row = unit.one(_FIND_REMAINING, {"group_id": record.group_id, "lot_id": lot_id})
        if row is None or row[0] < before:
            raise GuardFailed(guard=f"That the lot {lot_id} holds what it held")


def _count_returned(unit: Unit, record: ReturnRecord, sale_minor: int, returned_minor: int) -> None:
    """A sale that came back whole by this very return is no visit any more."""
    is_whole = returned_minor >= sale_minor > returned_minor - record.total_minor
    if record.member_id is not None and is_whole:
        facts.count_returned(unit, record.group_id, record.member_id)


def _post(unit: Unit, record: ReturnRecord) -> dict[str, Any]:
    """Write the ledger transactions, if any; `balance_after` is the member's points after it."""
    if record.transaction is not None:
        ledger.post_transaction(unit, record.group_id, record.transaction)
    if record.restoration is not None:
        # After the reversal: what that makes owed, this settles.
        ledger.post_transaction(unit, record.group_id, record.restoration)
    balance_after: int | None = None
    if record.member_id is not None:
        account = member_points(record.member_id)
        balance_after = ledger.balance(unit, record.group_id, account, POINTS)
    transaction_id = None if record.transaction is None else record.transaction.transaction_id
    return {"transaction_id": transaction_id, "balance_after": balance_after}


_COUNT_RETURNS = "SELECT returns FROM sale WHERE group_id = :group_id AND sale_id = :sale_id"


def count_returns(snapshot: Snapshot, group_id: str, sale_id: str) -> int:
    row = snapshot.one(_COUNT_RETURNS, {"group_id": group_id, "sale_id": sale_id})
    return 0 if row is None else int(row[0])


def find_return(snapshot: Snapshot, group_id: str, return_id: str) -> ReturnRow | None:
    row = snapshot.one(_FIND_RETURN, {"group_id": group_id, "return_id": return_id})
    return None if row is None else ReturnRow(*row)


def find_recorded_return(
    snapshot: Snapshot, group_id: str, return_id: str, shop_id: str, business_key: str
) -> ReturnRow | None:
    first = find_return(snapshot, group_id, return_id)
    if first is not None:
        return first
    bindings = {"group_id": group_id, "shop_id": shop_id, "business_key": business_key}
    row = snapshot.one(_FIND_RETURN_BY_BUSINESS_KEY, bindings)
    return None if row is None else ReturnRow(*row)

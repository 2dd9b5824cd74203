"""Lots looked up from many sides: of a member, of a sale, due, ripe; and what became of a sale's points."""

import json
from collections.abc import Sequence

from central.storage.base import LotRow
from central.storage.interface.value import ClaimedLot, MemberPoints, SalePoints
from central.storage.unit import Snapshot, Unit
from central.storage.verbs import ledger, members
from central.storage.verbs.ledger import LOT_COLUMNS
from loyalty.ledger import chart
from loyalty.ledger.assets import POINTS
from loyalty.ledger.expiry import EXPIRY
from loyalty.ledger.postings import Transaction
from loyalty.ledger.restoration import Taken

_LIST_SOURCE = f"""
{LOT_COLUMNS} INDEXED BY lot_by_source
WHERE group_id = :group_id AND source_id = :source_id ORDER BY lot_id
"""
_LIST_OPEN = f"""
{LOT_COLUMNS} INDEXED BY lot_open
WHERE group_id = :group_id AND account = :account AND asset = :asset AND remaining > 0
ORDER BY expires_ms IS NULL, expires_ms, lot_id
"""
_LIST_DUE = f"""
{LOT_COLUMNS} INDEXED BY lot_due
WHERE group_id = :group_id AND remaining > 0 AND expires_ms IS NOT NULL AND expires_ms <= :now_ms
    AND remaining > held AND matures_ms IS NULL AND awaits = ''
ORDER BY expires_ms, lot_id LIMIT :limit
"""
_LIST_RIPE = f"""
{LOT_COLUMNS} INDEXED BY lot_ripe
WHERE group_id = :group_id AND remaining > 0 AND matures_ms IS NOT NULL AND matures_ms <= :now_ms
ORDER BY matures_ms, lot_id LIMIT :limit
"""
_LIST_AWAITING = f"""
{LOT_COLUMNS} INDEXED BY lot_awaiting
WHERE group_id = :group_id AND remaining > 0 AND awaits = :awaits AND awaits <> ''
    AND (source_id = :source_id OR :source_id IS NULL)
ORDER BY lot_id LIMIT :limit
"""
_LIST_ALLOCATIONS = """
SELECT a.lot_id, a.amount, l.expires_ms, l.source_id, l.funder, l.account
FROM allocation AS a CROSS JOIN lot AS l ON l.group_id = a.group_id AND l.lot_id = a.lot_id
WHERE a.group_id = :group_id AND a.journal_seq = (
    SELECT journal_seq FROM ledger_transaction
    WHERE group_id = :group_id AND transaction_id = :transaction_id)
ORDER BY a.allocation_no
"""
# CROSS JOIN keeps the order: from the few lots of one sale outwards.
_FIND_EXPIRED = """
SELECT coalesce(sum(a.amount), 0)
FROM lot AS l INDEXED BY lot_by_source
CROSS JOIN allocation AS a INDEXED BY allocation_by_lot ON a.group_id = l.group_id AND a.lot_id = l.lot_id
CROSS JOIN ledger_transaction AS t ON t.group_id = a.group_id AND t.journal_seq = a.journal_seq
WHERE l.group_id = :group_id AND l.source_id = :sale_id AND t.kind = :kind
    AND l.account IN (SELECT value FROM json_each(:accounts))
"""
# By the returns, not by the sale's lots: a return may take what is spare in others.
_FIND_REVERSED = """
SELECT coalesce(sum(a.amount), 0)
FROM sale_return AS r INDEXED BY sale_return_by_sale
CROSS JOIN ledger_transaction AS t INDEXED BY ledger_transaction_by_id
    ON t.group_id = r.group_id AND t.transaction_id = r.transaction_id
CROSS JOIN allocation AS a ON a.group_id = t.group_id AND a.journal_seq = t.journal_seq
WHERE r.group_id = :group_id AND r.sale_id = :sale_id
"""
_LIST_CLAIMED = """
SELECT l.lot_id, l.account, l.asset, l.amount, l.remaining, l.expires_ms, l.source_id, l.funder, l.held,
    l.matures_ms, l.awaits,
    s.points - coalesce((SELECT sum(r.points) FROM sale_return AS r INDEXED BY sale_return_by_sale
        WHERE r.group_id = l.group_id AND r.sale_id = l.source_id), 0)
FROM lot AS l INDEXED BY lot_open
CROSS JOIN sale AS s ON s.group_id = l.group_id AND s.sale_id = l.source_id AND s.member_id = :member_id
WHERE l.group_id = :group_id AND l.account = :account AND l.asset = :asset AND l.remaining > 0
ORDER BY l.expires_ms IS NULL, l.expires_ms, l.lot_id
"""
_FIND_RETURNED = """
SELECT coalesce(sum(r.points), 0), coalesce(sum(r.points_owed), 0), coalesce(sum(r.points_restored), 0)
FROM sale_return AS r INDEXED BY sale_return_by_sale WHERE r.group_id = :group_id AND r.sale_id = :sale_id
"""
_FIND_RETURNS = "SELECT returns FROM sale WHERE group_id = :group_id AND sale_id = :sale_id"
_FIND_HELD = "SELECT held FROM account WHERE group_id = :group_id AND account = :account AND asset = :asset"


def list_source_lots(snapshot: Snapshot, group_id: str, source_id: str) -> Sequence[LotRow]:
    bindings = {"group_id": group_id, "source_id": source_id}
    return [LotRow(*row) for row in snapshot.all(_LIST_SOURCE, bindings)]


def list_open_lots(snapshot: Snapshot, group_id: str, account: str, asset: str) -> Sequence[LotRow]:
    """An account's lots that still hold something, earliest expiry first."""
    bindings = {"group_id": group_id, "account": account, "asset": asset}
    return [LotRow(*row) for row in snapshot.all(_LIST_OPEN, bindings)]


def list_due_lots(snapshot: Snapshot, group_id: str, now_ms: int, limit: int) -> Sequence[LotRow]:
    bindings = {"group_id": group_id, "now_ms": now_ms, "limit": limit}
    return [LotRow(*row) for row in snapshot.all(_LIST_DUE, bindings)]


def list_ripe_lots(
    snapshot: Snapshot, group_id: str, now_ms: int, awaits: str, source_id: str | None, limit: int
) -> Sequence[LotRow]:
    bindings = {"group_id": group_id, "limit": limit}
    if not awaits:
        return [LotRow(*row) for row in snapshot.all(_LIST_RIPE, bindings | {"now_ms": now_ms})]
    bindings |= {"awaits": awaits, "source_id": source_id}
    return [LotRow(*row) for row in snapshot.all(_LIST_AWAITING, bindings)]


def list_claimed_lots(snapshot: Snapshot, group_id: str, member_id: str) -> Sequence[ClaimedLot]:
    """Lots of the member's own purchases; what came as a gift or by a correction is no purchase's."""
    account = chart.member_points(member_id)
    bindings = {"group_id": group_id, "member_id": member_id, "account": account, "asset": str(POINTS)}
    return [ClaimedLot(LotRow(*row[:-1]), row[-1]) for row in snapshot.all(_LIST_CLAIMED, bindings)]


def list_allocations(snapshot: Snapshot, group_id: str, transaction_id: str) -> Sequence[Taken]:
    bindings = {"group_id": group_id, "transaction_id": transaction_id}
    return [Taken(*row) for row in snapshot.all(_LIST_ALLOCATIONS, bindings)]


def post_once(unit: Unit, group_id: str, transaction: Transaction) -> bool:
    """Write a transaction unless its id is there, with the event that tells of it."""
    if ledger.has_transaction(unit, group_id, transaction.transaction_id):
        return False
    ledger.post_transaction(unit, group_id, transaction)
    unit.add_event(
        group_id,
        "ledger.posted",
        transaction.recorded_ms,
        transaction_id=transaction.transaction_id,
        kind=transaction.kind,
    )
    return True


def find_points(snapshot: Snapshot, group_id: str, member_id: str) -> MemberPoints:
    account = chart.member_points(member_id)
    held = snapshot.one(_FIND_HELD, {"group_id": group_id, "account": account, "asset": str(POINTS)})
    return MemberPoints(
        balance=ledger.balance(snapshot, group_id, account, POINTS),
        held=0 if held is None else held[0],
        owed=-ledger.balance(snapshot, group_id, chart.member_points_owed(member_id), POINTS),
        pending=ledger.balance(snapshot, group_id, chart.member_points_pending(member_id), POINTS),
    )


def find_expired(snapshot: Snapshot, group_id: str, sale_id: str, member_id: str) -> int:
    """Points of a sale that expired with a member, or with a duplicate that was merged into the member."""
    person = [member_id, *members.list_merged(snapshot, group_id, member_id)]
    accounts = [path(each) for each in person for path in (chart.member_points, chart.member_points_pending)]
    bindings = {
        "group_id": group_id,
        "sale_id": sale_id,
        "accounts": json.dumps(accounts),
        "kind": EXPIRY,
    }
    row = snapshot.one(_FIND_EXPIRED, bindings)
    assert row is not None, "a sum has a row"
    return int(row[0])


def find_sale_points(snapshot: Snapshot, group_id: str, sale_id: str, member_id: str) -> SalePoints:
    key = {"group_id": group_id, "sale_id": sale_id}
    reversed_ = snapshot.one(_FIND_REVERSED, key)
    returned = snapshot.one(_FIND_RETURNED, key)
    returns = snapshot.one(_FIND_RETURNS, key)
    assert reversed_ is not None
    assert returned is not None
    return SalePoints(
        expired=find_expired(snapshot, group_id, sale_id, member_id),
        undone=returned[0],
        reversed=reversed_[0],
        owed=returned[1],
        restored=returned[2],
        returns=0 if returns is None else returns[0],
    )

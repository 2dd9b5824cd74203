"""Months that are closed, what is out of each asset, associations with their shares and payouts."""

import json
from collections.abc import Collection, Mapping, Sequence

from central.storage.interface.common import Change, GuardFailed
from central.storage.interface.settlement import (
    CloseRow,
    CountedRow,
    DealRow,
    EndedLots,
    MembershipRow,
    Oldest,
    OpenLots,
    PaidSum,
    PayoutRow,
    TurnoverSum,
)
from central.storage.unit import Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import ledger
from loyalty.ledger.assets import HOURS, POINTS
from loyalty.ledger.expiry import EXPIRY
from loyalty.ledger.merge import MERGE
from loyalty.ledger.postings import Transaction

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

_CLOSE_COLUMNS = (
    "SELECT group_id, month, next_month, until_seq, closed_ms, actor, statement FROM clearing_close"
)
_AFTER_ALL_MONTHS = "9999-99"
_FIND_CLOSE = f"{_CLOSE_COLUMNS} WHERE group_id = :group_id AND month = :month"
_FIND_CLOSE_BEFORE = f"""
{_CLOSE_COLUMNS} WHERE group_id = :group_id AND month < :month ORDER BY month DESC LIMIT 1
"""
_CLOSE = """
INSERT INTO clearing_close (group_id, month, next_month, until_seq, closed_ms, actor, statement)
SELECT :group_id, :month, :next_month, :until_seq, :closed_ms, :actor, :statement
WHERE NOT EXISTS (SELECT 1 FROM clearing_close WHERE group_id = :group_id AND month >= :month)
    AND NOT EXISTS (SELECT 1 FROM clearing_close WHERE group_id = :group_id AND month < :month
        AND until_seq > :until_seq)
"""
_FIND_HEAD_SEQ = "SELECT journal_seq FROM group_head WHERE group_id = :group_id"
_FIND_RECORDED = """
SELECT recorded_ms FROM ledger_transaction WHERE group_id = :group_id AND journal_seq = :journal_seq
"""
_FIND_FIRST_FUNDED = """
SELECT month FROM funded_line WHERE group_id = :group_id AND month > '' ORDER BY month LIMIT 1
"""
_FIND_FIRST_TURNOVER = """
SELECT month FROM association_turnover WHERE group_id = :group_id AND month > '' ORDER BY month LIMIT 1
"""
_FIRST_SEQ = 1


def find_close(snapshot: Snapshot, group_id: str, month: str) -> CloseRow | None:
    row = snapshot.one(_FIND_CLOSE, {"group_id": group_id, "month": month})
    return None if row is None else CloseRow(*row)


def find_last_close(snapshot: Snapshot, group_id: str) -> CloseRow | None:
    return find_close_before(snapshot, group_id, _AFTER_ALL_MONTHS)


def find_close_before(snapshot: Snapshot, group_id: str, month: str) -> CloseRow | None:
    row = snapshot.one(_FIND_CLOSE_BEFORE, {"group_id": group_id, "month": month})
    return None if row is None else CloseRow(*row)


def find_oldest(snapshot: Snapshot, group_id: str) -> Oldest:
    """One look into a key for each."""
    place = {"group_id": group_id}
    firsts = [snapshot.one(sql, place) for sql in (_FIND_FIRST_FUNDED, _FIND_FIRST_TURNOVER)]
    months = [str(row[0]) for row in firsts if row is not None]
    entry = snapshot.one(_FIND_RECORDED, place | {"journal_seq": _FIRST_SEQ})
    return Oldest(min(months, default=None), None if entry is None else int(entry[0]))


def close_month(unit: Unit, row: CloseRow) -> bool:
    """Close it once, and months in their order. Raises: GuardFailed."""
    if find_close(unit, row.group_id, row.month) is not None:
        return False
    if not unit.run(_CLOSE, bindings_of(row)):
        raise GuardFailed(guard=f"That no month after {row.month} is closed")
    unit.add_event(row.group_id, "month.closed", row.closed_ms, month=row.month)
    return True


def find_journal_end(snapshot: Snapshot, group_id: str, before_ms: int) -> int:
    """By halves: entries stand in the order of their recording, but for moments that do not matter."""
    head = snapshot.one(_FIND_HEAD_SEQ, {"group_id": group_id})
    low, high = 0, 0 if head is None else int(head[0])
    while low < high:
        middle = (low + high + 1) // 2
        row = snapshot.one(_FIND_RECORDED, {"group_id": group_id, "journal_seq": middle})
        assert row is not None, "the journal has no gap"
        low, high = (middle, high) if row[0] < before_ms else (low, middle - 1)
    return low


# Liability --------------------------------------------------------------------------------------------------

# What was sold and what was given for nothing are one asset and may have one funder: they end differently, so
# a lot's kind is told by where it lies and by what it comes from. A name that is a batch's and an act's at
# once is taken for what was sold: nothing is expected of it too early.
_KIND = f"""
CASE WHEN l.asset = '{POINTS}' THEN 'points' WHEN substr(l.asset, 1, 4) = 'VCH.' THEN 'voucher'
    WHEN substr(l.asset, 1, 5) = 'MEAL.' THEN 'meal_vouchers'
    WHEN l.asset = '{HOURS}' OR substr(l.asset, 1, 4) = 'SRV.' THEN 'service'
    WHEN EXISTS (SELECT 1 FROM gift_batch AS b WHERE b.group_id = l.group_id AND b.batch_id = l.source_id
            AND b.amount_minor IS NOT NULL)
        AND NOT EXISTS (SELECT 1 FROM value_act AS v WHERE v.group_id = l.group_id
            AND v.act_id = l.source_id AND v.asset = l.asset) THEN 'prize'
    WHEN substr(l.account, 1, 5) = 'shop/' THEN 'forward'
    WHEN substr(l.account, 1, 10) = 'gift_card/' THEN 'gift_card' ELSE 'purse' END
"""
# A voucher is one unit in one lot, worth what it said when it was given.
_VOUCHER_WORTH = """
CASE WHEN substr(l.asset, 1, 4) = 'VCH.' THEN (SELECT v.worth_minor FROM voucher AS v
    WHERE v.group_id = l.group_id AND v.lot_id = l.lot_id) END
"""
_SUM_OPEN = f"""
SELECT o.kind, o.asset, o.funder, sum(o.remaining), count(*), sum(o.dated),
    sum(o.remaining * o.worth), sum(CASE WHEN o.worth IS NULL THEN o.remaining ELSE 0 END)
FROM (SELECT {_KIND} AS kind, l.asset, l.funder, l.remaining,
        CASE WHEN l.expires_ms IS NULL THEN 0 ELSE l.remaining END AS dated, {_VOUCHER_WORTH} AS worth
    FROM lot AS l WHERE l.group_id = :group_id AND l.remaining > 0) AS o
GROUP BY o.kind, o.asset, o.funder ORDER BY o.asset, o.kind, o.funder
"""
# A lot that took over what a merged duplicate held was given once, not twice; what expires of it expired.
_SUM_ENDED = f"""
SELECT e.kind, e.asset, sum(1 - e.is_merge), sum((1 - e.is_merge) * e.amount), coalesce(sum(e.expired), 0)
FROM (SELECT {_KIND} AS kind, l.asset, l.amount,
        CASE WHEN EXISTS (SELECT 1 FROM ledger_transaction AS t WHERE t.group_id = l.group_id
            AND t.journal_seq = l.journal_seq AND t.kind = '{MERGE}') THEN 1 ELSE 0 END AS is_merge,
        (SELECT sum(a.amount) FROM allocation AS a
            JOIN ledger_transaction AS x ON x.group_id = a.group_id AND x.journal_seq = a.journal_seq
            WHERE a.group_id = l.group_id AND a.lot_id = l.lot_id AND x.kind = '{EXPIRY}') AS expired
    FROM lot AS l WHERE l.group_id = :group_id AND l.expires_ms <= :now_ms) AS e
GROUP BY e.kind, e.asset ORDER BY e.asset, e.kind
"""


def sum_open_lots(snapshot: Snapshot, group_id: str) -> Sequence[OpenLots]:
    return [
        OpenLots(
            kind=kind,
            asset=asset,
            funder=funder,
            remaining=int(remaining),
            lots=lots,
            dated=int(dated),
            voucher_worth_minor=None if worth is None or unvalued else int(worth),
        )
        for kind, asset, funder, remaining, lots, dated, worth, unvalued in snapshot.all(
            _SUM_OPEN, {"group_id": group_id}
        )
    ]


def sum_ended_lots(snapshot: Snapshot, group_id: str, now_ms: int) -> Sequence[EndedLots]:
    return [
        EndedLots(kind=kind, asset=asset, lots=int(lots), amount=int(amount), expired=int(expired))
        for kind, asset, lots, amount, expired in snapshot.all(
            _SUM_ENDED, {"group_id": group_id, "now_ms": now_ms}
        )
    ]


# Associations -----------------------------------------------------------------------------------------------

_LIST_MEMBERSHIPS = """
SELECT association_id, from_ms, to_ms, actor FROM member_association
WHERE group_id = :group_id AND member_id = :member_id ORDER BY entry_no DESC
"""
_COUNT_BELONGING = """
SELECT count(*) FROM member_association INDEXED BY member_association_by_association
WHERE group_id = :group_id AND association_id = :association_id AND to_ms IS NULL
"""
_END_MEMBERSHIP = """
UPDATE member_association SET to_ms = :now_ms
WHERE group_id = :group_id AND member_id = :member_id AND to_ms IS NULL AND from_ms <= :now_ms
"""
_ADD_MEMBERSHIP = """
INSERT INTO member_association (group_id, member_id, entry_no, association_id, from_ms, actor)
SELECT :group_id, :member_id, coalesce(max(entry_no), 0) + 1, :association_id, :now_ms, :actor
FROM member_association WHERE group_id = :group_id AND member_id = :member_id
"""
_PUT_DEAL = """
INSERT INTO association_deal (group_id, association_id, shop_id, share_bp)
VALUES (:group_id, :association_id, :shop_id, :share_bp)
ON CONFLICT (group_id, association_id, shop_id) DO UPDATE SET share_bp = excluded.share_bp
"""
_LIST_DEALS = """
SELECT group_id, association_id, shop_id, share_bp FROM association_deal
WHERE group_id = :group_id AND association_id = :association_id ORDER BY shop_id
"""
_LIST_TURNOVER = """
SELECT association_id, shop_id, share_bp, sum(counted_minor), count(*), currency FROM association_turnover
WHERE group_id = :group_id AND month = :month AND association_id = :association_id
GROUP BY association_id, shop_id, share_bp, currency ORDER BY shop_id, share_bp
"""


def put_membership(
    unit: Unit, group_id: str, member_id: str, association_id: str | None, *, now_ms: int, actor: str
) -> Change:
    rows = list_associations_of(unit, group_id, member_id)
    current = rows[0] if rows and rows[0].to_ms is None else None
    if (None if current is None else current.association_id) == association_id:
        return Change.UNCHANGED
    place = {"group_id": group_id, "member_id": member_id, "now_ms": now_ms}
    if current is not None and not unit.run(_END_MEMBERSHIP, place):
        raise GuardFailed(guard=f"That the member {member_id} belongs to an association since before now")
    if association_id is not None:
        unit.run(_ADD_MEMBERSHIP, place | {"association_id": association_id, "actor": actor})
    unit.add_event(group_id, "member.changed", now_ms, member_id=member_id)
    return Change.CHANGED


def list_associations_of(snapshot: Snapshot, group_id: str, member_id: str) -> Sequence[MembershipRow]:
    """Newest first."""
    rows = snapshot.all(_LIST_MEMBERSHIPS, {"group_id": group_id, "member_id": member_id})
    return [MembershipRow(*row) for row in rows]


def put_deal(unit: Unit, row: DealRow, now_ms: int) -> Change:
    known = {each.shop_id: each for each in list_deals(unit, row.group_id, row.association_id)}
    before = known.get(row.shop_id)
    if before == row:
        return Change.UNCHANGED
    unit.run(_PUT_DEAL, bindings_of(row))
    unit.add_event(
        row.group_id,
        "deal.changed",
        now_ms,
        association_id=row.association_id,
        shop_id=row.shop_id,
        share_bp=row.share_bp,
    )
    return Change.CREATED if before is None else Change.CHANGED


def list_deals(snapshot: Snapshot, group_id: str, association_id: str) -> Sequence[DealRow]:
    rows = snapshot.all(_LIST_DEALS, {"group_id": group_id, "association_id": association_id})
    return [DealRow(*row) for row in rows]


def sum_turnover(snapshot: Snapshot, group_id: str, month: str, association_id: str) -> Sequence[TurnoverSum]:
    bindings = {"group_id": group_id, "month": month, "association_id": association_id}
    return [
        TurnoverSum(association, shop_id, share_bp, int(counted), tickets, currency)
        for association, shop_id, share_bp, counted, tickets, currency in snapshot.all(
            _LIST_TURNOVER, bindings
        )
    ]


_LIST_COUNTED = """
SELECT t.sale_id, t.cause_id, t.shop_id, t.share_bp, t.counted_minor, s.member_id
FROM association_turnover AS t LEFT JOIN sale AS s ON s.group_id = t.group_id AND s.sale_id = t.sale_id
WHERE t.group_id = :group_id AND t.month = :month AND t.association_id = :association_id
    AND t.cause_id > :after
ORDER BY t.cause_id LIMIT :limit
"""


def list_counted(
    snapshot: Snapshot, group_id: str, month: str, association_id: str, after: str, limit: int
) -> Sequence[CountedRow]:
    bindings = {
        "group_id": group_id,
        "month": month,
        "association_id": association_id,
        "after": after,
        "limit": limit,
    }
    return [CountedRow(*row) for row in snapshot.all(_LIST_COUNTED, bindings)]


_PAYOUT_COLUMNS = """
SELECT group_id, association_id, month, payer, counted_minor, share_minor, points, points_minor, before_minor,
    paid_minor, after_minor, currency, transaction_id, paid_ms, actor
FROM association_payout
"""
_LIST_PAYOUTS = f"""
{_PAYOUT_COLUMNS} WHERE group_id = :group_id AND association_id = :association_id ORDER BY month DESC, payer
"""
_SUM_PAYOUTS = """
SELECT association_id, sum(paid_minor), sum(points), count(DISTINCT month), max(month) FROM association_payout
WHERE group_id = :group_id AND association_id IN (SELECT value FROM json_each(:association_ids))
GROUP BY association_id
"""
_FIND_LAST_PAID = """
SELECT max(month) FROM association_payout WHERE group_id = :group_id AND association_id = :association_id
"""
_ADD_PAYOUT = """
INSERT INTO association_payout (group_id, association_id, month, payer, counted_minor, share_minor, points,
    points_minor, before_minor, paid_minor, after_minor, currency, transaction_id, paid_ms, actor)
VALUES (:group_id, :association_id, :month, :payer, :counted_minor, :share_minor, :points, :points_minor,
    :before_minor, :paid_minor, :after_minor, :currency, :transaction_id, :paid_ms, :actor)
"""


def count_association_members(snapshot: Snapshot, group_id: str, association_id: str) -> int:
    """See `SettlementStore.count_association_members`."""
    row = snapshot.one(_COUNT_BELONGING, {"group_id": group_id, "association_id": association_id})
    assert row is not None, "a count has a row"
    return int(row[0])


def list_payouts(snapshot: Snapshot, group_id: str, association_id: str) -> Sequence[PayoutRow]:
    bindings = {"group_id": group_id, "association_id": association_id}
    return [row_of(PayoutRow, row) for row in snapshot.all(_LIST_PAYOUTS, bindings)]


def sum_payouts(snapshot: Snapshot, group_id: str, association_ids: Collection[str]) -> Mapping[str, PaidSum]:
    """See `SettlementStore.sum_payouts`."""
    bindings = {"group_id": group_id, "association_ids": json.dumps(sorted(association_ids))}
    return {row[0]: PaidSum(*row[1:]) for row in snapshot.all(_SUM_PAYOUTS, bindings)}


def record_payouts(
    unit: Unit, rows: Sequence[PayoutRow], transactions: Sequence[Transaction]
) -> Sequence[PayoutRow] | None:
    """Write all of a month's payouts to one association, once. Raises: GuardFailed."""
    group_id, association_id, month = rows[0].group_id, rows[0].association_id, rows[0].month
    last = unit.one(_FIND_LAST_PAID, {"group_id": group_id, "association_id": association_id})
    if last is not None and last[0] is not None:
        if last[0] == month or any(
            row.month == month for row in list_payouts(unit, group_id, association_id)
        ):
            return None
        if last[0] > month:
            raise GuardFailed(guard=f"That no month after {month} was paid")
    for transaction in transactions:
        ledger.post_transaction(unit, group_id, transaction)
    unit.run_each(_ADD_PAYOUT, [bindings_of(row) for row in rows])
    paid = sum(row.paid_minor for row in rows)
    unit.add_event(
        group_id,
        "association.paid",
        rows[0].paid_ms,
        association_id=association_id,
        month=month,
        paid_minor=paid,
    )
    return rows

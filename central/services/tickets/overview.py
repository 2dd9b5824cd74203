"""A member's overview after a sale, out of what was looked up before it and what the sale itself does.

Reading it anew for every answer would be one more turn of the store's readers for each purchase.
"""

from collections.abc import Sequence
from dataclasses import replace

from central.storage.interface.rows import ExpiringLots, MemberOverview, SaleRecord, SaleRow, TicketRow
from loyalty.ledger.assets import POINTS
from loyalty.ledger.chart import member_points, member_points_owed
from loyalty.ledger.postings import NewLot, Transaction


def after_sale(
    looked: MemberOverview, record: SaleRecord, row: SaleRow, *, shop_name: str, since_ms: int, tickets: int
) -> MemberOverview | None:
    """What the store would tell of the member now; None: it must be asked.

    It must where points paid, or where the balance is not what this sale alone makes of the one looked at:
    somebody was in between.
    """
    if record.member_id is None or record.redemption is not None or record.hold_id is not None:
        return None
    account, owed_account = member_points(record.member_id), member_points_owed(record.member_id)
    gained = _net(record.transaction, account)
    if row.balance_after != looked.points + gained:
        return None
    lots = () if record.transaction is None else record.transaction.new_lots
    own = TicketRow(
        sale_id=row.sale_id,
        occurred_ms=row.occurred_ms,
        recorded_ms=row.recorded_ms,
        shop_id=row.shop_id,
        total_minor=row.total_minor,
        points=row.points,
        shop_name=shop_name,
    )
    listed = sorted((own, *looked.tickets), key=_latest_first, reverse=True)
    return replace(
        looked,
        points=row.balance_after,
        points_owed=looked.points_owed - _net(record.transaction, owed_account),
        points_since=looked.points_since + (row.points if row.occurred_ms >= since_ms else 0),
        expiring=_expiring(looked.expiring, [lot for lot in lots if lot.account == account]),
        tickets=tuple(listed[:tickets]),
    )


def _net(transaction: Transaction | None, account: str) -> int:
    """By how much a transaction changes the points of an account."""
    net = 0
    for posting in () if transaction is None else transaction.postings:
        if posting.asset == POINTS:
            net += posting.amount * ((posting.target == account) - (posting.source == account))
    return net


def _expiring(before: ExpiringLots | None, lots: Sequence[NewLot]) -> ExpiringLots | None:
    """What expires first, with new lots beside it."""
    for lot in lots:
        if lot.expires_ms is None:
            continue
        if before is None or lot.expires_ms < before.expires_ms:
            before = ExpiringLots(lot.amount, lot.expires_ms)
        elif lot.expires_ms == before.expires_ms:
            before = ExpiringLots(before.points + lot.amount, before.expires_ms)
    return before


def _latest_first(ticket: TicketRow) -> tuple[int, str]:
    return ticket.occurred_ms, ticket.sale_id

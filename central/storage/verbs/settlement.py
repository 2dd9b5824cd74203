"""Who pays: lines of tickets that others pay for, written with the ticket and read by month."""

import json
from collections.abc import Mapping, Sequence

from central.storage.interface.settlement import CauseRow, FundedLineRow, Funding
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of

_COLUMNS = """
SELECT group_id, month, funder, entry_id, ticket_ref, return_ref, line_no, rule_id, rule_version, what,
    voucher, creditor, shop_id, local_day, article_id, quantity, points, amount_minor, currency, tax_rate_bp
FROM funded_line
"""
_LIST_PAGE = f"""
{_COLUMNS} WHERE group_id = :group_id AND month = :month AND funder = :funder AND entry_id > :after
ORDER BY entry_id LIMIT :limit
"""
_LIST_OF_TICKET = f"""
{_COLUMNS} INDEXED BY funded_line_by_ticket WHERE group_id = :group_id AND ticket_ref = :ticket_ref
ORDER BY entry_id
"""
_FIND_NEXT_FUNDER = """
SELECT min(funder) FROM funded_line WHERE group_id = :group_id AND month = :month AND funder > :after
"""
_ADD_LINE = """
INSERT INTO funded_line (group_id, month, funder, entry_id, ticket_ref, return_ref, line_no, rule_id,
    rule_version, what, voucher, creditor, shop_id, local_day, article_id, quantity, points, amount_minor,
    currency, tax_rate_bp)
VALUES (:group_id, :month, :funder, :entry_id, :ticket_ref, :return_ref, :line_no, :rule_id, :rule_version,
    :what, :voucher, :creditor, :shop_id, :local_day, :article_id, :quantity, :points, :amount_minor,
    :currency, :tax_rate_bp)
"""
_FIND_LAST_CLOSED = """
SELECT next_month FROM clearing_close WHERE group_id = :group_id AND month >= :month
ORDER BY month DESC LIMIT 1
"""
_FIND_ANY_DEAL = """
SELECT 1 FROM association_deal WHERE group_id = :group_id AND association_id > '' LIMIT 1
"""
# The deal of the shop itself comes before that of every shop.
_COUNT = """
INSERT INTO association_turnover
    (group_id, month, association_id, shop_id, cause_id, sale_id, share_bp, counted_minor, currency)
SELECT :group_id, :month, m.association_id, :shop_id, :cause_id, :cause_id, d.share_bp, :counted_minor,
    :currency
FROM member_association AS m
JOIN association_deal AS d ON d.group_id = m.group_id AND d.association_id = m.association_id
    AND d.shop_id IN (:shop_id, '')
WHERE m.group_id = :group_id AND m.member_id = :member_id AND m.from_ms <= :at_ms
    AND (m.to_ms IS NULL OR m.to_ms > :at_ms) AND d.share_bp > 0
ORDER BY m.entry_no DESC, d.shop_id DESC LIMIT 1
"""
_FIND_COUNTED = """
SELECT association_id, shop_id, share_bp FROM association_turnover INDEXED BY association_turnover_by_sale
WHERE group_id = :group_id AND sale_id = :sale_id AND cause_id = :sale_id
"""
_UNCOUNT = """
INSERT INTO association_turnover
    (group_id, month, association_id, shop_id, cause_id, sale_id, share_bp, counted_minor, currency)
VALUES (:group_id, :month, :association_id, :shop_id, :cause_id, :sale_id, :share_bp, :counted_minor,
    :currency)
"""


def open_month(snapshot: Snapshot, group_id: str, month: str) -> str:
    """The month that a fact of `month` belongs to: the first open one, if its own is closed."""
    closed = snapshot.one(_FIND_LAST_CLOSED, {"group_id": group_id, "month": month})
    return month if closed is None else str(closed[0])


def add_sales(unit: Unit, group_id: str, funding: Mapping[str, Funding]) -> None:
    """Write who pays for the lines of sales, and what counts for their members' associations, by sale."""
    _add_lines(unit, group_id, [line for each in funding.values() for line in each.lines])
    counted = {sale_id: each.counted for sale_id, each in funding.items() if each.counted is not None}
    if not counted or unit.one(_FIND_ANY_DEAL, {"group_id": group_id}) is None:
        return
    for sale_id, each in counted.items():
        month = open_month(unit, group_id, each.month)
        unit.run(_COUNT, bindings_of(each, group_id=group_id, cause_id=sale_id, month=month))


def add_return(unit: Unit, group_id: str, sale_id: str, return_id: str, funding: Funding) -> None:
    """Write what a return takes back of both; the association is that of the sale, at its share."""
    _add_lines(unit, group_id, funding.lines)
    if funding.counted is None:
        return
    for association_id, shop_id, share_bp in unit.all(
        _FIND_COUNTED, {"group_id": group_id, "sale_id": sale_id}
    ):
        bindings = {
            "group_id": group_id,
            "month": open_month(unit, group_id, funding.counted.month),
            "association_id": association_id,
            "shop_id": shop_id,
            "cause_id": return_id,
            "sale_id": sale_id,
            "share_bp": share_bp,
            "counted_minor": -funding.counted.counted_minor,
            "currency": funding.counted.currency,
        }
        unit.run(_UNCOUNT, bindings)


def _add_lines(unit: Unit, group_id: str, lines: Sequence[FundedLineRow]) -> None:
    if not lines:
        return
    months = {month: open_month(unit, group_id, month) for month in {line.month for line in lines}}
    unit.run_each(_ADD_LINE, [bindings_of(line, month=months[line.month]) for line in lines])


def list_funded(
    snapshot: Snapshot, group_id: str, month: str, funder: str, after: str, limit: int
) -> Sequence[FundedLineRow]:
    bindings = {"group_id": group_id, "month": month, "funder": funder, "after": after, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST_PAGE, bindings)]


def list_funded_of(snapshot: Snapshot, group_id: str, ticket_ref: str) -> Sequence[FundedLineRow]:
    bindings = {"group_id": group_id, "ticket_ref": ticket_ref}
    return [_row(row) for row in snapshot.all(_LIST_OF_TICKET, bindings)]


def list_funders(snapshot: Snapshot, group_id: str, month: str) -> Sequence[str]:
    """One look into the key for each, however many lines there are."""
    found: list[str] = []
    while True:
        after = found[-1] if found else ""
        row = snapshot.one(_FIND_NEXT_FUNDER, {"group_id": group_id, "month": month, "after": after})
        if row is None or row[0] is None:
            return found
        found.append(str(row[0]))


def _row(row: Row) -> FundedLineRow:
    return row_of(FundedLineRow, row)


# What the clearing of lots reads ----------------------------------------------------------------------------

_FIND_SALE_CAUSES = """
SELECT sale_id, shop_id, sale_id, points_redeemed, 0, 0, ruleset_version FROM sale
WHERE group_id = :group_id AND sale_id IN (SELECT value FROM json_each(:ids))
"""
RESTORED_BEFORE = """CASE WHEN r.points_restored = 0 THEN 0 ELSE (
        SELECT coalesce(sum(b.points_restored), 0)
        FROM sale_return AS b INDEXED BY sale_return_by_sale
        JOIN ledger_transaction AS t INDEXED BY ledger_transaction_by_id
            ON t.group_id = b.group_id AND t.transaction_id = b.restoration_id
        WHERE b.group_id = r.group_id AND b.sale_id = r.sale_id AND t.journal_seq < (
            SELECT own.journal_seq FROM ledger_transaction AS own INDEXED BY ledger_transaction_by_id
            WHERE own.group_id = r.group_id AND own.transaction_id = r.restoration_id)
    ) END"""
"""Points that earlier returns of the sale of `r`, a return, gave back."""
_FIND_RETURN_CAUSES = f"""
SELECT r.return_id, r.shop_id, s.sale_id, s.points_redeemed, r.points_restored,
    {RESTORED_BEFORE}, s.ruleset_version
FROM sale_return AS r
CROSS JOIN sale AS s ON s.group_id = r.group_id AND s.sale_id = r.sale_id
WHERE r.group_id = :group_id AND r.return_id IN (SELECT value FROM json_each(:ids))
"""  # noqa: S608  -- joined from constants
_FIND_LOTS = """
SELECT lot_id, funder, asset FROM lot
WHERE group_id = :group_id AND lot_id IN (SELECT value FROM json_each(:ids))
"""


def find_causes(snapshot: Snapshot, group_id: str, cause_ids: Sequence[str]) -> Mapping[str, CauseRow]:
    bindings = {"group_id": group_id, "ids": json.dumps(list(cause_ids))}
    rows = [*snapshot.all(_FIND_RETURN_CAUSES, bindings), *snapshot.all(_FIND_SALE_CAUSES, bindings)]
    return {str(cause_id): CauseRow(*rest) for cause_id, *rest in rows}


def find_lot_funders(
    snapshot: Snapshot, group_id: str, lot_ids: Sequence[str]
) -> Mapping[str, tuple[str, str]]:
    bindings = {"group_id": group_id, "ids": json.dumps(list(lot_ids))}
    return {
        str(lot_id): (str(funder), str(asset)) for lot_id, funder, asset in snapshot.all(_FIND_LOTS, bindings)
    }

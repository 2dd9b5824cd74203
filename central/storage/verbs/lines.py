"""The line store: what was bought, under a random subject; a store of its own (DESIGN 11).

Knows neither members nor sales nor shops: whoever calls brings the `line_key`, an HMAC that only the member's
own key can make. Its tables start with `line_store_` and refer to nothing outside.
"""

from collections.abc import Sequence

from central.storage.base import GuardFailed
from central.storage.interface.rows import ReturnedLine, SaleRecord, StoredLine
from central.storage.unit import Snapshot, Unit, bindings_of
from loyalty.value.tenders import LineShare

_ADD_LINE = """
INSERT INTO line_store_line (group_id, line_key, line_no, subject_id, code, article_id, article_class,
    quantity, amount_minor, points, returned_quantity, points_redeemed, tax_rate_bp)
VALUES (:group_id, :line_key, :line_no, :subject_id, :code, :article_id, :article_class, :quantity,
    :amount_minor, :points, :returned_quantity, :points_redeemed, :tax_rate_bp)
"""
_LIST_LINES = """
SELECT line_no, code, article_id, article_class, quantity, amount_minor, points, returned_quantity,
    points_redeemed, tax_rate_bp
FROM line_store_line WHERE group_id = :group_id AND line_key = :line_key ORDER BY line_no
"""
_ADD_REASONS = """
INSERT INTO line_store_why (group_id, line_key, reasons) VALUES (:group_id, :line_key, :reasons)
"""
_FIND_REASONS = """
SELECT reasons FROM line_store_why WHERE group_id = :group_id AND line_key = :line_key
"""
_TAKE_BACK = """
UPDATE line_store_line SET returned_quantity = returned_quantity + :quantity
WHERE group_id = :group_id AND line_key = :line_key AND line_no = :line_no
    AND quantity - returned_quantity >= :quantity
    AND (returned_quantity = :already_returned OR :already_returned IS NULL)
RETURNING returned_quantity - :quantity
"""
_ADD_RETURN = """
INSERT INTO line_store_return (group_id, line_key, line_no, already_returned, quantity, points, amount_minor)
VALUES (:group_id, :line_key, :line_no, :already_returned, :quantity, :points, :amount_minor)
"""

_ADD_SHARE = """
INSERT INTO line_store_tender (group_id, line_key, line_no, tender_no, amount_minor)
VALUES (:group_id, :line_key, :line_no, :tender_no, :amount_minor)
"""
_LIST_SHARES = """
SELECT line_no, tender_no, amount_minor, returned_minor FROM line_store_tender
WHERE group_id = :group_id AND line_key = :line_key ORDER BY line_no, tender_no
"""
_RETURN_SHARE = """
UPDATE line_store_tender SET returned_minor = returned_minor + :amount_minor
WHERE group_id = :group_id AND line_key = :line_key AND line_no = :line_no AND tender_no = :tender_no
    AND returned_minor + :amount_minor <= amount_minor
"""


def add_lines(unit: Unit, records: Sequence[SaleRecord]) -> None:
    """Store the lines of tickets."""
    rows = [
        bindings_of(line, group_id=record.group_id, line_key=record.line_key, subject_id=record.subject_id)
        for record in records
        for line in record.lines
    ]
    unit.run_each(_ADD_LINE, rows)


def list_lines(snapshot: Snapshot, group_id: str, line_key: bytes) -> Sequence[StoredLine]:
    """The lines of one ticket, found by its join key."""
    rows = snapshot.all(_LIST_LINES, {"group_id": group_id, "line_key": line_key})
    return [StoredLine(*row) for row in rows]


def list_lines_of(
    snapshot: Snapshot, group_id: str, line_keys: Sequence[bytes]
) -> dict[bytes, Sequence[StoredLine]]:
    """The lines of many tickets; a key that leads nowhere has none."""
    return {key: list_lines(snapshot, group_id, key) for key in line_keys}


def add_reasons(unit: Unit, records: Sequence[SaleRecord]) -> None:
    """Keep why the lines of tickets earned what they earned."""
    rows = [
        {"group_id": record.group_id, "line_key": record.line_key, "reasons": record.reasons}
        for record in records
        if record.reasons
    ]
    unit.run_each(_ADD_REASONS, rows)


def find_reasons(snapshot: Snapshot, group_id: str, line_key: bytes) -> str | None:
    """A ticket's explanation as it is kept, None where there is none."""
    row = snapshot.one(_FIND_REASONS, {"group_id": group_id, "line_key": line_key})
    return None if row is None else row[0]


def list_reasons_of(snapshot: Snapshot, group_id: str, line_keys: Sequence[bytes]) -> dict[bytes, str]:
    """The explanations of many tickets, those that are kept."""
    found = {key: find_reasons(snapshot, group_id, key) for key in line_keys}
    return {key: reasons for key, reasons in found.items() if reasons is not None}


def take_back(unit: Unit, group_id: str, line_key: bytes, lines: Sequence[ReturnedLine]) -> None:
    """Count units as returned.

    Raises: GuardFailed: fewer units are left, or another return came in between.
    """
    for line in lines:
        bindings = bindings_of(line, group_id=group_id, line_key=line_key)
        before = unit.one(_TAKE_BACK, bindings)
        if before is None:
            raise GuardFailed(guard=f"That {line.quantity} units of line {line.line_no} can be returned")
        unit.run(_ADD_RETURN, bindings | {"already_returned": before[0]})


# Which part of which line each tender paid ------------------------------------------------------------------


def add_shares(unit: Unit, group_id: str, line_key: bytes, shares: Sequence[LineShare]) -> None:
    """Store what tenders paid of a ticket's lines."""
    unit.run_each(_ADD_SHARE, [_share(group_id, line_key, share) for share in shares])


def list_shares(snapshot: Snapshot, group_id: str, line_key: bytes) -> Sequence[LineShare]:
    """The same, as it stands."""
    rows = snapshot.all(_LIST_SHARES, {"group_id": group_id, "line_key": line_key})
    return [LineShare(*row) for row in rows]


def take_shares_back(unit: Unit, group_id: str, line_key: bytes, shares: Sequence[LineShare]) -> None:
    """Note what comes back of them. Raises: GuardFailed: another return did it meanwhile."""
    for share in shares:
        if not unit.run(_RETURN_SHARE, _share(group_id, line_key, share)):
            raise GuardFailed(guard=f"That line {share.line_no} has so much to come back")


def _share(group_id: str, line_key: bytes, share: LineShare) -> dict[str, object]:
    bindings = bindings_of(share, group_id=group_id, line_key=line_key)
    del bindings["returned_minor"]
    return bindings

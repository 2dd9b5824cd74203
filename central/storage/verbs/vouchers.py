"""Vouchers beside their units in the ledger, and gifts of tickets."""

from collections.abc import Mapping, Sequence

from central.storage.interface.common import GuardFailed
from central.storage.interface.vouchers import (
    Benefits,
    GiftRow,
    VoucherReturn,
    VoucherRow,
    VoucherStands,
    VoucherUse,
)
from central.storage.unit import Row, Snapshot, Unit, bindings_of

_COLUMNS = """
SELECT v.group_id, v.voucher_id, v.code_hash, v.definition, v.rule_id, v.account, v.lot_id, v.member_id,
    v.sale_id, v.number, v.worth_minor, v.redeem_on, v.last_day, v.made_ms, v.taken_back
"""
_TAKEN_BY = """
CASE WHEN l.remaining > 0 THEN '' ELSE (
    SELECT t.kind FROM allocation AS a INDEXED BY allocation_by_lot
    JOIN ledger_transaction AS t ON t.group_id = a.group_id AND t.journal_seq = a.journal_seq
    WHERE a.group_id = l.group_id AND a.lot_id = l.lot_id ORDER BY a.journal_seq DESC LIMIT 1
) END
"""
_STANDS = f"""
{_COLUMNS}, l.remaining, l.held, l.expires_ms, l.funder, {_TAKEN_BY}, l.account
FROM voucher AS v {{index}} JOIN lot AS l ON l.group_id = v.group_id AND l.lot_id = v.lot_id
"""
_FIND_BY_CODE = (
    _STANDS.format(index="INDEXED BY voucher_by_code")
    + " WHERE v.group_id = :group_id AND v.code_hash = :code_hash"
)
_FIND = _STANDS.format(index="") + " WHERE v.group_id = :group_id AND v.voucher_id = :voucher_id"
_LIST_OF_MEMBER = (
    _STANDS.format(index="INDEXED BY voucher_by_member")
    + """ WHERE v.group_id = :group_id AND v.member_id = :member_id AND v.member_id IS NOT NULL
    AND v.taken_back IS NULL AND l.remaining > l.held AND (l.expires_ms IS NULL OR l.expires_ms > :now_ms)
ORDER BY l.expires_ms IS NULL, l.expires_ms, v.voucher_id LIMIT :limit
"""
)
_LIST_OF_SALE = f"""
{_COLUMNS} FROM voucher AS v INDEXED BY voucher_by_sale
WHERE v.group_id = :group_id AND v.sale_id = :sale_id ORDER BY v.number
"""
_LIST_USES = """
SELECT voucher_id, used_minor, restored_by FROM voucher_use
WHERE group_id = :group_id AND sale_id = :sale_id ORDER BY voucher_id
"""
_LIST_GIFTS = """
SELECT rule_id, article_id, quantity FROM sale_gift
WHERE group_id = :group_id AND sale_id = :sale_id ORDER BY number
"""
_ADD = """
INSERT INTO voucher (group_id, voucher_id, code_hash, definition, rule_id, account, lot_id, member_id,
    sale_id, number, worth_minor, redeem_on, last_day, made_ms, taken_back)
VALUES (:group_id, :voucher_id, :code_hash, :definition, :rule_id, :account, :lot_id, :member_id, :sale_id,
    :number, :worth_minor, :redeem_on, :last_day, :made_ms, :taken_back)
"""
_ADD_USE = """
INSERT INTO voucher_use (group_id, sale_id, voucher_id, used_minor)
VALUES (:group_id, :sale_id, :voucher_id, :used_minor)
"""
_ADD_GIFT = """
INSERT INTO sale_gift (group_id, sale_id, number, rule_id, article_id, quantity)
VALUES (:group_id, :sale_id, :number, :rule_id, :article_id, :quantity)
"""
_TAKE_BACK = """
UPDATE voucher SET taken_back = :return_id
WHERE group_id = :group_id AND voucher_id = :voucher_id AND taken_back IS NULL
"""
_RESTORE = """
UPDATE voucher_use SET restored_by = :return_id
WHERE group_id = :group_id AND sale_id = :sale_id AND voucher_id = :voucher_id AND restored_by IS NULL
"""
_MOVE_LOT = "UPDATE voucher SET lot_id = :lot_id WHERE group_id = :group_id AND voucher_id = :voucher_id"


def add_benefits(unit: Unit, group_id: str, benefits: Mapping[str, Benefits]) -> None:
    """Write what sales gave and used, by sale; the units were posted before, in the same unit of writing."""
    vouchers, uses, gifts = [], [], []
    for sale_id, each in benefits.items():
        vouchers += [bindings_of(row) for row in each.vouchers]
        place = {"group_id": group_id, "sale_id": sale_id}
        uses += [place | {"voucher_id": use.voucher_id, "used_minor": use.used_minor} for use in each.uses]
        gifts += [
            bindings_of(gift, number=number, **place) for number, gift in enumerate(each.gifts, start=1)
        ]
    unit.run_each(_ADD, vouchers)
    unit.run_each(_ADD_USE, uses)
    unit.run_each(_ADD_GIFT, gifts)


def give_back(unit: Unit, group_id: str, sale_id: str, return_id: str, back: VoucherReturn) -> None:
    """Write what a return does to vouchers. Raises: GuardFailed: another return did it meanwhile."""
    place = {"group_id": group_id, "return_id": return_id}
    for voucher_id in back.taken_back:
        if not unit.run(_TAKE_BACK, place | {"voucher_id": voucher_id}):
            raise GuardFailed(guard=f"That the voucher {voucher_id} is not taken back yet")
    for voucher_id, lot_id in back.restored:
        if not unit.run(_RESTORE, place | {"sale_id": sale_id, "voucher_id": voucher_id}):
            raise GuardFailed(guard=f"That the voucher {voucher_id} is not restored yet")
        unit.run(_MOVE_LOT, {"group_id": group_id, "voucher_id": voucher_id, "lot_id": lot_id})


def find_vouchers(
    snapshot: Snapshot, group_id: str, code_hashes: Sequence[bytes]
) -> dict[bytes, VoucherStands]:
    rows = (snapshot.one(_FIND_BY_CODE, {"group_id": group_id, "code_hash": each}) for each in code_hashes)
    return {stands.row.code_hash: stands for row in rows if row is not None for stands in [_stands(row)]}


def list_vouchers(snapshot: Snapshot, group_id: str, voucher_ids: Sequence[str]) -> dict[str, VoucherStands]:
    rows = (snapshot.one(_FIND, {"group_id": group_id, "voucher_id": each}) for each in voucher_ids)
    return {stands.row.voucher_id: stands for row in rows if row is not None for stands in [_stands(row)]}


def list_vouchers_of(
    snapshot: Snapshot, group_id: str, member_id: str, now_ms: int, limit: int
) -> Sequence[VoucherStands]:
    bindings = {"group_id": group_id, "member_id": member_id, "now_ms": now_ms, "limit": limit}
    return [_stands(row) for row in snapshot.all(_LIST_OF_MEMBER, bindings)]


def find_benefits(snapshot: Snapshot, group_id: str, sale_id: str) -> Benefits:
    place = {"group_id": group_id, "sale_id": sale_id}
    return Benefits(
        vouchers=tuple(VoucherRow(*row) for row in snapshot.all(_LIST_OF_SALE, place)),
        uses=tuple(VoucherUse(*row) for row in snapshot.all(_LIST_USES, place)),
        gifts=tuple(GiftRow(*row) for row in snapshot.all(_LIST_GIFTS, place)),
    )


def _stands(row: Row) -> VoucherStands:
    return VoucherStands(VoucherRow(*row[:15]), *row[15:])

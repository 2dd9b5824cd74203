"""Acts on stored value, and what tickets were paid with."""

from collections.abc import Sequence

from central.storage.interface.claims import CounterUse
from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.stored_value import (
    PaidBack,
    PaidWith,
    ReturnTender,
    SaleTender,
    ValueAct,
    ValueActRow,
)
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import claims, facts, gift_cards, ledger, lines
from loyalty.ledger.assets import parse_asset
from loyalty.value.moves import Allotted

STORED_VALUE = "stored_value"
"""What day limits stand under where rules have their id."""

_ACT_COLUMNS = """
SELECT group_id, act_id, kind, input_hash, shop_id, member_id, gift_card_id, asset, amount, paid_minor,
    tender, funder, operator, actor, reason, recorded_ms, expires_ms, transaction_id, balance_after
FROM value_act
"""
_FIND_ACT = f"{_ACT_COLUMNS} WHERE group_id = :group_id AND act_id = :act_id"
_LIST_ACTS = f"""
{_ACT_COLUMNS} INDEXED BY value_act_by_time
WHERE group_id = :group_id AND recorded_ms >= :from_ms AND recorded_ms < :to_ms
ORDER BY recorded_ms, act_id LIMIT :limit
"""
_ADD_ACT = """
INSERT INTO value_act (group_id, act_id, kind, input_hash, shop_id, member_id, gift_card_id, asset, amount,
    paid_minor, tender, funder, operator, actor, reason, recorded_ms, expires_ms, transaction_id,
    balance_after)
VALUES (:group_id, :act_id, :kind, :input_hash, :shop_id, :member_id, :gift_card_id, :asset, :amount,
    :paid_minor, :tender, :funder, :operator, :actor, :reason, :recorded_ms, :expires_ms, :transaction_id,
    :balance_after)
"""
_ADD_TENDER = """
INSERT INTO sale_tender (group_id, sale_id, tender_no, kind, account, asset, gift_card_id, number_end,
    amount_minor, returned_minor, balance_after)
VALUES (:group_id, :sale_id, :tender_no, :kind, :account, :asset, :gift_card_id, :number_end,
    :amount_minor, :returned_minor, :balance_after)
"""
_LIST_TENDERS = """
SELECT tender_no, kind, account, asset, gift_card_id, number_end, amount_minor, returned_minor, balance_after
FROM sale_tender WHERE group_id = :group_id AND sale_id = :sale_id ORDER BY tender_no
"""
_RETURN_TENDER = """
UPDATE sale_tender SET returned_minor = returned_minor + :amount_minor
WHERE group_id = :group_id AND sale_id = :sale_id AND tender_no = :tender_no
    AND returned_minor + :amount_minor <= amount_minor
    AND (returned_minor = :already_minor OR :already_minor IS NULL)
"""
_ADD_RETURN_TENDER = """
INSERT INTO return_tender (group_id, return_id, tender_no, amount_minor, account)
VALUES (:group_id, :return_id, :tender_no, :amount_minor, :account)
"""
_LIST_RETURN_TENDERS = """
SELECT tender_no, amount_minor, account FROM return_tender
WHERE group_id = :group_id AND return_id = :return_id ORDER BY tender_no
"""
_LIST_ALLOTTED = """
SELECT l.account, a.lot_id, a.amount, l.expires_ms, l.source_id, l.funder
FROM allocation AS a CROSS JOIN lot AS l ON l.group_id = a.group_id AND l.lot_id = a.lot_id
WHERE a.group_id = :group_id AND a.journal_seq = (
    SELECT journal_seq FROM ledger_transaction
    WHERE group_id = :group_id AND transaction_id = :transaction_id)
ORDER BY a.allocation_no
"""


def record_act(unit: Unit, act: ValueAct) -> Recorded[ValueActRow]:
    """Write it all, or give the first answer again."""
    row = act.row
    first = find_act(unit, row.group_id, row.act_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The act", id=row.act_id)
        return Recorded(first, is_replay=True)
    if row.member_id is not None:
        facts.require_there(unit, row.group_id, [row.member_id])
    if act.day_limit is not None:
        limit = act.day_limit
        use = CounterUse(limit.claim_key, limit.owner, STORED_VALUE, limit.amount, limit.limit)
        claims.use(unit, row.group_id, row.act_id, [use], row.recorded_ms)
    gift_cards.add_cards(unit, act.new_cards)
    if act.card is not None:
        gift_cards.move_card(unit, row.group_id, act.card)
    if act.transaction is not None:
        ledger.post_transaction(unit, row.group_id, act.transaction)
    # One writer of a group at a time: what is read after the posting stays so until it is written.
    balance = ledger.balance(unit, row.group_id, act.account, parse_asset(row.asset))
    if act.balance_max is not None and balance > act.balance_max:
        raise GuardFailed(guard=f"The ceiling of {act.account}")
    unit.run(_ADD_ACT, bindings_of(row, balance_after=balance))
    unit.add_event(
        row.group_id,
        f"value.{row.kind}",
        row.recorded_ms,
        act_id=row.act_id,
        shop_id=row.shop_id,
        member_id=row.member_id,
        gift_card_id=row.gift_card_id,
        amount=row.amount,
    )
    written = find_act(unit, row.group_id, row.act_id)
    assert written is not None, "it was written just now"
    return Recorded(written, is_replay=False)


def find_act(snapshot: Snapshot, group_id: str, act_id: str) -> ValueActRow | None:
    row = snapshot.one(_FIND_ACT, {"group_id": group_id, "act_id": act_id})
    return None if row is None else ValueActRow(*row)


def list_acts(
    snapshot: Snapshot, group_id: str, from_ms: int, to_ms: int, limit: int
) -> Sequence[ValueActRow]:
    bindings = {"group_id": group_id, "from_ms": from_ms, "to_ms": to_ms, "limit": limit}
    return [ValueActRow(*row) for row in snapshot.all(_LIST_ACTS, bindings)]


# What tickets were paid with --------------------------------------------------------------------------------


def add_tenders(unit: Unit, group_id: str, sale_id: str, line_key: bytes, paid: PaidWith) -> None:
    """Write what a sale was paid with; its value was posted before, in the same unit of writing."""
    for tender in paid.tenders:
        balance = ledger.balance(unit, group_id, tender.account, parse_asset(tender.asset))
        unit.run(_ADD_TENDER, bindings_of(tender, group_id=group_id, sale_id=sale_id, balance_after=balance))
    lines.add_shares(unit, group_id, line_key, paid.shares)


def give_back(
    unit: Unit, group_id: str, *, sale_id: str, return_id: str, line_key: bytes, back: PaidBack
) -> None:
    """Write what a return gives back to tenders. Raises: GuardFailed: another return did it meanwhile."""
    for tender in back.tenders:
        bindings = {"group_id": group_id, "tender_no": tender.tender_no, "amount_minor": tender.amount_minor}
        guard = {"sale_id": sale_id, "already_minor": tender.already_minor}
        if tender.tender_no and not unit.run(_RETURN_TENDER, bindings | guard):
            raise GuardFailed(guard=f"That tender {tender.tender_no} of {sale_id} has so much to come back")
        unit.run(_ADD_RETURN_TENDER, bindings | {"return_id": return_id, "account": tender.account})
    lines.take_shares_back(unit, group_id, line_key, back.shares)


def find_sale_tenders(snapshot: Snapshot, group_id: str, sale_id: str) -> Sequence[SaleTender]:
    rows = snapshot.all(_LIST_TENDERS, {"group_id": group_id, "sale_id": sale_id})
    return [SaleTender(*row) for row in rows]


def list_return_tenders(snapshot: Snapshot, group_id: str, return_id: str) -> Sequence[ReturnTender]:
    rows = snapshot.all(_LIST_RETURN_TENDERS, {"group_id": group_id, "return_id": return_id})
    return [ReturnTender(*row) for row in rows]


def list_allotted(snapshot: Snapshot, group_id: str, transaction_id: str) -> Sequence[Allotted]:
    rows = snapshot.all(_LIST_ALLOTTED, {"group_id": group_id, "transaction_id": transaction_id})
    return [Allotted(*row) for row in rows]

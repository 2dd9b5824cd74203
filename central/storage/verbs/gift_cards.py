"""Gift cards and batches of them; their value is the ledger's."""

import json
from collections.abc import Sequence

from central.storage.interface.common import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.stored_value import GiftBatchRow, GiftCardMove, GiftCardRow, GiftCardStands
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from central.storage.verbs import ledger
from loyalty.ledger.chart import gift_card_value
from loyalty.ledger.postings import Transaction

_CARD_COLUMNS = """
SELECT c.group_id, c.gift_card_id, c.code_hash, c.number_end, c.state, c.batch_id, c.place, c.made_ms,
    c.activation_id, c.shop_id, c.amount_minor, c.expires_ms, c.reason, c.replaced_by, c.member_id
FROM gift_card AS c
"""
_FIND_BY_CODE = (
    f"{_CARD_COLUMNS} INDEXED BY gift_card_by_code WHERE c.group_id = :group_id AND c.code_hash = :code_hash"
)
_GET = f"{_CARD_COLUMNS} WHERE c.group_id = :group_id AND c.gift_card_id = :gift_card_id"
_LIST_OF_BATCH = f"""
{_CARD_COLUMNS} INDEXED BY gift_card_by_batch
WHERE c.group_id = :group_id AND c.batch_id = :batch_id AND c.batch_id IS NOT NULL AND c.place > :after_place
ORDER BY c.place LIMIT :limit
"""
_FIND_HELD = """
SELECT balance, held FROM account WHERE group_id = :group_id AND account = :account AND asset = :asset
"""
_FIND_FIRST_END = """
SELECT expires_ms FROM lot INDEXED BY lot_open
WHERE group_id = :group_id AND account = :account AND asset = :asset AND remaining > 0
    AND expires_ms IS NOT NULL
ORDER BY expires_ms LIMIT 1
"""
_ADD_CARD = """
INSERT INTO gift_card (group_id, gift_card_id, code_hash, number_end, state, batch_id, place, made_ms,
    activation_id, shop_id, amount_minor, expires_ms, reason, replaced_by, member_id)
VALUES (:group_id, :gift_card_id, :code_hash, :number_end, :state, :batch_id, :place, :made_ms,
    :activation_id, :shop_id, :amount_minor, :expires_ms, :reason, :replaced_by, :member_id)
"""
_MOVE_CARD = """
UPDATE gift_card SET state = :to_state,
    activation_id = coalesce(:activation_id, activation_id), shop_id = coalesce(:shop_id, shop_id),
    amount_minor = coalesce(:amount_minor, amount_minor), expires_ms = coalesce(:expires_ms, expires_ms),
    reason = coalesce(:reason, reason), replaced_by = coalesce(:replaced_by, replaced_by),
    member_id = coalesce(:member_id, member_id)
WHERE group_id = :group_id AND gift_card_id = :gift_card_id
    AND state IN (SELECT value FROM json_each(:from_states))
"""
_BATCH_COLUMNS = """
SELECT group_id, batch_id, input_hash, cards, amount_minor, purpose, funder, state, made_by, made_ms,
    handout_id, activation_id, expires_ms, handed_out_ms, activated_ms
FROM gift_batch
"""
_FIND_BATCH = f"{_BATCH_COLUMNS} WHERE group_id = :group_id AND batch_id = :batch_id"
_LIST_BATCHES = f"""
{_BATCH_COLUMNS} INDEXED BY gift_batch_by_time WHERE group_id = :group_id AND made_ms < :before_ms
ORDER BY made_ms DESC, batch_id LIMIT :limit
"""
_ADD_BATCH = """
INSERT INTO gift_batch (group_id, batch_id, input_hash, cards, amount_minor, purpose, funder, state, made_by,
    made_ms, handout_id, activation_id, expires_ms, handed_out_ms, activated_ms)
VALUES (:group_id, :batch_id, :input_hash, :cards, :amount_minor, :purpose, :funder, :state, :made_by,
    :made_ms, :handout_id, :activation_id, :expires_ms, :handed_out_ms, :activated_ms)
"""
_MOVE_BATCH = """
UPDATE gift_batch SET state = :state, handout_id = :handout_id, activation_id = :activation_id,
    expires_ms = :expires_ms, handed_out_ms = :handed_out_ms, activated_ms = :activated_ms
WHERE group_id = :group_id AND batch_id = :batch_id
    AND state IN (SELECT value FROM json_each(:from_states))
"""


def find_gift_cards(
    snapshot: Snapshot, group_id: str, code_hashes: Sequence[bytes], asset: str
) -> dict[bytes, GiftCardStands]:
    rows = (snapshot.one(_FIND_BY_CODE, {"group_id": group_id, "code_hash": each}) for each in code_hashes)
    found = [_stands(snapshot, row, asset) for row in rows if row is not None]
    return {stands.row.code_hash: stands for stands in found}


def get_gift_card(snapshot: Snapshot, group_id: str, gift_card_id: str, asset: str) -> GiftCardStands | None:
    row = snapshot.one(_GET, {"group_id": group_id, "gift_card_id": gift_card_id})
    return None if row is None else _stands(snapshot, row, asset)


def list_batch_cards(
    snapshot: Snapshot, group_id: str, batch_id: str, after_place: int, limit: int, asset: str
) -> Sequence[GiftCardStands]:
    bindings = {"group_id": group_id, "batch_id": batch_id, "after_place": after_place, "limit": limit}
    return [_stands(snapshot, row, asset) for row in snapshot.all(_LIST_OF_BATCH, bindings)]


def add_cards(unit: Unit, cards: Sequence[GiftCardRow]) -> None:
    """Enter new cards."""
    unit.run_each(_ADD_CARD, [bindings_of(card) for card in cards])


def move_card(unit: Unit, group_id: str, move: GiftCardMove) -> None:
    """Change a card's state. Raises: GuardFailed: it is in another state, or not empty as it must be."""
    if not _try_move(unit, group_id, move):
        raise GuardFailed(guard=f"That the gift card {move.gift_card_id} is {' or '.join(move.from_states)}")
    if move.must_be_empty is not None:
        account, asset = move.must_be_empty
        row = unit.one(_FIND_HELD, {"group_id": group_id, "account": account, "asset": asset})
        if row is not None and row[0]:
            raise GuardFailed(guard=f"That the gift card {move.gift_card_id} is empty")


def _try_move(unit: Unit, group_id: str, move: GiftCardMove) -> int:
    bindings = bindings_of(move, group_id=group_id, from_states=json.dumps(move.from_states))
    del bindings["must_be_empty"]
    return unit.run(_MOVE_CARD, bindings)


def put_gift_batch(unit: Unit, row: GiftBatchRow, cards: Sequence[GiftCardRow]) -> Recorded[GiftBatchRow]:
    first = find_gift_batch(unit, row.group_id, row.batch_id)
    if first is not None:
        if first.input_hash != row.input_hash:
            raise IdempotencyConflict(what="The batch", id=row.batch_id)
        return Recorded(first, is_replay=True)
    unit.run(_ADD_BATCH, bindings_of(row))
    add_cards(unit, cards)
    _tell_batch(unit, row, row.made_ms)
    return Recorded(row, is_replay=False)


def move_gift_batch(unit: Unit, row: GiftBatchRow, from_states: Sequence[str]) -> GiftBatchRow:
    bindings = bindings_of(row, from_states=json.dumps(list(from_states)))
    for name in ("input_hash", "cards", "amount_minor", "purpose", "funder", "made_by", "made_ms"):
        del bindings[name]
    if not unit.run(_MOVE_BATCH, bindings):
        raise GuardFailed(guard=f"That the batch {row.batch_id} is {' or '.join(from_states)}")
    _tell_batch(unit, row, row.activated_ms or row.handed_out_ms or row.made_ms)
    return row


def _tell_batch(unit: Unit, row: GiftBatchRow, at_ms: int) -> None:
    unit.add_event(
        row.group_id,
        "gift_batch.changed",
        at_ms,
        batch_id=row.batch_id,
        cards=row.cards,
        state=row.state,
    )


def find_gift_batch(snapshot: Snapshot, group_id: str, batch_id: str) -> GiftBatchRow | None:
    row = snapshot.one(_FIND_BATCH, {"group_id": group_id, "batch_id": batch_id})
    return None if row is None else GiftBatchRow(*row)


def list_gift_batches(
    snapshot: Snapshot, group_id: str, before_ms: int, limit: int
) -> Sequence[GiftBatchRow]:
    bindings = {"group_id": group_id, "before_ms": before_ms, "limit": limit}
    return [GiftBatchRow(*row) for row in snapshot.all(_LIST_BATCHES, bindings)]


def activate_cards(unit: Unit, group_id: str, moves: Sequence[tuple[GiftCardMove, Transaction]]) -> int:
    """Only cards that are moved get their value: who comes second posts nothing."""
    moved = [transaction for move, transaction in moves if _try_move(unit, group_id, move)]
    ledger.post_transactions(unit, group_id, moved)
    if moved:
        first = moved[0]
        told: dict[str, str | int] = {"cards": len(moved), "batch_id": first.cause_id}
        unit.add_event(group_id, "gift_cards.activated", first.recorded_ms, **told)
    return len(moved)


def _stands(snapshot: Snapshot, row: Row, asset: str) -> GiftCardStands:
    card = GiftCardRow(*row)
    place = {"group_id": card.group_id, "account": gift_card_value(card.gift_card_id), "asset": asset}
    balance, held = snapshot.one(_FIND_HELD, place) or (0, 0)
    if not balance:
        return GiftCardStands(card, balance, held, card.expires_ms)
    end = snapshot.one(_FIND_FIRST_END, place)
    return GiftCardStands(card, balance, held, None if end is None else end[0])

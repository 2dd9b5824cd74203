"""Cards by which somebody acts for a member: given from the stock, ended with the card, and what they did."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from central.storage.interface.carers import CarerRow, CarerUse
from central.storage.interface.messages import MessageRow
from central.storage.interface.rows import CardRow, SaleRecord
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import cards, facts, messages
from loyalty.programme.card import BlockReason, CardState

_NAMES: Final = tuple(field.name for field in fields(CarerRow))
_COLUMNS: Final = f"SELECT {', '.join(_NAMES)} FROM carer"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND carer_id = :carer_id"
_LIST = f"""
{_COLUMNS} INDEXED BY carer_by_member
WHERE group_id = :group_id AND member_id = :member_id ORDER BY made_ms DESC, carer_id DESC LIMIT :limit
"""
_COUNT = """
SELECT count(*) FROM carer INDEXED BY carer_by_member
WHERE group_id = :group_id AND member_id = :member_id AND ended_ms IS NULL AND ends_ms > :made_ms
"""
_ADD = f"INSERT INTO carer ({', '.join(_NAMES)}) VALUES ({', '.join(f':{name}' for name in _NAMES)})"
_MARK_CARD = """
UPDATE card SET carer_id = :carer_id, carer_may = :may, valid_until_ms = :ends_ms
WHERE group_id = :group_id AND card_number = :card_number
"""
_END = f"""
UPDATE carer SET ended_ms = :now_ms
WHERE group_id = :group_id AND carer_id = :carer_id AND member_id = :member_id AND ended_ms IS NULL
RETURNING {", ".join(_NAMES)}
"""
_ADD_TICKET = """
INSERT INTO carer_ticket (group_id, sale_id, carer_id, at_ms)
VALUES (:group_id, :sale_id, :carer_id, :at_ms)
"""
_USES_OF = """
SELECT count(*), max(at_ms) FROM carer_ticket INDEXED BY carer_ticket_by_carer
WHERE group_id = :group_id AND carer_id = :carer_id
"""
_LIVE: Final = (CardState.ACTIVE.value, CardState.TO_VALIDATE.value, CardState.BLOCKED.value)


def put_carer(
    unit: Unit, row: CarerRow, card: CardRow, most: int, notice: MessageRow | None
) -> CarerRow | None:
    """See `CarerStore.put_carer`."""
    first = unit.one(_FIND, bindings_of(row))
    if first is not None:
        return _row(first)
    facts.require_there(unit, row.group_id, [row.member_id])
    counted = unit.one(_COUNT, bindings_of(row))
    assert counted is not None, "a count has a row"
    if counted[0] >= most:
        return None
    if _has_active(unit, row):
        card = replace(card, state=CardState.ACTIVE.value)
    cards.hand_out(unit, card, row.token_id)
    unit.run(_MARK_CARD, bindings_of(row))
    unit.run(_ADD, bindings_of(row))
    unit.add_event(row.group_id, "carer.given", row.made_ms, member_id=row.member_id)
    if notice is not None:
        messages.add_notice(unit, notice)
    return row


def _has_active(unit: Unit, row: CarerRow) -> bool:
    """Whether the member's data were looked at: a card for somebody else is no way around that."""
    held = cards.list_cards(unit, row.group_id, row.member_id)
    return any(card.state == CardState.ACTIVE and card.carer_id is None for card in held)


def end_carer(
    unit: Unit,
    group_id: str,
    member_id: str,
    carer_id: str,
    actor: str,
    now_ms: int,
    notice: MessageRow | None,
) -> CarerRow | None:
    """See `CarerStore.end_carer`."""
    key = {"group_id": group_id, "carer_id": carer_id, "member_id": member_id, "now_ms": now_ms}
    ended = unit.one(_END, key)
    if ended is None:
        known = unit.one(_FIND, key)
        return _row(known) if known is not None and _row(known).member_id == member_id else None
    row = _row(ended)
    card = cards.find_card(unit, group_id, row.card_number)
    if card is not None and card.state in _LIVE:
        blocked, why = CardState.BLOCKED.value, BlockReason.WITHDRAWN
        cards.move_card(unit, group_id, card.card_number, (card.state,), blocked, why, actor, now_ms, None)
    unit.add_event(group_id, "carer.ended", now_ms, member_id=member_id)
    if notice is not None:
        messages.add_notice(unit, notice)
    return row


def list_carers(snapshot: Snapshot, group_id: str, member_id: str, limit: int) -> Sequence[CarerRow]:
    """See `CarerStore.list_carers`."""
    asked = {"group_id": group_id, "member_id": member_id, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST, asked)]


def list_carer_uses(snapshot: Snapshot, group_id: str, carer_ids: Sequence[str]) -> Sequence[CarerUse]:
    """See `CarerStore.list_carer_uses`."""
    uses = []
    for carer_id in carer_ids:
        used = snapshot.one(_USES_OF, {"group_id": group_id, "carer_id": carer_id})
        if used is not None and used[0]:
            uses.append(CarerUse(carer_id=carer_id, tickets=used[0], last_ms=used[1]))
    return uses


def note_tickets(unit: Unit, records: Sequence[SaleRecord]) -> None:
    """Which of these tickets were a carer's doing: kept with them."""
    for record in records:
        if record.carer_id is not None:
            unit.run(_ADD_TICKET, bindings_of(record, at_ms=record.occurred_ms))


def _row(row: Row) -> CarerRow:
    return row_of(CarerRow, row)

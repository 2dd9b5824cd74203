"""Cards replaced at a kiosk: asked for, granted once it was proved, done once with card, PIN and notice."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Final

from central.storage.interface.common import GuardFailed
from central.storage.interface.messages import MessageRow
from central.storage.interface.replacements import ReplacementDone, ReplacementRow
from central.storage.interface.rows import CardRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of, row_of
from central.storage.verbs import cards, facts, messages, pins
from loyalty.programme.card import CardState, may_replace_alone, states_before

_NAMES: Final = tuple(field.name for field in fields(ReplacementRow))
_RETURNING: Final = f"RETURNING {', '.join(_NAMES)}"
_COLUMNS: Final = f"SELECT {', '.join(_NAMES)} FROM card_replacement"
_FIND = f"{_COLUMNS} WHERE group_id = :group_id AND replacement_id = :replacement_id"
_ADD = f"""
INSERT INTO card_replacement ({", ".join(_NAMES)}) VALUES ({", ".join(f":{name}" for name in _NAMES)})
"""
_TRY = f"""
UPDATE card_replacement SET tries = tries + 1
WHERE group_id = :group_id AND replacement_id = :replacement_id AND state = 'asked' AND ends_ms > :now_ms
    AND tries < :tries_max
{_RETURNING}
"""
_GRANT = """
UPDATE card_replacement SET state = 'granted', proof = :proof, staff_id = :staff_id, ends_ms = :ends_ms
WHERE group_id = :group_id AND replacement_id = :replacement_id AND state = 'asked' AND ends_ms > :now_ms
"""
_DONE = f"""
UPDATE card_replacement SET state = 'done', new_card = :new_card, done_ms = :now_ms
WHERE group_id = :group_id AND replacement_id = :replacement_id AND state = 'granted' AND ends_ms > :now_ms
{_RETURNING}
"""
_LIST = f"""
{_COLUMNS} INDEXED BY card_replacement_by_time
WHERE group_id = :group_id AND made_ms < :before_ms ORDER BY made_ms DESC, replacement_id DESC LIMIT :limit
"""
_FORGET = """
DELETE FROM card_replacement INDEXED BY card_replacement_by_time
WHERE group_id = :group_id AND made_ms < :before_ms
"""
_REPLACEABLE: Final = tuple(state.value for state in states_before(CardState.REPLACED))


def put_replacement(unit: Unit, row: ReplacementRow, notice: MessageRow | None) -> ReplacementRow:
    """See `ReplacementStore.put_replacement`."""
    first = find_replacement(unit, row.group_id, row.replacement_id)
    if first is not None:
        return first
    if row.member_id is not None:
        facts.require_there(unit, row.group_id, [row.member_id])
    if notice is not None:
        messages.add_notice(unit, notice)
    unit.run(_ADD, bindings_of(row))
    return row


def find_replacement(snapshot: Snapshot, group_id: str, replacement_id: str) -> ReplacementRow | None:
    """See `ReplacementStore.find_replacement`."""
    row = snapshot.one(_FIND, {"group_id": group_id, "replacement_id": replacement_id})
    return None if row is None else _row(row)


def take_replacement_try(
    unit: Unit, group_id: str, replacement_id: str, tries_max: int, now_ms: int
) -> ReplacementRow | None:
    """See `ReplacementStore.take_replacement_try`."""
    key = {"group_id": group_id, "replacement_id": replacement_id, "tries_max": tries_max, "now_ms": now_ms}
    row = unit.one(_TRY, key)
    return None if row is None else _row(row)


def grant_replacement(
    unit: Unit,
    group_id: str,
    replacement_id: str,
    proof: str,
    staff_id: str | None,
    now_ms: int,
    ends_ms: int,
) -> bool:
    """See `ReplacementStore.grant_replacement`."""
    bindings = {
        "group_id": group_id,
        "replacement_id": replacement_id,
        "proof": proof,
        "staff_id": staff_id,
        "now_ms": now_ms,
        "ends_ms": ends_ms,
    }
    return bool(unit.run(_GRANT, bindings))


def finish_replacement(unit: Unit, done: ReplacementDone) -> CardRow:
    """See `ReplacementStore.finish_replacement`. One writer a group: what is read stays true."""
    stock = cards.find_card(unit, done.group_id, done.new_card.card_number)
    key = {"group_id": done.group_id, "replacement_id": done.replacement_id, "now_ms": done.now_ms}
    ended = unit.one(_DONE, key | {"new_card": done.new_card.card_number})
    if ended is None or stock is None or not _is_blank(stock, done.now_ms):
        raise GuardFailed(guard="That the replacement was granted and the new card is in stock, and valid")
    number = _row(ended).card_number
    assert number is not None, "what was granted has a card"
    old = cards.find_card(unit, done.group_id, number)
    if old is None or not may_replace_alone(CardState(old.state), old.reason):
        raise GuardFailed(guard="That the old card may be replaced by its member")
    new = replace(done.new_card, uid=stock.uid, valid_until_ms=stock.valid_until_ms)
    if old.state == CardState.TO_VALIDATE:  # a new card brings no data
        new = replace(new, state=CardState.TO_VALIDATE.value)
    card = cards.replace_card(unit, done.group_id, number, _REPLACEABLE, new, done.actor, done.now_ms)
    if done.keeps_pin:
        pins.carry_over(unit, done.group_id, number, card.card_number)
    else:
        pins.forget(unit, done.group_id, number)
    if done.notice is not None:
        messages.add_notice(unit, done.notice)
    return card


def list_replacements(
    snapshot: Snapshot, group_id: str, before_ms: int, limit: int
) -> Sequence[ReplacementRow]:
    """See `ReplacementStore.list_replacements`."""
    asked = {"group_id": group_id, "before_ms": before_ms, "limit": limit}
    return [_row(row) for row in snapshot.all(_LIST, asked)]


def forget_replacements(unit: Unit, group_id: str, before_ms: int) -> int:
    """See `ReplacementStore.forget_replacements`."""
    return unit.run(_FORGET, {"group_id": group_id, "before_ms": before_ms})


def _is_blank(card: CardRow, now_ms: int) -> bool:
    is_past = card.valid_until_ms is not None and card.valid_until_ms <= now_ms
    return card.state == CardState.STOCK and not is_past


def _row(row: Row) -> ReplacementRow:
    return row_of(ReplacementRow, row)

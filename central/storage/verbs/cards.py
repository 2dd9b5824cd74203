"""Cards: issue, moves between states, replacement. Events name the member, never the card's number."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

import json
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from central.storage.base import GuardFailed, IdempotencyConflict, Recorded
from central.storage.interface.rows import CardRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import offline, tills
from loyalty.programme.card import BlockReason, CardState
from loyalty.programme.numbers import same_numbers

CARD_COLUMNS = (
    "group_id, card_number, uid, member_id, state, reason, replaced_by, valid_until_ms, issued_ms,"
    " carer_id, carer_may"
)
_FIND_CARD = f"SELECT {CARD_COLUMNS} FROM card WHERE group_id = :group_id AND card_number = :card_number"
_FIND_CARD_BY_UID = f"SELECT {CARD_COLUMNS} FROM card WHERE group_id = :group_id AND uid = :uid AND uid <> ''"
_LIST_CARDS = f"""
SELECT {CARD_COLUMNS} FROM card INDEXED BY card_by_member
WHERE group_id = :group_id AND member_id = :member_id
ORDER BY issued_ms DESC, card_number
"""
_FIND_ISSUED_HASH = "SELECT issued_hash FROM card WHERE group_id = :group_id AND card_number = :card_number"
_ADD_CARD = """
INSERT INTO card
    (group_id, card_number, uid, member_id, state, reason, replaced_by, valid_until_ms, issued_ms,
     issued_hash)
VALUES (:group_id, :card_number, :uid, :member_id, :state, :reason, :replaced_by, :valid_until_ms,
    :issued_ms, :issued_hash)
"""
_MOVE_CARD = f"""
UPDATE card SET state = :to_state, reason = :reason, moves = moves + 1,
    member_id = coalesce(:member_id, member_id), replaced_by = coalesce(:replaced_by, replaced_by),
    valid_until_ms = coalesce(:valid_until_ms, valid_until_ms)
WHERE group_id = :group_id AND card_number = :card_number
    AND state IN (SELECT value FROM json_each(:from_states))
RETURNING {CARD_COLUMNS}, moves
"""
_KEEP_CARER: Final = (
    """
UPDATE card SET carer_id = :carer_id, carer_may = :carer_may, valid_until_ms = :valid_until_ms
WHERE group_id = :group_id AND card_number = :new_number
""",
    """
UPDATE carer SET card_number = :new_number WHERE group_id = :group_id AND carer_id = :carer_id
""",
)
_ADD_MOVE = """
INSERT INTO card_move (group_id, card_number, move_no, to_state, reason, actor, at_ms)
VALUES (:group_id, :card_number, :move_no, :to_state, :reason, :actor, :at_ms)
"""
_FIND_STATE_AT = """
SELECT to_state FROM card_move
WHERE group_id = :group_id AND card_number = :card_number AND at_ms <= :at_ms
ORDER BY move_no DESC LIMIT 1
"""
_EVENT_OF_STATE = {
    CardState.STOCK: "card.stocked",
    CardState.TO_VALIDATE: "card.handed_out",
    CardState.ACTIVE: "card.activated",
    CardState.BLOCKED: "card.blocked",
    CardState.REPLACED: "card.replaced",
    CardState.EXPIRED: "card.expired",
}


def put_card(unit: Unit, row: CardRow) -> Recorded[CardRow]:
    """Issue a card. The same issue again gives the card as it stands now, whatever happened to it since."""
    stored = find_card(unit, row.group_id, row.card_number)
    if stored is None:
        _add(unit, row)
        return Recorded(row, is_replay=False)
    issued = unit.one(_FIND_ISSUED_HASH, bindings_of(stored))
    if issued is None or issued[0] != _issued_hash(row):
        raise _conflict(row.card_number)
    return Recorded(stored, is_replay=True)


def hand_out(unit: Unit, row: CardRow, actor: str) -> CardRow:
    """Give a card to its member: a new one, or one from stock with the same chip.

    Raises: IdempotencyConflict: the card exists and is not in stock, or carries another chip.
    """
    stored = find_card(unit, row.group_id, row.card_number)
    if stored is None:
        _add(unit, row)
        return row
    if stored.state != CardState.STOCK or (row.uid and stored.uid != row.uid):
        raise _conflict(row.card_number)
    return _move(
        unit,
        row.group_id,
        stored.card_number,
        (CardState.STOCK,),
        row.state,
        row.reason,
        actor,
        row.issued_ms,
        member_id=row.member_id,
        valid_until_ms=row.valid_until_ms,
    )


def move_card(
    unit: Unit,
    group_id: str,
    card_number: str,
    from_states: Sequence[str],
    to_state: str,
    reason: str,
    actor: str,
    now_ms: int,
    member_id: str | None,
) -> CardRow:
    return _move(
        unit, group_id, card_number, from_states, to_state, reason, actor, now_ms, member_id=member_id
    )


def replace_card(
    unit: Unit,
    group_id: str,
    card_number: str,
    from_states: Sequence[str],
    new_card: CardRow,
    actor: str,
    now_ms: int,
) -> CardRow:
    """Balance and history stay with the member; only the card in the hand changes."""
    old = find_card(unit, group_id, card_number)
    replacement = find_card(unit, group_id, new_card.card_number)
    new_number = new_card.card_number if replacement is None else replacement.card_number
    if old is not None and old.state == CardState.REPLACED and old.replaced_by == new_number:
        assert replacement is not None, "a card is replaced by a card"
        return replacement
    if old is not None and old.state == CardState.BLOCKED and old.reason == BlockReason.WITHDRAWN:
        raise GuardFailed(guard=f"That the card {_masked(old.card_number)} was not withdrawn")
    old = _move(
        unit,
        group_id,
        card_number if old is None else old.card_number,
        from_states,
        CardState.REPLACED,
        "",
        actor,
        now_ms,
        replaced_by=new_number,
    )
    card = hand_out(unit, replace(new_card, member_id=old.member_id), actor)
    if old.carer_id is None:
        return card
    for statement in _KEEP_CARER:  # it acts for the member as the old one did, and ends when that would have
        unit.run(statement, bindings_of(old, new_number=card.card_number))
    kept = find_card(unit, group_id, card.card_number)
    assert kept is not None, "it was handed out just now"
    return kept


def find_card(snapshot: Snapshot, group_id: str, card_number: str) -> CardRow | None:
    """The card of this number, whichever of its lengths it was issued under (UPC-A: 12 digits or 13)."""
    for number in same_numbers(card_number):
        row = snapshot.one(_FIND_CARD, {"group_id": group_id, "card_number": number})
        if row is not None:
            return CardRow(*row)
    return None


def find_card_by_uid(snapshot: Snapshot, group_id: str, uid: str) -> CardRow | None:
    row = snapshot.one(_FIND_CARD_BY_UID, {"group_id": group_id, "uid": uid})
    return None if row is None else CardRow(*row)


def find_card_state_at(snapshot: Snapshot, group_id: str, card_number: str, at_ms: int) -> str | None:
    """The state that a card was moved to last by then; None: it had not moved since it was issued."""
    asked = {"group_id": group_id, "card_number": card_number, "at_ms": at_ms}
    row = snapshot.one(_FIND_STATE_AT, asked)
    return None if row is None else str(row[0])


def list_cards(snapshot: Snapshot, group_id: str, member_id: str) -> Sequence[CardRow]:
    return [
        CardRow(*row) for row in snapshot.all(_LIST_CARDS, {"group_id": group_id, "member_id": member_id})
    ]


def _add(unit: Unit, row: CardRow) -> None:
    is_staff = row.uid != "" and tills.find_staff_card(unit, row.group_id, row.uid) is not None
    if is_staff or find_card_by_uid(unit, row.group_id, row.uid) is not None:
        raise IdempotencyConflict(what="The chip of the card", id=_masked(row.card_number))
    unit.run(_ADD_CARD, bindings_of(row, issued_hash=_issued_hash(row)))
    offline.turn_hot(unit, row.group_id, row.card_number, row.state)
    unit.add_event(
        row.group_id, _EVENT_OF_STATE[CardState(row.state)], row.issued_ms, member_id=row.member_id
    )


def _move(
    unit: Unit,
    group_id: str,
    card_number: str,
    from_states: Sequence[str],
    to_state: str,
    reason: str,
    actor: str,
    now_ms: int,
    *,
    member_id: str | None = None,
    replaced_by: str | None = None,
    valid_until_ms: int | None = None,
) -> CardRow:
    bindings = {
        "group_id": group_id,
        "card_number": card_number,
        "from_states": json.dumps(list(from_states)),
        "to_state": to_state,
        "reason": reason,
        "member_id": member_id,
        "replaced_by": replaced_by,
        "valid_until_ms": valid_until_ms,
    }
    moved = unit.one(_MOVE_CARD, bindings)
    if moved is None:
        raise GuardFailed(guard=f"That the card {_masked(card_number)} is {' or '.join(from_states)}")
    card = CardRow(*moved[:-1])
    unit.run(_ADD_MOVE, bindings | {"move_no": moved[-1], "actor": actor, "at_ms": now_ms})
    offline.turn_hot(unit, group_id, card.card_number, to_state)
    unit.add_event(
        group_id, _EVENT_OF_STATE[CardState(to_state)], now_ms, member_id=card.member_id, reason=reason
    )
    return card


def _issued_hash(row: CardRow) -> bytes:
    """`issued_ms` is left out: it is central's clock, and a repeated issue comes later."""
    content = [row.uid, row.member_id, row.state, row.reason, row.replaced_by, row.valid_until_ms]
    return sha256(json.dumps(content).encode()).digest()


def _conflict(card_number: str) -> IdempotencyConflict:
    return IdempotencyConflict(what="The card", id=_masked(card_number))


def _masked(card_number: str) -> str:
    """Errors are logged, card numbers are not."""
    return f"…{card_number[-4:]}"

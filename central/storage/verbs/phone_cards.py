"""Cards in phones: one is live for a member at a time."""

from central.storage.interface.common import IdempotencyConflict, Recorded
from central.storage.interface.phone_cards import PhoneCardRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs.cards import find_card, list_cards

_FIND = """
SELECT group_id, handle, card_number, made_ms, actor, ended_ms FROM phone_card
WHERE group_id = :group_id AND handle = :handle
"""
_ADD = """
INSERT INTO phone_card (group_id, handle, card_number, made_ms, actor, ended_ms)
VALUES (:group_id, :handle, :card_number, :made_ms, :actor, NULL)
"""
_END = """
UPDATE phone_card SET ended_ms = :now_ms
WHERE group_id = :group_id AND card_number = :card_number AND ended_ms IS NULL
"""


def put_phone_card(unit: Unit, row: PhoneCardRow) -> Recorded[PhoneCardRow]:
    """See `PhoneCardStore.put_phone_card`. Whoever writes of a group is alone: one stays live."""
    first = find_phone_card(unit, row.group_id, row.handle)
    if first is not None:
        if first.card_number != row.card_number:
            raise IdempotencyConflict(what="The card in a phone", id=row.handle)
        return Recorded(first, is_replay=True)
    _end_all(unit, row.group_id, row.card_number, row.made_ms)
    unit.run(_ADD, bindings_of(row))
    _tell(unit, row.group_id, row.card_number, "phone_card.made", row.made_ms)
    return Recorded(row, is_replay=False)


def find_phone_card(snapshot: Snapshot, group_id: str, handle: str) -> PhoneCardRow | None:
    row = snapshot.one(_FIND, {"group_id": group_id, "handle": handle})
    return None if row is None else PhoneCardRow(*row)


def end_phone_card(unit: Unit, group_id: str, card_number: str, now_ms: int) -> bool:
    is_ended = _end_all(unit, group_id, card_number, now_ms)
    if is_ended:
        _tell(unit, group_id, card_number, "phone_card.ended", now_ms)
    return is_ended


def _end_all(unit: Unit, group_id: str, card_number: str, now_ms: int) -> bool:
    """Those of all cards of its member: the link of a card that was replaced would go on with the new one."""
    card = find_card(unit, group_id, card_number)
    member_id = None if card is None else card.member_id
    numbers = {card_number, *(each.card_number for each in list_cards(unit, group_id, member_id or ""))}
    ended = 0
    for number in sorted(numbers):
        ended += unit.run(_END, {"group_id": group_id, "card_number": number, "now_ms": now_ms})
    return bool(ended)


def _tell(unit: Unit, group_id: str, card_number: str, kind: str, now_ms: int) -> None:
    card = find_card(unit, group_id, card_number)
    unit.add_event(group_id, kind, now_ms, member_id=None if card is None else card.member_id)

"""Insured-person cards: there as long as their member agrees, and then gone."""

from central.storage.interface.insured_cards import InsuredCardRow
from central.storage.unit import Snapshot, Unit
from central.storage.verbs.cards import list_cards

_FIND = """
SELECT group_id, card_hash, card_number, linked_ms, actor FROM insured_card
WHERE group_id = :group_id AND card_hash = :card_hash
"""
_FORGET = """
DELETE FROM insured_card INDEXED BY insured_card_by_card
WHERE group_id = :group_id AND card_number = :card_number
"""


def find_insured_card(snapshot: Snapshot, group_id: str, card_hash: bytes) -> InsuredCardRow | None:
    found = snapshot.one(_FIND, {"group_id": group_id, "card_hash": card_hash})
    return None if found is None else InsuredCardRow(*found)


def forget_insured_cards(unit: Unit, group_id: str, member_id: str) -> int:
    """Those of all cards of a member: consent was withdrawn, the member is erased, or another one comes."""
    numbers = [card.card_number for card in list_cards(unit, group_id, member_id)]
    return sum(unit.run(_FORGET, {"group_id": group_id, "card_number": number}) for number in numbers)

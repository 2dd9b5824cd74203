"""An insured-person card becomes known, with the act and the consent it stands by, in one transaction."""

from central.storage.interface.insured_cards import InsuredLink, InsuredTaken
from central.storage.unit import Unit, bindings_of
from central.storage.verbs.cards import find_card
from central.storage.verbs.counter_acts import add_counter_act
from central.storage.verbs.insured_cards import find_insured_card, forget_insured_cards
from central.storage.verbs.segments import put_consent

_ADD = """
INSERT INTO insured_card (group_id, card_hash, card_number, linked_ms, actor)
VALUES (:group_id, :card_hash, :card_number, :linked_ms, :actor)
"""


def link_insured_card(unit: Unit, link: InsuredLink) -> bool:
    """See `InsuredCardStore.link_insured_card`."""
    if add_counter_act(unit, link.act, link.limits).is_replay:
        return True
    row, member_id = link.row, link.member_id
    first = find_insured_card(unit, row.group_id, row.card_hash)
    if first is not None:
        card = find_card(unit, row.group_id, first.card_number)
        if card is None or card.member_id != member_id:
            raise InsuredTaken
        put_consent(unit, row.group_id, member_id, link.consent)
        return False
    forget_insured_cards(unit, row.group_id, member_id)
    put_consent(unit, row.group_id, member_id, link.consent)
    unit.run(_ADD, bindings_of(row))
    unit.add_event(row.group_id, "insured_card.linked", row.linked_ms, member_id=member_id)
    return False

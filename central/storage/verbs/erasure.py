"""Erasing members: the key goes, and with it everything sealed; value ends by postings; the ledger stays."""

# ruff: noqa: S608  -- the statements are joined from constants; every value is bound

from typing import Final

from central.storage.interface.common import Change, GuardFailed
from central.storage.interface.erasure import ErasureRecord, MemberValue
from central.storage.interface.rows import AccountRow
from central.storage.interface.value import LotRow
from central.storage.unit import Snapshot, Unit
from central.storage.verbs import cards, ledger, members, pins
from central.storage.verbs.coarsening import coarsen
from central.storage.verbs.insured_cards import forget_insured_cards
from central.storage.verbs.ledger import LOT_COLUMNS
from loyalty.ledger.chart import CHART
from loyalty.programme.card import CardState

_TEMPLATES: Final = tuple(kind.template for kind in CHART if kind.template.startswith("member/<id>/"))
_LIST_ACCOUNT = """
SELECT account, asset, balance, floor, ceiling, held FROM account
WHERE group_id = :group_id AND account = :account AND (balance <> 0 OR held <> 0)
ORDER BY asset
"""
_LIST_LOTS = f"""
{LOT_COLUMNS} INDEXED BY lot_open
WHERE group_id = :group_id AND account = :account AND remaining > 0
ORDER BY lot_id
"""
_DESTROY = """
UPDATE member SET key_wrapped = NULL, person_sealed = NULL, subject_sealed = NULL, email_hash = NULL,
    phone_hash = NULL, language = '', home_shop_id = NULL
WHERE group_id = :group_id AND member_id = :member_id AND key_wrapped IS NOT NULL
"""
_FORGET_CARER_TICKETS = """
DELETE FROM carer_ticket INDEXED BY carer_ticket_by_carer
WHERE group_id = :group_id AND carer_id IN (
    SELECT c.carer_id FROM carer AS c INDEXED BY carer_by_member
    WHERE c.group_id = :group_id AND c.member_id = :member_id
)
"""
_FORGET: Final = tuple(
    f"DELETE FROM {table} WHERE group_id = :group_id AND member_id = :member_id"
    for table in (
        "member_fact",
        "segment_member",
        "member_consent",
        "call_back",
        "member_trait",
        "household_member",
        "member_association",
        "member_word",
        "message",
        "shop_message",
        "lost_report",
        "card_replacement",
        "carer",
        "contact_code",
        "invitation",
        "member_pharmacist",
    )
)
_FORGET_SPONSOR = """
DELETE FROM member_trait INDEXED BY member_trait_by_sponsor
WHERE group_id = :group_id AND value = :member_id AND kind = 'sponsor' AND to_ms IS NULL
"""
_FORGET_MERGED = """
UPDATE member INDEXED BY member_by_survivor SET merged_key = NULL, subject_sealed = NULL
WHERE group_id = :group_id AND merged_into = :member_id
"""
_FORGET_REASON: Final = tuple(
    f"UPDATE member_merge INDEXED BY {index} SET reason = 'erased'"
    f" WHERE group_id = :group_id AND {column} = :member_id"
    for index, column in (
        ("member_merge_by_survivor", "survivor_id"),
        ("member_merge_by_duplicate", "duplicate_id"),
    )
)
_ENDED_CARDS: Final = (CardState.BLOCKED, CardState.REPLACED, CardState.EXPIRED)


def paths_of(member_id: str) -> list[str]:
    """The accounts that the chart knows of a member."""
    return sorted(template.replace("<id>", member_id) for template in _TEMPLATES)


def read_member_value(snapshot: Snapshot, group_id: str, member_id: str) -> MemberValue:
    """See `ErasureStore.read_member_value`."""
    asked = [{"group_id": group_id, "account": path} for path in paths_of(member_id)]
    lots = [LotRow(*row) for bindings in asked for row in snapshot.all(_LIST_LOTS, bindings)]
    return MemberValue(
        tuple(AccountRow(*row) for bindings in asked for row in snapshot.all(_LIST_ACCOUNT, bindings)),
        tuple(sorted(lots, key=lambda lot: lot.lot_id)),
    )


def erase_member(unit: Unit, record: ErasureRecord) -> Change:
    """See `ErasureStore.erase_member`."""
    key = {"group_id": record.group_id, "member_id": record.member_id}
    if not unit.run(_DESTROY, key):
        return Change.UNCHANGED
    if record.transaction is not None:
        ledger.post_transaction(unit, record.group_id, record.transaction)
    if read_member_value(unit, record.group_id, record.member_id).accounts:
        raise GuardFailed(guard=f"That {record.member_id} holds, owes and pays nothing")
    for card in cards.list_cards(unit, record.group_id, record.member_id):
        pins.forget(unit, record.group_id, card.card_number)
        if card.state not in _ENDED_CARDS:
            cards.move_card(
                unit,
                record.group_id,
                card.card_number,
                (card.state,),
                CardState.BLOCKED,
                "erased",
                record.actor,
                record.now_ms,
                None,
            )
    forget_insured_cards(unit, record.group_id, record.member_id)
    for sql in (_FORGET_CARER_TICKETS, *_FORGET, _FORGET_SPONSOR):
        unit.run(sql, key)
    _forget_merges(unit, key)
    coarsen(unit, record.group_id, record.member_id, record.zones)
    unit.add_event(record.group_id, "member.erased", record.now_ms, member_id=record.member_id)
    return Change.CHANGED


def _forget_merges(unit: Unit, key: dict[str, str]) -> None:
    """Keys of merged duplicates, which nothing opens any more, and why they were merged."""
    merged = members.list_merged(unit, key["group_id"], key["member_id"])
    for member_id in (key["member_id"], *merged):
        for sql in _FORGET_REASON:
            unit.run(sql, {**key, "member_id": member_id})
    unit.run(_FORGET_MERGED, key)

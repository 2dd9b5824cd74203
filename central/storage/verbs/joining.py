"""What a merge does to the rows of two members: value by a posting, history to the survivor, a tombstone.

Every step is guarded or adds; a change of either member since the merge was decided leaves nothing written.
"""

import json
from typing import Final

from central.storage.interface.common import GuardFailed
from central.storage.interface.merges import Joined, MergeRow
from central.storage.unit import Bindings, Unit, bindings_of
from central.storage.verbs import cards, erasure, joined_words, leases, ledger, members
from loyalty.ledger.assets import voucher
from loyalty.ledger.chart import member_account

_PUT_SURVIVOR = """
UPDATE member SET person_sealed = :person_sealed, email_hash = :email_hash, phone_hash = :phone_hash,
    language = :language, home_shop_id = :home_shop_id, enrolled_ms = :enrolled_ms
WHERE group_id = :group_id AND member_id = :member_id AND key_wrapped = :key_before
    AND person_sealed IS NOT DISTINCT FROM :person_before
"""
_BURY = """
UPDATE member SET key_wrapped = NULL, person_sealed = NULL, email_hash = NULL, phone_hash = NULL,
    language = '', home_shop_id = NULL, merged_into = :survivor_id, merged_key = :merged_key
WHERE group_id = :group_id AND member_id = :member_id AND key_wrapped = :key_before
    AND person_sealed IS NOT DISTINCT FROM :person_before
"""
_LEAD_ON = """
UPDATE member SET merged_into = :survivor_id, merged_key = :merged_key
WHERE group_id = :group_id AND member_id = :member_id AND merged_into = :duplicate_id
"""
_CLOSE_ACCOUNTS = """
UPDATE account SET floor = 0, ceiling = 0
WHERE group_id = :group_id AND account IN (SELECT value FROM json_each(:accounts))
"""
_MOVE_CARD = """
UPDATE card SET member_id = :survivor_id, moves = moves + 1
WHERE group_id = :group_id AND card_number = :card_number AND member_id = :duplicate_id
RETURNING moves
"""
_NOTE_CARD = """
INSERT INTO card_move (group_id, card_number, move_no, to_state, reason, actor, at_ms)
VALUES (:group_id, :card_number, :move_no, :to_state, 'merged', :actor, :now_ms)
"""
_LEAD_TO_SURVIVOR: Final = (
    "UPDATE gift_card INDEXED BY gift_card_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE sale INDEXED BY sale_by_member SET member_id = :survivor_id,"
    " sold_to = coalesce(sold_to, member_id) WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE sale_return INDEXED BY sale_return_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE voucher INDEXED BY voucher_by_member SET member_id = :survivor_id, account = :vouchers"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE correction INDEXED BY correction_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE goodwill INDEXED BY goodwill_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE shop_message INDEXED BY shop_message_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE carer INDEXED BY carer_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE card_replacement INDEXED BY card_replacement_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE lost_report INDEXED BY lost_report_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
    "UPDATE game_play INDEXED BY game_play_by_member SET member_id = :survivor_id"
    " WHERE group_id = :group_id AND member_id = :duplicate_id",
)
_MOVE_VOUCHER = """
UPDATE voucher INDEXED BY voucher_by_lot SET lot_id = :lot_id
WHERE group_id = :group_id AND lot_id = :lot_before
"""
_COUNT_PURCHASES = """
INSERT INTO member_purchases (group_id, member_id, tickets, returned)
SELECT group_id, :survivor_id, tickets, returned FROM member_purchases
WHERE group_id = :group_id AND member_id = :duplicate_id
ON CONFLICT (group_id, member_id) DO UPDATE SET tickets = member_purchases.tickets + excluded.tickets,
    returned = member_purchases.returned + excluded.returned
"""
_LIST_COUNTERS = """
SELECT claim_key, used, held FROM claim_counter INDEXED BY claim_counter_by_owner
WHERE group_id = :group_id AND owner = :owner_before ORDER BY claim_key
"""
_COUNT_CLAIM = """
INSERT INTO claim_counter (group_id, claim_key, owner, used) VALUES (:group_id, :claim_key, :owner, :used)
ON CONFLICT (group_id, claim_key, owner) DO UPDATE SET used = claim_counter.used + excluded.used
"""
_MOVE_USES = """
UPDATE claim_use INDEXED BY claim_use_by_key SET owner = :owner
WHERE group_id = :group_id AND claim_key = :claim_key AND owner = :owner_before
"""
_DROP_COUNTER = """
DELETE FROM claim_counter WHERE group_id = :group_id AND claim_key = :claim_key AND owner = :owner_before
"""
# Newer than all that is being worked out now: this unit's own event has the next number.
_PUT_SEALED = """
INSERT INTO member_fact (group_id, member_id, seen_seq, stale_ms, ruleset_version, as_of_day, sealed)
SELECT group_id, :survivor_id, event_seq + 1, 0, 0, '', :sealed FROM group_head WHERE group_id = :group_id
ON CONFLICT (group_id, member_id) DO UPDATE SET sealed = excluded.sealed, seen_seq = excluded.seen_seq
WHERE member_fact.sealed IS NOT DISTINCT FROM :sealed_before
"""
_DROP: Final = tuple(
    f"DELETE FROM {table} WHERE group_id = :group_id AND member_id = :duplicate_id"  # noqa: S608 -- constants
    for table in ("member_fact", "member_purchases")
)


def join_members(unit: Unit, row: MergeRow, joined: Joined, *, actor: str, now_ms: int) -> None:
    """Do a merge. Raises: GuardFailed: one of the two is not as it was when the merge was decided."""
    key = {
        "group_id": row.group_id,
        "survivor_id": row.survivor_id,
        "duplicate_id": row.duplicate_id,
        "actor": actor,
        "now_ms": now_ms,
    }
    _join_persons(unit, key, joined)
    lifted = leases.lift(unit, row.group_id, row.duplicate_id, now_ms)
    if joined.transaction is not None:
        ledger.post_transaction(unit, row.group_id, joined.transaction)
    leases.put_down(unit, row.group_id, row.survivor_id, lifted, dict(joined.lots))
    value = erasure.read_member_value(unit, row.group_id, row.duplicate_id)
    if value.accounts or value.lots:
        raise GuardFailed(guard=f"That {row.duplicate_id} holds, owes and pays nothing after the merge")
    unit.run(_CLOSE_ACCOUNTS, key | {"accounts": json.dumps(erasure.paths_of(row.duplicate_id))})
    _move_cards(unit, key)
    told = key | {"vouchers": member_account(row.survivor_id, voucher("any"))}
    for sql in _LEAD_TO_SURVIVOR:
        unit.run(sql, told)
    for before, after in joined.lots:
        unit.run(_MOVE_VOUCHER, {"group_id": row.group_id, "lot_before": before, "lot_id": after})
    _move_claims(unit, key)
    unit.run(_COUNT_PURCHASES, key)
    joined_words.join_words(unit, key)
    for sql in _DROP:
        unit.run(sql, key)
    if joined.sealed is not None:
        sealed = {"sealed": joined.sealed, "sealed_before": joined.survivor_sealed_before}
        if not unit.run(_PUT_SEALED, key | sealed):
            raise GuardFailed(guard=f"That where {row.survivor_id} stands was not worked out in between")


def _join_persons(unit: Unit, key: Bindings, joined: Joined) -> None:
    before, gone = joined.survivor_before, joined.duplicate_before
    survivor = bindings_of(joined.survivor, key_before=before.key_wrapped, person_before=before.person_sealed)
    if not unit.run(_PUT_SURVIVOR, survivor):
        raise GuardFailed(guard=f"That the record of {before.member_id} was not changed in between")
    buried = {
        **key,
        "member_id": gone.member_id,
        "merged_key": joined.merged_key,
        "key_before": gone.key_wrapped,
        "person_before": gone.person_sealed,
    }
    if not unit.run(_BURY, buried):
        raise GuardFailed(guard=f"That the record of {gone.member_id} was not changed in between")
    for member_id, sealed in joined.former_keys:
        if not unit.run(_LEAD_ON, {**key, "member_id": member_id, "merged_key": sealed}):
            raise GuardFailed(guard=f"That {member_id} was merged into {gone.member_id}")
    if members.list_merged(unit, key["group_id"], gone.member_id):
        raise GuardFailed(guard=f"That nobody was merged into {gone.member_id} in between")


def _move_cards(unit: Unit, key: Bindings) -> None:
    """Cards keep their states: an old one works on and leads to the survivor, a blocked one stays blocked."""
    for card in cards.list_cards(unit, key["group_id"], key["duplicate_id"]):
        place = {**key, "card_number": card.card_number}
        moved = unit.one(_MOVE_CARD, place)
        assert moved is not None, "it was listed just now"
        unit.run(_NOTE_CARD, place | {"move_no": moved[0], "to_state": card.state})


def _move_claims(unit: Unit, key: Bindings) -> None:
    """What both used of a limit counts for the one they are now."""
    owners = {"owner": f"member/{key['survivor_id']}", "owner_before": f"member/{key['duplicate_id']}"}
    for claim_key, used, held in unit.all(_LIST_COUNTERS, {**key, **owners}):
        if held:
            raise GuardFailed(guard=f"That no reservation of {key['duplicate_id']} keeps {claim_key}")
        place = {"group_id": key["group_id"], "claim_key": claim_key, **owners}
        unit.run(_COUNT_CLAIM, place | {"used": used})
        unit.run(_MOVE_USES, place)
        unit.run(_DROP_COUNTER, place)

"""Members enrolled at the counter with next to nothing, completed later; words that members are found by."""

from collections.abc import Sequence

from central.storage.interface.common import GuardFailed, Recorded
from central.storage.interface.incidents import Completion, CounterEnrolment, FormRow, FormTaken
from central.storage.interface.invitations import AddressTaken, InvitationRow
from central.storage.interface.rows import CardRow, MemberRow
from central.storage.unit import Snapshot, Unit, bindings_of
from central.storage.verbs import cards, invitations, members, pins, segments
from central.storage.verbs.counter_acts import add_counter_act
from loyalty.programme.card import CardState

_FIND_FORM = """
SELECT form_number, member_id, taken_ms, completed_ms FROM member_form
WHERE group_id = :group_id AND form_number = :form_number
"""
_ADD_FORM = """
INSERT INTO member_form (group_id, form_number, member_id, taken_ms)
VALUES (:group_id, :form_number, :member_id, :taken_ms)
ON CONFLICT (group_id, form_number) DO NOTHING
"""
_END_FORMS = """
UPDATE member_form INDEXED BY member_form_by_member SET completed_ms = :now_ms
WHERE group_id = :group_id AND member_id = :member_id AND completed_ms IS NULL
"""
_COMPLETE = """
UPDATE member SET person_sealed = :person_sealed, email_hash = :email_hash, phone_hash = :phone_hash,
    language = :language
WHERE group_id = :group_id AND member_id = :member_id AND person_sealed = :before
    AND key_wrapped IS NOT NULL AND merged_into IS NULL
"""
_USE_INVITATION = """
UPDATE invitation SET used_ms = :now_ms
WHERE group_id = :group_id AND invitation_id = :invitation_id AND used_ms IS NULL AND expires_ms > :now_ms
"""
_END_INVITATIONS = """
UPDATE invitation INDEXED BY invitation_by_member SET used_ms = :now_ms
WHERE group_id = :group_id AND member_id = :member_id AND used_ms IS NULL
"""
_FORGET_WORDS = "DELETE FROM member_word WHERE group_id = :group_id AND member_id = :member_id"
_ADD_WORD = """
INSERT INTO member_word (group_id, word, member_id) VALUES (:group_id, :word, :member_id)
ON CONFLICT (group_id, word, member_id) DO NOTHING
"""
_LIST_BY_WORD = """
SELECT member_id FROM member_word WHERE group_id = :group_id AND word = :word ORDER BY member_id LIMIT :limit
"""


def enrol_at_counter(unit: Unit, enrolment: CounterEnrolment) -> Recorded[MemberRow]:
    """See `IncidentStore.enrol_at_counter`."""
    row = enrolment.member
    recorded = members.enrol_member(unit, row, enrolment.card)
    if recorded.is_replay:
        return recorded
    add_counter_act(unit, enrolment.act, enrolment.limits)
    if enrolment.form_number is not None:
        form = {"group_id": row.group_id, "form_number": enrolment.form_number, "member_id": row.member_id}
        if not unit.run(_ADD_FORM, {**form, "taken_ms": row.enrolled_ms}):
            raise FormTaken
    for consent in enrolment.consents:
        segments.put_consent(unit, row.group_id, row.member_id, consent)
    put_words(unit, row.group_id, row.member_id, enrolment.words)
    if enrolment.invited is not None:
        invitations.add_invited(unit, enrolment.invited)
    return recorded


def complete_member(unit: Unit, completion: Completion) -> None:
    """See `IncidentStore.complete_member`."""
    row = completion.member
    if not unit.run(_COMPLETE, bindings_of(row, before=completion.before.person_sealed)):
        raise GuardFailed(guard=f"That the data of {row.member_id} are those that were looked at")
    for consent in completion.consents:
        segments.put_consent(unit, row.group_id, row.member_id, consent)
    put_words(unit, row.group_id, row.member_id, completion.words)
    key = {"group_id": row.group_id, "member_id": row.member_id}
    unit.run(_END_FORMS, {**key, "now_ms": completion.now_ms})
    # Whoever was mailed a link, perhaps to a mistyped address, changes nothing any more.
    unit.run(_END_INVITATIONS, {**key, "now_ms": completion.now_ms})
    for card in cards.list_cards(unit, row.group_id, row.member_id):
        if card.state == CardState.TO_VALIDATE:
            cards.move_card(
                unit,
                row.group_id,
                card.card_number,
                (CardState.TO_VALIDATE,),
                CardState.ACTIVE,
                "",
                completion.actor,
                completion.now_ms,
                None,
            )
    unit.add_event(row.group_id, "member.changed", completion.now_ms, member_id=row.member_id)


def use_invitation(unit: Unit, row: InvitationRow, completion: Completion) -> bool:
    """See `InvitationStore.use_invitation`. Whoever writes of a group is alone: what is read stays true."""
    member = completion.member
    twins = members.find_members_by_hash(unit, row.group_id, member.email_hash, None)
    if any(each.merged_into is None and each.member_id != member.member_id for each in twins):
        raise AddressTaken
    key = {"group_id": row.group_id, "invitation_id": row.invitation_id, "now_ms": completion.now_ms}
    if not unit.run(_USE_INVITATION, key):
        return False
    complete_member(unit, completion)
    return True


def renew_card(
    unit: Unit,
    group_id: str,
    card_number: str,
    from_states: Sequence[str],
    new_card: CardRow,
    actor: str,
    now_ms: int,
) -> CardRow:
    """See `IncidentStore.renew_card`."""
    old = cards.find_card(unit, group_id, card_number)
    renewed = cards.replace_card(unit, group_id, card_number, from_states, new_card, actor, now_ms)
    if old is not None and old.state != CardState.REPLACED:
        pins.carry_over(unit, group_id, old.card_number, renewed.card_number)
    return renewed


def hand_out_card(unit: Unit, row: CardRow, actor: str) -> CardRow:
    """See `IncidentStore.hand_out_card`."""
    known = cards.find_card(unit, row.group_id, row.card_number)
    if known is not None and (known.member_id, known.state) == (row.member_id, row.state):
        return known
    return cards.hand_out(unit, row, actor)


def find_form(snapshot: Snapshot, group_id: str, form_number: str) -> FormRow | None:
    row = snapshot.one(_FIND_FORM, {"group_id": group_id, "form_number": form_number})
    return None if row is None else FormRow(*row)


def put_words(unit: Unit, group_id: str, member_id: str, words: Sequence[bytes]) -> None:
    """See `IncidentStore.put_words`."""
    key = {"group_id": group_id, "member_id": member_id}
    unit.run(_FORGET_WORDS, key)
    for word in sorted(set(words)):
        unit.run(_ADD_WORD, {**key, "word": word})


def find_members_by_words(
    snapshot: Snapshot, group_id: str, words: Sequence[bytes], limit: int
) -> Sequence[MemberRow]:
    """See `IncidentStore.find_members_by_words`."""
    hits: dict[str, int] = {}
    for word in words:
        for (member_id,) in snapshot.all(_LIST_BY_WORD, {"group_id": group_id, "word": word, "limit": limit}):
            hits[member_id] = hits.get(member_id, 0) + 1
    ordered = sorted(hits, key=lambda member_id: (-hits[member_id], member_id))[:limit]
    rows = (members.find_member(snapshot, group_id, member_id) for member_id in ordered)
    return [row for row in rows if row is not None]

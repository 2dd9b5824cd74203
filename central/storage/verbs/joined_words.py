"""What was said and noted of two members, joined: traits, segments, consents, calls, household, association.

History stays: what the duplicate was, and until when, stands with the survivor. Where both have something of
which a person has one, the survivor's goes on; a consent goes on only where neither record says no.
"""

from typing import Final

from central.storage.interface.facts import WORKED_OUT, TraitRow
from central.storage.unit import Bindings, Unit, bindings_of
from central.storage.verbs import facts
from central.storage.verbs.facts import SEGMENT, SPONSOR, TIER
from loyalty.programme.joining import joined_consent

_LIST_TRAITS = """
SELECT kind, value, from_ms, to_ms, actor, until_day FROM member_trait
WHERE group_id = :group_id AND member_id = :member_id ORDER BY entry_no
"""
_NOTE_TRAIT = """
INSERT INTO member_trait (group_id, member_id, entry_no, kind, value, from_ms, to_ms, actor, until_day)
SELECT :group_id, :member_id, coalesce(max(entry_no), 0) + 1, :kind, :value, :from_ms, :to_ms, :trait_actor,
    CAST(:until_day AS TEXT)
FROM member_trait WHERE group_id = :group_id AND member_id = :member_id
"""
_LIST_BROUGHT = """
SELECT member_id FROM member_trait INDEXED BY member_trait_by_sponsor
WHERE group_id = :group_id AND value = :duplicate_id AND kind = 'sponsor' AND to_ms IS NULL ORDER BY member_id
"""
_LIST_SEGMENTS = """
SELECT segment, from_ms, to_ms FROM segment_member
WHERE group_id = :group_id AND member_id = :duplicate_id ORDER BY segment, entry_no
"""
_NOTE_SEGMENT = """
INSERT INTO segment_member (group_id, member_id, segment, entry_no, from_ms, to_ms)
SELECT :group_id, :survivor_id, :segment, coalesce(max(entry_no), 0) + 1, :from_ms, :to_ms FROM segment_member
WHERE group_id = :group_id AND member_id = :survivor_id AND segment = :segment
"""
_LIST_CONSENTS = """
SELECT purpose, is_given, at_ms, actor, text_version, shop_id FROM member_consent
WHERE group_id = :group_id AND member_id = :member_id ORDER BY purpose, entry_no
"""
_NOTE_CONSENT = """
INSERT INTO member_consent
    (group_id, member_id, purpose, entry_no, is_given, at_ms, actor, text_version, shop_id)
SELECT :group_id, :survivor_id, :purpose, coalesce(max(entry_no), 0) + 1, :is_given, :at_ms, :word_actor,
    :text_version, :shop_id
FROM member_consent WHERE group_id = :group_id AND member_id = :survivor_id AND purpose = :purpose
"""
_COPY_CALLS = """
INSERT INTO call_back (group_id, member_id, call_back_id, at_ms, is_reached, actor)
SELECT group_id, :survivor_id, call_back_id, at_ms, is_reached, actor FROM call_back
WHERE group_id = :group_id AND member_id = :duplicate_id
ON CONFLICT (group_id, member_id, call_back_id) DO NOTHING
"""
_COPY_HOUSEHOLD = """
INSERT INTO household_member (group_id, member_id, household_id, joined_ms)
SELECT group_id, :survivor_id, household_id, joined_ms FROM household_member
WHERE group_id = :group_id AND member_id = :duplicate_id
ON CONFLICT (group_id, member_id) DO NOTHING
"""
_COPY_PHARMACIST = """
INSERT INTO member_pharmacist (group_id, member_id, staff_id, chosen_by, at_ms, actor)
SELECT group_id, :survivor_id, staff_id, chosen_by, at_ms, actor FROM member_pharmacist
WHERE group_id = :group_id AND member_id = :duplicate_id
ON CONFLICT (group_id, member_id) DO NOTHING
"""
_FIND_HOUSEHOLD = """
SELECT household_id FROM household_member WHERE group_id = :group_id AND member_id = :duplicate_id
"""
_LIST_ASSOCIATIONS = """
SELECT association_id, from_ms, to_ms, actor FROM member_association
WHERE group_id = :group_id AND member_id = :member_id ORDER BY entry_no
"""
_NOTE_ASSOCIATION = """
INSERT INTO member_association (group_id, member_id, entry_no, association_id, from_ms, to_ms, actor)
SELECT :group_id, :survivor_id, coalesce(max(entry_no), 0) + 1, :association_id, :from_ms,
    CAST(:to_ms AS BIGINT), :word_actor
FROM member_association WHERE group_id = :group_id AND member_id = :survivor_id
"""
_DROP: Final = tuple(
    f"DELETE FROM {table} WHERE group_id = :group_id AND member_id = :duplicate_id"  # noqa: S608 -- constants
    for table in (
        "member_trait",
        "segment_member",
        "member_consent",
        "call_back",
        "household_member",
        "member_association",
        "contact_code",
        "invitation",
        "member_pharmacist",
    )
)


def join_words(unit: Unit, key: Bindings) -> None:
    """Join it all. `key`: group_id, survivor_id, duplicate_id, now_ms, actor."""
    _join_traits(unit, key)
    _join_segments(unit, key)
    _join_consents(unit, key)
    unit.run(_COPY_CALLS, key)
    _join_associations(unit, key)
    household = unit.one(_FIND_HOUSEHOLD, key)
    unit.run(_COPY_HOUSEHOLD, key)
    unit.run(_COPY_PHARMACIST, key)
    for sql in _DROP:
        unit.run(sql, key)
    if household is not None:
        unit.add_event(key["group_id"], "household.changed", key["now_ms"], household_id=household[0])


def _join_traits(unit: Unit, key: Bindings) -> None:
    """Who was brought by the one was by the other. The grade, and a tier that nobody gave by hand, are worked
    out anew from what both bought.
    """
    mine = {**key, "member_id": key["survivor_id"]}
    theirs = [TraitRow(*row) for row in unit.all(_LIST_TRAITS, {**key, "member_id": key["duplicate_id"]})]
    held = [row for row in (TraitRow(*row) for row in unit.all(_LIST_TRAITS, mine)) if row.to_ms is None]
    open_rows = [row for row in theirs if row.to_ms is None]
    brought = [row[0] for row in unit.all(_LIST_BROUGHT, key)]
    for row in theirs:
        if (row.kind, row.value) == (SPONSOR, key["survivor_id"]):
            continue  # nobody was ever brought by themselves
        ended = max(row.from_ms, key["now_ms"]) if row.to_ms is None else row.to_ms
        trait = bindings_of(row, to_ms=ended, trait_actor=row.actor)
        unit.run(_NOTE_TRAIT, {**trait, **mine})
    for member_id in brought:
        sponsor = None if member_id == key["survivor_id"] else key["survivor_id"]
        facts.replace_alone(unit, {**key, "member_id": member_id}, SPONSOR, sponsor)
    tiers = [row for row in (*held, *open_rows) if row.kind == TIER and row.actor != WORKED_OUT]
    if tiers:
        facts.give_tier(unit, mine, tiers[0].value, tiers[0].until_day)
    sponsors = [next((row.value for row in rows if row.kind == SPONSOR), None) for rows in (held, open_rows)]
    _join_sponsors(unit, mine, *sponsors)
    here = {row.value for row in held if row.kind == SEGMENT}
    for row in open_rows:
        if row.kind == SEGMENT and row.value not in here:
            facts.add_trait(unit, mine, row.kind, row.value)


def _join_sponsors(unit: Unit, mine: Bindings, before: str | None, theirs: str | None) -> None:
    """Who brought the one they are now: a link that would lead back to them ends."""
    them = {mine["survivor_id"], mine["duplicate_id"], None}
    sponsor = next((each for each in (before, theirs) if each not in them), None)
    if sponsor is not None and facts.is_ring(unit, mine, sponsor):
        sponsor = None
    facts.replace_alone(unit, mine, SPONSOR, sponsor)


def _join_segments(unit: Unit, key: Bindings) -> None:
    for segment, from_ms, to_ms in unit.all(_LIST_SEGMENTS, key):
        ended = max(from_ms, key["now_ms"]) if to_ms is None else to_ms
        unit.run(_NOTE_SEGMENT, {**key, "segment": segment, "from_ms": from_ms, "to_ms": ended})


def _join_consents(unit: Unit, key: Bindings) -> None:
    """Every word stays, dated as it was said; where the two differ a last word is added: the stricter one."""
    mine = unit.all(_LIST_CONSENTS, {**key, "member_id": key["survivor_id"]})
    theirs = unit.all(_LIST_CONSENTS, {**key, "member_id": key["duplicate_id"]})
    for purpose, is_given, at_ms, actor, text_version, shop_id in theirs:
        word = {"purpose": purpose, "is_given": is_given, "at_ms": at_ms, "word_actor": actor}
        unit.run(_NOTE_CONSENT, {**key, **word, "text_version": text_version, "shop_id": shop_id})
    said = {purpose: bool(is_given) for purpose, is_given, *_ in mine}
    said_there = {purpose: bool(is_given) for purpose, is_given, *_ in theirs}
    for purpose, word_there in sorted(said_there.items()):
        before = said.get(purpose)
        after = joined_consent(before, word_there)
        if before is not None and before != word_there:
            word = {"purpose": purpose, "is_given": int(bool(after)), "at_ms": key["now_ms"]}
            no_text = {"word_actor": key["actor"], "text_version": "", "shop_id": None}
            unit.run(_NOTE_CONSENT, {**key, **word, **no_text})
        if after is not before:
            kind = "consent.given" if after else "consent.withdrawn"
            member_id = key["survivor_id"]
            unit.add_event(key["group_id"], kind, key["now_ms"], member_id=member_id, purpose=purpose)


def _join_associations(unit: Unit, key: Bindings) -> None:
    """The survivor's goes on; where there is none, the duplicate's does."""
    mine = unit.all(_LIST_ASSOCIATIONS, {**key, "member_id": key["survivor_id"]})
    has_one = any(to_ms is None for _, _, to_ms, _ in mine)
    for association_id, from_ms, to_ms, actor in unit.all(
        _LIST_ASSOCIATIONS, {**key, "member_id": key["duplicate_id"]}
    ):
        ended = max(from_ms, key["now_ms"]) if to_ms is None and has_one else to_ms
        noted = {"association_id": association_id, "from_ms": from_ms, "to_ms": ended, "word_actor": actor}
        unit.run(_NOTE_ASSOCIATION, {**key, **noted})

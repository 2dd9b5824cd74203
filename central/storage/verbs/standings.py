"""Where members stand: facts kept for all, grades, segments with their history; consumers of events."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from central.storage.interface.facts import FactsAsked
from central.storage.interface.standings import (
    FactValue,
    MemberNews,
    MembershipRow,
    Standing,
    StandingAsked,
    StandingRow,
    StandingsChange,
    StandingsRead,
)
from central.storage.unit import Bindings, Snapshot, Unit
from central.storage.verbs import facts, members, tiers
from loyalty.limits.members import HEALTH_TICKETS_MAX

FACT_COLUMNS: Final = (
    "grade",
    "tier",
    "segments",
    "language",
    "home_shop",
    "points",
    "visits",
    "visits_3_months",
    "spent_3_months_minor",
    "spent_12_months_minor",
    "is_first_purchase",
    "days_since_purchase",
    "days_since_enrolment",
    "is_sponsored",
)
"""The facts that stand in the open."""
GRADE: Final = "grade"
HEALTH: Final = "health"

# News -------------------------------------------------------------------------------------------------------

_FIND_POSITION = "SELECT seq FROM consumer WHERE group_id = :group_id AND name = :name"
_START = """
INSERT INTO consumer (group_id, name, seq) VALUES (:group_id, :name, 0)
ON CONFLICT (group_id, name) DO NOTHING
"""
_MOVE = """
UPDATE consumer SET seq = :seq WHERE group_id = :group_id AND name = :name AND seq = :before_seq
"""
_LIST_EVENTS = """
SELECT seq, kind, body FROM event WHERE group_id = :group_id AND seq > :after_seq ORDER BY seq LIMIT :limit
"""
OWN_EVENTS: Final = frozenset(
    {"grade.changed", "tier.changed", "segment.entered", "segment.left", "segment.read"}
)
"""Told by what is kept here: nothing to work out anew."""


def read_member_news(snapshot: Snapshot, group_id: str, consumer: str, limit: int) -> MemberNews:
    """See `StandingStore.read_member_news`."""
    found = snapshot.one(_FIND_POSITION, {"group_id": group_id, "name": consumer})
    before_seq = found[0] if found else 0
    rows = snapshot.all(_LIST_EVENTS, {"group_id": group_id, "after_seq": before_seq, "limit": limit})
    told: dict[str, None] = {}
    for _, kind, body in rows:
        member_id = None if kind in OWN_EVENTS else json.loads(body).get("member_id")
        if member_id is not None:
            told[member_id] = None
    return MemberNews(before_seq, rows[-1][0] if rows else before_seq, tuple(told))


def move_consumer(unit: Unit, group_id: str, consumer: str, before_seq: int, seq: int) -> bool:
    """See `StandingStore.move_consumer`."""
    key = {"group_id": group_id, "name": consumer}
    unit.run(_START, key)
    return bool(unit.run(_MOVE, key | {"before_seq": before_seq, "seq": seq}))


# Working out ------------------------------------------------------------------------------------------------

_FIND_SEQ = "SELECT event_seq FROM group_head WHERE group_id = :group_id"
_LIST_STALE = """
SELECT member_id FROM member_fact INDEXED BY member_fact_stale
WHERE group_id = :group_id AND stale_ms <= :now_ms ORDER BY stale_ms, member_id LIMIT :limit
"""
_LIST_OUTDATED = """
SELECT member_id FROM member_fact INDEXED BY member_fact_by_version
WHERE group_id = :group_id AND ruleset_version < :ruleset_version
ORDER BY ruleset_version, member_id LIMIT :limit
"""
_FIND_SEALED = "SELECT sealed FROM member_fact WHERE group_id = :group_id AND member_id = :member_id"
_LIST_CONSENTS_NOW = """
SELECT purpose, is_given FROM member_consent WHERE group_id = :group_id AND member_id = :member_id
ORDER BY purpose, entry_no
"""
_LIST_SALES_SINCE = f"""
SELECT sale_id, sold_to FROM sale INDEXED BY sale_by_member
WHERE group_id = :group_id AND member_id = :member_id AND occurred_ms >= :since_ms AND occurred_ms <= :at_ms
ORDER BY occurred_ms DESC, sale_id DESC LIMIT {HEALTH_TICKETS_MAX}
"""  # noqa: S608  -- joined from the constant above
_FIND_CALL = """
SELECT at_ms, is_reached FROM call_back INDEXED BY call_back_by_time
WHERE group_id = :group_id AND member_id = :member_id AND at_ms <= :at_ms
ORDER BY at_ms DESC, call_back_id DESC LIMIT 1
"""


def list_stale_members(
    snapshot: Snapshot, group_id: str, now_ms: int, ruleset_version: int, limit: int
) -> Sequence[str]:
    """See `StandingStore.list_stale_members`."""
    key = {"group_id": group_id, "limit": limit}
    stale = [row[0] for row in snapshot.all(_LIST_STALE, key | {"now_ms": now_ms})]
    outdated = snapshot.all(_LIST_OUTDATED, key | {"ruleset_version": ruleset_version})
    return list(dict.fromkeys([*stale, *(row[0] for row in outdated)]))[:limit]


def read_standings(snapshot: Snapshot, asked: StandingAsked) -> StandingsRead:
    """See `StandingStore.read_standings`."""
    head = snapshot.one(_FIND_SEQ, {"group_id": asked.group_id})
    rows = (_read_standing(snapshot, asked, member_id) for member_id in asked.member_ids)
    return StandingsRead(head[0] if head else 0, tuple(row for row in rows if row is not None))


def _read_standing(snapshot: Snapshot, asked: StandingAsked, member_id: str) -> StandingRow | None:
    member = members.find_member(snapshot, asked.group_id, member_id)
    if member is None or member.key_wrapped is None:
        return None
    windows = asked.windows.get(member.home_shop_id) or asked.windows[None]
    key = {"group_id": asked.group_id, "member_id": member_id, "at_ms": asked.at_ms}
    wanted = FactsAsked(
        at_ms=asked.at_ms,
        quarter_ms=windows.quarter_ms,
        year_ms=windows.year_ms,
        counts=True,
        last=True,
        points=True,
        traits=True,
    )
    call = snapshot.one(_FIND_CALL, key)
    sealed = snapshot.one(_FIND_SEALED, key)
    consents = {purpose: bool(given) for purpose, given in snapshot.all(_LIST_CONSENTS_NOW, key)}
    sold = (
        snapshot.all(_LIST_SALES_SINCE, key | {"since_ms": windows.year_ms}) if consents.get(HEALTH) else []
    )
    read = facts.read_facts(snapshot, asked.group_id, member_id, wanted)
    recent = read.visits_3_months, read.spent_3_months_minor
    if windows.recent_ms != windows.quarter_ms:
        recent = facts.window(snapshot, key, windows.recent_ms)
    return StandingRow(
        member=member,
        facts=read,
        visits_recent=recent[0],
        spent_recent_minor=recent[1],
        consents=consents,
        sales=tuple((sale_id, sold_to) for sale_id, sold_to in sold),
        failed_call_ms=call[0] if call and not call[1] else None,
        sealed=sealed[0] if sealed else None,
        bought=() if windows.tier_ms is None else tiers.list_bought(snapshot, key, windows.tier_ms),
    )


# Keeping ----------------------------------------------------------------------------------------------------

_PUT_FACTS = f"""
INSERT INTO member_fact (group_id, member_id, seen_seq, stale_ms, ruleset_version, as_of_day, sealed,
    {", ".join(FACT_COLUMNS)})
VALUES (:group_id, :member_id, :seen_seq, :stale_ms, :ruleset_version, :as_of_day, :sealed,
    {", ".join(f":{name}" for name in FACT_COLUMNS)})
ON CONFLICT (group_id, member_id) DO UPDATE SET
    seen_seq = excluded.seen_seq, stale_ms = excluded.stale_ms, ruleset_version = excluded.ruleset_version,
    as_of_day = excluded.as_of_day, sealed = excluded.sealed,
    {", ".join(f"{name} = excluded.{name}" for name in FACT_COLUMNS)}
WHERE member_fact.seen_seq <= excluded.seen_seq AND member_fact.ruleset_version <= excluded.ruleset_version
"""  # noqa: S608  -- joined from the constants above
_FIND_MEMBER_KEY = """
SELECT member_id FROM member
WHERE group_id = :group_id AND member_id = :member_id AND key_wrapped IS NOT NULL
"""
# Ended ones too: asked for open ones alone, PostgreSQL may walk the index of all who are in any segment.
_LIST_HELD = """
SELECT segment, to_ms FROM segment_member WHERE group_id = :group_id AND member_id = :member_id
"""
_ENTER = """
INSERT INTO segment_member (group_id, member_id, segment, entry_no, from_ms)
SELECT :group_id, :member_id, :segment, coalesce(max(entry_no), 0) + 1, :now_ms FROM segment_member
WHERE group_id = :group_id AND member_id = :member_id AND segment = :segment
"""
_LEAVE = """
UPDATE segment_member SET to_ms = CASE WHEN from_ms > :now_ms THEN from_ms ELSE :now_ms END
WHERE group_id = :group_id AND member_id = :member_id AND segment = :segment AND to_ms IS NULL
"""


def put_standings(unit: Unit, change: StandingsChange) -> Sequence[str]:
    """See `StandingStore.put_standings`."""
    return [standing.member_id for standing in change.standings if _put_standing(unit, change, standing)]


def _put_standing(unit: Unit, change: StandingsChange, standing: Standing) -> bool:
    key = {
        "group_id": change.group_id,
        "member_id": standing.member_id,
        "now_ms": change.now_ms,
        "actor": change.actor,
    }
    if unit.one(_FIND_MEMBER_KEY, key) is None:  # erased in between
        return False
    row: dict[str, FactValue | bytes] = {name: standing.facts.get(name) for name in FACT_COLUMNS}
    bindings = {
        **key,
        **row,
        "seen_seq": change.seen_seq,
        "ruleset_version": change.ruleset_version,
        "stale_ms": standing.stale_ms,
        "as_of_day": standing.as_of_day,
        "sealed": standing.sealed,
    }
    if not unit.run(_PUT_FACTS, bindings):
        return False
    if standing.grade is not None and facts.put_alone(unit, key, GRADE, standing.grade):
        unit.add_event(change.group_id, "grade.changed", change.now_ms, member_id=standing.member_id)
    if facts.keep_tier(unit, key, standing.tier, standing.as_of_day):
        unit.add_event(change.group_id, "tier.changed", change.now_ms, member_id=standing.member_id)
    held = {name for name, to_ms in unit.all(_LIST_HELD, key) if to_ms is None}
    for name in sorted(held - standing.segments):
        unit.run(_LEAVE, key | {"segment": name})
        _tell(unit, key, "segment.left", name)
    for name in sorted(standing.segments - held):
        unit.run(_ENTER, key | {"segment": name})
        _tell(unit, key, "segment.entered", name)
    return True


def _tell(unit: Unit, key: Bindings, kind: str, segment: str) -> None:
    unit.add_event(key["group_id"], kind, key["now_ms"], member_id=key["member_id"], segment=segment)


# Memberships as they are kept -------------------------------------------------------------------------------

_FIND_COUNT = """
SELECT count(*) FROM segment_member INDEXED BY segment_member_now
WHERE group_id = :group_id AND segment = :segment AND to_ms IS NULL
"""
_LIST_IN_SEGMENT = """
SELECT segment, member_id, from_ms, to_ms FROM segment_member INDEXED BY segment_member_now
WHERE group_id = :group_id AND segment = :segment AND member_id > :after AND to_ms IS NULL
ORDER BY member_id LIMIT :limit
"""
_LIST_MEMBERSHIPS = """
SELECT segment, member_id, from_ms, to_ms FROM segment_member
WHERE group_id = :group_id AND member_id = :member_id ORDER BY from_ms DESC, segment LIMIT :limit
"""


def count_segment_members(snapshot: Snapshot, group_id: str, segments: Sequence[str]) -> Mapping[str, int]:
    """See `StandingStore.count_segment_members`."""
    counts: dict[str, int] = {}
    for segment in segments:
        row = snapshot.one(_FIND_COUNT, {"group_id": group_id, "segment": segment})
        assert row is not None, "a count has a row"
        counts[segment] = int(row[0])
    return counts


def list_segment_members(
    snapshot: Snapshot, group_id: str, segment: str, after: str, limit: int
) -> Sequence[MembershipRow]:
    """See `StandingStore.list_segment_members`."""
    bindings = {"group_id": group_id, "segment": segment, "after": after, "limit": limit}
    return [MembershipRow(*row) for row in snapshot.all(_LIST_IN_SEGMENT, bindings)]


def list_memberships(
    snapshot: Snapshot, group_id: str, member_id: str, limit: int
) -> Sequence[MembershipRow]:
    """See `StandingStore.list_memberships`."""
    bindings = {"group_id": group_id, "member_id": member_id, "limit": limit}
    return [MembershipRow(*row) for row in snapshot.all(_LIST_MEMBERSHIPS, bindings)]

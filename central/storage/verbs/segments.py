"""Conditions over all members at once, and what members said: consents, call-backs, who was looked at."""

# ruff: noqa: S608  -- a condition's SQL is written by the rules language; every value is bound

from collections.abc import Sequence
from typing import Final

from central.storage.interface.common import Change, IdempotencyConflict
from central.storage.interface.rows import MemberRow, ReadLogRow
from central.storage.interface.standings import INSURED_CARD, Candidate, ConsentRow
from central.storage.unit import Row, Snapshot, Unit, bindings_of
from central.storage.verbs import read_log
from central.storage.verbs.insured_cards import forget_insured_cards
from central.storage.verbs.standings import FACT_COLUMNS
from loyalty.rules.sql import SqlText

_MEMBER_COLUMNS: Final = (
    "group_id",
    "member_id",
    "key_wrapped",
    "person_sealed",
    "subject_sealed",
    "language",
    "home_shop_id",
    "enrolled_ms",
)
_CANDIDATE_COLUMNS: Final = (
    "SELECT f.as_of_day, f.sealed, "
    + ", ".join(f"f.{name}" for name in FACT_COLUMNS)
    + ", "
    + ", ".join(f"m.{name}" for name in _MEMBER_COLUMNS)
)
_JOINED: Final = "CROSS JOIN member AS m ON m.group_id = f.group_id AND m.member_id = f.member_id"
_FIND_CANDIDATE = f"""
{_CANDIDATE_COLUMNS} FROM member_fact AS f {_JOINED}
WHERE f.group_id = :group_id AND f.member_id = :member_id
"""


_INDEXES: Final = {
    "tier": "member_fact_by_tier",
    "grade": "member_fact_by_grade",
    "visits_3_months": "member_fact_by_visits",
    "days_since_purchase": "member_fact_by_purchase",
    "spent_12_months_minor": "member_fact_by_spent",
    "points": "member_fact_by_points",
    "home_shop": "member_fact_by_shop",
}
"""By column, what usually leaves the fewest members first."""


def count_sql(condition: SqlText) -> str:
    """The question how many members meet a condition. SQLite has no statistics: the index is named."""
    found = next((name for column, name in _INDEXES.items() if column in condition.narrowing), None)
    index = "" if found is None else f" INDEXED BY {found}"
    return f"SELECT count(*) FROM member_fact{index} WHERE group_id = :group_id AND {condition.text}"


def page_sql(condition: SqlText) -> str:
    """The question for the next members who meet a condition: one walk by the key over all pages."""
    return (
        "SELECT member_id FROM member_fact WHERE group_id = :group_id AND member_id > :after"
        f" AND {condition.text} ORDER BY member_id LIMIT :limit"
    )


def _candidates_sql(condition: SqlText) -> str:
    return (
        f"{_CANDIDATE_COLUMNS} FROM (SELECT * FROM member_fact"
        " WHERE group_id = :group_id AND member_id > :after"
        f" AND {condition.text} IS NOT FALSE ORDER BY member_id LIMIT :limit) AS f {_JOINED}"
        " ORDER BY f.member_id"
    )


def count_members(snapshot: Snapshot, group_id: str, condition: SqlText) -> int:
    """See `StandingStore.count_members`."""
    row = snapshot.one(count_sql(condition), {**condition.params, "group_id": group_id})
    assert row is not None, "a count has a row"
    return int(row[0])


def list_members_who(
    snapshot: Snapshot, group_id: str, condition: SqlText, after: str, limit: int
) -> Sequence[str]:
    """See `StandingStore.list_members_who`."""
    bindings = {**condition.params, "group_id": group_id, "after": after, "limit": limit}
    return [row[0] for row in snapshot.all(page_sql(condition), bindings)]


def list_candidates(
    snapshot: Snapshot, group_id: str, condition: SqlText, after: str, limit: int
) -> Sequence[Candidate]:
    """See `StandingStore.list_candidates`."""
    bindings = {**condition.params, "group_id": group_id, "after": after, "limit": limit}
    return [_candidate(row) for row in snapshot.all(_candidates_sql(condition), bindings)]


def find_candidate(snapshot: Snapshot, group_id: str, member_id: str) -> Candidate | None:
    """See `StandingStore.find_candidate`."""
    row = snapshot.one(_FIND_CANDIDATE, {"group_id": group_id, "member_id": member_id})
    return None if row is None else _candidate(row)


def explain_condition(snapshot: Snapshot, group_id: str, condition: SqlText) -> Sequence[str]:
    """See `StandingStore.explain_condition`."""
    bindings = {**condition.params, "group_id": group_id}
    rows = snapshot.all(f"EXPLAIN QUERY PLAN {count_sql(condition)}", bindings)
    return [str(row[-1]) for row in rows]


def _candidate(row: Row) -> Candidate:
    as_of_day, sealed, *rest = row
    values, member = rest[: len(FACT_COLUMNS)], rest[len(FACT_COLUMNS) :]
    return Candidate(
        member=MemberRow(*member),
        as_of_day=as_of_day,
        facts=dict(zip(FACT_COLUMNS, values, strict=True)),
        sealed=sealed,
    )


# Consents, call-backs, reads --------------------------------------------------------------------------------

_ADD_CONSENT = """
INSERT INTO member_consent
    (group_id, member_id, purpose, entry_no, is_given, at_ms, actor, text_version, shop_id)
SELECT :group_id, :member_id, :purpose, coalesce(max(entry_no), 0) + 1, :is_given, :at_ms, :actor,
    :text_version, :shop_id
FROM member_consent WHERE group_id = :group_id AND member_id = :member_id AND purpose = :purpose
"""
_FIND_CONSENT = """
SELECT is_given FROM member_consent
WHERE group_id = :group_id AND member_id = :member_id AND purpose = :purpose
ORDER BY entry_no DESC LIMIT 1
"""
_LIST_CONSENTS = """
SELECT purpose, is_given, at_ms, actor, text_version, shop_id FROM member_consent
WHERE group_id = :group_id AND member_id = :member_id ORDER BY at_ms DESC, purpose, entry_no DESC LIMIT :limit
"""
_ADD_CALL = """
INSERT INTO call_back (group_id, member_id, call_back_id, at_ms, is_reached, actor)
VALUES (:group_id, :member_id, :call_back_id, :at_ms, :is_reached, :actor)
ON CONFLICT (group_id, member_id, call_back_id) DO NOTHING
"""
_FIND_CALL_OUTCOME = """
SELECT is_reached FROM call_back
WHERE group_id = :group_id AND member_id = :member_id AND call_back_id = :call_back_id
"""


def put_consent(unit: Unit, group_id: str, member_id: str, row: ConsentRow) -> Change:
    """See `StandingStore.put_consent`."""
    bindings = bindings_of(row, group_id=group_id, member_id=member_id, is_given=int(row.is_given))
    said = unit.one(_FIND_CONSENT, bindings)
    if said is not None and bool(said[0]) is row.is_given:
        return Change.UNCHANGED
    unit.run(_ADD_CONSENT, bindings)
    if row.purpose == INSURED_CARD and not row.is_given:
        forget_insured_cards(unit, group_id, member_id)
    kind = "consent.given" if row.is_given else "consent.withdrawn"
    unit.add_event(group_id, kind, row.at_ms, member_id=member_id, purpose=row.purpose)
    return Change.CHANGED


def list_consents(snapshot: Snapshot, group_id: str, member_id: str, limit: int) -> Sequence[ConsentRow]:
    """See `StandingStore.list_consents`."""
    bindings = {"group_id": group_id, "member_id": member_id, "limit": limit}
    rows = snapshot.all(_LIST_CONSENTS, bindings)
    return [ConsentRow(purpose, bool(given), *rest) for purpose, given, *rest in rows]


def put_call_back(
    unit: Unit,
    group_id: str,
    member_id: str,
    call_back_id: str,
    *,
    at_ms: int,
    is_reached: bool,
    actor: str,
) -> Change:
    """See `StandingStore.put_call_back`."""
    bindings = {
        "group_id": group_id,
        "member_id": member_id,
        "call_back_id": call_back_id,
        "at_ms": at_ms,
        "is_reached": int(is_reached),
        "actor": actor,
    }
    if not unit.run(_ADD_CALL, bindings):
        noted = unit.one(_FIND_CALL_OUTCOME, bindings)
        if noted is None or bool(noted[0]) is not is_reached:
            raise IdempotencyConflict(what="The call-back", id=call_back_id)
        return Change.UNCHANGED
    unit.add_event(group_id, "member.called_back", at_ms, member_id=member_id)
    return Change.CREATED


def log_reads(
    unit: Unit, group_id: str, rows: Sequence[ReadLogRow], *, segment: str, actor: str, at_ms: int
) -> None:
    """See `StandingStore.log_reads`."""
    for row in rows:
        read_log.log_read(unit, group_id, row)
    unit.add_event(group_id, "segment.read", at_ms, segment=segment, actor=actor, members=len(rows))

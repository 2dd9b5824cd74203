"""Where members stand: facts, grades and segments with history, consumers, conditions, on every engine."""

import asyncio
from typing import Any

import pytest

from central.storage.base import Change, IdempotencyConflict, Store
from central.storage.interface.rows import ReadLogRow
from central.storage.interface.standings import (
    ConsentRow,
    Standing,
    StandingAsked,
    StandingsChange,
    Windows,
)
from central.storage.postgres.connection import connect
from loyalty.programme.segments import MemberCondition, parse_member_condition
from tests.contract.storage.factories import MEMBER, NOW_MS, G, a_line, a_member, a_sale, decide_return

DAY_MS = 86_400_000
WINDOWS = {
    None: Windows(
        quarter_ms=NOW_MS - 90 * DAY_MS, year_ms=NOW_MS - 365 * DAY_MS, recent_ms=NOW_MS - 30 * DAY_MS
    )
}


def asked(*member_ids: str, at_ms: int = NOW_MS) -> StandingAsked:
    return StandingAsked(group_id=G, member_ids=member_ids or (MEMBER,), at_ms=at_ms, windows=WINDOWS)


def standing(member_id: str = MEMBER, **changed: Any) -> Standing:
    fields: dict[str, Any] = {
        "member_id": member_id,
        "stale_ms": NOW_MS + DAY_MS,
        "as_of_day": "2026-09-21",
        "facts": {"visits": 3, "points": 10, "segments": "||", "tier": "gold"},
        "grade": None,
        "segments": frozenset(),
        "sealed": None,
    }
    return Standing(**fields | changed)


def change(
    *standings: Standing, seen_seq: int = 100, now_ms: int = NOW_MS, version: int = 1
) -> StandingsChange:
    return StandingsChange(
        group_id=G,
        now_ms=now_ms,
        actor="standings",
        seen_seq=seen_seq,
        ruleset_version=version,
        standings=standings,
    )


def condition(tree: Any) -> MemberCondition:
    return parse_member_condition(tree, (), frozenset({"parents"}))


async def test_news_name_each_member_once_and_the_position_moves_once(store: Store) -> None:
    news = await store.read_member_news(G, "standings", 100)
    await store.move_consumer(G, "standings", news.before_seq, news.seq)
    await store.record_sale(a_sale("s1"))
    await store.record_sale(a_sale("s2"))
    later = await store.read_member_news(G, "standings", 100)
    assert later.member_ids == (MEMBER,)
    assert later.seq == later.before_seq + 2
    assert (await store.read_member_news(G, "standings", 1)).seq == later.before_seq + 1, "a page"
    assert await store.move_consumer(G, "standings", later.before_seq, later.seq)
    assert not await store.move_consumer(G, "standings", later.before_seq, later.seq), "another was faster"
    assert (await store.read_member_news(G, "standings", 100)).member_ids == ()
    assert (await store.read_member_news(G, "other", 100)).before_seq == 0, "each consumer for itself"


async def test_a_standing_is_read_in_its_windows_with_consents_and_call_backs(store: Store) -> None:
    await store.record_sale(a_sale("old", at_ms=NOW_MS - 40 * DAY_MS))
    gone = a_sale("gone", lines=[a_line(quantity=2)], at_ms=NOW_MS - DAY_MS)
    await store.record_sale(gone)
    await store.record_return(await decide_return(store, "r1", gone, 1, 2))
    await store.record_sale(a_sale("new", at_ms=NOW_MS - DAY_MS))
    said = ConsentRow("health", True, NOW_MS, "office")
    assert await store.put_consent(G, MEMBER, said) is Change.CHANGED
    assert await store.put_consent(G, MEMBER, said) is Change.UNCHANGED
    await store.put_consent(G, MEMBER, ConsentRow("sms", True, NOW_MS, "office"))
    await store.put_consent(G, MEMBER, ConsentRow("sms", False, NOW_MS + 1, "office"))
    await store.put_call_back(G, MEMBER, "c1", at_ms=NOW_MS - 5, is_reached=False, actor="office")
    read = await store.read_standings(asked(MEMBER, "nobody"))
    (row,) = read.rows
    assert (row.visits_recent, row.spent_recent_minor) == (1, 100)
    assert (row.facts.visits_3_months, row.facts.tickets, row.facts.returned) == (2, 3, 1)
    assert row.consents == {"health": True, "sms": False}
    assert row.failed_call_ms == NOW_MS - 5
    await store.put_call_back(G, MEMBER, "c2", at_ms=NOW_MS - 4, is_reached=True, actor="office")
    assert (await store.read_standings(asked())).rows[0].failed_call_ms is None
    words = await store.list_consents(G, MEMBER, 10)
    assert [(each.purpose, each.is_given) for each in words] == [
        ("sms", False),
        ("health", True),
        ("sms", True),
    ]


async def test_a_call_back_is_noted_once(store: Store) -> None:
    call: dict[str, Any] = {"at_ms": NOW_MS, "is_reached": False, "actor": "office"}
    assert await store.put_call_back(G, MEMBER, "c1", **call) is Change.CREATED
    assert await store.put_call_back(G, MEMBER, "c1", **call) is Change.UNCHANGED
    with pytest.raises(IdempotencyConflict):
        await store.put_call_back(G, MEMBER, "c1", **call | {"is_reached": True})


async def test_what_is_older_never_replaces_what_is_newer(store: Store) -> None:
    assert await store.put_standings(change(standing(), seen_seq=7)) == [MEMBER]
    older = change(standing(facts={"visits": 1}, segments=frozenset({"late"})), seen_seq=6)
    assert await store.put_standings(older) == []
    assert await store.put_standings(change(standing(), seen_seq=9, version=2)) == [MEMBER]
    assert await store.put_standings(change(standing(), seen_seq=9, version=1)) == []
    kept = await store.find_candidate(G, MEMBER)
    assert kept is not None
    assert kept.facts["visits"] == 3
    assert kept.facts["grade"] is None
    assert await store.list_memberships(G, MEMBER, 10) == []


async def test_memberships_and_grades_keep_when_they_began_and_ended(store: Store) -> None:
    def at(minute: int, grade: str, *names: str) -> StandingsChange:
        kept = standing(grade=grade, segments=frozenset(names))
        return change(kept, seen_seq=minute, now_ms=NOW_MS + minute)

    for each in (at(1, "new", "a", "b"), at(2, "new", "a"), at(3, "core", "a", "b"), at(4, "core")):
        await store.put_standings(each)
    history = [
        (m.segment, m.from_ms - NOW_MS, m.to_ms and m.to_ms - NOW_MS)
        for m in await store.list_memberships(G, MEMBER, 10)
    ]
    assert history == [("b", 3, 4), ("a", 1, 4), ("b", 1, 2)]
    grades = [row for row in await store.list_traits(G, MEMBER, 10) if row.kind == "grade"]
    assert [(row.value, row.from_ms - NOW_MS, row.to_ms and row.to_ms - NOW_MS) for row in grades] == [
        ("core", 3, None),
        ("new", 1, 3),
    ]
    kinds = [event.kind for event in await store.list_events(G, 0, 100)]
    assert (kinds.count("segment.entered"), kinds.count("segment.left")) == (3, 3)
    assert kinds.count("grade.changed") == 2
    assert (await store.read_member_news(G, "standings", 1000)).member_ids == (MEMBER,), "its enrolment alone"


async def test_who_is_in_a_segment_is_counted_and_paged_by_key(store: Store) -> None:
    for member_id in ("m-1", "m-2", "m-3"):
        await store.enrol_member(a_member(member_id), None)
        await store.put_standings(change(standing(member_id, segments=frozenset({"a"}))))
    await store.put_standings(change(standing("m-2", segments=frozenset({"b"})), seen_seq=101))
    assert await store.count_segment_members(G, ["a", "b", "c"]) == {"a": 2, "b": 1, "c": 0}
    page = await store.list_segment_members(G, "a", "", 1)
    assert [row.member_id for row in page] == ["m-1"]
    assert [row.member_id for row in await store.list_segment_members(G, "a", "m-1", 5)] == ["m-3"]


async def test_conditions_are_counted_paged_and_left_open_where_facts_are_sealed(store: Store) -> None:
    for number, tier in enumerate(("gold", None, "silver", "gold"), start=1):
        await store.enrol_member(a_member(f"m-{number}"), None)
        facts = {"visits": number, "tier": tier, "segments": "|parents|"}
        await store.put_standings(change(standing(f"m-{number}", facts=facts)))
    gold = condition({"eq": [{"fact": "member.tier"}, "gold"]})
    assert await store.count_members(G, gold.sql) == 2
    assert await store.list_members_who(G, gold.sql, "", 10) == ["m-1", "m-4"]
    assert await store.list_members_who(G, gold.sql, "m-1", 10) == ["m-4"]
    in_parents = condition({"has": [{"fact": "member.segments"}, "parents"]})
    assert await store.count_members(G, in_parents.sql) == 4
    near = condition({"and": [gold_tree(), {"le": [{"fact": "member.birthday_days"}, 3]}]})
    assert near.is_sealed
    found = await store.list_candidates(G, near.sql, "", 10)
    assert [each.member.member_id for each in found] == ["m-1", "m-2", "m-4"], "m-3 is ruled out"
    assert found[0].member.person_sealed == b"person"
    assert found[0].facts["visits"] == 1


def gold_tree() -> Any:
    return {"eq": [{"fact": "member.tier"}, "gold"]}


async def test_rows_of_yesterday_and_of_an_earlier_programme_are_listed_for_work(store: Store) -> None:
    await store.enrol_member(a_member("m-2"), None)
    await store.put_standings(change(standing(), standing("m-2", stale_ms=NOW_MS + 5 * DAY_MS)))
    assert await store.list_stale_members(G, NOW_MS, 1, 10) == []
    assert await store.list_stale_members(G, NOW_MS + DAY_MS, 1, 10) == [MEMBER]
    assert sorted(await store.list_stale_members(G, NOW_MS, 2, 10)) == sorted([MEMBER, "m-2"])
    assert len(await store.list_stale_members(G, NOW_MS, 2, 1)) == 1


async def test_who_looked_at_health_is_logged_for_each_member_and_told_as_an_event(store: Store) -> None:
    rows = [ReadLogRow(NOW_MS, MEMBER, "tok-1", "segment: care")]
    await store.log_reads(G, rows, segment="care", actor="tok-1", at_ms=NOW_MS)
    await store.log_reads(G, [], segment="care", actor="tok-1", at_ms=NOW_MS)
    assert await store.list_reads(G, MEMBER, 10) == rows
    kinds = [event.kind for event in await store.list_events(G, 0, 100)]
    assert kinds.count("segment.read") == 2


@pytest.mark.parametrize(
    ("tree", "index"),
    [
        (
            {
                "and": [
                    {"ge": [{"fact": "member.visits_3_months"}, 3]},
                    {"ge": [{"fact": "member.spent_3_months_minor"}, 50_000]},
                    {"not": {"has": [{"fact": "member.segments"}, "parents"]}},
                ]
            },
            "member_fact_by_visits",
        ),
        ({"and": [gold_tree(), {"ge": [{"fact": "member.visits"}, 3]}]}, "member_fact_by_tier"),
        ({"ge": [{"fact": "member.days_since_purchase"}, 90]}, "member_fact_by_purchase"),
        ({"ge": [{"fact": "member.spent_12_months_minor"}, 100_000]}, "member_fact_by_spent"),
        ({"eq": [{"fact": "member.grade"}, "core"]}, "member_fact_by_grade"),
    ],
)
async def test_a_condition_is_counted_by_an_index(
    store: Store, database_url: str, tree: Any, index: str
) -> None:
    tiers = (None, "silver", "gold")
    for first in range(0, 1_500, 250):
        members = (a_member(f"m-{at}") for at in range(first, first + 250))
        await asyncio.gather(*(store.enrol_member(member, None) for member in members))
    many = tuple(
        standing(
            f"m-{at}",
            grade="core" if at % 50 == 0 else "dormant",
            facts={
                "tier": tiers[at % 3],
                "visits": at % 40,
                "language": "fr",
                "home_shop": f"shop-{at % 15}",
                "points": at * 7 % 1_000,
                "is_first_purchase": 0,
                "is_sponsored": 0,
                "days_since_enrolment": at,
                "visits_3_months": at % 30,
                "spent_3_months_minor": at * 100,
                "spent_12_months_minor": at * 100,
                "days_since_purchase": at % 100,
                "segments": "||",
                "grade": "core" if at % 50 == 0 else "dormant",
            },
        )
        for at in range(1_500)
    )
    await store.put_standings(change(*many))
    if database_url.startswith("postgresql"):
        with connect(database_url) as connection:
            connection.execute("ANALYZE member_fact")
    plan = " ".join(await store.explain_condition(G, condition(tree).sql))
    is_small = database_url.startswith("postgresql") and index == "member_fact_by_visits"
    assert ("member_fact_by_" if is_small else f"{index} ") in plan, "few pages: any index does on PostgreSQL"
    assert "Seq Scan" not in plan
    assert "SCAN" not in plan

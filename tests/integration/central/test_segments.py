"""Segments over all members, grades, consents and call-backs over HTTP, on both engines."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.core.access import HEALTH_READ, ROLES, operator_of
from loyalty.limits.members import STANDINGS_BATCH
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
    by_uid,
)
from tests.integration.central.publishing import ms, publish
from tests.movable_clock import MovableClock

NOW = "2026-11-22T12:00:00+01:00"
DAY_MS = 86_400_000


def segment(name: str, when: Any) -> dict[str, Any]:
    effects = [{"effect": "segment", "segment": name}]
    return {"id": f"is-{name}", "version": 1, "kind": "segment", "when": when, "effects": effects}


LOYAL = segment(
    "loyal",
    {
        "and": [
            {"ge": [{"fact": "member.visits_3_months"}, 2]},
            {"ge": [{"fact": "member.spent_3_months_minor"}, 3_000]},
        ]
    },
)
BIRTHDAY = segment("birthday", {"le": [{"fact": "member.birthday_days"}, 3]})


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(ms(NOW))


@pytest.fixture
async def central(tmp_path: Path, clock: MovableClock) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, clock) as running:
        yield running


async def buy(central: CentralUnderTest, amount_minor: int = 2_000, uid: str | None = None) -> Any:
    holder = by_uid(uid) if uid else None
    sale = a_sale(central, [(SUN_CREAM, 1, amount_minor)], holder=holder)
    reply = await central.post("sales", sale)
    assert reply.status == 200, reply.body
    return sale


async def keep(central: CentralUnderTest) -> None:
    await central.services.standings.keep(GROUP)


async def members_of(central: CentralUnderTest, name: str) -> list[str]:
    await keep(central)
    reply = await central.get(f"segments/{name}/members", token="office")
    assert reply.status == 200, reply.body
    assert reply.body["is_up_to_date"]
    return list(reply.body["members"])


async def ask(central: CentralUnderTest, when: Any, **page: Any) -> Any:
    await keep(central)
    reply = await central.post("segments/ask", {"when": when} | page, token="office")
    assert reply.status == 200, reply.body
    return reply.body


async def history_of(central: CentralUnderTest, member_id: str = MEMBER) -> Any:
    await keep(central)
    return (await central.get(f"members/{member_id}/segments", token="office")).body


async def test_a_segment_is_entered_with_a_ticket_and_left_with_a_return_and_with_time(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, LOYAL)
    await buy(central)
    assert await members_of(central, "loyal") == []
    last = await buy(central)
    assert await members_of(central, "loyal") == [MEMBER]
    clock.now_ms += 1000
    await central.post(f"sales/{last['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert await members_of(central, "loyal") == []
    await buy(central)
    assert await members_of(central, "loyal") == [MEMBER]
    clock.now_ms += 100 * DAY_MS
    assert await members_of(central, "loyal") == [], "no event told of it: the day did"
    told = (await history_of(central))["segments"]
    assert [(each["segment"], each["to_ms"] is None) for each in told] == [("loyal", False)] * 2
    assert told[1] == {"segment": "loyal", "from_ms": ms(NOW), "to_ms": ms(NOW) + 1000}


async def test_a_new_programme_is_worked_out_for_everybody(central: CentralUnderTest) -> None:
    await buy(central, 5_000)
    await keep(central)
    await publish(central, segment("bought", {"ge": [{"fact": "member.visits"}, 1]}))
    assert (await central.get("segments", token="office")).body["is_up_to_date"] is False
    assert await members_of(central, "bought") == [MEMBER]
    listed = (await central.get("segments", token="office")).body["segments"]
    assert [(each["segment"], each["by"], each["members"]) for each in listed] == [("bought", "rule", 1)]


async def test_a_birthday_decides_without_standing_anywhere_in_the_open(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, BIRTHDAY)
    for member_id, born in (("m-a", "1990-11-25"), ("m-b", "1990-11-26"), ("m-c", "1990-11-20")):
        body = {"member_id": member_id, "family_name": "Rey", "birth_date": born}
        assert (await central.post("members", body, token="office")).status == 200
    assert await members_of(central, "birthday") == ["m-a", "m-c"]
    count = (await central.get("segments/birthday/count", token="office")).body
    assert count["members"] == 2
    listed = (await central.get("segments", token="office")).body["segments"]
    assert listed == [
        {"segment": "birthday", "by": "rule", "is_sealed": True, "is_health": False, "members": None}
    ]
    page = (await central.get("segments/birthday/members?limit=1", token="office")).body
    assert (page["members"], page["next"]) == (["m-a"], "m-a")
    page = (await central.get("segments/birthday/members?limit=1&after=m-a", token="office")).body
    assert (page["members"], page["next"]) == (["m-c"], None)
    store = central.services.store
    for kept in [await store.list_memberships(GROUP, name, 10) for name in ("m-a", "m-b", "m-c")]:
        assert kept == [], "memberships that tell a birthday are sealed"
    kinds = {event.kind for event in await store.list_events(GROUP, 0, 200)}
    assert "segment.entered" not in kinds
    clock.now_ms += 3 * DAY_MS
    assert await members_of(central, "birthday") == ["m-a", "m-b"]
    (entered,) = (await history_of(central, "m-b"))["segments"]
    assert (entered["segment"], entered["to_ms"]) == ("birthday", None)
    (ended,) = (await history_of(central, "m-c"))["segments"]
    assert ended["to_ms"] == clock.now_ms


async def test_any_condition_may_be_asked_page_by_page(central: CentralUnderTest) -> None:
    for number in range(5):
        body = {"member_id": f"m-{number}", "family_name": "Rey", "language": "de"}
        await central.post("members", body, token="office")
    german = {"eq": [{"fact": "member.language"}, "de"]}
    first = await ask(central, german, limit=3)
    assert (first["count"], first["members"], first["next"]) == (5, ["m-0", "m-1", "m-2"], "m-2")
    second = await ask(central, german, limit=3, after="m-2")
    assert (second["count"], second["members"], second["next"]) == (None, ["m-3", "m-4"], None)
    never = await ask(central, {"and": [german, {"fact": "member.is_first_purchase"}]})
    assert never["count"] == 5
    sealed = await ask(central, {"or": [{"lt": [{"fact": "member.age_years"}, 30]}, german]}, limit=200)
    assert (sealed["count"], sealed["members"]) == (None, [f"m-{number}" for number in range(5)])


@pytest.mark.parametrize(
    ("when", "code"),
    [
        ({"ge": [{"fact": "member.visit"}, 1]}, "unknown_fact"),
        ({"ge": [{"fact": "basket.total_minor"}, 1]}, "not_about_members"),
        ({"has": [{"fact": "member.segments"}, "nobody"]}, "programme_invalid"),
        ({"frobnicate": []}, "unknown_operation"),
    ],
)
async def test_a_condition_that_makes_no_sense_is_refused(
    central: CentralUnderTest, when: Any, code: str
) -> None:
    reply = await central.post("segments/ask", {"when": when}, token="office")
    assert reply.code == code


async def test_a_segment_is_explained_with_its_sql_its_plan_and_a_members_facts(
    central: CentralUnderTest,
) -> None:
    await publish(central, LOYAL)
    await buy(central, 1_000)
    await buy(central, 1_500)
    await keep(central)
    told = (await central.get(f"segments/loyal/explanation/{MEMBER}", token="office")).body
    assert told["is_member"] is False
    assert {each["fact"]: each["value"] for each in told["facts"]} == {
        "member.visits_3_months": 2,
        "member.spent_3_months_minor": 2_500,
    }
    assert told["sql"] == "((visits_3_months >= :p0) AND (spent_3_months_minor >= :p1))"
    assert told["values"] == {"p0": 2, "p1": 3_000}
    assert any("member_fact" in line for line in told["plan"])
    reply = await central.get("segments/loyl/members", token="office")
    assert (reply.status, reply.code) == (404, "segment_unknown")
    assert "loyal" in reply.body["detail"]
    assert (await central.get("segments/loyal/members")).code == "permission_missing"
    foreign = await central.get("segments/loyal/members", token="foreign")
    assert foreign.code == "segment_unknown", "another group's programme is not seen"


async def test_a_list_fills_a_segment_by_hand_and_a_rules_is_refused(central: CentralUnderTest) -> None:
    await publish(central, LOYAL, segments=["railway"])
    body = {"join": [MEMBER, OTHER_MEMBER, "m-nobody", MEMBER]}
    moved = (await central.post("segments/railway/members", body, token="office")).body
    assert moved == {"joined": 2, "left": 0, "unchanged": 0, "unknown": ["m-nobody"]}
    again = (await central.post("segments/railway/members", body, token="office")).body
    assert (again["joined"], again["unchanged"]) == (0, 2)
    assert await members_of(central, "railway") == sorted([MEMBER, OTHER_MEMBER])
    await central.post("segments/railway/members", {"leave": [MEMBER]}, token="office")
    assert await members_of(central, "railway") == [OTHER_MEMBER]
    refused = await central.post("segments/loyal/members", body, token="office")
    assert (refused.status, refused.code) == (422, "segment_by_rule")


# Grades -----------------------------------------------------------------------------------------------------


async def grade_of(central: CentralUnderTest, member_id: str = MEMBER) -> str | None:
    await keep(central)
    return (await central.get(f"members/{member_id}/traits", token="office")).body["grade"]


async def test_grades_follow_purchases_returns_days_and_call_backs_with_their_history(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    gift = {"effect": "points_fixed", "points": 500, "per": "ticket"}
    rule = {"id": "thanks", "version": 1, "kind": "campaign", "effects": [gift]}
    await publish(central, rule | {"when": {"eq": [{"fact": "member.grade"}, "core"]}}, grades={})
    assert await grade_of(central) == "new"
    clock.now_ms += 40 * DAY_MS
    assert await grade_of(central) == "invalid", "no phone or e-mail, and nothing was ever bought"
    await buy(central, 20_000)
    assert await grade_of(central) == "ordinary"
    await buy(central, 20_000)
    last = await buy(central, 10_000)
    assert await grade_of(central) == "core"
    assert await members_with(central, "core") == [MEMBER]
    reply = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 100)]))
    assert reply.body["points"] == 501, "the rules read the grade"
    await central.post(f"sales/{last['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert await grade_of(central) == "ordinary", "499.00 and less are kept"
    clock.now_ms += 100 * DAY_MS
    assert await grade_of(central) == "dormant"
    clock.now_ms += 100 * DAY_MS
    assert await grade_of(central) == "invalid"
    grades = [each["segment"] for each in (await history_of(central))["grades"]]
    assert grades == ["invalid", "dormant", "ordinary", "core", "ordinary", "invalid", "new"]


async def members_with(central: CentralUnderTest, grade: str) -> Any:
    return (await ask(central, {"eq": [{"fact": "member.grade"}, grade]}))["members"]


async def test_whoever_could_not_be_reached_is_invalid_until_reached_or_back(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, grades={})
    body = {"member_id": "m-far", "family_name": "Rey", "email": "rey@example.org"}
    assert (await central.post("members", body, token="office")).status == 200
    clock.now_ms += 200 * DAY_MS
    assert await grade_of(central, "m-far") == "dormant"

    async def call(call_back_id: str, *, is_reached: bool) -> int:
        body = {"call_back_id": call_back_id, "is_reached": is_reached}
        return (await central.post("members/m-far/call-backs", body, token="office")).status

    assert await call("c1", is_reached=False) == 200
    assert await call("c1", is_reached=False) == 200
    assert await call("c1", is_reached=True) == 409
    assert await grade_of(central, "m-far") == "invalid"
    clock.now_ms += 1000
    assert await call("c2", is_reached=True) == 200
    assert await grade_of(central, "m-far") == "dormant"


async def test_a_grade_is_worked_out_or_given_by_hand_never_both(central: CentralUnderTest) -> None:
    by_hand = await central.call("PATCH", f"members/{MEMBER}/traits", {"grade": "vip"}, token="office")
    assert by_hand.status == 200
    assert await members_with(central, "vip") == [MEMBER]
    await publish(central, grades={})
    refused = await central.call("PATCH", f"members/{MEMBER}/traits", {"grade": "vip"}, token="office")
    assert (refused.status, refused.code) == (422, "grade_is_worked_out")
    assert await grade_of(central) == "new"


async def test_one_member_at_once_from_two_sides_ends_the_same(central: CentralUnderTest) -> None:
    await publish(central, LOYAL, grades={})
    await buy(central, 30_000)
    await buy(central, 30_000, OTHER_UID)
    standings = central.services.standings
    await asyncio.gather(*(standings.keep(GROUP) for _ in range(4)))
    before = [(await central.services.store.list_traits(GROUP, each, 50)) for each in (MEMBER, OTHER_MEMBER)]
    assert all(len(rows) == 1 for rows in before)
    assert await standings.keep(GROUP) == 0


async def test_whoever_many_tickets_tell_of_is_worked_out_once(central: CentralUnderTest) -> None:
    await publish(central, LOYAL, grades={})
    await central.services.standings.keep(GROUP)
    for _ in range(STANDINGS_BATCH + 1):  # each tells of it at least once
        await buy(central, 2_000)
    assert await central.services.standings.keep(GROUP, gently=True) == 1
    assert await central.services.standings.is_up_to_date(GROUP)


# Consents ---------------------------------------------------------------------------------------------------


async def test_consents_are_kept_word_by_word(central: CentralUnderTest, clock: MovableClock) -> None:
    path = f"members/{MEMBER}/consents/health"
    assert (await central.put(path, {"is_given": True})).status == 200
    clock.now_ms += 1
    await central.put(path, {"is_given": True})
    said = (await central.put(path, {"is_given": False})).body["consents"]
    assert [(each["purpose"], each["is_given"]) for each in said] == [("health", False), ("health", True)]
    assert (await central.get(f"members/{MEMBER}/consents", token="office")).body["consents"] == said
    unknown = await central.put(f"members/{MEMBER}/consents/gossip", {"is_given": True})
    assert unknown.code == "consent_purpose_unknown"
    assert (await central.put("members/m-nobody/consents/sms", {"is_given": True})).status == 404


def test_health_is_read_by_nobody_unless_it_is_given_by_hand() -> None:
    assert all(HEALTH_READ not in permissions for permissions in ROLES.values())
    assert operator_of(GROUP).may(HEALTH_READ)

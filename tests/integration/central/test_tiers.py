"""Tiers by purchases over HTTP, on both engines: up with a ticket, down with a return and time, by hand."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    CentralUnderTest,
    a_central,
    a_return,
)
from tests.integration.central.publishing import ms, publish
from tests.integration.central.test_segments import buy, keep
from tests.movable_clock import MovableClock

NOW = "2026-11-22T12:00:00+01:00"
"""Members of no home shop: their days are those of UTC."""
DAY_MS = 86_400_000
STEPS = [{"tier": "silver", "at": 5_000}, {"tier": "gold", "at": 20_000}]
TIERS: dict[str, Any] = {"count": "spent", "period": "calendar", "months": 12, "steps": STEPS}
GOLD = {
    "id": "gold",
    "version": 1,
    "kind": "promotion",
    "when": {"eq": [{"fact": "member.tier"}, "gold"]},
    "effects": [{"effect": "percent_off", "rate_bp": 1_000, "rounding": "floor"}],
}


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(ms(NOW))


@pytest.fixture
async def central(tmp_path: Path, clock: MovableClock) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, clock) as running:
        await publish(running, GOLD, tiers=TIERS)
        yield running


async def tier_of(central: CentralUnderTest, member_id: str = MEMBER) -> Any:
    await keep(central)
    reply = await central.get(f"members/{member_id}/tier", token="office")
    assert reply.status == 200, reply.body
    held = (await central.get(f"members/{member_id}/traits", token="office")).body["tier"]
    assert reply.body["tier"] == held, "what is told is what rules read"
    return reply.body


async def give(central: CentralUnderTest, **change: Any) -> Any:
    return await central.call("PATCH", f"members/{MEMBER}/traits", change, token="office")


async def history(central: CentralUnderTest) -> list[tuple[str, str, bool]]:
    held = (await central.get(f"members/{MEMBER}/traits", token="office")).body["history"]
    return [(each["value"], each["by"], each["to_ms"] is None) for each in held if each["kind"] == "tier"]


async def test_a_tier_is_reached_with_a_ticket_opens_its_price_and_goes_with_the_return(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    assert (await tier_of(central))["tier"] is None
    first = await buy(central, 20_000)
    told = await tier_of(central)
    assert (told["tier"], told["by"], told["counted"], told["period_from"]) == (
        "gold",
        "purchases",
        20_000,
        "2026-01-01",
    )
    second = await buy(central, 3_000)
    assert (await tier_of(central))["counted"] == 22_700, "gold pays a tenth less"
    clock.now_ms += 1_000
    await central.post(f"sales/{first['sale_id']}/returns", a_return(central, [(1, 1)]))
    told = await tier_of(central)
    assert (told["tier"], told["counted"], told["next_tier"], told["missing"]) == (
        None,
        2_700,
        "silver",
        2_300,
    )
    third = await buy(central, 4_000)
    assert (await tier_of(central))["tier"] == "silver"
    assert {second["sale_id"], third["sale_id"]}
    assert await history(central) == [("silver", "purchases", True), ("gold", "purchases", False)]


async def test_a_tier_is_kept_through_the_next_year_and_ends_with_it(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await buy(central, 20_000)
    await keep(central)
    clock.now_ms = ms("2027-01-01T00:00:01Z")
    told = await tier_of(central)
    assert (told["tier"], told["counted"], told["before"], told["missing"]) == ("gold", 0, 20_000, 0)
    clock.now_ms = ms("2027-06-01T12:00:00+02:00")
    await buy(central, 6_000)
    clock.now_ms = ms("2027-12-31T23:59:59Z")
    assert (await tier_of(central))["tier"] == "gold"
    clock.now_ms = ms("2028-01-01T00:00:00Z")
    assert (await tier_of(central))["tier"] == "silver", "no event told of it: the day did"


async def test_a_tier_by_hand_goes_before_until_its_last_day(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await buy(central, 6_000)
    assert (await tier_of(central))["tier"] == "silver"
    given = await give(central, tier="gold", tier_until="2026-11-30")
    assert (given.status, given.body["tier"], given.body["tier_until"]) == (200, "gold", "2026-11-30")
    told = await tier_of(central)
    assert (told["tier"], told["by"], told["until"], told["by_purchases"]) == (
        "gold",
        "hand",
        "2026-11-30",
        "silver",
    )
    clock.now_ms = ms("2026-11-30T23:59:59Z")
    await buy(central, 1_000)
    assert (await tier_of(central))["tier"] == "gold"
    clock.now_ms = ms("2026-12-01T00:00:00Z")
    told = await tier_of(central)
    assert (told["tier"], told["by"], told["until"]) == ("silver", "purchases", None)
    assert await history(central) == [
        ("silver", "purchases", True),
        ("gold", "hand", False),
        ("silver", "purchases", False),
    ]


async def test_a_tier_by_hand_without_a_day_holds_until_it_is_taken_away(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    assert (await give(central, tier="silver")).status == 200
    await buy(central, 30_000)
    clock.now_ms += 900 * DAY_MS
    assert (await tier_of(central))["tier"] == "silver", "by hand, though purchases gave more"
    clock.now_ms -= 899 * DAY_MS
    assert (await give(central, tier=None)).status == 200
    assert (await tier_of(central))["tier"] == "gold"
    again = await give(central, tier=None)
    assert (again.status, again.body["tier"]) == (200, "gold"), "what is worked out is not taken away by hand"


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"tier": "golld"}, 404, "tier_unknown"),
        ({"tier": "gold", "tier_until": "2026-11-20"}, 422, "trait_invalid"),
        ({"tier": "gold", "tier_until": "2026-02-30"}, 422, "trait_invalid"),
        ({"tier": None, "tier_until": "2027-11-20"}, 422, "trait_invalid"),
        ({"tier_until": "2027-11-20"}, 422, "trait_invalid"),
    ],
)
async def test_a_tier_by_hand_that_makes_no_sense_is_refused(
    central: CentralUnderTest, change: dict[str, Any], status: int, code: str
) -> None:
    refused = await give(central, **change)
    assert (refused.status, refused.code) == (status, code)
    assert await history(central) == []


async def test_head_office_lists_tiers_and_their_members(central: CentralUnderTest) -> None:
    await buy(central, 20_000)
    await buy(central, 25_000, uid=OTHER_UID)
    await give(central, tier="gold", tier_until="2026-12-24")
    await keep(central)
    listed = (await central.get("tiers", token="office")).body
    assert [(each["tier"], each["at"], each["members"]) for each in listed["tiers"]] == [
        ("silver", 5_000, 0),
        ("gold", 20_000, 2),
    ]
    assert (listed["count"], listed["currency"], listed["is_up_to_date"]) == ("spent", "CHF", True)
    page = (await central.get("tiers/gold/members?limit=1", token="office")).body
    rest = (await central.get(f"tiers/gold/members?after={page['next']}", token="office")).body
    found = {each["member_id"]: (each["by"], each["until"]) for each in page["members"] + rest["members"]}
    assert found == {MEMBER: ("hand", "2026-12-24"), OTHER_MEMBER: ("purchases", None)}
    assert (len(page["members"]), rest["next"]) == (1, None)
    unknown = await central.get("tiers/golld/members", token="office")
    assert (unknown.status, unknown.code) == (404, "tier_unknown")
    assert (await central.get("tiers", token="terminal")).status == 403


async def test_a_programme_without_tiers_works_none_out_and_ends_those_it_gave(
    central: CentralUnderTest,
) -> None:
    await buy(central, 20_000)
    await buy(central, 20_000, uid=OTHER_UID)
    await keep(central)
    await give(central, tier="gold")
    await publish(central)
    await keep(central)
    assert (await central.get(f"members/{MEMBER}/traits", token="office")).body["tier"] == "gold", "by hand"
    assert (await central.get(f"members/{OTHER_MEMBER}/traits", token="office")).body["tier"] is None
    none = await central.get(f"members/{MEMBER}/tier", token="office")
    assert (none.status, none.code) == (404, "no_tiers")


async def test_a_duplicates_purchases_count_for_the_survivor_and_its_tier_by_hand_goes_on(
    central: CentralUnderTest,
) -> None:
    await buy(central, 4_000)
    await buy(central, 17_000, uid=OTHER_UID)
    await keep(central)
    merge = {"merge_id": "merge-1", "duplicate_id": OTHER_MEMBER, "reason": "found twice"}
    assert (await central.post(f"members/{MEMBER}/merge", merge, token="office")).status == 200
    told = await tier_of(central)
    assert (told["tier"], told["by"], told["counted"]) == ("gold", "purchases", 21_000)


async def test_points_and_visits_of_tickets_make_tiers_too(central: CentralUnderTest) -> None:
    for count, at in (("points", 30), ("visits", 2)):
        steps = [{"tier": "one", "at": at}]
        await publish(central, tiers=TIERS | {"count": count, "steps": steps})
        first = await buy(central, 2_000)
        before = (await tier_of(central))["tier"]
        second = await buy(central, 2_000)
        assert (before, (await tier_of(central))["tier"]) == (None, "one"), count
        for sale in (first, second):
            back = a_return(central, [(1, 1)])
            assert (await central.post(f"sales/{sale['sale_id']}/returns", back)).status == 200
        assert (await tier_of(central))["tier"] is None, "what came back never counted"


async def test_a_programme_whose_tiers_make_no_sense_is_refused_with_the_place(
    central: CentralUnderTest,
) -> None:
    programme = {"rules": [GOLD], "tiers": TIERS | {"steps": [STEPS[0]]}}
    reply = await central.put("programme/drafts/spring", {"programme": programme, "revision": 0})
    assert (reply.status, reply.code) == (422, "programme_invalid"), reply.body
    place = "programme.rules.0.when must be about a tier of programme.tiers (silver), not 'gold'"
    assert place in reply.body["detail"]

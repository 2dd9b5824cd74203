"""Facts of members and the rules on them: traits, moments, quotes that hold, tickets that remember."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    OTHER_UID,
    PROGRAMME,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_basket,
    a_central,
    a_return,
    a_sale,
    by_number,
    by_uid,
    in_parallel,
)
from tests.integration.central.publishing import BASE, ms, publish
from tests.movable_clock import MovableClock

NOW = "2026-11-22T12:00:00+01:00"
DAY_MS = 86_400_000
BORN = "1988-11-22"
CARD = "2900000000116"
LINES = [(SUN_CREAM, 1, 1000)]


def bonus(rule_id: str, when: Any, points: int = 100) -> dict[str, Any]:
    effects = [{"effect": "points_fixed", "points": points, "per": "ticket"}]
    return {"id": rule_id, "version": 1, "kind": "campaign", "when": when, "effects": effects}


GOLD = bonus("gold", {"eq": [{"fact": "member.tier"}, "gold"]})
FIRST = bonus("first", {"fact": "member.is_first_purchase"})
BIRTHDAY = bonus("birthday", {"eq": [{"fact": "member.birthday_days"}, 0]})
THIRD = {
    "id": "third",
    "version": 1,
    "kind": "campaign",
    "when": True,
    "effects": [{"effect": "points_nth_visit", "every": 3, "points": 200}],
}


@pytest.fixture
async def clock() -> MovableClock:
    return MovableClock(ms(NOW))


@pytest.fixture
async def central(tmp_path: Path, clock: MovableClock) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path, clock) as running:
        born = {"member_id": "m-born", "family_name": "Rey", "birth_date": BORN, "card_number": CARD}
        assert (await running.post("members", born, token="office")).status == 200
        yield running


async def change(
    central: CentralUnderTest, traits: dict[str, Any], member_id: str = MEMBER, token: str = "office"
) -> Reply:
    return await central.call("PATCH", f"members/{member_id}/traits", traits, token=token)


async def sell(central: CentralUnderTest, **changed: Any) -> Any:
    reply = await central.post("sales", a_sale(central, LINES, **changed))
    assert reply.status == 200, reply.body
    return reply.body


async def quote(central: CentralUnderTest, holder: dict[str, str] | None = None) -> Any:
    body = {"basket": a_basket(LINES), "holder": holder or by_uid()}
    reply = await central.post("quotes", body)
    assert reply.status == 200, reply.body
    return reply.body


# Setting them -----------------------------------------------------------------------------------------------


async def test_traits_are_changed_one_by_one_and_the_same_again_changes_nothing(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    first = await change(central, {"tier": "gold", "join_segments": ["parents", "sport"]})
    assert first.status == 200, first.body
    clock.now_ms += 1000
    again = await change(central, {"tier": "gold", "join_segments": ["sport"]})
    assert again.body == first.body
    more = {"grade": "core", "leave_segments": ["sport"], "sponsor_id": OTHER_MEMBER}
    more |= {"spouse_birth_date": "1990-02-28", "child_birth_dates": ["2021-06-01", "2019-01-02"]}
    after = (await change(central, more)).body
    assert {name: after[name] for name in ("tier", "grade", "sponsor_id", "segments")} == {
        "tier": "gold",
        "grade": "core",
        "sponsor_id": OTHER_MEMBER,
        "segments": ["parents"],
    }
    assert after["child_birth_dates"] == ["2019-01-02", "2021-06-01"]
    ended = (await change(central, {"tier": None, "sponsor_id": None, "spouse_birth_date": None})).body
    assert (ended["tier"], ended["sponsor_id"], ended["spouse_birth_date"]) == (None, None, None)
    assert (ended["grade"], ended["child_birth_dates"]) == ("core", after["child_birth_dates"])
    assert (await central.get(f"members/{MEMBER}/traits", token="office")).body == ended
    gold = [each for each in ended["history"] if each["kind"] == "tier"]
    ended_ms = ms(NOW) + 1000
    told = {
        "kind": "tier",
        "value": "gold",
        "from_ms": ms(NOW),
        "to_ms": ended_ms,
        "by": "hand",
        "until": None,
    }
    assert gold == [told]
    person = (await central.get(f"members/{MEMBER}", token="office")).body
    assert person["family_name"] == "Rochat", "the rest of the sealed record stays"


@pytest.mark.parametrize(
    ("traits", "status", "code"),
    [
        ({"sponsor_id": MEMBER}, 422, "sponsor_refused"),
        ({"sponsor_id": "m-nobody"}, 404, "member_not_found"),
        ({"spouse_birth_date": "2999-01-01"}, 422, "trait_invalid"),
        ({"spouse_birth_date": "2021-02-30"}, 422, "trait_invalid"),
        ({"child_birth_dates": ["1899-12-31"]}, 422, "trait_invalid"),
        ({"join_segments": ["a|b"]}, 422, "trait_invalid"),
        ({"tier": "   "}, 422, "trait_invalid"),
        ({"join_segments": ["a"], "leave_segments": ["a"]}, 422, "trait_invalid"),
        ({"levell": "gold"}, 400, "schema_mismatch"),
    ],
)
async def test_a_trait_that_cannot_be_is_refused_and_nothing_is_changed(
    central: CentralUnderTest, traits: dict[str, Any], status: int, code: str
) -> None:
    before = (await central.get(f"members/{MEMBER}/traits", token="office")).body
    refused = await change(central, {"grade": "core"} | traits)
    assert (refused.status, refused.code) == (status, code)
    assert (await central.get(f"members/{MEMBER}/traits", token="office")).body == before


async def test_a_ring_of_sponsors_is_refused(central: CentralUnderTest) -> None:
    assert (await change(central, {"sponsor_id": MEMBER}, OTHER_MEMBER)).status == 200
    assert (await change(central, {"sponsor_id": OTHER_MEMBER}, "m-born")).status == 200
    refused = await change(central, {"sponsor_id": "m-born"})
    assert (refused.status, refused.code) == (422, "sponsor_refused")


async def test_more_segments_than_the_limit_are_refused(central: CentralUnderTest) -> None:
    names = [f"s-{number}" for number in range(50)]
    assert (await change(central, {"join_segments": names})).body["segments"] == sorted(names)
    assert (await change(central, {"join_segments": ["one-more"]})).code == "trait_invalid"
    swapped = await change(central, {"join_segments": ["one-more"], "leave_segments": ["s-0"]})
    assert "one-more" in swapped.body["segments"]


async def test_many_systems_fill_segments_at_once_and_none_is_lost(central: CentralUnderTest) -> None:
    await in_parallel([change(central, {"join_segments": [f"s-{number}"]}) for number in range(12)])
    await in_parallel(
        [
            change(central, {"spouse_birth_date": "1990-02-28"}),
            change(central, {"child_birth_dates": ["2021-06-01"]}),
        ]
    )
    after = (await central.get(f"members/{MEMBER}/traits", token="office")).body
    assert len(after["segments"]) == 12
    assert (after["spouse_birth_date"], after["child_birth_dates"]) == ("1990-02-28", ["2021-06-01"])


async def test_only_who_may_write_members_changes_traits(central: CentralUnderTest) -> None:
    for token in ("terminal", "foreign"):
        reply = await change(central, {"tier": "gold"}, token=token)
        assert (reply.status, reply.code) in ((403, "permission_missing"), (404, "member_not_found"))
    assert (await central.get(f"members/{MEMBER}/traits")).status == 403
    assert (await central.get(f"members/{MEMBER}/traits", token="office")).body["tier"] is None


# Which moment -----------------------------------------------------------------------------------------------


async def test_a_sale_under_a_quote_keeps_the_facts_of_the_quote(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, GOLD, FIRST, THIRD)
    await change(central, {"tier": "gold"})
    quoted = await quote(central)
    assert quoted["points"] == 10 + 100 + 100
    clock.now_ms += 60_000
    await change(central, {"tier": None})
    assert (await sell(central))["points"] == 10 + 100, (
        "another till was first: no tier, but the first purchase"
    )
    sold = await sell(central, quote_id=quoted["quote_id"])
    assert sold["points"] == quoted["points"]
    assert (await sell(central))["points"] == 10 + 200, "and this is the third"


async def test_a_reservation_keeps_the_facts_of_its_quote(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, GOLD)
    await change(central, {"tier": "gold"})
    asked = {"basket": a_basket(LINES), "holder": by_uid()}
    quoted = (await central.post("quotes", asked)).body
    reserved = {"reservation_id": "r-1", "quote_id": quoted["quote_id"], "quote": asked}
    assert (await central.post("reservations", reserved)).status == 200
    clock.now_ms += 60_000
    await change(central, {"tier": None})
    sold = await sell(central, reservation_id="r-1")
    assert (sold["points"], sold["warnings"]) == (110, [])


async def test_facts_in_a_quote_cannot_be_read_by_who_holds_it(central: CentralUnderTest) -> None:
    await publish(central, GOLD, BIRTHDAY)
    await change(central, {"tier": "gold"}, "m-born")
    quote_id = (await quote(central, by_number(CARD)))["quote_id"]
    raw = base64.b64decode(quote_id + "=" * (-len(quote_id) % 4), altchars=b"-_")
    assert b"gold" not in raw
    assert b"birthday" not in raw


async def test_a_quote_holds_as_many_segments_as_a_member_may_have(central: CentralUnderTest) -> None:
    names = [f"{number:02}" + "é" * 62 for number in range(50)]
    await publish(central, bonus("seg", {"has": [{"fact": "member.segments"}, names[7]]}), segments=names)
    await change(central, {"join_segments": names})
    quoted = await quote(central)
    assert quoted["points"] == 110
    assert (await sell(central, quote_id=quoted["quote_id"]))["points"] == 110


async def test_a_late_ticket_has_the_traits_and_the_birthday_of_its_own_moment(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, GOLD, BIRTHDAY)
    await change(central, {"tier": "gold"}, "m-born")
    clock.now_ms += 2 * DAY_MS
    await change(central, {"tier": None}, "m-born")
    card = by_number(CARD)
    assert (await sell(central, holder=card))["points"] == 10
    late = await sell(central, holder=card, occurred_ms=ms(NOW) + 3_600_000)
    assert late["points"] == 10 + 100 + 100
    early = await sell(central, holder=card, occurred_ms=ms(NOW) - 13 * 3_600_000)
    assert early["points"] == 10, "the day before, and no tier yet"


async def test_a_late_ticket_is_not_another_first_purchase_nor_the_same_visit(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    await publish(central, FIRST, THIRD)
    assert (await sell(central))["points"] == 110
    assert (await sell(central, occurred_ms=clock.now_ms - DAY_MS))["points"] == 10
    assert (await sell(central, occurred_ms=clock.now_ms - 2 * DAY_MS))["points"] == 210


async def test_of_many_tills_at_once_one_gets_what_is_given_once(central: CentralUnderTest) -> None:
    await publish(central, FIRST)
    replies = await in_parallel([central.post("sales", a_sale(central, LINES)) for _ in range(3)])
    assert sorted(reply.body["points"] for reply in replies) == [10, 10, 110]
    assert await central.points_of() == 130


async def test_a_ticket_sent_again_gives_the_first_answer_with_its_reasons(
    central: CentralUnderTest,
) -> None:
    await publish(central, GOLD, FIRST)
    await change(central, {"tier": "gold"})
    sale = a_sale(central, LINES)
    first = (await central.post("sales", sale)).body
    await change(central, {"tier": None})
    again = await central.post("sales", sale)
    assert again.headers["Idempotent-Replayed"] == "true"
    assert (again.body["points"], again.body["lines"]) == (first["points"], first["lines"])


# Purchases and what came back -------------------------------------------------------------------------------


async def test_a_ticket_that_came_back_whole_is_no_visit_but_was_the_first(central: CentralUnderTest) -> None:
    await publish(central, FIRST, THIRD)
    sale = a_sale(central, LINES)
    assert (await central.post("sales", sale)).body["points"] == 110
    back = await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert back.body["points"] == 110
    assert [(await sell(central))["points"] for _ in range(3)] == [10, 10, 210]


async def test_what_came_back_is_not_spent(central: CentralUnderTest) -> None:
    await publish(central, bonus("spent", {"ge": [{"fact": "member.spent_12_months_minor"}, 4000]}))
    sale = a_sale(central, [(SUN_CREAM, 2, 4000)])
    await central.post("sales", sale)
    assert (await quote(central))["points"] == 110
    await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert (await quote(central))["points"] == 10
    await sell(central)
    await sell(central)
    assert (await quote(central))["points"] == 110


async def test_a_segment_of_a_rule_opens_a_promotion_as_soon_as_its_facts_do(
    central: CentralUnderTest,
) -> None:
    loyal = {
        "id": "loyal",
        "version": 1,
        "kind": "segment",
        "when": {
            "and": [
                {"ge": [{"fact": "member.visits_3_months"}, 2]},
                {"ge": [{"fact": "member.spent_3_months_minor"}, 2000]},
                {"not": {"eq": [{"fact": "member.grade"}, "blocked"]}},
            ]
        },
        "effects": [{"effect": "segment", "segment": "loyal"}],
    }
    await publish(central, loyal, bonus("loyal-bonus", {"has": [{"fact": "member.segments"}, "loyal"]}))
    await change(central, {"grade": "core"})
    await sell(central)
    assert (await quote(central))["points"] == 10
    await sell(central)
    assert (await quote(central))["points"] == 110
    await change(central, {"grade": None})
    assert (await quote(central))["points"] == 10, "a grade that is not known grants nothing"


async def test_grades_by_purchases_are_segments_that_a_basket_judges(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    bought = {"ge": [{"fact": "member.visits_3_months"}, 1]}
    core = {
        "and": [
            {"ge": [{"fact": "member.visits_3_months"}, 3]},
            {"ge": [{"fact": "member.spent_3_months_minor"}, 50_000]},
        ]
    }
    grades = {
        "core": core,
        "ordinary": {"and": [bought, {"not": core}]},
        "new": {"le": [{"fact": "member.days_since_enrolment"}, 31]},
        "dormant": {"and": [{"not": bought}, {"gt": [{"fact": "member.days_since_enrolment"}, 31]}]},
    }
    rules = [
        {"id": f"is-{name}", "version": 1, "kind": "segment", "when": when}
        | {"effects": [{"effect": "segment", "segment": name}]}
        for name, when in grades.items()
    ]
    gifts = [bonus(name, {"has": [{"fact": "member.segments"}, name]}, 1) for name in grades]
    await publish(central, *rules, *gifts)

    async def are() -> set[str]:
        reasons = [reason for line in (await quote(central))["lines"] for reason in line["reasons"]]
        return {reason["rule_id"] for reason in reasons if reason["points"]} - {"base"}

    assert await are() == {"new"}
    clock.now_ms += 60 * DAY_MS
    assert await are() == {"dormant"}
    await sell(central, basket=a_basket([(SUN_CREAM, 1, 49_000)]))
    await sell(central, basket=a_basket([(SUN_CREAM, 1, 500)]))
    assert await are() == {"ordinary"}
    sale = a_sale(central, [(SUN_CREAM, 1, 500)])
    await central.post("sales", sale)
    assert await are() == {"core"}
    await central.post(f"sales/{sale['sale_id']}/returns", a_return(central, [(1, 1)]))
    assert await are() == {"ordinary"}
    clock.now_ms += 93 * DAY_MS
    assert await are() == {"dormant"}


async def test_who_was_brought_is_welcomed_on_the_first_purchase(central: CentralUnderTest) -> None:
    brought = {"and": [{"fact": "member.is_sponsored"}, {"fact": "member.is_first_purchase"}]}
    await publish(central, bonus("welcome", brought))
    assert (await quote(central))["points"] == 10, "nobody brought this member: known, and so nothing"
    await change(central, {"sponsor_id": OTHER_MEMBER})
    assert (await quote(central))["points"] == 110
    assert (await sell(central))["points"] == 110
    assert (await sell(central))["points"] == 10


async def test_language_home_shop_age_and_enrolment_are_read(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    new = {"member_id": "m-new", "family_name": "Li", "language": "zh", "home_shop_id": "lac-2"}
    new |= {"birth_date": "2008-11-23", "card_number": "2900000000123"}
    assert (await central.post("members", new, token="office")).status == 200
    when = {
        "and": [
            {"eq": [{"fact": "member.language"}, "zh"]},
            {"eq": [{"fact": "member.home_shop"}, "lac-2"]},
            {"ge": [{"fact": "member.age_years"}, 18]},
            {"le": [{"fact": "member.days_since_enrolment"}, 1]},
        ]
    }
    await publish(central, bonus("adult", when))
    holder = by_number("2900000000123")
    assert (await quote(central, holder))["points"] == 10, "17 until tomorrow"
    clock.now_ms += DAY_MS
    assert (await quote(central, holder))["points"] == 110
    clock.now_ms += DAY_MS
    assert (await quote(central, holder))["points"] == 10, "no new member any more"


# What tickets keep ------------------------------------------------------------------------------------------


async def test_tickets_keep_facts_sealed_and_no_birth_date_stands_anywhere(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await publish(central, BIRTHDAY, GOLD)
    await change(central, {"child_birth_dates": ["2021-06-01"], "tier": "gold"}, "m-born")
    sold = await sell(central, holder=by_number(CARD))
    assert sold["points"] == 210
    row = await central.services.store.find_sale(GROUP, sold["sale_id"])
    assert row is not None
    assert "gold" not in row.facts
    assert "birthday" not in row.facts
    connection = apsw.Connection(str(tmp_path / "central.db"), flags=apsw.SQLITE_OPEN_READONLY)
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")]
    rows = [row for name in tables for row in connection.execute(f"SELECT * FROM {name}")]
    everything = [str(value) for row in rows for value in row]
    connection.close()
    assert any(sold["sale_id"] in value for value in everything)
    assert not [value for value in everything if BORN in value or "2021-06-01" in value]


async def simulated(central: CentralUnderTest, *rules: dict[str, Any], today: str = "2026-11-20") -> Any:
    programme = PROGRAMME | {"rules": [*BASE, *rules]}
    saved = await central.put("programme/drafts/d", {"programme": programme, "revision": 0})
    assert saved.status == 200, saved.body
    body = {"from_ms": ms(f"{today}T00:00:00+01:00"), "to_ms": ms("2026-12-31T00:00:00+01:00")}
    reply = await central.post("programme/drafts/d/simulation", body, token="reader")
    assert reply.status == 200, reply.body
    return {rule["rule_id"]: rule["points"] for rule in reply.body["rules"]}


async def test_a_draft_is_simulated_on_the_facts_that_tickets_carry(
    central: CentralUnderTest, clock: MovableClock
) -> None:
    born = by_number(CARD)
    await change(central, {"tier": "gold"}, "m-born")
    await sell(central, holder=born)  # today's rules read nothing of the member: the ticket carries nothing
    await publish(central, BIRTHDAY, GOLD, THIRD)
    await sell(central, holder=born)
    await sell(central, holder=born)
    await sell(central, holder=by_uid(OTHER_UID))
    await change(central, {"tier": None}, "m-born")
    clock.now_ms += 5 * DAY_MS
    draft = (
        bonus("birthday-2", {"le": [{"fact": "member.birthday_days"}, 3]}, 7),
        bonus("gold-2", {"eq": [{"fact": "member.tier"}, "gold"]}, 11),
        bonus("visits-2", {"ge": [{"fact": "member.visits"}, 3]}, 13),
        bonus("age-2", {"ge": [{"fact": "member.age_years"}, 1]}, 17),
        bonus("noon", True, 1) | {"hours": {"from": "11:00", "to": "13:00"}},
    )
    assert await simulated(central, *draft) == {
        "base": 40,
        "birthday-2": 14,
        "gold-2": 22,
        "visits-2": 13,
        "age-2": 0,
        "noon": 4,  # the hour is known of every ticket; the age of none, for no rule read it
    }

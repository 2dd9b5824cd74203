"""What is known of two records of one person after a merge: the person, words, history, links, keys."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from central.services.core.access import HEALTH_READ
from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    SUN_CREAM,
    CentralUnderTest,
    a_central,
    a_return,
    a_sale,
)
from tests.integration.central.claim_rules import MEMBERS, bonus, publish
from tests.integration.central.stored import sound
from tests.integration.central.test_merging import bought, merge, merged, of_twin
from tests.movable_clock import MovableClock

TWIN = OTHER_MEMBER
DAY_MS = 86_400_000


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(time.time_ns() // 1_000_000)) as running:
        yield running


async def traits(central: CentralUnderTest, member_id: str, **change: Any) -> dict[str, Any]:
    if change:
        reply = await central.call("PATCH", f"members/{member_id}/traits", change, token="office")
    else:
        reply = await central.get(f"members/{member_id}/traits", token="office")
    assert reply.status == 200, reply.body
    return dict(reply.body)


async def say(central: CentralUnderTest, member_id: str, purpose: str, *, is_given: bool) -> None:
    assert isinstance(central.clock, MovableClock)
    central.clock.now_ms += 1_000
    reply = await central.put(f"members/{member_id}/consents/{purpose}", {"is_given": is_given})
    assert reply.status == 200


async def now_said(central: CentralUnderTest, member_id: str = MEMBER) -> dict[str, bool]:
    rows = (await central.get(f"members/{member_id}/consents", token="office")).body["consents"]
    return {row["purpose"]: row["is_given"] for row in reversed(rows)}


async def test_the_survivors_words_win_and_what_is_missing_is_taken_over(central: CentralUnderTest) -> None:
    old = {"member_id": "m-old", "family_name": "Muster", "phone": "+41 79 555 01 01", "language": "de"}
    new = {"member_id": "m-new", "family_name": "Muster-Meier", "given_name": "Anna"}
    new |= {"email": "anna@example.org", "birth_date": "1980-04-01", "home_shop_id": "lac-2"}
    for body in (old, new):
        assert (await central.post("members", body, token="office")).status == 200
    await traits(central, "m-new", child_birth_dates=["2015-05-05"])
    await merged(central, "m-new", "m-old")
    person = (await central.get("members/m-old", token="office")).body
    assert (person["family_name"], person["given_name"], person["phone"]) == (
        "Muster",
        "Anna",
        "+41 79 555 01 01",
    )
    assert (person["email"], person["birth_date"], person["home_shop_id"]) == (
        "anna@example.org",
        "1980-04-01",
        "lac-2",
    )
    assert (person["language"], person["merged_ids"], person["merged_into"]) == ("de", ["m-new"], None)
    assert (await traits(central, "m-old"))["child_birth_dates"] == ["2015-05-05"]
    gone = (await central.get("members/m-new", token="office")).body
    assert (gone["merged_into"], gone["family_name"], gone["email"], gone["cards"]) == ("m-old", "", "", [])
    third = {"member_id": "m-third", "family_name": "Other", "email": "anna@example.org"}
    told = (await central.post("members", third, token="office")).body
    assert told["possible_duplicates"] == ["m-old"], "found by what was taken over, and not by the tombstone"


async def test_a_no_in_either_record_stays_a_no_and_none_is_invented(central: CentralUnderTest) -> None:
    await say(central, MEMBER, "email", is_given=False)
    await say(central, TWIN, "email", is_given=True)  # said last: and yet the stricter word counts
    await say(central, TWIN, "sms", is_given=False)
    await say(central, MEMBER, "sms", is_given=True)
    await say(central, TWIN, "letter", is_given=True)
    await say(central, MEMBER, "telephone", is_given=True)
    await say(central, TWIN, "telephone", is_given=True)
    seq = (await central.services.store.list_events(GROUP, 0, 500))[-1].seq
    await merged(central)
    assert await now_said(central) == {"email": False, "sms": False, "letter": True, "telephone": True}
    rows = (await central.get(f"members/{MEMBER}/consents", token="office")).body["consents"]
    assert len(rows) == 7 + 2, "every word of both stays, and two that say which one counts"
    told = [
        event.kind
        for event in await central.services.store.list_events(GROUP, seq, 500)
        if event.kind.startswith("consent.")
    ]
    assert sorted(told) == ["consent.given", "consent.withdrawn"], "the letter; and no more sms"
    assert await now_said(central) == {"email": False, "sms": False, "letter": True, "telephone": True}


async def test_own_words_to_a_pharmacy_are_read_after_a_merge_and_go_with_the_person(
    central: CentralUnderTest,
) -> None:
    body = {"message_id": "w-1", "holder": of_twin(), "topic": "own_words", "text": "Je viens jeudi."}
    assert (await central.post("shop-messages", body)).status == 200
    await merged(central)
    [kept] = (await central.get("shop-messages")).body["messages"]
    assert (kept["member_id"], kept["text"]) == (MEMBER, "Je viens jeudi.")
    assert (await central.post(f"members/{MEMBER}/erasure", {}, token="office")).status == 200
    assert (await central.get("shop-messages")).body["messages"] == []


async def test_a_tier_is_the_survivors_segments_are_both_and_history_stays(central: CentralUnderTest) -> None:
    await traits(central, MEMBER, join_segments=["runners"])
    await traits(central, TWIN, tier="gold", join_segments=["runners", "singers"])
    await traits(central, TWIN, tier="silver")
    await merged(central)
    held = await traits(central, MEMBER)
    assert (held["tier"], held["segments"]) == ("silver", ["runners", "singers"])
    tiers = {each["value"] for each in held["history"] if each["kind"] == "tier"}
    assert tiers == {"gold", "silver"}
    assert await central.services.store.list_traits(GROUP, TWIN, 10) == []


async def test_nobody_is_their_own_sponsor_or_in_a_ring_after_a_merge(central: CentralUnderTest) -> None:
    for name in ("m-x", "m-y", "m-z"):
        await central.post("members", {"member_id": name, "family_name": name}, token="office")
    await traits(central, MEMBER, sponsor_id=TWIN)  # a self-sponsor
    await traits(central, "m-x", sponsor_id=TWIN)
    await traits(central, TWIN, sponsor_id="m-z")
    await merged(central)
    assert (await traits(central, MEMBER))["sponsor_id"] == "m-z", "who brought the one brought the other"
    assert (await traits(central, "m-x"))["sponsor_id"] == MEMBER
    await traits(central, "m-z", sponsor_id="m-y")
    assert (await merge(central, MEMBER, "m-y")).body["state"] == "done"  # y - z - Anne: all one ring now
    assert (await traits(central, "m-y"))["sponsor_id"] is None
    assert (await traits(central, "m-z"))["sponsor_id"] == "m-y"
    assert (await traits(central, "m-x"))["sponsor_id"] == "m-y"
    ranked = (await central.get("sponsors", token="office")).body["sponsors"]
    assert {each["sponsor_id"] for each in ranked} == {"m-y"}


async def test_limits_count_what_both_took(central: CentralUnderTest) -> None:
    await publish(central, bonus(limits=[{"times": 3, "per": "member", "window": "ever"}]))
    for holder in (None, None, of_twin()):
        sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1_000)], holder))
        assert sold.body["points"] == 50
    last = await bought(central, 1_000, holder=of_twin())
    await merged(central)
    for holder in (None, of_twin()):
        sold = await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1_000)], holder))
        assert sold.body["points"] == 0, "four of three are used"
    await central.post(f"sales/{last}/returns", a_return(central, [(1, 1)]))
    assert (await central.post("sales", a_sale(central, [(SUN_CREAM, 1, 1_000)]))).body["points"] == 0
    assert await sound(central)


async def test_visits_grade_and_segments_are_worked_out_from_what_both_bought(
    central: CentralUnderTest,
) -> None:
    regular = {
        "id": "is-regular",
        "version": 1,
        "kind": "segment",
        "when": {"ge": [{"fact": "member.visits_3_months"}, 3]},
        "effects": [{"effect": "segment", "segment": "regular"}],
    }
    twice = {**regular, "id": "is-twice", "effects": [{"effect": "segment", "segment": "twice"}]}
    twice["when"] = {"ge": [{"fact": "member.visits_3_months"}, 2]}
    await publish(central, regular, twice, grades={})
    await bought(central, 20_000)
    for _ in range(2):
        await bought(central, 20_000, holder=of_twin())
    await central.services.standings.keep(GROUP)
    assert (await traits(central, MEMBER))["grade"] == "new"
    await merged(central)
    await central.services.standings.keep(GROUP)
    assert (await traits(central, MEMBER))["grade"] == "core", "three purchases and more than 500.00"
    history = (await central.get(f"members/{MEMBER}/segments", token="office")).body
    found = [(each["segment"], each["to_ms"] is None) for each in history["segments"]]
    assert sorted(found) == [("regular", True), ("twice", False), ("twice", True)], (
        "the twin's, ended; both now"
    )
    assert await central.services.standings.is_up_to_date(GROUP)


async def test_household_association_calls_and_waiting_corrections_go_on(central: CentralUnderTest) -> None:
    await central.put("parties/association/club", {"name": "FC Nyon"})
    await central.put(f"members/{TWIN}/association", {"association_id": "club"})
    await central.put("households/h-1", {"member_ids": [TWIN]})
    call = {"call_back_id": "call-1", "is_reached": False}
    assert (await central.post(f"members/{TWIN}/call-backs", call, token="office")).status == 200
    asked = {"correction_id": "c-1", "member_id": TWIN, "points": 900, "reason": "Moved by mistake"}
    assert (await central.post("corrections", asked, token="office")).body["state"] == "pending"
    await merged(central)
    household = await central.services.store.find_household(GROUP, MEMBER)
    assert (household, list(await central.services.store.list_household(GROUP, "h-1"))) == ("h-1", [MEMBER])
    club = (await central.get(f"members/{MEMBER}/association", token="office")).body
    assert [each["association_id"] for each in club["memberships"]] == ["club"]
    decided = await central.post("corrections/c-1/decision", {"approve": True}, token="reader")
    assert (decided.body["state"], decided.body["member_id"]) == ("posted", MEMBER)
    assert await central.points_of() == 900
    assert await central.points_of(TWIN) == 0
    assert await sound(central)


async def test_all_of_a_person_hangs_on_the_survivors_key_and_ends_with_it(central: CentralUnderTest) -> None:
    """A chain: y into the twin, the twin into Anne; then Anne is erased."""
    await central.post("members", {"member_id": "m-y", "family_name": "Y"}, token="office")
    card = {"card_number": "2900000000062", "member_id": "m-y"}
    assert (await central.post("cards", card, token="office")).status == 200
    first = await bought(central, 1_000, holder={"medium": "typed", "value": "2900000000062"})
    second = await bought(central, 1_000, holder=of_twin())
    for number, pair in enumerate((("m-y", TWIN), (TWIN, MEMBER)), start=1):
        assert (await merge(central, *pair, merge_id=f"merge-{number}")).body["state"] == "done"
    for sale_id in (first, second):
        read = (await central.get(f"sales/{sale_id}", token="reader")).body
        assert (read["member_id"], [line["code"] for line in read["lines"]]) == (MEMBER, [SUN_CREAM])
    reads = (await central.get(f"members/{MEMBER}/reads", token="office")).body["reads"]
    assert len(reads) == 2
    store = central.services.store
    assert sorted(await store.list_merged(GROUP, MEMBER)) == sorted([TWIN, "m-y"])
    for member_id in (TWIN, "m-y"):
        row = await store.find_member(GROUP, member_id)
        assert row is not None
        assert (row.key_wrapped, row.person_sealed, row.merged_into) == (None, None, MEMBER)
    assert (await central.post(f"members/{MEMBER}/erasure", {}, token="office")).status == 200
    for sale_id in (first, second):
        read = (await central.get(f"sales/{sale_id}", token="reader")).body
        assert read["lines"] == [], "nothing leads to them any more"
        refused = await central.post(f"sales/{sale_id}/returns", a_return(central, [(1, 1)]))
        assert refused.code == "lines_erased"
    for member_id in (TWIN, "m-y"):
        row = await store.find_member(GROUP, member_id)
        assert row is not None
        assert (row.merged_key, row.subject_sealed) == (None, None)
    merges = [await store.find_merge(GROUP, each) for each in ("merge-1", "merge-2")]
    assert [each.reason for each in merges if each is not None] == ["erased", "erased"]
    assert await sound(central)


async def test_who_read_the_duplicates_lines_is_told_to_the_survivor(central: CentralUnderTest) -> None:
    theirs = await bought(central, 1_000, holder=of_twin())
    await central.get(f"sales/{theirs}", token="reader")
    await merged(central)
    reads = (await central.get(f"members/{MEMBER}/reads", token="office")).body["reads"]
    assert [(each["actor"], each["purpose"]) for each in reads] == [(central.token_ids["reader"], "sale")]


async def test_classes_of_health_are_of_both_ones_purchases_and_need_a_yes_without_a_no(
    central: CentralUnderTest,
) -> None:
    article = {"name": "metformin", "article_class": "parapharmacy", "codes": ["2000000000114"]}
    article |= {"price_minor": 900, "atc": "A10BA02"}
    assert (await central.put("articles/metformin", article)).status == 200
    issued = await central.services.access.issue_token(
        central.operator, role="office", label="care", also=frozenset({HEALTH_READ})
    )
    central.tokens["care"] = issued.token
    await say(central, TWIN, "health", is_given=True)
    sale = a_sale(central, [("2000000000114", 1, 900)], of_twin())
    assert (await central.post("sales", sale)).status == 200
    await central.services.standings.keep(GROUP)
    await merged(central)
    await central.services.standings.keep(GROUP)
    classes = (await central.get(f"members/{MEMBER}/classes", token="care")).body["classes"]
    assert "diabetes" in [each["segment"] for each in classes if each["to_ms"] is None]
    await central.post("members", {"member_id": "m-no", "family_name": "No"}, token="office")
    await say(central, "m-no", "health", is_given=False)
    await merged(central, "m-no", MEMBER)
    await central.services.standings.keep(GROUP)
    assert (await now_said(central))["health"] is False
    assert (await central.get(f"members/{MEMBER}/classes", token="care")).body["classes"] is None


async def test_a_sponsor_who_was_merged_is_rewarded_and_gives_it_back(central: CentralUnderTest) -> None:
    reward = {
        "id": "friend",
        "version": 1,
        "kind": "campaign",
        "when": {"and": [MEMBERS, {"fact": "member.is_sponsored"}]},
        "effects": [{"effect": "points_sponsor", "sponsor_points": 40, "sponsored_points": 20}],
    }
    await publish(central, reward)
    await central.post("members", {"member_id": "m-x", "family_name": "X"}, token="office")
    await central.post("cards", {"card_number": "2900000000062", "member_id": "m-x"}, token="office")
    await traits(central, "m-x", sponsor_id=TWIN)
    holder = {"medium": "typed", "value": "2900000000062"}
    first = await bought(central, 1_000, holder=holder)
    assert await central.points_of(TWIN) == 40
    await merged(central)
    assert await central.points_of() == 40
    back = a_return(central, [(1, 1)])
    assert (await central.post(f"sales/{first}/returns", back)).status == 200
    assert (await central.points_of(), await central.points_of(TWIN)) == (0, 0)
    assert await central.points_of("m-x") == 0
    assert await sound(central)


@pytest.mark.parametrize("spent", [0, 50, 60])
async def test_a_buyer_merged_with_the_own_sponsor_gives_both_shares_back_once(
    central: CentralUnderTest, spent: int
) -> None:
    reward = {
        "id": "friend",
        "version": 1,
        "kind": "campaign",
        "when": {"and": [MEMBERS, {"fact": "member.is_sponsored"}]},
        "effects": [{"effect": "points_sponsor", "sponsor_points": 40, "sponsored_points": 20}],
    }
    await publish(central, reward, identification={"donate": "nfc_uid"})
    await central.put("parties/association/club", {"name": "FC Nyon"})
    await traits(central, TWIN, sponsor_id=MEMBER)
    first = await bought(central, 1_000, holder=of_twin())
    await merged(central)
    assert await central.points_of() == 60
    if spent:
        gift = {"donation_id": "d-1", "holder": of_twin(), "association_id": "club", "points": spent}
        assert (await central.post("donations", gift)).status == 200
    back = await central.post(f"sales/{first}/returns", a_return(central, [(1, 1)]))
    assert back.status == 200, back.body
    known = (await central.get(f"members/{MEMBER}/balance", token="office")).body
    assert (known["points"], known["points_owed"]) == (0, spent)
    assert await sound(central)


async def test_what_was_asked_of_a_shop_goes_with_the_survivors_erasure(central: CentralUnderTest) -> None:
    asked = {"message_id": "m-1", "holder": of_twin(), "topic": "call_me"}
    assert (await central.post("shop-messages", asked)).status == 200
    await merged(central)
    (moved,) = (await central.get("shop-messages")).body["messages"]
    assert moved["member_id"] == MEMBER
    assert (await central.post(f"members/{MEMBER}/erasure", {}, token="office")).status == 200
    assert (await central.get("shop-messages")).body["messages"] == []

"""My pharmacist, from kiosk to central: who agreed is shown, the member chooses, a message finds them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.central_fixture import (
    GROUP,
    MEMBER,
    OTHER_MEMBER,
    CentralUnderTest,
    Reply,
    a_central,
    by_number,
    by_uid,
)
from tests.movable_clock import MovableClock

NOW_MS = 1_795_600_000_000
ANNE = {"name": "Anne  Rochat", "agreed": True}


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path, MovableClock(NOW_MS)) as running:
        for staff_id, shop_id in (("s-1", "lac-1"), ("s-2", "lac-2"), ("s-3", None), ("s-4", "lac-1")):
            body = {"role": "pharmacist"} | ({"shop_id": shop_id} if shop_id else {})
            assert (await running.put(f"staff/{staff_id}", body)).status == 200
        yield running


async def shown(central: CentralUnderTest, staff_id: str = "s-1", **changed: Any) -> Reply:
    return await central.put(f"staff/{staff_id}/shown", ANNE | changed)


async def look(central: CentralUnderTest, holder: dict[str, str] | None = None) -> Reply:
    return await central.post("holders/pharmacist", {"holder": holder or by_uid()})


async def choose(central: CentralUnderTest, staff_id: str | None) -> Reply:
    return await central.post("holders/pharmacist/choice", {"holder": by_uid(), "staff_id": staff_id})


async def write(central: CentralUnderTest, message_id: str = "x-1", **changed: Any) -> Reply:
    body = {"message_id": message_id, "holder": by_uid(), "topic": "call_me", "staff_id": "s-2"}
    return await central.post("shop-messages", body | changed)


async def test_only_who_agreed_and_serves_is_shown_and_the_member_chooses(central: CentralUnderTest) -> None:
    assert (await look(central)).body == {"mine": None, "others": []}
    assert (await shown(central)).body["name"] == "Anne Rochat"
    assert (await shown(central, "s-3", name="Li Wei", title="assistant")).status == 200
    assert (await shown(central, "s-9")).code == "staff_unknown"
    seen = (await look(central)).body
    assert [(each["staff_id"], each["title"], each["shop_id"]) for each in seen["others"]] == [
        ("s-1", "pharmacist", "lac-1"),
        ("s-3", "assistant", "lac-1"),
    ]
    assert (await choose(central, "s-4")).code == "pharmacist_unknown", "nobody asked them"
    chosen = await choose(central, "s-1")
    assert (chosen.body["mine"]["name"], [each["staff_id"] for each in chosen.body["others"]]) == (
        "Anne Rochat",
        ["s-3"],
    )
    assert (await choose(central, "s-1")).body == chosen.body
    assert (await shown(central, agreed=False)).body["is_shown"] is False
    gone = (await look(central)).body
    assert (gone["mine"], [each["staff_id"] for each in gone["others"]]) == (None, ["s-3"])
    exported = await central.services.store.list_shown_staff(GROUP, 10)
    assert [each.name for each in exported] == ["Li Wei"], "the name is gone with the word"
    assert (await choose(central, None)).body["mine"] is None


async def test_a_bare_number_sees_and_chooses_nobody(central: CentralUnderTest) -> None:
    await shown(central)
    assert (await look(central, by_number())).code == "strength_too_low"
    body = {"holder": by_number(), "staff_id": "s-1"}
    assert (await central.post("holders/pharmacist/choice", body)).code == "strength_too_low"


async def test_who_serves_no_more_is_nobody_s_pharmacist(central: CentralUnderTest) -> None:
    await shown(central)
    await choose(central, "s-1")
    ended = {"role": "pharmacist", "shop_id": "lac-1", "is_ended": True}
    assert (await central.put("staff/s-1", ended)).status == 200
    assert (await look(central)).body == {"mine": None, "others": []}
    assert (await write(central, staff_id="s-1")).code == "pharmacist_unknown"


async def test_a_message_to_my_pharmacist_waits_in_their_shop(central: CentralUnderTest) -> None:
    await shown(central, "s-2", name="Urs Meier")
    assert (await write(central)).code == "pharmacist_unknown", "not the member's own"
    named = await central.put(f"members/{MEMBER}/pharmacist", {"staff_id": "s-2"})
    assert (named.body["staff_id"], named.body["chosen_by"]) == ("s-2", "staff")
    sent = await write(central)
    assert (sent.status, sent.body["shop_id"], sent.body["staff_id"]) == (200, "lac-2", "s-2")
    assert (await write(central)).headers["Idempotent-Replayed"] == "true"
    assert (await write(central, staff_id=None)).code == "idempotency_conflict"
    there = await central.get("shop-messages", token="terminal_2")
    assert [each["staff_id"] for each in there.body["messages"]] == ["s-2"]
    assert (await central.get("shop-messages")).body["messages"] == []


async def test_the_link_goes_with_a_merge_and_ends_with_an_erasure(central: CentralUnderTest) -> None:
    await shown(central)
    await shown(central, "s-2", name="Urs Meier")
    assert (await central.put(f"members/{OTHER_MEMBER}/pharmacist", {"staff_id": "s-2"})).status == 200
    merge = {"merge_id": "j-1", "duplicate_id": OTHER_MEMBER, "reason": "same person"}
    assert (await central.post(f"members/{MEMBER}/merge", merge, token="office")).status == 200
    assert (await look(central)).body["mine"]["staff_id"] == "s-2"
    refused = await central.put(f"members/{OTHER_MEMBER}/pharmacist", {"staff_id": "s-1"})
    assert refused.code == "member_merged"
    assert (await central.post(f"members/{MEMBER}/erasure", {}, token="office")).status == 200
    assert await central.services.store.find_member_pharmacist(GROUP, MEMBER) is None

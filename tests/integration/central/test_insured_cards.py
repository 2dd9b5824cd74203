"""The Swiss insured-person card: with consent, kept as a hash of a hash, and gone with it (P-12)."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from reader_daemon.cards.insured_card import hashed
from tests.central_fixture import (
    CARD,
    GROUP,
    MEMBER,
    OTHER_UID,
    SUN_CREAM,
    CentralUnderTest,
    Reply,
    a_central,
    a_sale,
    by_number,
    by_uid,
)
from tests.integration.central.clerks import sign_in
from wire.messages import Evidence

NUMBER = "80756000011234567890"
KEY = bytes(range(32))


def shown(number: str = NUMBER, key: bytes = KEY) -> str:
    """What a reader that has the group's key hands on."""
    return hashed(Evidence(medium="chip", value=f"iccsn:{number}"), key).value


@pytest.fixture
async def central(tmp_path: Path, engine: str) -> AsyncIterator[CentralUnderTest]:
    assert engine
    async with a_central(tmp_path) as running:
        yield running


async def link(central: CentralUnderTest, clerk: str, act_id: str = "i-1", **changed: Any) -> Reply:
    body = {"act_id": act_id, "clerk": clerk, "holder": by_uid(), "insured": shown(), "agreed": True}
    return await central.post("counter/insured-cards", body | changed)


async def identify(central: CentralUnderTest, value: str | None = None) -> Reply:
    evidence = {"medium": "chip", "value": value or shown()}
    return await central.post("identify", {"evidence": evidence})


async def kept(central: CentralUnderTest) -> object:
    return await central.services.store.find_insured_card(
        GROUP, central.services.counter.insured._vault.insured_hash(GROUP, shown())
    )


async def test_with_consent_the_card_earns_and_shows_a_range(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    assert (await identify(central)).code == "health_card", "nobody agreed yet"
    linked = await link(central, clerk)
    assert (linked.status, linked.body["member_id"]) == (200, MEMBER)
    assert (await link(central, clerk)).headers["Idempotent-Replayed"] == "true"
    told = await identify(central)
    assert (told.status, told.body["strength"], told.body["card_number"]) == (200, "barcode", CARD)
    holder = {"medium": "chip", "value": shown()}
    booked = await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)], holder))
    assert booked.body["points"] == 39
    consents = (await central.get(f"members/{MEMBER}/consents", token="office")).body["consents"]
    assert [(each["purpose"], each["is_given"]) for each in consents] == [("insured_card", True)]


async def test_nothing_is_kept_that_was_not_agreed_to(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    assert (await link(central, clerk, agreed=False)).code == "agreement_needed"
    assert (await link(central, clerk, insured=f"iccsn:{NUMBER}")).code == "health_card"
    assert (await link(central, clerk, insured=NUMBER)).code == "health_card"
    assert (await link(central, clerk, holder=by_number())).code == "strength_too_low"
    assert await kept(central) is None
    assert (await central.get(f"members/{MEMBER}/consents", token="office")).body["consents"] == []


async def test_withdrawn_it_is_gone_in_the_same_moment(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await link(central, clerk)
    assert await kept(central) is not None
    said = await central.put(f"members/{MEMBER}/consents/insured_card", {"is_given": False})
    assert said.status == 200
    assert await kept(central) is None
    assert (await identify(central)).code == "health_card"
    late = await link(central, clerk)
    assert (late.status, late.headers["Idempotent-Replayed"]) == (200, "true"), "sent again by the network"
    assert await kept(central) is None
    assert (await identify(central)).code == "health_card", "what was withdrawn stays withdrawn"
    assert (await link(central, clerk, "i-2")).status == 200
    assert (await identify(central)).status == 200


async def test_an_erasure_takes_it_along(central: CentralUnderTest) -> None:
    await link(central, await sign_in(central))
    assert (await central.post(f"members/{MEMBER}/erasure", {}, token="office")).status == 200
    assert await kept(central) is None


async def test_another_member_does_not_get_it_and_a_member_has_one(central: CentralUnderTest) -> None:
    clerk = await sign_in(central)
    await link(central, clerk)
    assert (await link(central, clerk, "i-2", holder=by_uid(OTHER_UID))).code == "card_taken"
    again = await link(central, clerk, "i-2", holder=by_uid(OTHER_UID))
    assert again.code == "card_taken", "what was refused is no act, and no replay"
    renewed = shown("80756000019876543210")
    assert (await link(central, clerk, "i-3", insured=renewed)).status == 200
    assert (await identify(central, renewed)).status == 200
    assert (await identify(central)).code == "health_card", "the card of before is forgotten"


async def test_it_follows_the_members_card_when_that_is_replaced(central: CentralUnderTest) -> None:
    await link(central, await sign_in(central))
    replaced = {"card_number": CARD, "new_card_number": "2900000000109"}
    assert (await central.post("cards/replace", replaced, token="office")).status == 200
    assert (await identify(central)).body["card_number"] == "2900000000109"


async def test_neither_the_number_nor_the_readers_hash_stands_in_the_database(
    central: CentralUnderTest, tmp_path: Path
) -> None:
    await link(central, await sign_in(central))
    wanted = (NUMBER.encode(), shown().removeprefix("insured:").encode())

    def look() -> list[str]:
        return [
            path.name
            for path in tmp_path.rglob("*")
            if path.is_file() and any(each in path.read_bytes() for each in wanted)
        ]

    assert await asyncio.to_thread(look) == []


def test_only_a_swiss_card_in_the_reader_becomes_a_hash_and_each_key_makes_another() -> None:
    assert shown() == shown() != shown(key=bytes(32))
    assert shown("80276000011234567890").startswith("iccsn:"), "other countries' cards stay what they are"
    typed = Evidence(medium="typed", value=NUMBER)
    assert hashed(typed, KEY) == typed
    assert hashed(Evidence(medium="chip", value=f"iccsn:{NUMBER}"), None).value == f"iccsn:{NUMBER}"

"""A chip card's message proves the card: once, to one terminal, under the group's own keys (C-03, C-04)."""

import time
from pathlib import Path
from typing import Any

import pytest

from central.services.cards.card_keys import CardKeys, NoSuchCardKeys, TooManyCardKeys
from loyalty.limits.cards import CARD_KEY_VERSIONS_MAX, TAP_VALID_S
from tests.central_fixture import (
    GROUP,
    PROGRAMME,
    SUN_CREAM,
    UID,
    CentralUnderTest,
    a_central,
    a_sale,
    by_uid,
)
from tests.integration.central.publishing import publish_document
from tests.movable_clock import MovableClock
from tools.cards.kinds import SunCard


async def keys_of(central: CentralUnderTest) -> CardKeys:
    """The newest keys in use."""
    return (await central.services.card_keys.in_use(GROUP))[0]


async def a_chip(central: CentralUnderTest, keys: CardKeys | None = None) -> SunCard:
    """Anne's card as the card maker made it."""
    if keys is None:
        await central.services.card_keys.make(central.operator)
        keys = await keys_of(central)
    uid = bytes.fromhex(UID)
    return SunCard(uid, meta_key=keys.meta, mac_key=keys.file_key(uid))


def tap(card: SunCard) -> dict[str, str]:
    """Evidence of a fresh tap."""
    card.counter += 1
    return {"medium": "ntag424", "value": card.sun_url()}


async def identify(central: CentralUnderTest, evidence: dict[str, str], token: str = "terminal") -> Any:
    """(status, strength or code of the refusal)."""
    reply = await central.post("identify", {"evidence": evidence}, token=token)
    return reply.status, reply.body.get("strength") or reply.code


async def test_a_fresh_message_proves_the_card_and_shows_the_balance(central: CentralUnderTest) -> None:
    card = await a_chip(central)
    await central.post("sales", a_sale(central, holder=by_uid()))
    reply = await central.post("identify", {"evidence": tap(card)})

    assert (reply.status, reply.body["strength"]) == (200, "aes_card")
    assert reply.body["profile"]["points"] == await central.points_of() > 0


async def test_a_message_counts_once_and_for_its_terminal_alone(central: CentralUnderTest) -> None:
    card = await a_chip(central)
    recorded, shown = tap(card), tap(card)

    assert await identify(central, shown) == (200, "aes_card")
    assert await identify(central, shown) == (200, "aes_card")
    assert await identify(central, shown, "terminal_2") == (422, "card_message_replayed")
    assert await identify(central, recorded) == (422, "card_message_replayed")
    assert await identify(central, tap(card), "terminal_2") == (200, "aes_card")
    assert await identify(central, shown) == (422, "card_message_replayed")


async def test_a_message_is_over_when_its_customer_has_left(tmp_path: Path) -> None:
    clock = MovableClock(time.time_ns() // 1_000_000)
    async with a_central(tmp_path, clock) as central:
        shown = tap(await a_chip(central))
        assert await identify(central, shown) == (200, "aes_card")
        clock.now_ms += TAP_VALID_S * 1000 + 1
        assert await identify(central, shown) == (422, "card_message_replayed")


async def test_points_are_redeemed_by_the_tap_that_opened_the_session(central: CentralUnderTest) -> None:
    """A group may trust a fresh message with small amounts; its default asks the card itself."""
    card = await a_chip(central)
    limited = {"redeem": {"aes_card": 500, "chip_challenge": None}}
    await publish_document(central, PROGRAMME | {"identification": limited})
    for _ in range(20):
        await central.post("sales", a_sale(central, [(SUN_CREAM, 2, 3980)], holder=by_uid()))
    before = await central.points_of()
    shown = tap(card)
    assert await identify(central, shown) == (200, "aes_card")
    stolen = await central.post("sales", a_sale(central, holder=shown, redeem_points=500), token="terminal_2")
    paid = await central.post("sales", a_sale(central, holder=shown, redeem_points=500))

    assert (stolen.status, stolen.code) == (403, "card_proof_needed")
    assert paid.status == 200
    assert await central.points_of() == before - 500 + paid.body["points"]


async def test_a_late_ticket_with_an_old_message_still_earns(central: CentralUnderTest) -> None:
    card = await a_chip(central)
    noted, newer = tap(card), tap(card)
    await identify(central, newer)
    reply = await central.post("sales", a_sale(central, holder=noted))

    assert (reply.status, reply.body["points"]) == (200, 39)


@pytest.mark.parametrize("value", ["00AA", "https://loy.example/t?e=" + "0" * 32 + "&c=" + "0" * 16])
async def test_what_no_card_of_the_group_signed_is_refused(central: CentralUnderTest, value: str) -> None:
    await a_chip(central)
    reply = await central.post("sales", a_sale(central, holder={"medium": "ntag424", "value": value}))
    assert (reply.status, reply.code) == (422, "card_message_invalid")


async def test_cards_of_older_keys_stay_good_until_these_are_retired(central: CentralUnderTest) -> None:
    old = await a_chip(central)
    await central.services.card_keys.make(central.operator)
    assert await identify(central, tap(old)) == (200, "aes_card")
    await central.services.card_keys.retire(central.operator, 1)
    assert await identify(central, tap(old)) == (422, "card_message_invalid")
    renewed = await a_chip(central, await keys_of(central))
    renewed.counter = old.counter
    assert await identify(central, tap(renewed)) == (200, "aes_card")
    with pytest.raises(NoSuchCardKeys):
        await central.services.card_keys.retire(central.operator, 1)


async def test_versions_in_use_are_limited(central: CentralUnderTest) -> None:
    for _ in range(CARD_KEY_VERSIONS_MAX):
        await central.services.card_keys.make(central.operator)
    with pytest.raises(TooManyCardKeys):
        await central.services.card_keys.make(central.operator)


async def test_another_groups_keys_open_nothing(central: CentralUnderTest) -> None:
    card = await a_chip(central)
    assert await identify(central, tap(card), "foreign") == (422, "card_message_invalid")

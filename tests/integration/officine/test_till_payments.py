"""Paying at the till's command line, and a gift card whose holder becomes a member, with real processes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from central.services.bundle import Services, build_services
from central.services.core.access import operator_of
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from loyalty.programme.starter import starter_programme
from tests.helpers import eventually
from tests.integration.officine.shop import CODE, UID, Shop, a_shop
from wire.api import EvidenceBody
from wire.api_stored_value import GiftActivationBody, GiftCardBody, GiftNumberBody, TopUpBody

pytestmark = pytest.mark.timeout(300)
ACTOR = operator_of("leman")
NAMES = ("--family-name", "Rochat", "--given-name", "Carla", "--member", "m-9", "--id", "conv-1")


@asynccontextmanager
async def services_of(shop: Shop) -> AsyncIterator[Services]:
    """Central's services beside its process, as commands for head office have them."""
    plan = shop.stack.plan
    store = await open_store(f"sqlite:///{plan.database}")
    try:
        yield build_services(store, await asyncio.to_thread(load_secrets, plan.secrets_file), system_clock)
    finally:
        await store.close()


async def sold(services: Services, name: str, amount_minor: int) -> str:
    made, _ = await services.stored.gift_cards.make(ACTOR, GiftCardBody(gift_card_id=name))
    body = GiftActivationBody(
        activation_id=f"sold-{name}", number=made.number, amount_minor=amount_minor, shop_id="nyon"
    )
    await services.stored.gift_cards.activate(ACTOR, body)
    return made.number


async def left_on(services: Services, number: str) -> int:
    card = await services.stored.gift_cards.find(ACTOR, GiftNumberBody(number=number))
    assert card.balance_minor == card.free_minor, "nothing is held"
    return card.balance_minor


async def test_a_gift_card_and_the_purse_pay_and_the_cards_holder_becomes_a_member(place: Path) -> None:
    async with a_shop(place) as shop, services_of(shop) as services:
        programme = msgspec.json.decode(starter_programme("CHF"))
        programme |= {"identification": {"pay_from_purse": "nfc_uid"}}
        text = msgspec.json.encode(programme).decode()
        await services.groups.put_group(ACTOR, name="Léman", country="CH", currency="CHF", programme=text)
        number, other = await sold(services, "g-1", 2000), await sold(services, "g-2", 3000)
        holder = EvidenceBody(medium="nfc_uid", value=UID)
        top_up = TopUpBody(top_up_id="top-1", holder=holder, amount_minor=1000, shop_id="nyon")
        await services.stored.purse.top_up(ACTOR, top_up)
        await shop.json("reader", "tap", UID)

        async def is_open() -> bool:
            return bool((await shop.json("terminal", "state"))["session"] == "open")

        await eventually(is_open, deadline_s=60)
        early, _ = await shop.run("terminal", "convert", number, *NAMES)
        assert early == 1, "it is not empty"
        paying = ("--gift-card", f"{number}=20.00", "--purse", "5.00")
        award = await shop.json("till", "award", f"{CODE}=29.90", *paying)
        assert award["answer"]["Response"]["Result"] == "Success"
        assert await left_on(services, number) == 0
        purse = await services.stored.purse.show_member(ACTOR, "m-1")
        assert (purse.purse_minor, purse.purse_held_minor) == (500, 0)
        assert (await services.members.get_balance(ACTOR, "m-1")).points == 29, "as if it were cash"

        paying = ("--gift-card", f"{other}=10.00", "--gift-card", f"{number}=1.00")
        refused, told = await shop.run("till", "award", f"{CODE}=29.90", *paying)
        assert (refused, told) == (1, "")
        assert await left_on(services, other) == 3000, "what was held is free again"

        enrolled = await shop.json("terminal", "convert", number, *NAMES)
        assert enrolled["member_id"] == "m-9"
        assert await shop.json("terminal", "convert", number, *NAMES) == enrolled, "the same again"
        shown = await services.members.get_member(ACTOR, "m-9")
        assert (shown.family_name, shown.home_shop_id) == ("Rochat", "nyon")
        assert [card.card_number for card in shown.cards] == [number.replace(" ", "")]

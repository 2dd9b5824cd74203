"""The group's look is changed at central; a terminal that runs takes it over, and its kiosk draws with it."""

import asyncio
from dataclasses import replace

import msgspec
import pygame

from kiosk.screens.paint import paint
from tests.helpers import eventually
from tests.terminal_fixture import Shop
from tests.unit.kiosk.drawing import SMALL, kit, model_of
from wire.colours import Colour, from_hex
from wire.messages import AgentState

PURPLE = "#5B2A86"
NAMES = {"zh": "湖畔药房"}


def colours_drawn(state: AgentState) -> set[Colour]:
    """The colours of the page that asks for a card, drawn in this state's theme."""
    model = model_of("asking", "zh")
    assert model.state.agent is not None
    agent = msgspec.structs.replace(model.state.agent, theme=state.theme)
    surface = pygame.Surface(SMALL)
    paint(surface, kit(SMALL), replace(model, state=replace(model.state, agent=agent)))
    pixels = pygame.image.tobytes(surface, "RGB")
    return {(red, green, blue) for red, green, blue in zip(*[iter(pixels)] * 3, strict=True)}


async def test_a_running_terminal_takes_the_groups_new_look_over_and_its_kiosk_draws_with_it(
    shop: Shop,
) -> None:
    await eventually(lambda: shop.kiosk.state.link == "up")
    before = shop.kiosk.state
    assert from_hex(PURPLE) not in await asyncio.to_thread(colours_drawn, before)

    reply = await shop.central.put("group/theme", {"name": "Lac", "names": NAMES, "brand": PURPLE})
    assert reply.status == 200
    await eventually(lambda: shop.kiosk.state.theme.brand == PURPLE)

    theme = shop.kiosk.state.theme
    assert (theme.name, dict(theme.names), theme.brand_tint) == ("Lac", NAMES, reply.body["brand_tint"])
    drawn = await asyncio.to_thread(colours_drawn, shop.kiosk.state)
    assert from_hex(PURPLE) in drawn
    assert from_hex(before.theme.brand) not in drawn

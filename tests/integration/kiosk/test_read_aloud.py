"""A running kiosk that is plugged into: it reads out, its keys do what fingers do, and it stops in time."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from kiosk.app import run
from kiosk.backlight import SimulatedBacklight
from kiosk.scenes.demo import a_member, a_session
from kiosk.speech.simulated import SimulatedJack, SimulatedVoice
from tests.helpers import eventually
from tests.integration.kiosk.world import World, settings_of, watching
from wire.comfort import Comfort


class Heard:
    def __init__(self) -> None:
        self.voice, self.jack = SimulatedVoice(), SimulatedJack()
        self.backlight = SimulatedBacklight()


@pytest.fixture
async def heard(world: World) -> AsyncIterator[Heard]:
    made = Heard()
    running = asyncio.create_task(
        run(
            settings_of(world, live_screen_touch=True),
            voice=made.voice,
            jack=made.jack,
            backlight=made.backlight,
        )
    )
    yield made
    if running.done():
        running.result()
    running.cancel()
    await asyncio.wait([running])


async def test_whoever_plugs_headphones_in_hears_their_points_until_they_pull_them_out(
    world: World, heard: Heard
) -> None:
    heard.jack.has_plug = True
    await eventually(lambda: heard.voice.now != "")
    world.tap()
    world.say(session=a_session(a_member()))
    await eventually(lambda: "248" in heard.voice.now.replace("\u202f", ""))
    heard.jack.has_plug = False
    await eventually(lambda: heard.voice.now == "")


async def test_the_voice_stops_with_the_card(world: World, heard: Heard) -> None:
    heard.jack.has_plug = True
    await eventually(lambda: heard.voice.now != "")
    world.tap()
    world.say(session=a_session(a_member()))
    await eventually(lambda: "248" in heard.voice.now.replace("\u202f", ""))
    world.remove()
    await eventually(lambda: heard.voice.now != "" and "248" not in heard.voice.now.replace("\u202f", ""))


async def test_keys_alone_open_the_panel_and_switch_reading_on(world: World, heard: Heard) -> None:
    async with watching(world.directory / "screen.sock") as viewer:
        frame, _ = await viewer.frame_of("attract")
        order = list(frame.targets)
        for _ in range(order.index("access") + 1):
            viewer.press("next")
        viewer.press("activate")
        frame, _ = await viewer.frame_of("access")
        for _ in range(list(frame.targets).index("mode_spoken") + 1):
            viewer.press("next")
        viewer.press("activate")
        await eventually(lambda: heard.voice.now != "")


async def test_voice_and_light_follow_what_staff_set(world: World, heard: Heard) -> None:
    world.say(comfort=Comfort(volume=30, brightness=60))
    await eventually(lambda: (heard.voice.volume, heard.backlight.percent) == (30, 60))
    world.say(comfort=Comfort())
    await eventually(lambda: (heard.voice.volume, heard.backlight.percent) == (100, 100))

"""The world of the kiosk's tests, and a kiosk running in it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kiosk.app import run
from kiosk.assets import fonts
from kiosk.settings import KioskSettings
from tests.integration.kiosk.world import Viewer, World, settings_of, watching


@pytest.fixture(scope="session", autouse=True)
def _fonts() -> None:
    fonts.build(fonts.default_directory())


@pytest.fixture
async def world(socket_dir: Path) -> AsyncIterator[World]:
    made = World(directory=socket_dir)
    await made.start_agent()
    await made.start_reader()
    yield made
    for server in (made.agent, made.reader):
        if server:
            await server.close()


@pytest.fixture
async def kiosk(world: World) -> AsyncIterator[KioskSettings]:
    settings = settings_of(world, live_screen_touch=True)
    running = asyncio.create_task(run(settings))
    yield settings
    if running.done():
        running.result()  # a kiosk that died says why
    running.cancel()
    await asyncio.wait([running])


@pytest.fixture
async def viewer(kiosk: KioskSettings) -> AsyncIterator[Viewer]:
    async with watching(kiosk.live_screen_socket) as watcher:
        yield watcher

"""A whole shop per test: central, cable, reader, agent, kiosk's end, till."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.terminal_fixture import Shop, a_terminal


@pytest.fixture
async def shop(tmp_path: Path, socket_dir: Path) -> AsyncIterator[Shop]:
    async with a_terminal(tmp_path, socket_dir) as running:
        yield running

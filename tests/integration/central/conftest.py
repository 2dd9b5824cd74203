"""A central per test: real socket, real file, a small group."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.central_fixture import CentralUnderTest, a_central


@pytest.fixture
async def central(tmp_path: Path) -> AsyncIterator[CentralUnderTest]:
    async with a_central(tmp_path) as running:
        yield running

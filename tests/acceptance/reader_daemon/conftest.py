"""A whole group as real processes whose reader daemon reads virtual cards on a real pcscd."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio

from tests.acceptance.first_tap.conftest import Group
from tests.pcscd import own_pcscd, own_usb_port
from tools.cards.pcscd import Pcscd
from tools.cards.usb_port import UsbPort
from tools.demo.desk.facts import Facts
from tools.demo.run import MADE_FILE, TILL_ID, make_group
from tools.demo.stack import Stack, StackPlan, short_directory
from tools.screen_viewer import ScreenViewer
from tools.till import SimulatedTill


@asynccontextmanager
async def _running_group(state: Path) -> AsyncIterator[Group]:
    """A running group with PC/SC readers; about ten seconds to make."""
    token_file = state / "terminal.token"
    await make_group(state, token_file, lambda *_: None)
    facts = msgspec.json.decode((state / MADE_FILE).read_bytes(), type=Facts)
    with short_directory() as sockets:
        plan = StackPlan(
            state=state, sockets=sockets, terminal_token_file=token_file, reader_options={"driver": ["pcsc"]}
        )
        stack = Stack(plan)
        try:
            await stack.start()
            async with AsyncExitStack() as opened:
                till = await opened.enter_async_context(
                    SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=plan.poi_id)
                )
                viewer = await opened.enter_async_context(await ScreenViewer.open(plan.live_screen_socket))
                token = token_file.read_text(encoding="ascii").strip()
                yield Group(stack, facts, till, viewer, token)
        finally:
            await stack.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def real_group(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Group, Pcscd]]:
    """A running group with vpcd's two readers, and its pcscd."""
    state: Path = tmp_path_factory.mktemp("group")
    with own_pcscd(state / "pcscd.log") as pcscd:
        async with _running_group(state) as group:
            yield group, pcscd


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def usb_group(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[Group, UsbPort]]:
    """A running group with one reader on USB, and its port."""
    state: Path = tmp_path_factory.mktemp("group")
    with own_usb_port(state / "usb-port") as port, own_pcscd(state / "pcscd.log", port):
        async with _running_group(state) as group:
            yield group, port

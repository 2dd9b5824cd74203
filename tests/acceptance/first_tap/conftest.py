"""A whole group as real processes, made once for the tests of this folder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import msgspec
import pytest
import pytest_asyncio

from loyalty.limits.kiosk import KIOSK_REFUSED_AFTER_REMOVAL_S
from reader_daemon import control
from tools.demo.desk.facts import DeskCard, Facts
from tools.demo.run import MADE_FILE, TILL_ID, make_group
from tools.demo.stack import Stack, StackPlan, short_directory
from tools.screen_viewer import ScreenViewer
from tools.till import Item, SimulatedTill
from wire import api


@dataclass(frozen=True)
class Group:
    """A running group in miniature: the stack, its desk facts, its till, its screen, its token."""

    stack: Stack
    facts: Facts
    till: SimulatedTill
    viewer: ScreenViewer
    token: str

    def card(self, kind: str, index: int = 0) -> DeskCard:
        """The `index`-th card of a kind on the desk."""
        return [card for card in self.facts.cards if card.kind == kind][index]

    def item(self, article_id_code: str | None = None, quantity: int = 1) -> Item:
        """A line for an article of the group."""
        code = article_id_code or self.facts.quick[0]
        article = self.facts.articles[code]
        return Item(line_no=1, code=code, quantity=quantity, amount_minor=quantity * article.price_minor)

    async def tap(self, card: DeskCard) -> str:
        """Tap a card on the simulated reader; its tap id."""
        done = await control.tap(self.stack.plan.reader_control_socket, card.evidence)
        assert not done.error
        return done.tap_id

    async def remove(self) -> None:
        """Take the card off the reader and wait for the attract screen."""
        await control.remove(self.stack.plan.reader_control_socket)
        await self.viewer.wait_for(
            lambda head: head.screen == "attract", deadline_s=2 * KIOSK_REFUSED_AFTER_REMOVAL_S
        )

    async def profile(self, card: DeskCard) -> api.ProfileView:
        """What central itself knows of the holder, asked directly."""
        body = api.IdentifyBody(
            evidence=api.EvidenceBody(medium=card.evidence.medium, value=card.evidence.value)
        )
        async with (
            aiohttp.ClientSession(headers={"Authorization": f"Bearer {self.token}"}) as session,
            session.post(
                f"{self.stack.central_url}/api/v1/identify",
                data=msgspec.json.encode(body),
                headers={"Content-Type": "application/json"},
            ) as response,
        ):
            assert response.status == 200, await response.text()
            return msgspec.json.decode(await response.read(), type=api.IdentifyView).profile


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def group(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Group]:
    """A running group; about ten seconds to make."""
    state: Path = tmp_path_factory.mktemp("group")
    token_file = state / "terminal.token"
    await make_group(state, token_file, lambda *_: None)
    facts = msgspec.json.decode((state / MADE_FILE).read_bytes(), type=Facts)
    with short_directory() as sockets:
        stack = Stack(StackPlan(state=state, sockets=sockets, terminal_token_file=token_file))
        try:
            await stack.start()
            till = SimulatedTill(stack.nexo_url, sale_id=TILL_ID, poi_id=stack.plan.poi_id)
            async with till, await ScreenViewer.open(stack.plan.live_screen_socket) as viewer:
                yield Group(stack, facts, till, viewer, token_file.read_text(encoding="ascii").strip())
        finally:
            await stack.stop()

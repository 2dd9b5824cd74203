"""A shop whose terminal was never paired: what the tests of pairing share."""

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from central.services.bundle import build_services
from central.services.core.access import operator_of
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from kiosk.assets import fonts
from loyalty.programme.starter import starter_programme
from tools.demo.stack import Stack, StackPlan, short_directory
from tools.screen_viewer import ScreenViewer
from wire import api_catalogue, api_members
from wire.live_screen import FrameHead

OFFICINE = Path(sys.executable).with_name("officine")
CARD = "2990000000019"
CODE = re.compile(r"[A-HJ-NP-Z2-9]{4}-[A-HJ-NP-Z2-9]{4}")
DEADLINE_S = 30


@dataclass
class Box:
    """A shop whose terminal was never paired, and the office's token."""

    stack: Stack
    office: str
    viewer: ScreenViewer

    @property
    def token_file(self) -> Path:
        return self.stack.plan.terminal_token_file

    async def code(self) -> str:
        """The code on the screen."""
        head = await self.viewer.wait_for(lambda one: bool(code_of(one)), DEADLINE_S)
        assert head.screen == "pairing"
        return code_of(head)

    async def run(self, *arguments: str) -> Any:
        """A command of this machine that must succeed; what it prints with --json."""
        process = await asyncio.create_subprocess_exec(
            OFFICINE,
            *("--config", str(self.stack.plan.state / "officine.toml"), *arguments, "--json"),
            stdout=asyncio.subprocess.PIPE,
        )
        async with asyncio.timeout(60):
            out, _ = await process.communicate()
        assert process.returncode == 0, arguments
        return json.loads(out)

    async def shows(self, screen: str) -> None:
        await self.viewer.wait_for(lambda one: one.screen == screen, DEADLINE_S)


def code_of(head: FrameHead) -> str:
    return next((text for text in head.texts if CODE.fullmatch(text)), "")


async def make_group(plan: StackPlan) -> str:
    """A group with a shop and a member; the office's token."""
    keys = await asyncio.to_thread(load_secrets, plan.secrets_file)
    store = await open_store(f"sqlite:///{plan.database}")
    try:
        services = build_services(store, keys, system_clock)
        actor = operator_of("leman")
        await services.groups.put_group(
            actor, name="Léman", country="CH", currency="CHF", programme=starter_programme("CHF")
        )
        shop = api_catalogue.ShopBody(name="Nyon", country="CH", time_zone="Europe/Zurich")
        await services.shops.put_shop(actor, "nyon", shop)
        await services.members.enrol(actor, api_members.MemberBody(member_id="m-1", family_name="Aubert"))
        await services.cards.put_card(actor, api_members.CardBody(card_number=CARD, uid="", member_id="m-1"))
        return (await services.access.issue_token(actor, role="office", label="head office")).token
    finally:
        await store.close()


@contextlib.asynccontextmanager
async def a_box(state: Path) -> AsyncIterator[Box]:
    await asyncio.to_thread(fonts.build, fonts.default_directory())
    with short_directory() as sockets:
        stack = Stack(StackPlan(state=state, sockets=sockets, terminal_token_file=state / "terminal.token"))
        office = await make_group(stack.plan)
        try:
            await stack.start()
            async with await ScreenViewer.open(stack.plan.live_screen_socket) as viewer:
                yield Box(stack, office, viewer)
        finally:
            await stack.stop()

"""A terminal as it comes out of the box: its screen shows a code, somebody types it at central, it works."""

import asyncio
import contextlib
import json
import re
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from central.services.bundle import build_services
from central.services.core.access import operator_of
from central.services.core.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from kiosk.assets import fonts
from loyalty.programme.starter import starter_programme
from reader_daemon import control
from tools.demo.stack import Stack, StackPlan, short_directory
from tools.screen_viewer import ScreenViewer
from wire import api, api_catalogue
from wire.live_screen import FrameHead
from wire.messages import Evidence

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
        await services.members.enrol(actor, api.MemberBody(member_id="m-1", family_name="Aubert"))
        await services.cards.put_card(actor, api.CardBody(card_number=CARD, uid="", member_id="m-1"))
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


@pytest.mark.timeout(180)
async def test_a_code_typed_at_central_pairs_the_terminal_and_the_screen_goes_on(tmp_path: Path) -> None:
    async with a_box(tmp_path) as box:
        code = await box.code()
        told = await box.run("terminal", "identity")
        assert (told["is_paired"], told["pairing_code"]) == (False, code.replace("-", ""))
        assert told["serial"] in (box.viewer.head.texts if box.viewer.head else ())
        assert (await box.run("terminal", "state"))["is_paired"] is False
        checks = {check["name"]: check["code"] for check in (await box.run("doctor"))["checks"]}
        assert (checks["terminal agent"], checks["clock and token"]) == ("not_paired", "not_paired")

        await box.stack.kill("terminal")
        await box.stack.start(("terminal",))
        await box.shows("pairing")
        assert await box.code() == code, "a restart goes on with the same code"

        paired = await box.run("terminal", "pair", code, "--shop", "nyon", "--terminal", "nyon-1")
        assert paired["terminal_id"] == "nyon-1"
        await box.shows("attract")
        assert box.token_file.stat().st_mode & 0o777 == 0o600
        token = box.token_file.read_text(encoding="ascii").strip()
        assert not (tmp_path / "terminal" / "pairing.json").exists(), "its key is of no more use"
        logs = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "logs").iterdir())
        assert "terminal_paired" in logs
        assert token not in logs

        done = await control.tap(box.stack.plan.reader_control_socket, Evidence(medium="barcode", value=CARD))
        assert not done.error
        await box.shows("member")


@pytest.mark.timeout(180)
async def test_a_revoked_terminal_is_forgotten_and_paired_again_through_the_api(tmp_path: Path) -> None:
    async with a_box(tmp_path) as box:
        first = await box.code()
        paired = await box.run("terminal", "pair", first, "--shop", "nyon")
        await box.shows("attract")
        await box.run("token", "revoke", paired["token_id"])
        await box.shows("link_lost")
        assert (await box.run("terminal", "unpair", "--yes"))["was_paired"] is True
        await box.stack.kill("terminal")
        await box.stack.start(("terminal",))
        second = await box.code()
        assert second != first

        headers = {"Authorization": f"Bearer {box.office}"}
        async with aiohttp.ClientSession(headers=headers) as office:
            address = f"{box.stack.central_url}/api/v1/terminals"
            wrong = {"code": first, "shop_id": "nyon", "terminal_id": "nyon-2"}
            async with office.post(address, json=wrong) as answer:
                assert (answer.status, (await answer.json())["code"]) == (409, "pairing_taken")
            async with office.post(address, json=wrong | {"code": second}) as answer:
                assert answer.status == 200
        await box.shows("attract")


@pytest.mark.timeout(180)
async def test_without_central_the_screen_says_so_and_the_code_comes_with_the_network(tmp_path: Path) -> None:
    async with a_box(tmp_path) as box:
        await box.code()
        await box.stack.cable.cut()
        head = await box.viewer.wait_for(lambda one: not code_of(one), DEADLINE_S)
        assert head.screen == "pairing"
        assert any("réseau" in text for text in head.texts), head.texts
        await box.stack.cable.mend()
        await box.code()

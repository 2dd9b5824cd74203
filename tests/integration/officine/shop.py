"""A shop whose four programs run as real processes, for tests of commands that talk to them."""

import asyncio
import contextlib
import json
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
from loyalty.programme.starter import starter_programme
from tools.demo.stack import Stack, StackPlan, short_directory
from wire import api_catalogue, api_members

OFFICINE = Path(sys.executable).with_name("officine")
CARD = "2990000000019"
UID = "04A1B2C3D4E5F6"
CODE = "2100000000012"


@dataclass(frozen=True)
class Shop:
    """A shop whose four programs run."""

    stack: Stack
    config: Path

    async def run(self, *arguments: str) -> tuple[int, str]:
        """A command's exit status and standard output."""
        process = await asyncio.create_subprocess_exec(
            OFFICINE, "--config", self.config, *arguments, stdout=asyncio.subprocess.PIPE
        )
        async with asyncio.timeout(60):
            out, _ = await process.communicate()
        assert process.returncode is not None
        return process.returncode, out.decode()

    async def json(self, *arguments: str) -> Any:
        """What a command that must succeed prints with --json."""
        status, out = await self.run(*arguments, "--json")
        assert status == 0, (arguments, out)
        return json.loads(out)

    async def doctor(self) -> tuple[int, dict[str, tuple[str, str]]]:
        """Exit status; status and next step by check."""
        status, out = await self.run("doctor", "--json")
        checks = json.loads(out)["checks"]
        return status, {check["name"]: (check["status"], check["next_step"]) for check in checks}


@contextlib.asynccontextmanager
async def a_shop(state: Path) -> AsyncIterator[Shop]:
    token_file = state / "terminal.token"
    with short_directory() as sockets:
        stack = Stack(StackPlan(state=state, sockets=sockets, terminal_token_file=token_file))
        await make_group(stack.plan)
        try:
            await stack.start()
            yield Shop(stack, state / "officine.toml")
        finally:
            await stack.stop()


async def make_group(plan: StackPlan) -> None:
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
        article = api_catalogue.ArticleBody(name="Sun cream", article_class="cosmetic", codes=[CODE])
        await services.articles.put_article(actor, "a-1", article)
        await services.members.enrol(actor, api_members.MemberBody(member_id="m-1", family_name="Aubert"))
        await services.cards.put_card(actor, api_members.CardBody(card_number=CARD, uid=UID, member_id="m-1"))
        issued = await services.access.issue_token(
            actor, role="terminal", label="test", shop_id="nyon", terminal_id="nyon-1"
        )
    finally:
        await store.close()
    plan.terminal_token_file.write_text(issued.token, encoding="ascii")

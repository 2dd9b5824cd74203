"""Doctor, terminal, reader and till commands against the four programs as real processes."""

import asyncio
import contextlib
import json
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from central.services.access import operator_of
from central.services.bundle import build_services
from central.services.clock import system_clock
from central.settings import load_secrets
from central.storage.opening import open_store
from officine.commands.group_ import starter_programme
from tests.helpers import eventually
from tools.demo.stack import Stack, StackPlan, short_directory
from wire import api

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
        shop = api.ShopBody(name="Nyon", country="CH", time_zone="Europe/Zurich")
        await services.shops.put_shop(actor, "nyon", shop)
        article = api.ArticleBody(name="Sun cream", article_class="cosmetic", codes=[CODE])
        await services.articles.put_article(actor, "a-1", article)
        await services.members.enrol(actor, api.MemberBody(member_id="m-1", family_name="Aubert"))
        await services.cards.put_card(actor, api.CardBody(card_number=CARD, uid=UID, member_id="m-1"))
        issued = await services.access.issue_token(
            actor, role="terminal", label="test", shop_id="nyon", terminal_id="nyon-1"
        )
    finally:
        await store.close()
    plan.terminal_token_file.write_text(issued.token, encoding="ascii")


async def test_a_till_awards_and_returns_from_the_command_line(place: Path) -> None:
    async with a_shop(place) as shop:
        login = await shop.json("till", "login")
        assert login["Response"]["Result"] == "Success"
        await shop.json("reader", "tap", UID)

        async def is_open() -> bool:
            return bool((await shop.json("terminal", "state"))["session"] == "open")

        await eventually(is_open, deadline_s=30)
        award = await shop.json("till", "award", f"{CODE}*2=24.80")
        assert award["answer"]["LoyaltyResult"][0]["CurrentBalance"] == 24
        back = await shop.json("till", "return", award["reference"], f"1:{CODE}*1=12.40")
        assert back["answer"]["LoyaltyResult"][0]["LoyaltyAmount"]["Value"] == 12
        status = await shop.json("till", "status", award["service_id"])
        assert status["Response"]["Result"] == "Success"
        assert (await shop.json("till", "balance"))["LoyaltyAccountStatus"]["CurrentBalance"] == 12
        assert (await shop.json("member", "balance", "m-1"))["points"] == 12
        unknown, _ = await shop.run("till", "award", f"{CODE}=1.00", "--card", "2990000000026")
        assert unknown == 1
        outbox = await shop.json("terminal", "outbox")
        assert (outbox["counts"]["delivered"], outbox["counts"]["refused"]) == (2, 1)
        assert CARD not in json.dumps(outbox)
        assert (await shop.json("check", "ledger"))["is_sound"] is True


async def test_the_doctor_says_what_is_wrong_and_what_to_do(place: Path) -> None:
    async with a_shop(place) as shop:
        status, checks = await shop.doctor()
        assert status == 0, checks
        assert {found for found, _ in checks.values()} == {"ok"}
        assert len(checks) == 11

        await shop.json("reader", "unplug")
        status, checks = await shop.doctor()
        assert (status, checks["reader"][0]) == (1, "fail")
        assert "plug" in checks["reader"][1]
        await shop.json("reader", "plug")

        await shop.stack.cable.cut()

        async def is_noticed() -> bool:
            return bool((await shop.json("terminal", "state"))["link"] != "up")

        await eventually(is_noticed, deadline_s=30)
        status, checks = await shop.doctor()
        assert status == 0, "a cut is a warning: nothing is lost"
        assert (checks["terminal agent"][0], checks["clock and token"][0]) == ("warn", "warn")

        await shop.stack.kill("kiosk")
        await shop.stack.kill("terminal")
        status, checks = await shop.doctor()
        assert status == 1
        failed = {name for name, (found, _) in checks.items() if found == "fail"}
        assert failed == {"terminal agent", "kiosk screen"}
        assert "officine terminal run" in checks["terminal agent"][1]


async def test_the_doctor_of_a_machine_without_settings_says_where_to_begin(place: Path) -> None:
    (place / "empty.toml").write_text("", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        OFFICINE,
        *("--config", "empty.toml", "doctor", "--json"),
        stdout=asyncio.subprocess.PIPE,
        env={"PATH": "/usr/bin:/bin"},
    )
    out, _ = await process.communicate()
    checks = {check["name"]: check for check in json.loads(out)["checks"]}
    assert checks["settings"]["status"] == "warn"
    assert "officine.example.toml" in checks["settings"]["next_step"]

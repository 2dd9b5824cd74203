"""A till is paired as people do it: programs as in a shop, a screen that is touched, commands typed."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from reader_daemon import control
from tests.acceptance.pairing.box import CARD, DEADLINE_S, OFFICINE, Box, a_box
from tests.helpers import eventually
from wire.live_screen import FrameHead
from wire.messages import Evidence

STAFF_UID = "04D1D2D3D4D580"


@contextlib.asynccontextmanager
async def a_shop(state: Path) -> AsyncIterator[Box]:
    """A terminal that is paired with central, as in any shop."""
    async with a_box(state) as box:
        await box.run("terminal", "pair", await box.code(), "--shop", "nyon", "--terminal", "nyon-1")
        await box.shows("attract")
        yield box


async def touch(box: Box, action: str) -> None:
    """Touch what means this, once it is there."""
    head = await box.viewer.wait_for(lambda one: action in one.targets, DEADLINE_S)
    left, top, width, height = head.targets[action]
    box.viewer.touch(left + width // 2, top + height // 2)


async def start_till(box: Box, *arguments: str) -> asyncio.subprocess.Process:
    """A till at its keyboard: another machine, without the terminal's settings."""
    return await asyncio.create_subprocess_exec(
        OFFICINE,
        *("till", *arguments, "--json"),
        cwd=box.stack.plan.state,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )


async def till(box: Box, *arguments: str) -> tuple[int | None, Any]:
    process = await start_till(box, *arguments)
    async with asyncio.timeout(60):
        out, err = await process.communicate()
    return process.returncode, json.loads(out or err)


async def word_of(process: asyncio.subprocess.Process) -> str:
    """The check word that the till tells while it waits."""
    assert process.stderr is not None
    async with asyncio.timeout(DEADLINE_S):
        line = await process.stderr.readline()
    return str(json.loads(line)["check_word"])


def shows(text: str) -> Any:
    return lambda head: isinstance(head, FrameHead) and text in head.texts


async def code_on_screen(box: Box) -> tuple[str, str]:
    """Code and address, as somebody reads them from the screen."""
    head = await box.viewer.wait_for(lambda one: one.screen == "till_pairing", DEADLINE_S)
    code = next(each for each in head.texts if each.replace(" ", "").isdigit() and len(each) == 7)
    return code, f"127.0.0.1:{box.stack.nexo_port}"


@pytest.mark.timeout(300)
async def test_a_card_of_staff_opens_a_code_and_the_till_that_enters_it_books_tickets(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as box:
        await box.run("staff", "put", "s-7", "--role", "assistant", "--shop", "nyon")
        await box.run("staff-card", "issue", "s-7", "--name", "Mme Rochat", "--uid", STAFF_UID)
        reader = box.stack.plan.reader_control_socket
        assert not (await control.tap(reader, Evidence(medium="nfc_uid", value=STAFF_UID))).error
        await box.viewer.wait_for(lambda one: one.screen == "staff", DEADLINE_S)
        await touch(box, "choose_2")  # the entry behind the PIN of a member
        code, address = await code_on_screen(box)
        assert any(address in text for text in (box.viewer.head.texts if box.viewer.head else ()))
        assert not (await control.remove(reader)).error, "the code stays when the card is taken away"

        process = await start_till(box, "--till", "TILL-7", "pair", address, code)
        word = await word_of(process)
        await box.viewer.wait_for(shows(word), DEADLINE_S)
        await touch(box, "word_same")
        async with asyncio.timeout(60):
            out, _ = await process.communicate()
        assert process.returncode == 0
        paired = json.loads(out)
        assert (paired["till"], paired["poi_id"]) == ("TILL-7", box.stack.plan.poi_id)
        assert paired["check_word"] == word
        file = tmp_path / "till.json"
        assert (await asyncio.to_thread(file.stat)).st_mode & 0o777 == 0o600

        status, told = await till(box, "--paired", "till.json", "login")
        assert (status, told["Response"]["Result"]) == (0, "Success"), told
        status, told = await till(box, "--paired", "till.json", "award", "7612345000012=9.90", "--card", CARD)
        assert status == 0, told
        assert [each["till"] for each in await box.run("till", "list")] == ["TILL-7"]
        acts = await eventually(lambda: acts_of(box, 1), DEADLINE_S)
        assert acts[0] | {"recorded_ms": 0, "occurred_ms": 0, "act_id": ""} == {
            "act_id": "",
            "kind": "paired",
            "shop_id": "nyon",
            "terminal_id": "nyon-1",
            "sale_id": "TILL-7",
            "key_version": 1,
            "opened_by": "staff_card",
            "staff_id": "s-7",
            "occurred_ms": 0,
            "recorded_ms": 0,
        }

        await box.run("till", "unpair", "TILL-7")
        status, told = await till(box, "--paired", "till.json", "login")
        assert status == 1, told
        assert await box.run("till", "list") == []
        acts = await eventually(lambda: acts_of(box, 2), DEADLINE_S)
        assert [act["kind"] for act in acts] == ["unpaired", "paired"]

        await box.run("staff-card", "block", "s-7")
        assert not (await control.tap(reader, Evidence(medium="nfc_uid", value=STAFF_UID))).error
        await box.viewer.wait_for(lambda one: one.screen == "refused", DEADLINE_S)
        logs = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "logs").iterdir())
        kept = json.loads(await asyncio.to_thread(file.read_text))
        assert kept["terminals"][0]["passphrase"] not in logs
        assert code.replace(" ", "") not in logs


async def acts_of(box: Box, count: int) -> Any:
    acts = await box.run("terminal", "tills")
    return acts if len(acts) == count else None


@pytest.mark.timeout(300)
async def test_without_a_card_of_staff_the_operator_pairs_a_till_by_script(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as box:
        opened = await box.run("terminal", "till-code")
        code, address = await code_on_screen(box)
        assert (opened["code"], opened["address"]) == (code.replace(" ", ""), address)

        process = await start_till(box, "--till", "TILL-1", "pair", address, opened["code"])
        word = await word_of(process)
        assert (await box.run("terminal", "till-word", word))["till"] == "TILL-1"
        async with asyncio.timeout(60):
            await process.communicate()
        assert process.returncode == 0
        await box.viewer.wait_for(lambda one: "La caisse est connectée" in one.texts, DEADLINE_S)
        status, _ = await till(box, "--paired", "till.json", "login")
        assert status == 0

        await box.stack.kill("terminal")
        await box.stack.start(("terminal",))
        status, told = await till(box, "--paired", "till.json", "login")
        assert status == 0, f"a restart forgets no till: {told}"
        await box.stack.kill("terminal")
        await box.run("till", "unpair", "TILL-1")
        await box.stack.start(("terminal",))
        status, _ = await till(box, "--paired", "till.json", "login")
        assert status == 1
        acts = await eventually(lambda: acts_of(box, 2), DEADLINE_S)
        assert [act["kind"] for act in acts] == ["unpaired", "paired"], (
            "central hears of it at the next start"
        )


@pytest.mark.timeout(300)
async def test_a_wrong_word_pairs_nothing_and_the_screen_says_what_to_do(tmp_path: Path) -> None:
    async with a_shop(tmp_path) as box:
        opened = await box.run("terminal", "till-code")
        process = await start_till(box, "--till", "TILL-1", "pair", opened["address"], opened["code"])
        word = await word_of(process)
        await box.viewer.wait_for(shows(word), DEADLINE_S)
        await touch(box, "word_differs")
        async with asyncio.timeout(60):
            await process.communicate()
        assert process.returncode == 1
        head = await box.viewer.wait_for(
            lambda one: "La caisse n’a pas été connectée" in " ".join(one.texts), DEADLINE_S
        )
        assert head.screen == "till_pairing"
        assert not (tmp_path / "till.json").exists()
        assert await box.run("till", "list") == []
        await touch(box, "cancel_till")
        await box.shows("attract")

"""A terminal as it comes out of the box: its screen shows a code, somebody types it at central, it works."""

from pathlib import Path

import aiohttp
import pytest

from reader_daemon import control
from tests.acceptance.pairing.box import CARD, DEADLINE_S, a_box, code_of
from wire.messages import Evidence


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

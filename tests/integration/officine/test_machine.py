"""Doctor, terminal, reader and till commands against the four programs as real processes."""

import asyncio
import json
from pathlib import Path

from tests.helpers import eventually
from tests.integration.officine.shop import CARD, CODE, OFFICINE, UID, a_shop


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
        assert len(checks) == 16

        settings = shop.config.read_text(encoding="utf-8")
        mended = settings.replace('language = "fr"', 'language = "de"')
        mended = mended.replace("[terminal]\n", '[terminal]\nprinter = "tcp://192.0.2.1:9100"\n')
        mended = mended.replace("OFFICINE-00000001", "OFFICINE-00000002")
        await asyncio.to_thread(shop.config.write_text, mended, encoding="utf-8")
        told = {
            check["name"]: check for check in json.loads((await shop.run("doctor", "--json"))[1])["checks"]
        }
        assert told["terminal as set up"]["text"].endswith(": poi_id, printer")
        assert told["terminal as set up"]["next_step"] == "Restart it: systemctl restart officine-terminal"
        assert told["kiosk as set up"]["text"].endswith(": language")
        assert told["reader as set up"]["code"] == "ok"
        assert "192.0.2.1" not in told["terminal as set up"]["text"]
        await asyncio.to_thread(shop.config.write_text, settings, encoding="utf-8")

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

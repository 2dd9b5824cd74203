"""The demo desk in a real browser: what a newcomer does in the first three minutes (C-32, P-30)."""

import asyncio
import json
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Page, async_playwright, expect

from kiosk.flow.state import Action
from tests.acceptance.desk.touching import lead, touch
from tools.demo.desk.chips import Chips

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.timeout(300),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt install chromium"),
]
CHROMIUM_ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
WAIT_MS = 20_000


@dataclass(frozen=True)
class Demo:
    """A running `officine demo` and the page of its desk."""

    process: asyncio.subprocess.Process
    page: Page
    state: Path
    central: str
    trouble: list[str]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def demo(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Demo]:
    """The command as a person starts it, with free ports."""
    state: Path = tmp_path_factory.mktemp("demo") / "state"
    ports = ("--desk-port", "0", "--central-port", "0", "--nexo-port", "0")
    environ = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "officine.main", "demo", "--json", "--state", str(state), *ports,
        stdout=asyncio.subprocess.PIPE, env=environ, start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    trouble: list[str] = []
    try:
        async with asyncio.timeout(240):
            addresses = json.loads(await process.stdout.readuntil(b"}"))
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGUMENTS)
            page = await browser.new_page(locale="en-GB", viewport={"width": 1280, "height": 900})
            page.set_default_timeout(WAIT_MS)
            expect.set_options(timeout=WAIT_MS)
            page.on("pageerror", lambda error: trouble.append(str(error)))
            page.on("console", lambda said: trouble.append(said.text) if said.type == "error" else None)
            await page.goto(addresses["Demo desk"])
            yield Demo(process, page, state, addresses["Central"].removesuffix("/healthz"), trouble)
            await browser.close()
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGTERM)
            await process.wait()


async def shown_screen(page: Page, name: str) -> None:
    await expect(page.locator("#screen-name")).to_have_text(name)


async def put_card(page: Page, index: int) -> None:
    await page.locator("#cards button").nth(index).click()
    await expect(page.locator("#cards button").nth(index)).to_have_attribute("aria-pressed", "true")
    await shown_screen(page, "member")


async def test_the_page_shows_the_kiosk_live(demo: Demo) -> None:
    await expect(demo.page.locator("#screen-waiting")).to_be_hidden()
    await shown_screen(demo.page, "attract")
    width = await demo.page.evaluate("document.getElementById('screen').width")
    colours = await demo.page.evaluate(
        "new Set(new Uint32Array(document.getElementById('screen').getContext('2d')"
        ".getImageData(0, 0, 800, 480).data.buffer)).size"
    )
    assert width == 800
    assert colours > 50, "a drawn screen, not an empty one"


async def test_tap_scan_pay_and_return(demo: Demo) -> None:
    page = demo.page
    await put_card(page, 0)
    await page.fill("#code", "2100000001835")
    await page.press("#code", "Enter")
    await page.locator("#quick button").nth(1).click()
    await expect(page.locator("#total")).to_have_text("CHF 27.80")

    await page.click("#pay")

    answer = page.locator("#answer")
    await expect(answer).to_contain_text("Points earned")
    facts = await answer.locator("dd").all_inner_texts()
    assert facts[0] == await page.locator("#cards button span").first.inner_text()
    assert facts[1] == "27"
    assert facts[3] == "21.90 · 5.90"
    balance = int(facts[2])
    receipt = await page.locator("#tickets .ticket pre").first.inner_text()
    assert re.search(r"27 points?", receipt), "what the till prints, line by line"
    assert len(receipt.splitlines()) > 4
    await page.locator("#tickets .ticket button").first.click()
    await expect(answer).to_contain_text("Points taken back")
    facts = await answer.locator("dd").all_inner_texts()
    taken = int(facts[1])
    assert 21 <= taken <= 22, "the sun cream's share of 27 points by largest remainder"
    assert int(facts[2]) == balance - taken


async def test_a_member_without_a_card_is_found_and_a_parked_ticket_is_taken_up_and_paid(demo: Demo) -> None:
    page = demo.page
    if await page.locator("#remove").is_enabled():
        await page.click("#remove")
    facts = await (await page.request.get(f"{page.url}facts")).json()
    member = next(card for card in facts["cards"] if card["birth_date"])
    await page.fill("#code", "2100000001835")
    await page.press("#code", "Enter")
    await expect(page.locator("#total")).to_have_text("CHF 21.90")

    await page.click("#park")
    await expect(page.locator("#total")).to_have_text("CHF 0.00")
    await page.locator("#parked button").first.click()
    await expect(page.locator("#total")).to_have_text("CHF 21.90")
    await expect(page.locator("#parked button")).to_have_count(0)
    await page.fill("#find-name", "Nobody Here")
    await page.click("#find button")
    await expect(page.locator("#answer")).to_be_visible()
    [refused] = demo.trouble
    assert "409" in refused, "the refusal itself, which browsers tell as an error"
    demo.trouble.clear()
    await page.fill("#find-name", member["label"])
    await page.fill("#find-born", member["birth_date"])
    await page.click("#find button")
    await expect(page.locator("#found button")).to_have_attribute("aria-pressed", "true")
    await page.click("#pay")

    await expect(page.locator("#answer")).to_contain_text("Points earned")
    told = await page.locator("#answer dd").all_inner_texts()
    assert told[1] == "21"
    await expect(page.locator("#found button")).to_have_count(0)


async def test_a_cut_network_notes_the_ticket_and_credits_it_later(demo: Demo) -> None:
    page = demo.page
    await put_card(page, 0)
    await page.click("#network")
    await expect(page.locator("#link")).to_contain_text("Network cut")
    await page.locator("#quick button").first.click()
    await page.click("#pay")
    await expect(page.locator("#answer")).to_contain_text("Noted")
    await expect(page.locator("#link")).to_contain_text(re.compile(r"waiting: 1"))
    await page.click("#network")
    await expect(page.locator("#link")).to_have_text("Central reachable")


async def test_a_touch_on_the_picture_reaches_the_kiosk(demo: Demo) -> None:
    page = demo.page
    await put_card(page, 1)
    await lead(page, Action.TICKETS, scene="member", to="tickets")
    await page.click("#remove")
    await shown_screen(page, "attract")


async def test_a_pack_is_held_to_the_kiosks_scanner(demo: Demo) -> None:
    page = demo.page
    await lead(page, Action.VISITOR_MENU, scene="attract_poster", to="visitor_menu")
    await lead(page, "Scanner un produit", scene="visitor_menu", to="visitor_pack_scan")
    await page.locator("#packs button").first.click()
    await shown_screen(page, "visitor_pack")
    await lead(page, Action.BACK, scene="visitor_pack", to="attract")


async def test_a_voucher_takes_its_worth_off_and_is_gone_once_paid(demo: Demo) -> None:
    page = demo.page
    vouchers = page.locator("#vouchers button")
    await expect(vouchers).to_have_count(2)
    await put_card(page, 5)
    await page.locator("#quick button").first.click()
    await vouchers.first.click()
    await expect(page.locator("#total")).to_have_text("CHF 18.90")
    await page.click("#pay")
    await expect(page.locator("#answer")).to_contain_text("CHF 18.90")
    await expect(vouchers).to_have_count(1)
    await page.click("#remove")
    await shown_screen(page, "attract")


async def test_staff_print_a_test_page_that_hangs_on_the_desk_and_none_without_paper(demo: Demo) -> None:
    page = demo.page
    await page.locator("#cards button", has_text="Mme Rochat").click()
    await shown_screen(page, "staff")
    await lead(page, "Comment va la borne\u202f?", scene="staff", to="how_is_it")
    await touch(page, Action.PRINT, "how_is_it")
    await expect(page.locator("#slips img")).to_have_count(1)
    assert await page.evaluate("document.querySelector('#slips img').decode().then(() => true)")
    await page.click("#remove")
    await shown_screen(page, "attract")


@pytest.mark.parametrize("language", ["fr", "de", "it", "zh", "en"])
async def test_the_page_speaks_every_language(demo: Demo, language: str) -> None:
    await demo.page.locator(f"#languages button[lang={language}]").click()
    texts = await demo.page.locator("[data-word]").all_inner_texts()
    assert all(text.strip() for text in texts if text is not None)
    assert not any(re.fullmatch(r"[a-z]+_[a-z_]+", text) for text in texts), "a key instead of a word"


async def test_another_sites_page_may_not_tap_cards(demo: Demo) -> None:
    answer = await demo.page.request.post(
        f"{demo.page.url}do/tap", data={"card": "unknown"}, headers={"Origin": "http://evil.example"}
    )
    assert answer.status == 403


async def test_the_cards_that_sign_have_the_pin_that_the_desk_tells(demo: Demo) -> None:
    told = await demo.page.locator("#cards button").all_inner_texts()
    assert all(each.endswith("PIN 2718") for each in told[:5])
    assert not any("PIN" in each for each in told[5:])
    cards = (await (await demo.page.request.get(f"{demo.page.url}facts")).json())["cards"]
    chips = await asyncio.to_thread(Chips, demo.state / "desk-chips.json")
    token = await asyncio.to_thread((demo.state / "terminal.token").read_text)
    for card in cards[:5]:
        tapped = await chips.tapped(card["id"])
        assert tapped is not None
        body = {"evidence": {"medium": tapped[0].medium, "value": tapped[0].value}, "pin": card["pin"]}
        answer = await demo.page.request.post(
            f"{demo.central}/api/v1/identify", data=body, headers={"Authorization": f"Bearer {token.strip()}"}
        )
        known = await answer.json()
        assert known["strength"] == "card_and_pin", known


async def test_ctrl_c_stops_everything_cleanly(demo: Demo) -> None:
    assert demo.trouble == []
    os.killpg(demo.process.pid, signal.SIGINT)
    async with asyncio.timeout(30):
        assert await demo.process.wait() == 0

"""The page of an invitation in a real browser of a telephone's size: filled in without a script (C-08)."""

import re
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, async_playwright

from central.services.members.messages import Channel
from tests.central_fixture import STOCK_CARD, CentralUnderTest, a_central, by_number
from tests.integration.central.test_messages import Postbox, a_server, an_outlet
from tools.demo.stack import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt install chromium")
SMALL = {"width": 320, "height": 568}
LANGUAGES = ("fr", "de", "it", "en", "zh")


@dataclass
class AtHome:
    """Whoever reads the mail, and their browser."""

    central: CentralUnderTest
    page: Page
    postbox: Postbox
    asked: list[str]

    async def link(self) -> str:
        """Join at the kiosk with a blank card, and take the link of the mail."""
        body = {"join_id": "j-1", "email": "eva@example.org", "agreed": True, "text_version": "2026-11/fr"}
        joined = await self.central.post("joins", body | {"card": by_number(STOCK_CARD)})
        assert joined.status == 200, joined.body
        await self.central.handed_on(lambda: self.postbox.letters)
        found = re.search(r"https://\S+", str(self.postbox.letters[-1].get_content()))
        assert found is not None
        return self.central.base_url + urlsplit(found[0]).path


@pytest.fixture
async def home(tmp_path: Path) -> AsyncIterator[AtHome]:
    port, postbox = free_port(), Postbox()
    outlets = {Channel.EMAIL: an_outlet(port)}
    async with (
        a_server(postbox, port),
        a_central(tmp_path, outlets=outlets, public_url="https://points.example") as central,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport=SMALL, is_mobile=True, java_script_enabled=False)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        yield AtHome(central, page, postbox, asked)
        await browser.close()


async def test_the_data_are_filled_in_by_hand_and_validate_the_card(home: AtHome) -> None:
    link, page = await home.link(), home.page
    for language in LANGUAGES:
        await page.goto(f"{link}?lang={language}")
        fields = await page.locator("label").all_inner_texts()
        assert len(fields) == 4
        assert all(fields), "each field has its words"
        for name in ("family_name", "given_name", "birth_date"):
            box = await page.locator(f"input[name={name}]").bounding_box()
            assert box is not None
            assert box["height"] >= 44, "a finger finds it"
            assert box["x"] + box["width"] <= SMALL["width"]
    await page.goto(f"{link}?lang=de")
    await page.fill("input[name=family_name]", "Aubert")
    await page.get_by_role("checkbox").check()
    await page.locator("button").press("Enter")
    assert "Danke" in await page.inner_text("main")
    found = await home.central.post("cards/find", {"card_number": STOCK_CARD}, token="office")
    assert found.body["state"] == "active"
    answer = await page.goto(link)
    assert answer is not None
    assert answer.status == 410
    assert all(url.startswith((home.central.base_url, "data:")) for url in home.asked)

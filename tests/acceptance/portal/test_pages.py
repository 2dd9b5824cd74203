"""Members' pages in a real browser of the size of a telephone (issue 7, part 1)."""

import io
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import segno
from PIL import Image
from playwright.async_api import Error, Page, async_playwright

from central.services.core.clock import system_clock
from loyalty.limits.cards import PHONE_CODE_S
from tests.central_fixture import CARD, CentralUnderTest, a_central
from tests.helpers import eventually
from tests.integration.central.test_chip_messages import a_chip, tap

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium here: apt install chromium")
WINDOW_MS = PHONE_CODE_S * 1000
SMALL = {"width": 320, "height": 568}


@dataclass
class Browser:
    """A telephone's browser, what it asked for, and the central behind it."""

    central: CentralUnderTest
    page: Page
    asked: list[str]
    moved: list[int]

    async def link(self) -> str:
        body = {"phone_card_id": "phone-1", "card_number": CARD}
        made = await self.central.post("cards/phone", body, token="office")
        return self.central.base_url + str(made.body["path"])

    async def expected(self, link: str) -> str:
        *_, group_id, handle, secret = link.split("/")
        return (await self.central.services.phone_cards.page(group_id, handle, secret)).code


@pytest.fixture
async def phone(tmp_path: Path) -> AsyncIterator[Browser]:
    moved = [0]
    async with (
        a_central(tmp_path, clock=lambda: system_clock() + moved[0]) as central,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"]
        )
        page = await browser.new_page(viewport=SMALL, is_mobile=True, java_script_enabled=True)
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        yield Browser(central, page, asked, moved)
        await browser.close()


def at_the_start_of_a_window(browser: Browser) -> None:
    browser.moved[0] = WINDOW_MS - system_clock() % WINDOW_MS + 500


async def read_off(page: Page, expected: str) -> bool:
    """Whether the picture on the screen, module by module, is the QR code of a text."""
    drawn = page.locator(".qr svg")
    picture = Image.open(io.BytesIO(await drawn.screenshot())).convert("L")
    matrix = [
        list(row) for row in segno.make_qr(expected, error="m", boost_error=False).matrix_iter(border=4)
    ]
    step_x, step_y = picture.width / len(matrix[0]), picture.height / len(matrix)
    return all(
        (int(picture.getpixel((int((x + 0.5) * step_x), int((y + 0.5) * step_y)))) < 128) == bool(module)  # type: ignore[arg-type]
        for y, row in enumerate(matrix)
        for x, module in enumerate(row)
    )


async def test_the_code_is_whole_on_the_first_screen_of_a_small_telephone(phone: Browser) -> None:
    at_the_start_of_a_window(phone)
    link = await phone.link()
    await phone.page.goto(link)
    assert await read_off(phone.page, await phone.expected(link))
    box = await phone.page.locator(".qr svg").bounding_box()
    assert box is not None
    assert box["y"] + box["height"] <= SMALL["height"]
    assert box["width"] >= 200, "four pixels a module and more"
    width = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= SMALL["width"], "nothing to push sideways"


@pytest.mark.parametrize("language", ["fr", "de", "it", "en", "zh"])
async def test_nothing_is_asked_of_anybody_else_in_any_language(phone: Browser, language: str) -> None:
    link = await phone.link()
    await phone.page.goto(f"{link}?lang={language}")
    assert phone.asked
    assert all(url.startswith((phone.central.base_url, "data:")) for url in phone.asked)
    width = await phone.page.evaluate("document.documentElement.scrollWidth")
    assert width <= SMALL["width"]


async def test_the_next_code_comes_by_itself(phone: Browser) -> None:
    phone.moved[0] = WINDOW_MS - system_clock() % WINDOW_MS - 6_000
    link = await phone.link()
    first = await phone.expected(link)
    await phone.page.goto(link)
    assert await read_off(phone.page, first)

    async def has_changed() -> bool:
        try:
            return not await read_off(phone.page, first)
        except Error:  # the page was just taking the next one's place
            return False

    await eventually(has_changed, 20)
    assert await read_off(phone.page, await phone.expected(link))


async def test_a_card_held_to_a_telephone_shows_its_balance_once(phone: Browser) -> None:
    card = await a_chip(phone.central)
    query = tap(card)["value"].partition("?")[2]
    await phone.page.goto(f"{phone.central.base_url}/t/lac?{query}")
    assert "Mme R." in await phone.page.inner_text("main")
    assert await phone.page.locator("svg").count() == 0, "no card for the phone of whoever holds one to it"
    again = await phone.page.goto(f"{phone.central.base_url}/t/lac?{query}")
    assert again is not None
    assert again.status == 403, "the same link again, in this browser or another"
    assert "Mme R." not in await phone.page.inner_text("body")
    replayed = {"evidence": {"medium": "ntag424", "value": f"https://x.example/t?{query}"}}
    assert (await phone.central.post("identify", replayed)).code == "card_message_replayed"

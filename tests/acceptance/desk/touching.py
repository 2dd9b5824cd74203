"""Touching the kiosk through the desk's picture of it: where an action lies, its own scenes say."""

import asyncio
import contextlib

import pygame
from playwright.async_api import Page, expect

from kiosk.flow.state import Action
from loyalty.limits.kiosk import KIOSK_PAGE_SETTLES_MS
from tests.unit.kiosk.drawing import SMALL, drawn

FIRST_FRAME_MS = 3_000


async def touch(page: Page, action: Action, scene: str) -> None:
    """Touch an action once, where it lies in a scene of the same kind; as a person, who looks first."""
    await asyncio.sleep(2 * KIOSK_PAGE_SETTLES_MS / 1000)
    canvas = await asyncio.to_thread(drawn, scene, "fr", SMALL)
    await _click(page, next(each.rect for each in canvas.targets if each.action is action))


async def lead(page: Page, wanted: Action | str, *, scene: str, to: str) -> None:
    """Touch an action, or what bears a word in French, until another screen is there.

    Its name may be told before its first frame; then people touch again.
    """
    canvas = await asyncio.to_thread(drawn, scene, "fr", SMALL)
    rects = [each.rect for each in canvas.targets if each.action is wanted]
    rects += [each.rect for each in canvas.labels if each.text.replace("\xa0", " ") == wanted]
    for _ in range(10):
        await _click(page, rects[0])
        with contextlib.suppress(AssertionError):
            await expect(page.locator("#screen-name")).to_have_text(to, timeout=FIRST_FRAME_MS)
            return
    await expect(page.locator("#screen-name")).to_have_text(to)


async def _click(page: Page, rect: pygame.Rect) -> None:
    screen = page.locator("#screen")
    box = await screen.bounding_box()
    assert box is not None
    x, y = box["width"] * rect.centerx / SMALL[0], box["height"] * rect.centery / SMALL[1]
    await screen.click(position={"x": x, "y": y})

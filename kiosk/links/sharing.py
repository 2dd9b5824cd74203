"""Pictures of the screen for head office, while staff allow it: seldom, small, and of nobody's visit."""

import asyncio
from collections.abc import Callable
from typing import Final

import pygame

from kiosk.flow.sharing import is_watched, support_of
from kiosk.flow.state import State
from kiosk.links.live_screen import encode_png
from kiosk.widgets.canvas import Kit
from kiosk.widgets.icons import draw_icon
from loyalty.limits.support import SUPPORT_FRAME_BYTES_MAX, SUPPORT_FRAME_EVERY_S, SUPPORT_PART_BYTES
from wire.looking_after import ScreenPart

_LEVEL: Final = 6
"""The line may be thin, and there is time."""
_SIGN_PX: Final = (320, 192)
_GROUND, _INK = (228, 232, 230), (82, 100, 92)


class Sharing:
    """Call `drawn` after each frame; `run` sends the newest, or the sign that stands for a visit."""

    def __init__(self, kit: Kit, send: Callable[[ScreenPart], object]) -> None:
        self._kit = kit
        self._send = send
        self._frames = 0
        self._sent = 0
        self._look = ""
        self._may = False

    def drawn(self, *, may_share: bool) -> None:
        """What is on the surface now may be seen, or not: known of the very state it was drawn from."""
        self._frames += 1
        self._may = may_share

    async def run(self, state: Callable[[], State], surface: Callable[[], pygame.Surface]) -> None:
        """For ever; waits while nobody looks."""
        while True:
            await asyncio.sleep(SUPPORT_FRAME_EVERY_S / 2)
            now = state()
            support = support_of(now)
            if support is None or not is_watched(now):
                continue
            if (support.support_id, self._frames) == (self._look, self._sent):
                continue
            self._look, self._sent = support.support_id, self._frames
            may = self._may
            # Taken before anything is awaited: the next frame may be somebody's.
            shown = surface().copy() if may else sign(self._kit)
            picture = await asyncio.to_thread(encode, shown)
            self._send_parts(support.support_id, picture, is_private=not may)
            await asyncio.sleep(SUPPORT_FRAME_EVERY_S / 2)

    def _send_parts(self, support_id: str, picture: bytes, *, is_private: bool) -> None:
        pieces = [picture[at : at + SUPPORT_PART_BYTES] for at in range(0, len(picture), SUPPORT_PART_BYTES)]
        for part, data in enumerate(pieces):
            self._send(
                ScreenPart(
                    support_id=support_id,
                    number=self._sent,
                    part=part,
                    parts=len(pieces),
                    is_private=is_private,
                    data=data,
                )
            )


def sign(kit: Kit) -> pygame.Surface:
    """A lock on grey: somebody's visit is shown, and not sent."""
    surface = pygame.Surface(_SIGN_PX)
    surface.fill(_GROUND)
    centre = (_SIGN_PX[0] // 2, _SIGN_PX[1] // 2)
    draw_icon(surface, "lock", centre, _SIGN_PX[1] // 2, _INK, sprites=kit.sprites)
    return surface


def encode(surface: pygame.Surface) -> bytes:
    """As a PNG that fits: half as large, and half of that, where a photograph makes it too long."""
    while True:
        width, height = surface.get_size()
        picture = encode_png(pygame.image.tobytes(surface, "RGB"), width, height, level=_LEVEL)
        if len(picture) <= SUPPORT_FRAME_BYTES_MAX:
            return picture
        surface = pygame.transform.smoothscale(surface, (width // 2, height // 2))

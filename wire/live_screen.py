"""The kiosk's live screen: a binary AF_UNIX socket for remote support and the demo desk.

Each frame is `FRAME_HEAD` (two unsigned 32-bit big-endian lengths: JSON head, picture), the JSON head
(`FrameHead`), the picture (PNG). Viewers may write JSON lines of `Touch`; the kiosk obeys them only where its
setting `live_screen_touch` allows it. Slow viewers skip frames, they never slow the kiosk.
"""

import struct
from typing import Literal

import msgspec

FRAME_HEAD = struct.Struct(">II")


class FrameHead(msgspec.Struct, frozen=True, kw_only=True):
    """What the picture shows: screen, the tap it answers, when it was finished (CLOCK_MONOTONIC).

    Viewers skip frames: `screen_since_ns` is when this screen was first shown for this tap.
    `texts` are the lines drawn, for those who do not see the picture; `targets` the places to touch, by
    action: [left, top, width, height] in pixels; `pressed` the one that is drawn as touched.
    `version`, `started_with`: the kiosk's own, as in `wire.messages.Hello`.
    """

    seq: int
    width: int
    height: int
    screen: str
    language: str
    tap_id: str
    revision: int
    shown_monotonic_ns: int
    screen_since_ns: int = 0
    texts: tuple[str, ...] = ()
    targets: dict[str, tuple[int, int, int, int]] = {}
    pressed: str = ""
    version: str = ""
    started_with: dict[str, str] = {}


class Touch(msgspec.Struct, frozen=True, kw_only=True, tag_field="kind", tag="touch"):
    """A finger at x, y in pixels of the picture, which may move while down; or a `key` of the keypad."""

    x: int
    y: int
    phase: Literal["down", "move", "up"] = "up"
    key: Literal["", "next", "previous", "activate"] = ""
    """A key of the keypad instead of a finger: to the next target, to the one before, touch it."""
    is_hand: bool = False
    """A person's finger or mouse: what it touches within `KIOSK_PAGE_SETTLES_MS` of a new page is let go."""

"""The kiosk beside its limits: process start to attract, touch to colour, frames, redraws at rest."""

import asyncio
import gc
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from itertools import product
from typing import Final

import msgspec
import pygame

from kiosk.app import prepare
from kiosk.assets import fonts
from kiosk.contact_sheet import MODES
from kiosk.flow import Screen
from kiosk.locales.words import LANGUAGES
from kiosk.scenes import SCENES, Scene, play
from kiosk.scenes.demo import THEME, a_member, a_session, an_agent_state
from kiosk.screens.model import Model
from kiosk.screens.paint import paint
from kiosk.warming import warm_all
from kiosk.widgets.canvas import Kit
from tools.bench.figures import figures
from tools.bench.progress import OnProgress
from tools.bench.report import Measured, Report, against
from tools.kiosk_stand import KioskStand, a_kiosk_stand
from wire.message_base import Language

START_GOAL_MS: Final = 3_000
TOUCH_GOAL_MS: Final = 50
FRAME_GOAL_MS: Final = 16
REDRAWS_GOAL_PER_S: Final = 2
SIZES: Final = ((800, 480), (1280, 800), (800, 1280))
ROUNDS: Final = 3
"""Frames of each picture, after its first."""
STARTS: Final = 5
TOUCHES: Final = 10
"""Rounds over all targets of the member's page."""
AT_REST_S: Final = 10
_NS_PER_MS: Final = 1_000_000


async def measure(report: Report, on_progress: OnProgress, *, has_every_language: bool) -> None:
    """Everything of the kiosk that does not need a central. has_every_language: not by turns."""
    await asyncio.to_thread(fonts.build, fonts.default_directory())
    _tell(report, "kiosk, process start to attract", await _starts(on_progress), START_GOAL_MS)
    async with a_kiosk_stand(size=(1280, 800)) as stand:
        redraws = await _redraws_at_rest(stand, on_progress)
        touches = await _touches(stand, on_progress)
    _tell(report, "kiosk, touch to the finished frame that shows it", touches, TOUCH_GOAL_MS)
    report.measured.append(
        against(
            "kiosk, frames a second at rest",
            "/s",
            [redraws],
            f"{REDRAWS_GOAL_PER_S} a second",
            [REDRAWS_GOAL_PER_S],
            f"<= {REDRAWS_GOAL_PER_S}",
        )
    )
    await asyncio.to_thread(_frames, report, on_progress, has_every_language=has_every_language)


def _tell(report: Report, name: str, found_ms: Sequence[float], goal_ms: int, of: str = "") -> None:
    """The p95 of what was found, as a ratio to its limit; all of it as the spread."""
    p95 = figures(found_ms).p95
    report.measured.append(
        Measured(
            name=name if len(found_ms) == 1 else f"{name}, p95 of {len(found_ms)}",
            unit="ms",
            rounds=(p95,),
            of=of or f"{goal_ms:,} ms",
            ratios=(p95 / goal_ms,),
            goal=f"< {goal_ms:,} ms",
        )
    )


async def _starts(on_progress: OnProgress) -> list[float]:
    """Milliseconds from the making of the process to its finished attract frame; the others are there."""
    found = []
    for number in range(STARTS):
        on_progress("starts", number, STARTS)
        async with a_kiosk_stand(size=(1280, 800), is_started=False) as stand:
            await stand.start_agent()
            await stand.start_reader()
            await stand.start_kiosk()
            viewer = await stand.watch()
            head = await viewer.wait_for(lambda head: head.screen == Screen.ATTRACT, deadline_s=60)
            found.append((head.screen_since_ns - stand.started_ns) / _NS_PER_MS)
    on_progress("starts", STARTS, STARTS)
    return found


async def _redraws_at_rest(stand: KioskStand, on_progress: OnProgress) -> float:
    """Frames a second while the attract screen is shown, somebody watches and nobody touches."""
    await asyncio.sleep(1)
    assert stand.screen.head is not None
    first, began_s = stand.screen.head.seq, time.monotonic()
    for second in range(AT_REST_S):
        on_progress("seconds at rest", second, AT_REST_S)
        await asyncio.sleep(1)
    on_progress("seconds at rest", AT_REST_S, AT_REST_S)
    return (stand.screen.head.seq - first) / (time.monotonic() - began_s)


async def _touches(stand: KioskStand, on_progress: OnProgress) -> list[float]:
    """Milliseconds from a finger's coming down to the finished frame with its colour: the member's page."""
    viewer, found = stand.screen, list[float]()
    stand.tap("tap-1")
    stand.say(msgspec.structs.replace(an_agent_state(), session=a_session(a_member())))
    head = await viewer.wait_for(lambda head: head.screen == Screen.MEMBER)
    for _ in range(TOUCHES):
        for action, (left, top, width, height) in sorted(head.targets.items()):
            began_ns = time.monotonic_ns()
            viewer.touch_down(left + width // 2, top + height // 2)
            frame = await viewer.wait_for(lambda head, action=action: head.pressed == action)  # type: ignore[misc]
            found.append((frame.shown_monotonic_ns - began_ns) / _NS_PER_MS)
            viewer.touch_up(0, stand.size[1] - 1)  # slid off: nothing follows
            await viewer.wait_for(lambda head: not head.pressed)
            on_progress("touches", len(found), TOUCHES * len(head.targets))
    return found


# Frames -----------------------------------------------------------------------------------------------------


def _frames(report: Report, on_progress: OnProgress, *, has_every_language: bool) -> None:
    """By screen its slowest frame, first and once known; by mode all first frames. Processor time alone."""
    again: dict[Screen, list[float]] = defaultdict(list)
    first: dict[Screen, list[float]] = defaultdict(list)
    by_mode: dict[str, list[float]] = defaultdict(list)
    done = 0
    for turn, size in enumerate(SIZES):
        kit = prepare(fonts.build(fonts.default_directory()), size, "fr")
        for step, _ in enumerate(warm_all(kit, "fr", THEME), 1):
            on_progress(f"warmed up for {size[0]}x{size[1]}", step, None)
        surface = pygame.Surface(size)
        gc.collect()
        gc.freeze()  # as the kiosk does once it is warm
        pictures = _pictures(turn, has_every_language=has_every_language)
        for name, language, scene in pictures:
            model = play(scene, language, MODES[name])
            kit.grown.clear()  # another visit
            taken = [_draw(kit, surface, model) for _ in range(1 + ROUNDS)]
            by_mode[name].append(taken[0])
            first[model.state.screen].append(taken[0])
            again[model.state.screen].append(statistics.median(taken[1:]))
            done += 1
            on_progress("pictures of scenes", done, len(SIZES) * len(pictures))
    for screen in sorted(again):
        _tell(report, f"frame of {screen}, slowest of all", [max(again[screen])], FRAME_GOAL_MS)
        _tell(report, f"first frame of {screen}, slowest of all", [max(first[screen])], FRAME_GOAL_MS)
    for name, found in by_mode.items():
        _tell(report, f"first frames, mode {name}, median", [statistics.median(found)], FRAME_GOAL_MS)
        _tell(report, f"first frames, mode {name}", found, FRAME_GOAL_MS)
        _tell(report, f"slowest first frame, mode {name}", [max(found)], FRAME_GOAL_MS)
        over = sum(one > FRAME_GOAL_MS for one in found)
        print(f"first frames, mode {name}: {over} of {len(found)} above {FRAME_GOAL_MS} ms", file=sys.stderr)


def _pictures(turn: int, *, has_every_language: bool) -> list[tuple[str, Language, Scene]]:
    """Mode, language, scene of each picture of a size. By turns of the language each scene has each language
    in three or four of its eighteen pictures: text of any length, not each with each mode and size.
    """
    return [
        (mode, language, scene)
        for (at, mode), (number, scene) in product(enumerate(MODES), enumerate(SCENES))
        for language in (
            LANGUAGES if has_every_language else (LANGUAGES[(number + at + 2 * turn) % len(LANGUAGES)],)
        )
    ]


def _draw(kit: Kit, surface: pygame.Surface, model: Model) -> float:
    """Milliseconds of the processor: what else the machine does is not in them."""
    began_ns = time.thread_time_ns()
    paint(surface, kit, model)
    return (time.thread_time_ns() - began_ns) / _NS_PER_MS

"""The kiosk's program: links in, flow in the middle, frames out. One loop, woken by events, else idle."""

import asyncio
import contextlib
import gc
import secrets
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import structlog

from kiosk.display import (  # first: it speaks to SDL before pygame is imported elsewhere
    Display,
    choose_drivers,
)
from kiosk.flow.effects import Send

# isort: split
import pygame

from kiosk.assets import fonts
from kiosk.backlight import Backlight, SysfsBacklight, dim
from kiosk.fingers import Fingers
from kiosk.flow import Screen, State, fall_back, next_deadline_ms, start, step
from kiosk.flow.effects import (
    Effect,
    PlaySound,
    ReportFailsafe,
)
from kiosk.flow.events import AnyEvent, HeadphonesChanged, Ticked
from kiosk.flow.mode import Mode
from kiosk.flow.rest import Rest
from kiosk.flow.sharing import may_share
from kiosk.flow.state import IDLE_SCREENS
from kiosk.flow.trouble import type_and_place
from kiosk.links.live_screen import LiveScreen
from kiosk.links.sharing import Sharing
from kiosk.links.sockets import HELLO, AgentLink, ReaderLink, monotonic_ms
from kiosk.locales.days import zone
from kiosk.locales.words import LANGUAGES, words
from kiosk.memory import give_back
from kiosk.screens.model import Model, motion_ends_ms, next_change_ms
from kiosk.screens.paint import paint
from kiosk.settings import KioskSettings
from kiosk.speech.base import Jack, Voice
from kiosk.speech.espeak import EspeakVoice, is_installed
from kiosk.speech.jack import EvdevJack
from kiosk.speech.reading import Aloud
from kiosk.speech.simulated import SimulatedVoice
from kiosk.warming import warm_all, warm_behind, warm_first
from kiosk.widgets.canvas import Canvas, Kit
from kiosk.widgets.fontbook import FontBook
from kiosk.widgets.metrics import Metrics
from loyalty.limits.kiosk import KIOSK_ATTRACT_FRAMES_PER_S_MAX
from wire.comfort import USUAL, Comfort
from wire.face import Font, Theme
from wire.live_screen import FrameHead
from wire.marks import marks_of
from wire.messages import FrameShown, Language
from wire.notify import in_service

log = structlog.get_logger(__name__)

MOTION_FRAME_MS: Final = 33
JACK_LOOK_S: Final = 0.5
"""How soon headphones that were pulled out are noticed."""
PUMP_S: Final = 1 / 60
"""SDL has nothing to wait on beside sockets: touches of a real panel are fetched this often."""

WARMING_PAUSE_S: Final = 0.05
"""Between two screens that are drawn ahead: a touch or a tap in between waits for one at most."""
WARMING_LOOK_S: Final = 5
"""How often is looked whether the group's colours have changed."""


class Kiosk:
    """State, links and screen of a running kiosk; made and ended by `run`."""

    def __init__(
        self,
        settings: KioskSettings,
        display: Display,
        kit: Kit,
        *,
        voice: Voice,
        jack: Jack,
        backlight: Backlight,
    ) -> None:
        self._display = display
        self._kit = kit
        self._marks = marks_of(settings)
        self._fonts_dir = settings.fonts_dir or fonts.default_directory()
        self._state: State = start(
            language=settings.language, now_ms=monotonic_ms(), chance=secrets.token_hex(32)
        )
        self._wake = asyncio.Event()
        self._drawn = asyncio.Event()
        self._is_stale = True
        self._is_over = False
        self._canvas: Canvas | None = None
        self._fingers = Fingers(
            post=self.post, redraw=self._redraw, entered_ms=lambda: self._state.entered_ms
        )
        self._drawn_ms = 0
        self._is_resting = False
        self._frames = 0
        self._frames_of_visits = 0
        self._voice = voice
        self._aloud = Aloud(voice)
        self._jack = jack
        self._backlight = backlight
        self._comfort = USUAL
        self._is_dimmed = False
        self._told_revision: int | None = None
        self._shown: tuple[Screen, str] | None = None
        self._shown_since_ns = 0
        on_touch = self._fingers.from_afar if settings.live_screen_touch else None
        self._live = LiveScreen(
            settings.live_screen_socket,
            on_viewer=self._redraw,
            on_touch=on_touch,
            allowed_uids=settings.allowed_uids,
        )
        self._agent = AgentLink.open(settings.agent_socket, self.post)
        self._sharing = Sharing(kit, self._agent.send)
        self._reader = ReaderLink.open(settings.reader_socket, self.post)

    def stop(self) -> None:
        """End the loop after the present frame."""
        self._is_over = True
        self._wake.set()

    def post(self, event: AnyEvent) -> None:
        """Step the flow, carry out its effects, wake the drawing."""
        before = self._state
        self._state, effects = step(before, event)
        if self._state.screen is not before.screen:
            log.info("screen", screen=self._state.screen.value, tap_id=self._state.tap_id)
            self._fingers.leave()
        if not self._state.is_agent_up:
            self._told_revision = None
        for effect in effects:
            self._carry_out(effect)
        if self._state.agent is not None and self._state.agent.comfort != self._comfort:
            self._be_comfortable(self._state.agent.comfort)
        if self._state != before:
            self._redraw()

    def _be_comfortable(self, comfort: Comfort) -> None:
        """As loud and as bright as staff set it; without a light behind the panel the picture is dimmed."""
        self._comfort = comfort
        self._display.set_volume(comfort.volume)
        self._voice.set_volume(comfort.volume)
        self._is_dimmed = not self._backlight.set_percent(comfort.brightness)

    def _carry_out(self, effect: Effect) -> None:
        match effect:
            case Send(message):
                self._agent.send(message)
            case PlaySound(sound):
                self._display.play(sound)
            case ReportFailsafe(screen, cause, detail):
                log.error("flow_failsafe", screen=screen, cause=cause, detail=detail)

    def _redraw(self) -> None:
        self._is_stale = True
        self._wake.set()

    # The loop -----------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Draw when something changed or moves; otherwise wait."""
        await self._live.open()
        beside = [
            asyncio.create_task(self._warm_up(), name="kiosk-warm-up"),
            asyncio.create_task(self._watch_jack(), name="kiosk-jack"),
            asyncio.create_task(
                self._sharing.run(lambda: self._state, lambda: self._display.surface), name="kiosk-sharing"
            ),
        ]
        if self._display.is_real:
            beside.append(asyncio.create_task(self._pump(), name="kiosk-pump"))
        try:
            self._draw()
            async with in_service(self.prove_alive):
                await self._draw_until_over()
        finally:
            for task in beside:
                task.cancel()
            await asyncio.wait(beside)
            await self._voice.close()
            await self._agent.close()
            await self._reader.close()
            await self._live.close()

    async def prove_alive(self) -> None:
        """Return when one more frame was drawn and shown."""
        self._drawn.clear()
        self._redraw()
        await self._drawn.wait()

    async def _draw_until_over(self) -> None:
        while not self._is_over:
            self._tick()
            if self._is_stale or self._is_frame_due():
                self._draw()
            await self._wait()

    def _tick(self) -> None:
        deadline_ms, now_ms = next_deadline_ms(self._state), monotonic_ms()
        if deadline_ms is not None and now_ms >= deadline_ms:
            self.post(Ticked(now_ms=now_ms))

    def _next_frame_ms(self) -> int | None:
        """When the next frame is due by time alone; None while the picture stands still."""
        if self._drawn_ms < motion_ends_ms(self._state):
            return self._drawn_ms + MOTION_FRAME_MS
        is_breathing = self._state.screen is Screen.ATTRACT and not self._is_resting
        if is_breathing and (self._display.is_real or self._live.has_viewers):
            return self._drawn_ms + 1000 // KIOSK_ATTRACT_FRAMES_PER_S_MAX
        return next_change_ms(self._state, self._drawn_ms)

    def _is_frame_due(self) -> bool:
        due_ms = self._next_frame_ms()
        return due_ms is not None and monotonic_ms() >= due_ms

    async def _wait(self) -> None:
        """Until an event, a frame or a deadline."""
        due = [one for one in (self._next_frame_ms(), next_deadline_ms(self._state)) if one is not None]
        timeout_s = max(0, min(due) - monotonic_ms()) / 1000 if due else None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._wake.wait()
        self._wake.clear()

    async def _watch_jack(self) -> None:
        """Tell the flow when headphones come or go: what is a member's stops at once when they go."""
        while True:
            is_in = await asyncio.to_thread(self._jack.is_in)
            if is_in is not self._state.has_headphones:
                self.post(HeadphonesChanged(now_ms=monotonic_ms(), is_in=is_in))
            await asyncio.sleep(JACK_LOOK_S)

    async def _warm_up(self) -> None:
        """Draw every screen ahead in the group's colours, while nobody is there; again when they change.

        On the panel of modes: the page behind it, as it was just asked for.
        """
        warmed: Theme | None = None
        behind: tuple[Mode, Language] | None = None
        given_back = -1
        steps: Iterator[str] = iter(())
        while True:
            await asyncio.sleep(WARMING_PAUSE_S)
            state = self._state
            if state.screen is Screen.ACCESS and (state.mode, state.language) != behind:
                behind = (state.mode, state.language)
                warm_behind(self._kit, self._model(monotonic_ms()))
            if state.screen not in IDLE_SCREENS or state.agent is None:
                continue
            if (theme := state.agent.theme) != warmed:
                if warmed is None or theme.font != warmed.font:
                    await self._take_letters(theme.font)
                steps, warmed = warm_all(self._kit, state.default_language, theme), theme
                given_back = -1
            if next(steps, "") == "":
                if given_back < 0:
                    log.info("screens_drawn_ahead", font=theme.font)
                if self._frames_of_visits != given_back:
                    given_back = self._frames_of_visits
                    give_back()
                    gc.freeze()  # what is kept need not be looked through again: longer than a frame
                await asyncio.sleep(WARMING_LOOK_S)

    async def _take_letters(self, font: Font) -> None:
        """Draw with the group's letters, once they are cut; with Inter where that does not work."""
        directory, letters = None, frozenset[str]()
        try:
            directory = await asyncio.to_thread(fonts.build_family, self._fonts_dir, font)
            if directory is not None:
                letters = await asyncio.to_thread(fonts.letters_of, directory)
        except Exception as error:  # the boundary of a library that reads font files
            log.warning("letters_not_taken", font=font, reason=type_and_place(error))
            directory = None
        self._kit.fonts.use(directory, letters)
        self._kit.blocks.clear()
        self._kit.forget_growth()
        self._redraw()

    # Frames -------------------------------------------------------------------------------------------------

    def _draw(self) -> None:
        self._is_stale = False
        self._drawn_ms = now_ms = monotonic_ms()
        broken = ""
        try:
            self._canvas = self._draw_state(now_ms)
        except Exception as error:  # the boundary of one frame: a member's data must not freeze on the screen
            if self._state.screen in IDLE_SCREENS:
                raise
            broken = type_and_place(error)
        if broken:  # outside of `except`: an error of the idle screen must not carry the member's text along
            self._state, effects = fall_back(self._state, cause="frame", detail=broken, now_ms=now_ms)
            for effect in effects:
                self._carry_out(effect)
            self._canvas = self._draw_state(now_ms)
        if self._is_dimmed and self._comfort.brightness < USUAL.brightness:
            dim(self._display.surface, self._comfort.brightness)
        self._sharing.drawn(may_share=may_share(self._state))
        self._display.flip()
        self._frames += 1
        self._frames_of_visits += self._state.screen not in IDLE_SCREENS
        self._drawn.set()
        self._tell(time.monotonic_ns())
        assert self._canvas is not None
        self._fingers.drawn(self._canvas)
        self._aloud.follow(self._canvas, self._state, self._fingers.focused)

    def _draw_state(self, now_ms: int) -> Canvas:
        model = self._model(now_ms)
        self._is_resting = model.rest is not Rest.AWAKE
        fingers = self._fingers
        return paint(
            self._display.surface, self._kit, model, pressed=fingers.pressed, focused=fingers.focused
        )

    def _model(self, now_ms: int) -> Model:
        agent = self._state.agent
        now = datetime.now(zone(agent.time_zone) if agent else UTC)
        return Model(state=self._state, now_ms=now_ms, today=now.date(), minute=now.hour * 60 + now.minute)

    def _tell(self, shown_ns: int) -> None:
        """Tell the agent and the viewers what is now on the screen."""
        state = self._state
        if self._shown != (state.screen, state.tap_id):
            self._shown, self._shown_since_ns = (state.screen, state.tap_id), shown_ns
        revision = state.agent.revision if state.agent else 0
        if state.is_agent_up and state.agent and revision != self._told_revision:
            self._told_revision = revision
            self._agent.send(
                FrameShown(
                    revision=revision,
                    screen=state.screen.value,
                    tap_id=state.tap_id,
                    shown_monotonic_ns=shown_ns,
                )
            )
        if self._live.has_viewers and self._canvas is not None:
            width, height = self._display.size
            head = FrameHead(
                seq=self._frames,
                width=width,
                height=height,
                screen=state.screen.value,
                language=state.language,
                tap_id=state.tap_id,
                revision=revision,
                shown_monotonic_ns=shown_ns,
                screen_since_ns=self._shown_since_ns,
                texts=tuple(label.text for label in self._canvas.labels),
                targets={each.action.value: _box(each.rect) for each in self._canvas.targets},
                pressed=self._canvas.pressed or "",
                version=HELLO.version,
                started_with=self._marks,
            )
            self._live.show(head, pygame.image.tobytes(self._display.surface, "RGB"))

    # Touches ------------------------------------------------------------------------------------------------

    async def _pump(self) -> None:
        while True:
            for event in pygame.event.get():
                if event.type == pygame.QUIT:
                    self.stop()
                elif event.type in (pygame.WINDOWEXPOSED, pygame.WINDOWSIZECHANGED):
                    self._redraw()
                else:
                    self._fingers.of_sdl(event, self._display.size)
            await asyncio.sleep(PUMP_S)


async def run(
    settings: KioskSettings,
    *,
    voice: Voice | None = None,
    jack: Jack | None = None,
    backlight: Backlight | None = None,
) -> None:
    """Run the kiosk until SIGTERM, SIGINT or the window's closing; with this machine's voice unless told.

    Raises: wire.sockets.SocketError: another kiosk serves the live screen's socket.
    """
    directory = await asyncio.to_thread(
        fonts.build, settings.fonts_dir or fonts.default_directory(), _log_fonts
    )
    await asyncio.to_thread(choose_drivers, settings)
    display = Display(settings)
    try:
        kit = await asyncio.to_thread(prepare, directory, display.size, settings.language)
        log.info("kiosk_ready", driver=pygame.display.get_driver(), size=display.size)
        speaking = voice if voice is not None else await asyncio.to_thread(own_voice)
        kiosk = Kiosk(
            settings,
            display,
            kit,
            voice=speaking,
            jack=jack or EvdevJack(),
            backlight=backlight or SysfsBacklight(),
        )
        with _signals(kiosk):
            await kiosk.run()
    finally:
        display.close()


def own_voice() -> Voice:
    """espeak-ng, or silence where it is not installed."""
    if is_installed():
        return EspeakVoice()
    log.info("speech_unavailable", reason="espeak-ng is not installed")
    return SimulatedVoice()


def _log_fonts(done: int, total: int, what: str) -> None:
    log.info("cutting_fonts", done=done, total=total, what=what)


def prepare(directory: Path, size: tuple[int, int], language: Language) -> Kit:
    """Load words, fonts and shapes before the first customer: the first tap must be as quick as any."""
    kit = Kit(metrics=Metrics.of(size), fonts=FontBook(directory))
    kit.fonts.load(kit.metrics)
    for one in LANGUAGES:
        words(one).warm()
    warm_first(kit, language)
    return kit


@contextlib.contextmanager
def _signals(kiosk: Kiosk) -> Iterator[None]:
    loop = asyncio.get_running_loop()
    caught = (signal.SIGTERM, signal.SIGINT)
    for number in caught:
        loop.add_signal_handler(number, kiosk.stop)
    try:
        yield
    finally:
        for number in caught:
            loop.remove_signal_handler(number)


def _box(rect: pygame.Rect) -> tuple[int, int, int, int]:
    return rect.left, rect.top, rect.width, rect.height

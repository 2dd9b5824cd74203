"""The kiosk off the screen: the real flow and the real drawing, with time in the monkey's hand."""

import os
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from functools import cache
from typing import Final, TypeAlias

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")

import pygame

from kiosk.contact_sheet import kit_of
from kiosk.flow import Action, Screen, State, next_deadline_ms, start, step
from kiosk.flow.effects import Effect
from kiosk.flow.events import AnyEvent, Ticked
from kiosk.locales.days import zone
from kiosk.scenes.demo import THEME, TODAY
from kiosk.screens.model import Model
from kiosk.screens.paint import paint
from kiosk.warming import warm_all
from kiosk.widgets.canvas import Canvas, Kit
from tools.kiosk_monkey.laws import Laws
from wire.messages import Language

Place: TypeAlias = tuple[Screen, Action]
"""What a screen offers to touch."""
SIZES: Final = ((800, 480), (1280, 800), (800, 1280))
BEGAN: Final = datetime.combine(TODAY, time(7), tzinfo=UTC)
"""The morning of the day that the scenes play on: their tickets of today are today's."""


@dataclass(slots=True)
class Seen:
    """What a run has met."""

    frames: int = 0
    events: int = 0
    screens: Counter[Screen] = field(default_factory=Counter)
    touched: Counter[Place] = field(default_factory=Counter)
    offered: dict[Place, int] = field(default_factory=dict)
    """In which session each was drawn first."""
    session: int = 0
    """The one that is played now."""


@dataclass(slots=True)
class Subject:
    """One kiosk from its start on. Each event is judged by the laws, and so is each frame."""

    kit: Kit
    surface: pygame.Surface
    laws: Laws
    seen: Seen
    state: State
    now_ms: int = 0
    path: list[str] = field(default_factory=list)
    canvas: Canvas | None = None
    is_stale: bool = True

    @classmethod
    def started(cls, size: tuple[int, int], language: Language, *, laws: Laws, seen: Seen) -> "Subject":
        """A kiosk that was just switched on."""
        kit = kit_at(size)
        kit.forget_growth()  # of the kiosk before it: `--path` has none
        return cls(
            kit=kit,
            surface=pygame.Surface(size),
            laws=laws,
            seen=seen,
            state=start(language=language, now_ms=0),
        )

    def post(self, event: AnyEvent, told: str = "") -> tuple[Effect, ...]:
        """Step the flow. Raises: LawBroken."""
        before = self.state
        self.state, effects = step(before, event)
        self.seen.events += 1
        self.path.append(
            f"{self.now_ms:>8} {before.screen} {told or type(event).__name__} -> {self.state.screen}"
        )
        self.is_stale = self.is_stale or self.state != before
        self.laws.after_event(before, self.state, effects)
        return effects

    def draw(self, pressed: Action | None = None) -> Canvas:
        """A frame of this moment. Raises: LawBroken, and whatever drawing raises."""
        agent = self.state.agent
        now = datetime.fromtimestamp(
            BEGAN.timestamp() + self.now_ms / 1000, zone(agent.time_zone) if agent else UTC
        )
        minute = now.hour * 60 + now.minute
        model = Model(state=self.state, now_ms=self.now_ms, today=now.date(), minute=minute)
        canvas = paint(self.surface, self.kit, model, pressed=pressed)
        self.seen.frames += 1
        self.seen.screens[self.state.screen] += 1
        for target in canvas.targets:
            self.seen.offered.setdefault((self.state.screen, target.action), self.seen.session)
        self.laws.after_frame(self.state, canvas)
        self.canvas, self.is_stale = canvas, False
        return canvas

    def pass_time(self, elapsed_ms: int) -> list[Effect]:
        """Let time pass; deadlines on the way are kept as the program's loop keeps them."""
        until_ms, effects = self.now_ms + elapsed_ms, list[Effect]()
        while (due_ms := next_deadline_ms(self.state)) is not None and due_ms <= until_ms:
            self.now_ms = max(self.now_ms, due_ms)
            effects += self.post(Ticked(now_ms=self.now_ms))
        self.now_ms = until_ms
        return effects


def warm() -> None:
    """Draw ahead at every size, as the program does while nobody is there."""
    for size in SIZES:
        for _ in warm_all(kit_at(size), "fr", THEME):
            pass


@cache
def kit_at(size: tuple[int, int]) -> Kit:
    """What drawing at this size needs: one for all kiosks of a run, as a program has one for its life."""
    kit = kit_of(size)
    kit.fonts.load(kit.metrics)
    return kit

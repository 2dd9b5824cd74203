"""Fingers on the panel and keys of the keypad: what was meant, of what is drawn."""

from collections.abc import Callable

import pygame

from kiosk.flow import Action
from kiosk.flow.events import AnyEvent, Dragged, Touched
from kiosk.links.sockets import monotonic_ms
from kiosk.settling import Settling
from kiosk.speech.keypad import KEYS, Key, Keypad
from kiosk.widgets.canvas import Canvas, Target
from wire.live_screen import Touch

At = tuple[int, int]
"""Pixels of the panel, from its upper left."""


class Fingers:
    """Turns what comes down, moves and goes up into the flow's events.

    `entered_ms`: when the flow entered its present page; that page need not be drawn yet.
    """

    def __init__(
        self, *, post: Callable[[AnyEvent], None], redraw: Callable[[], None], entered_ms: Callable[[], int]
    ) -> None:
        self._post, self._redraw, self._entered_ms = post, redraw, entered_ms
        self._canvas: Canvas | None = None
        self._settling = Settling()
        self._keypad = Keypad()
        self._is_let_go = False
        self._down_on_ms = 0
        self.pressed: Action | None = None
        """What a finger is on, to be drawn so."""

    @property
    def focused(self) -> Action | None:
        """What the keypad is on."""
        return self._keypad.focused

    def leave(self) -> None:
        """Another screen: nothing of the one before is touched any more."""
        self.pressed = None
        self._keypad.leave()

    def drawn(self, canvas: Canvas) -> None:
        """What is on the panel now."""
        self._canvas = canvas
        self._settling.drawn(self._entered_ms(), canvas.targets, now_ms=monotonic_ms())

    def of_sdl(self, event: pygame.Event, size: tuple[int, int]) -> None:
        """An event of the panel, a mouse or a keypad; all others are nothing here."""
        width, height = size
        if event.type in (pygame.FINGERDOWN, pygame.FINGERUP):
            at = int(event.x * width), int(event.y * height)
            self._finger(at, is_down=event.type == pygame.FINGERDOWN)
        elif event.type == pygame.FINGERMOTION:
            self._move((int(event.x * width), int(event.y * height)))
        elif event.type in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
            # SDL makes mouse events of touches too: each finger counts once.
            if event.button == 1 and not getattr(event, "touch", False):
                self._finger(event.pos, is_down=event.type == pygame.MOUSEBUTTONDOWN)
        elif event.type == pygame.MOUSEMOTION:
            if event.buttons[0] and not getattr(event, "touch", False):
                self._move(event.pos)
        elif event.type == pygame.KEYDOWN and event.key in KEYS:
            self._key(KEYS[event.key])

    def from_afar(self, touch: Touch) -> None:
        """A touch through the live screen."""
        if touch.key:
            self._key(touch.key)
        elif touch.phase == "move":
            self._move((touch.x, touch.y))
        else:
            self._finger((touch.x, touch.y), is_down=touch.phase == "down", is_hand=touch.is_hand)

    def _key(self, key: Key) -> None:
        """A key of the keypad: another target is meant, or the one that is meant is touched."""
        action = self._keypad.press(key, self._canvas.targets if self._canvas else ())
        self._redraw()
        self._post(Touched(now_ms=monotonic_ms(), action=action))

    def _finger(self, at: At, *, is_down: bool, is_hand: bool = True) -> None:
        """A finger went down (colour at once) or up (the action, if it did not slide off).

        is_hand: a person's, who cannot have meant what came under it a moment ago; programs can.
        """
        target = self._target_at(at)
        action = target.action if target else None
        entered_ms = self._entered_ms()
        if is_down:
            is_meant = self._settling.is_meant(target, entered_ms, now_ms=monotonic_ms())
            self._is_let_go, self._down_on_ms = is_hand and not is_meant, entered_ms
        if self._is_let_go:
            self._is_let_go = is_down
            return
        if is_hand and self._down_on_ms != entered_ms:  # the page changed under the finger
            action = None
        if is_down:
            self.pressed = action
            self._redraw()
            self._move(at, is_first=True)
            return
        if self.pressed is not None and self.pressed is not action:
            action = None
        if self.pressed is not None:
            self.pressed = None
            self._redraw()
        self._post(Touched(now_ms=monotonic_ms(), action=action))

    def _move(self, at: At, *, is_first: bool = False) -> None:
        """A finger that went down on a target that is rubbed is there, or moved on."""
        target = self._target_at(at)
        if target is None or not target.is_rubbed or target.action is not self.pressed:
            return
        x, y = (
            (place - edge) * 1000 // target.rect.width
            for place, edge in zip(at, target.rect.topleft, strict=True)
        )
        self._post(Dragged(now_ms=monotonic_ms(), action=target.action, x=x, y=y, is_first=is_first))

    def _target_at(self, at: At) -> Target | None:
        targets = self._canvas.targets if self._canvas else []
        return next((target for target in targets if target.rect.collidepoint(at)), None)

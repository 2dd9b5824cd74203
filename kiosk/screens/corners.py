"""The square buttons of the screen itself, at the end of the bottom bar."""

import pygame

from kiosk.flow.sharing import is_watched
from kiosk.flow.state import Action, State
from kiosk.flow.table import TOUCHES
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import draw_square


def corners_of(state: State, *, is_wide: bool) -> tuple[Action, ...]:
    """Those of this screen, from its edge inwards."""
    touches = TOUCHES[state.screen]
    shown = [Action.ACCESS] if Action.ACCESS in touches else []
    if state.mode.is_low and is_wide and Action.PULL in touches:
        shown.append(Action.PULL)
    if is_watched(state) and Action.END_SUPPORT in touches:
        shown.append(Action.END_SUPPORT)
    return tuple(shown)


def draw_corners(canvas: Canvas, model: Model) -> None:
    """Beside `canvas.bar`, which leaves them their room."""
    m, tr = canvas.metrics, canvas.words.tr
    for index, action in enumerate(canvas.corners):
        left = m.width - m.margin - m.bar - index * (m.bar + m.gap)
        rect = canvas.sided(pygame.Rect(left, m.bar_top, m.bar, m.bar))
        if action is Action.ACCESS:
            draw_square(canvas, action, "access", rect, name=tr("How this screen is shown"))
        elif action is Action.END_SUPPORT:
            draw_square(canvas, action, "eye", rect, name=tr("Support shall see this no more"), is_on=True)
        else:
            is_on = bool(model.state.pulled)
            draw_square(canvas, action, "lower", rect, name=tr("Bring the top down"), is_on=is_on)

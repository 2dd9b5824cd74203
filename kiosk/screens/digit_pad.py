"""The digits and two keys beside the zero, in the order of payment terminals (docs/kiosk.md)."""

from collections.abc import Callable

import pygame

from kiosk.flow.state import DIGITS, Action
from kiosk.screens.message import content_rect
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.icons import draw_icon

_UPPER: tuple[tuple[Action, ...], ...] = (
    (Action.DIGIT_1, Action.DIGIT_2, Action.DIGIT_3),
    (Action.DIGIT_4, Action.DIGIT_5, Action.DIGIT_6),
    (Action.DIGIT_7, Action.DIGIT_8, Action.DIGIT_9),
)
"""As EN 1332-3 and every payment terminal have them."""


def pad_places(canvas: Canvas) -> tuple[pygame.Rect, pygame.Rect]:
    """Words left, keys right; on an upright screen one above the other."""
    m, room = canvas.metrics, content_rect(canvas)
    if m.is_portrait:
        above = room.height * (48 if canvas.is_grown else 38) // 100  # words grow, keys are large already
        keys = pygame.Rect(room.left, room.top + above, room.width, room.height - above)
        return pygame.Rect(room.left, room.top, room.width, above - m.gap), keys
    width = room.width * (47 if m.is_small else 46) // 100
    top = m.gap if m.is_small else m.margin
    keys = canvas.sided(pygame.Rect(room.right - width, top, width, room.bottom - top))
    words = canvas.sided(pygame.Rect(room.left, room.top, room.width - width - 2 * m.gap, room.height))
    return words, keys


def draw_keys(
    canvas: Canvas,
    rect: pygame.Rect,
    *,
    confirm: Action,
    is_enabled: Callable[[Action], bool],
    is_secret: bool = False,
) -> None:
    """All keys; one that is not enabled shows it. Where digits are secret no key shows a press."""
    rows = (*_UPPER, (Action.ERASE, Action.DIGIT_0, confirm))
    gap = canvas.metrics.gap * 6 // 10
    width, height = (rect.width - 2 * gap) // 3, (rect.height - 3 * gap) // len(rows)
    for row, actions in enumerate(rows):
        for column, action in enumerate(actions):
            place = pygame.Rect(
                rect.left + column * (width + gap), rect.top + row * (height + gap), width, height
            )
            _draw_key(canvas, action, place, is_enabled=is_enabled(action), is_secret=is_secret)


def _draw_key(
    canvas: Canvas, action: Action, rect: pygame.Rect, *, is_enabled: bool, is_secret: bool
) -> None:
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    is_confirm = action not in DIGITS and action is not Action.ERASE
    fill, ink = p.card, p.ink
    if not is_enabled:
        fill, ink = p.ground, p.muted
    elif is_confirm:
        fill, ink = p.brand, p.on_brand
    if is_enabled and not is_secret and canvas.pressed is action:
        fill, ink = p.tint, p.ink
    canvas.panel(rect, fill=fill, border=p.hairline, thickness=max(1, m.line * 2))
    if is_enabled:
        canvas.target(action, rect, name=tr("Done") if is_confirm else "")
    if action in DIGITS:
        figure = Style(size=m.headline * 8 // 10, weight=600, colour=ink, line_percent=110)
        canvas.text(DIGITS[action], figure, rect, align="centre", is_middle=True)
    elif is_confirm:
        draw_icon(canvas.surface, "check", rect.center, m.icon * 14 // 10, ink, sprites=canvas.kit.sprites)
    else:
        label = Style(size=m.title, weight=600, colour=ink, line_percent=112)
        inner = rect.inflate(-m.gap // 2, 0)
        canvas.text(tr("Erase"), label, inner, align="centre", is_middle=True)

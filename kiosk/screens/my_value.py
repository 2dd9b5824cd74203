"""What the pages of a member's own value share: two cards side by side, and what does not work."""

import pygame

from kiosk.flow.journeys.base import may_ask_again
from kiosk.flow.state import Action
from kiosk.screens.model import Model
from kiosk.screens.quiet import draw_quiet
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button
from kiosk.widgets.icons import Icon
from wire.conversions import MoveTrouble


def two_cards(canvas: Canvas, room: pygame.Rect) -> tuple[pygame.Rect, pygame.Rect]:
    """The card of the number that matters and that of its parts; upright, one above the other."""
    m = canvas.metrics
    if m.is_portrait:
        height = room.height * 42 // 100
        first = pygame.Rect(room.left, room.top, room.width, height)
        return first, pygame.Rect(room.left, first.bottom + m.gap, room.width, room.height - height - m.gap)
    width = (room.width - m.gap) * (45 if m.is_small else 44) // 100
    first = pygame.Rect(room.left, room.top, width, room.height)
    return first, pygame.Rect(first.right + m.gap, room.top, room.right - first.right - m.gap, room.height)


def draw_sorry(canvas: Canvas, model: Model, rect: pygame.Rect, icon: Icon, said: str) -> None:
    """A card that says why nothing is shown; where central is there again, with the way to ask once more."""
    if not may_ask_again(model.state):
        draw_quiet(canvas, rect, icon, said)
        return
    tr = canvas.words.tr
    again = Button(action=Action.TRY_AGAIN, label=tr("Try again"), kind="primary", icon="undo")
    draw_quiet(canvas, rect, "no_link", tr("The answer did not come. Please try again."), button=again)


def trouble_words(canvas: Canvas, trouble: MoveTrouble) -> tuple[Icon, str]:
    """Why nothing is shown, and what to do."""
    tr = canvas.words.tr
    match trouble:
        case "central_unreachable":
            return "no_link", tr(
                "The connection is down just now. Try again in a moment, or ask at the counter."
            )
        case "needs_card":
            return "card", tr("This card alone does not prove enough for that. Please ask at the counter.")
        case "card_gone":
            return "card", tr("The card did not stay on the reader. Leave it there and try again.")
        case "changed":
            return "question", tr("This is not there any more. Go back and look again.")
        case _:
            return "question", tr("This cannot be shown here. Please ask at the counter.")

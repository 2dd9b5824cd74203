"""How this screen is shown: a tile for each choice, seen to work on this very screen."""

import pygame

from kiosk.flow.access import PARTS
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_brand
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon, draw_icon
from kiosk.widgets.palette import mix

_ICONS: dict[Action, Icon] = {
    Action.MODE_LARGE: "type",
    Action.MODE_CONTRAST: "contrast",
    Action.MODE_SPOKEN: "speaker",
    Action.MODE_LOW: "lower",
    Action.MODE_LEFT: "hand_left",
    Action.MODE_SLOW: "clock",
    Action.MODE_CALM: "calm",
}


def draw(canvas: Canvas, model: Model) -> None:
    """A title, the tiles in rows, and the way back."""
    m, tr = canvas.metrics, canvas.words.tr
    draw_brand(canvas, model, right=m.width - m.margin, title=tr("How should this screen be?"))
    room = content_rect(canvas)
    columns = 2 if m.is_portrait else 4
    rows = -(-len(PARTS) // columns)
    gap = m.gap
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.height - gap * (rows - 1)) // rows, m.bar * 5 // 2)
    top = room.bottom - rows * height - (rows - 1) * gap
    for index, (action, part) in enumerate(PARTS.items()):
        row, column = divmod(index, columns)
        place = pygame.Rect(room.left + column * (width + gap), top + row * (height + gap), width, height)
        is_on = getattr(model.state.mode, part)
        draw_tile(
            canvas, action, _ICONS[action], _name(canvas, action), is_on=is_on, rect=canvas.sided(place)
        )
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Done"), kind="primary", icon="check"),
        Button(action=Action.MODE_RESET, label=tr("As before"), icon="undo"),
    )


def draw_tile(
    canvas: Canvas, action: Action, picture: Icon, words: str, *, is_on: bool, rect: pygame.Rect
) -> None:
    """A choice that is on or off, in words and with a tick."""
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    fill = p.tint if is_on else p.card
    if canvas.pressed is action:
        fill = mix(fill, p.ink, 93)
    canvas.panel(rect, fill=fill, border=p.brand_text if is_on else p.hairline, thickness=2 * m.line + is_on)
    name = Style(size=m.title, weight=600, colour=p.ink, line_percent=114)
    state = Style(size=m.note, weight=600 if is_on else 400, colour=p.brand_text if is_on else p.muted)
    inner = rect.width - m.pad
    label = canvas.block(words, name, inner, lines=2, is_even=True)
    said = canvas.block(tr("on") if is_on else tr("off"), state, inner)
    icon, gap = m.icon * 13 // 10, m.gap // 2
    total = icon + label.height + said.height + gap
    top = rect.centery - total // 2
    left = rect.left + m.pad // 2
    draw_icon(
        canvas.surface, picture, (rect.centerx, top + icon // 2), icon, p.brand_text,
        sprites=canvas.kit.sprites,
    )  # fmt: skip
    top = canvas.put(label, left, top + icon + gap, align="centre")
    canvas.put(said, left, top, align="centre")
    if is_on:
        at = (rect.right - m.icon * 8 // 10, rect.top + m.icon * 8 // 10)
        draw_icon(canvas.surface, "check", at, m.icon * 8 // 10, p.brand_text, sprites=canvas.kit.sprites)
    canvas.target(action, rect)


def _name(canvas: Canvas, action: Action) -> str:
    tr = canvas.words.tr
    match action:
        case Action.MODE_LARGE:
            return tr("Large type")
        case Action.MODE_CONTRAST:
            return tr("High contrast")
        case Action.MODE_SPOKEN:
            return tr("Read aloud")
        case Action.MODE_LOW:
            return tr("Everything low")
        case Action.MODE_LEFT:
            return tr("For the left hand")
        case Action.MODE_SLOW:
            return tr("More time")
    return tr("Nothing moves")

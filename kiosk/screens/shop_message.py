"""A message to the pharmacy: four ready sentences; then whether it was sent."""

import pygame

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.shop_messages import TOPICS, MessagePage
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import draw_icon
from wire.shop_messages import ShopTopic


def draw(canvas: Canvas, model: Model) -> None:
    """What may be asked, or that it was."""
    page, tr = page_of(model.state, MessagePage), canvas.words.tr
    draw_member_header(canvas, model)
    if page.outcome == "sent":
        _draw_sent(canvas, model)
    else:
        _draw_sentences(canvas, page)
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), kind="primary", icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def sentence(canvas: Canvas, topic: ShopTopic) -> str:
    """What the member says by a touch."""
    tr = canvas.words.tr
    match topic:
        case "call_me":
            return tr("Please call me back")
        case "my_points":
            return tr("My points are not right")
        case "my_data":
            return tr("My details have changed")
        case "my_order":
            return tr("I have a question about my order")


def _draw_sent(canvas: Canvas, model: Model) -> None:
    tr = canvas.words.tr
    draw_message(
        canvas,
        model,
        title=tr("Your message is with us"),
        text=tr("We look into it and come back to you, by the number or address that we have of you."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "check", tone="brand"),
        bottom=content_rect(canvas).bottom,
    )


def _draw_sentences(canvas: Canvas, page: MessagePage) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    room = content_rect(canvas)
    title = Style(size=m.title, weight=700, colour=p.ink, line_percent=124)
    said = words.tr("What may we do for you?")
    colour = p.ink
    if page.request_id:
        said = words.tr("One moment…")
    elif page.outcome == "failed":
        said = words.tr("That could not be sent just now. The counter helps you at once.")
        colour = p.soon_text
    style = Style(size=title.size, weight=700, colour=colour, line_percent=124)
    top = canvas.text(said, style, room, lines=2) + m.gap // 2
    columns = 1 if m.is_portrait else 2
    rows = -(-len(TOPICS) // columns)
    gap = m.gap * 6 // 10
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.bottom - top - gap * (rows - 1)) // rows, m.bar * 2)
    for index, topic in enumerate(TOPICS):
        row, column = divmod(index, columns)
        rect = pygame.Rect(room.left + column * (width + gap), top + row * (height + gap), width, height)
        _draw_sentence(canvas, sentence(canvas, topic), CHOICES[index], rect, is_dead=bool(page.request_id))


def _draw_sentence(canvas: Canvas, text: str, action: Action, rect: pygame.Rect, *, is_dead: bool) -> None:
    m, p = canvas.metrics, canvas.palette
    if not is_dead:
        canvas.target(action, rect)
    fill = p.tint if canvas.pressed is action else p.card
    canvas.panel(rect, fill=fill, border=p.hairline, thickness=max(1, m.line * 2))
    size = m.bar * 50 // 100
    badge = pygame.Rect(rect.left + m.pad * 6 // 10, rect.centery - size // 2, size, size)
    canvas.panel(badge, fill=p.tint, radius=size // 3)
    draw_icon(
        canvas.surface, "letter", badge.center, m.icon * 9 // 10, p.brand_text, sprites=canvas.kit.sprites
    )
    left = badge.right + m.pad * 6 // 10
    style = Style(size=m.title, weight=600, colour=p.muted if is_dead else p.ink, line_percent=120)
    place = pygame.Rect(left, rect.top, rect.right - m.pad // 2 - left, rect.height)
    canvas.text(text, style, place, lines=3, is_middle=True, is_even=True)

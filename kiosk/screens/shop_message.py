"""A message to the pharmacy: four ready sentences, or own words; then whether it was sent."""

from typing import Final

import pygame

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.shop_messages import TOPICS, MessagePage
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.keyboard import draw_typing
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, Tone, draw_bar
from kiosk.widgets.icons import Icon, draw_icon
from wire.shop_messages import ShopTopic

_OFFERED: Final[tuple[ShopTopic, ...]] = (*TOPICS, "own_words")


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
        Button(action=Action.BACK, label=tr("Back"), icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def draw_write(canvas: Canvas, model: Model) -> None:
    """Own words, by the keyboard."""
    page, tr = page_of(model.state, MessagePage), canvas.words.tr
    tone: Tone | None = None
    hint = tr("Please nothing about your health that we need not know: for that, speak to us.")
    if page.request_id:
        hint, tone = tr("One moment…"), "brand"
    elif page.outcome == "failed":
        hint, tone = tr("That could not be sent just now. The counter helps you at once."), "soon"
    title = tr("Your message to {name}", name=page.to_name) if page.to_name else tr("Your message to us")
    is_ready = bool(page.typing.said) and not page.request_id
    send = Button(action=Action.SEND, label=tr("Send"), kind="primary", icon="letter", is_enabled=is_ready)
    draw_typing(canvas, model, title=title, hint=hint, tone=tone, done=send)


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
        case "own_words":
            return tr("In my own words")


def _draw_sent(canvas: Canvas, model: Model) -> None:
    tr = canvas.words.tr
    draw_message(
        canvas,
        model,
        title=tr("Your message is with us"),
        text=tr(
            "We look into it. Ask at the counter, or wait to hear from us if we have your number or address."
        ),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "check", tone="brand"),
        bottom=content_rect(canvas).bottom,
    )


def _draw_sentences(canvas: Canvas, page: MessagePage) -> None:
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    room = content_rect(canvas)
    title = Style(size=m.title, weight=700, colour=p.ink, line_percent=124)
    said = words.tr("What may we do for you?")
    if page.to_name:
        said = words.tr("Your message to {name}", name=page.to_name)
    colour = p.ink
    if page.request_id:
        said = words.tr("One moment…")
    elif page.outcome == "failed":
        said = words.tr("That could not be sent just now. The counter helps you at once.")
        colour = p.soon_text
    style = Style(size=title.size, weight=700, colour=colour, line_percent=124)
    top = canvas.text(said, style, room, lines=2, is_even=True) + m.gap // 2
    columns = 1 if m.is_portrait else 2
    rows = -(-len(_OFFERED) // columns)
    gap = m.gap * 6 // 10
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.bottom - top - gap * (rows - 1)) // rows, m.bar * 2)
    for index, topic in enumerate(_OFFERED):
        row, column = divmod(index, columns)
        rect = pygame.Rect(room.left + column * (width + gap), top + row * (height + gap), width, height)
        _draw_sentence(canvas, topic, CHOICES[index], rect, is_dead=bool(page.request_id))


def _draw_sentence(
    canvas: Canvas, topic: ShopTopic, action: Action, rect: pygame.Rect, *, is_dead: bool
) -> None:
    m, p = canvas.metrics, canvas.palette
    if not is_dead:
        canvas.target(action, rect)
    fill = p.tint if canvas.pressed is action else p.card
    canvas.panel(rect, fill=fill, border=p.hairline, thickness=max(1, m.line * 2))
    size = m.bar * 50 // 100
    badge = pygame.Rect(rect.left + m.pad * 6 // 10, rect.centery - size // 2, size, size)
    canvas.panel(badge, fill=p.tint, radius=size // 3)
    icon: Icon = "pen" if topic == "own_words" else "letter"
    draw_icon(canvas.surface, icon, badge.center, m.icon * 9 // 10, p.brand_text, sprites=canvas.kit.sprites)
    left = badge.right + m.pad * 6 // 10
    style = Style(size=m.title, weight=600, colour=p.muted if is_dead else p.ink, line_percent=120)
    place = pygame.Rect(left, rect.top, rect.right - m.pad // 2 - left, rect.height)
    canvas.text(sentence(canvas, topic), style, place, lines=3, is_middle=True, is_even=True)

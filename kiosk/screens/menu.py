"""The menus: large tiles in two rows of four (upright: four of two), each with a picture and few words."""

from collections.abc import Callable
from typing import NamedTuple

import pygame

from kiosk.flow.journeys import MENU
from kiosk.flow.state import CHOICES, Action, Screen, State
from kiosk.locales.words import Words
from kiosk.screens.frame import draw_idle_header, draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.turning import turning
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon, draw_icon


class Face(NamedTuple):
    """How a tile looks."""

    icon: Icon
    label: str


def face_of(action: Action, tr: Callable[[str], str]) -> Face:
    """The picture and the words of a tile. Every tile of every journey has its line here."""
    faces = {
        Action.SHOP_MESSAGE: Face("letter", tr("Message to the pharmacy")),
        Action.MY_PHARMACIST: Face("plus", tr("My pharmacist")),
        Action.PACKS: Face("barcode", tr("Scan a pack")),
        Action.MY_DETAILS: Face("person", tr("My details")),
        Action.SHOPS: Face("pin", tr("Opening hours and pharmacies")),
        Action.TICKETS: Face("receipt", tr("Last purchases")),
        Action.MY_POINTS: Face("points", tr("My points")),
        Action.MY_VOUCHERS: Face("voucher", tr("My vouchers")),
        Action.PROMOTIONS: Face("spark", tr("Offers for me")),
        Action.CONVERT: Face("swap", tr("Points into a voucher")),
        Action.GAMES: Face("star", tr("Play")),
        Action.FORWARD: Face("gift", tr("A voucher for somebody in need")),
        Action.DONATE: Face("heart", tr("Give to an association")),
        Action.BLOCK: Face("lock", tr("Block this card")),
        Action.JOIN: Face("person", tr("Join now")),
        Action.LOST_CARD: Face("lock", tr("Block my card")),
        Action.REPLACE_CARD: Face("card", tr("Replace this card")),
        Action.CARERS: Face("person", tr("Somebody acts for me")),
        Action.NEW_CARD: Face("card", tr("A new card for me")),
    }
    return faces[action]


def draw(canvas: Canvas, model: Model) -> None:
    """The tiles of this page; back, more and finish below."""
    is_visitor = model.state.screen is Screen.VISITOR_MENU
    draw_idle_header(canvas, model) if is_visitor else draw_member_header(canvas, model)
    tiles = MENU.shown(model.state)
    shift = (1000 - model.entering_per_mille) * canvas.metrics.gap // 1000
    faces = [face_of(tile.action, canvas.words.tr) for tile in tiles]
    rects = _places(canvas, len(tiles))
    m = canvas.metrics
    style = Style(size=m.title, weight=600, colour=canvas.palette.ink, line_percent=118)
    texts = ((face.label, rect.width - m.pad) for face, rect in zip(faces, rects, strict=True))
    style, _ = canvas.common(texts, style, lines=2, is_even=True)
    for face, action, rect in zip(faces, CHOICES, rects, strict=False):
        _draw_tile(canvas, face, action, rect.move(0, shift), style)
    _draw_actions(canvas, model, is_visitor=is_visitor)


def _places(canvas: Canvas, count: int) -> list[pygame.Rect]:
    """Where the tiles stand, in reading order; few tiles share the room of a page."""
    m, room = canvas.metrics, content_rect(canvas)
    reach = max(0, m.touch - room.top)  # upright, what is touched in the header reaches below it
    room = pygame.Rect(room.left, room.top + reach, room.width, room.height - reach)
    columns = 2 if m.is_portrait else max(2, min(4, (count + 1) // 2 if count > 3 else count))
    rows = max(2 if not m.is_portrait else 3, -(-count // columns))
    width = (room.width - (columns - 1) * m.gap) // columns
    height = (room.height - (rows - 1) * m.gap) // rows
    used = -(-count // columns)
    top = room.top + (room.height - used * height - (used - 1) * m.gap) // 2
    left = room.left + max(0, columns - count) * (width + m.gap) // 2  # a tile alone stands in the middle
    return [
        pygame.Rect(left + column * (width + m.gap), top + row * (height + m.gap), width, height)
        for row in range(used)
        for column in range(columns)
    ][:count]


def _draw_tile(canvas: Canvas, face: Face, action: Action, rect: pygame.Rect, style: Style) -> None:
    m, p = canvas.metrics, canvas.palette
    is_pressed = canvas.pressed is action
    canvas.target(action, rect)
    canvas.panel(rect, fill=p.tint if is_pressed else p.card, border=p.hairline, thickness=max(1, m.line * 2))
    size = m.bar * (62 if m.is_small else 70) // 100
    label = canvas.block(face.label, style, rect.width - m.pad, lines=2, is_even=True)
    gap = m.gap * 3 // 5
    top = rect.centery - (size + gap + label.height) // 2
    badge = pygame.Rect(rect.centerx - size // 2, top, size, size)
    canvas.panel(badge, fill=p.card if is_pressed else p.tint, radius=size // 3)
    draw_icon(canvas.surface, face.icon, badge.center, m.icon, p.brand_text, sprites=canvas.kit.sprites)
    canvas.put(label, rect.left + m.pad // 2, badge.bottom + gap, align="centre")


def turning_tiles(words: Words, state: State) -> list[Button]:
    """The buttons that turn the pages of a menu."""
    return turning(words, number=MENU.page_number(state), pages=MENU.pages(state))


def _draw_actions(canvas: Canvas, model: Model, *, is_visitor: bool) -> None:
    tr = canvas.words.tr
    buttons = [
        Button(action=Action.BACK, label=tr("Back"), icon="left"),
        *turning_tiles(canvas.words, model.state),
    ]
    if not is_visitor:
        buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)

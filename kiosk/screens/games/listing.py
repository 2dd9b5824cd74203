"""Which games there are: a tile each, with the plays left, or why it cannot be played."""

import pygame

from kiosk.flow.games.page import GAMES_PER_PAGE
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.games.pieces import ICONS, page_of, plays_left, said, shift_of, why_not
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.turning import pages_of, turning
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import draw_icon
from wire.games import GameOffer


def draw(canvas: Canvas, model: Model) -> None:
    """Up to four games; or that one has to wait, or that there is none."""
    page, tr = page_of(model), canvas.words.tr
    draw_member_header(canvas, model)
    room = content_rect(canvas).move(0, shift_of(canvas, model))
    pages = pages_of(len(page.games), GAMES_PER_PAGE)
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    if not page.is_told:
        draw_quiet(canvas, room, "hourglass", tr("One moment, we are looking which games there are…"))
    elif not page.games and page.games_trouble:
        draw_quiet(canvas, room, "no_link", tr("The connection is down just now. Try again in a moment."))
        buttons.append(Button(action=Action.TRY_AGAIN, label=tr("Try again"), icon="older"))
    elif not page.games:
        draw_quiet(canvas, room, "star", tr("There is no game just now. Have a look next time."))
    else:
        number = min(page.number, pages - 1)
        shown = page.games[number * GAMES_PER_PAGE :][:GAMES_PER_PAGE]
        for game, action, rect in zip(shown, CHOICES, _places(canvas, room, len(shown)), strict=False):
            _draw_tile(canvas, game, action, rect)
        buttons += turning(canvas.words, number=number, pages=pages)
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons[:4])


def _places(canvas: Canvas, room: pygame.Rect, count: int) -> list[pygame.Rect]:
    """Two columns, upright one; a single game takes the whole width."""
    m = canvas.metrics
    columns = 1 if m.is_portrait or count == 1 else 2
    rows = max(2, -(-count // columns)) if not m.is_portrait else 4
    width = (room.width - (columns - 1) * m.gap) // columns
    height = min((room.height - (rows - 1) * m.gap) // rows, m.bar * 5 // 2)
    used = -(-count // columns)
    top = room.top + (room.height - used * height - (used - 1) * m.gap) // 2
    return [
        pygame.Rect(
            room.left + index % columns * (width + m.gap),
            top + index // columns * (height + m.gap),
            width,
            height,
        )
        for index in range(count)
    ]


def _draw_tile(canvas: Canvas, game: GameOffer, action: Action, rect: pygame.Rect) -> None:
    """Picture, name, and below it the plays left or why not; both can be looked at."""
    m, p = canvas.metrics, canvas.palette
    is_pressed = canvas.pressed is action
    canvas.target(action, rect)
    canvas.panel(rect, fill=p.tint if is_pressed else p.card, border=p.hairline, thickness=2 * m.line)
    pad = m.pad * (7 if m.is_small else 9) // 10
    size = min(rect.height - 2 * pad, m.bar * (85 if m.is_small else 105) // 100)
    badge = pygame.Rect(rect.left + pad, rect.centery - size // 2, size, size)
    ground = p.ground if not game.is_open else p.card if is_pressed else p.tint
    canvas.panel(badge, fill=ground, radius=size * 3 // 10)
    colour = p.brand_text if game.is_open else p.muted
    draw_icon(
        canvas.surface, ICONS[game.kind], badge.center, size * 55 // 100, colour, sprites=canvas.kit.sprites
    )
    left = badge.right + pad
    width = rect.right - pad - left
    name = Style(size=m.title, weight=700, colour=p.ink if game.is_open else p.muted, line_percent=118)
    told = Style(size=m.note, weight=600 if game.is_open else 400, colour=colour, line_percent=126)
    upper = canvas.block(said(canvas, game.names), name, width, lines=2, may_cut=True)
    state = plays_left(canvas, game.plays_left) if game.is_open else why_not(canvas, game)
    lower = canvas.block(state, told, width, lines=3)
    gap = m.gap // 4
    top = rect.centery - (upper.height + gap + lower.height) // 2
    canvas.put(lower, left, canvas.put(upper, left, top) + gap)

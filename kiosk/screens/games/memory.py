"""Memory: twelve cards with six pairs; beside them, that the draw does not look at them."""

import math

import pygame

from kiosk.flow.games.memory import PAIRS, TURN_MS, UNLIKE_SHOWN_MS, Board
from kiosk.flow.journeys.games import CARD_ACTIONS
from kiosk.screens.message import content_rect
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.icons import draw_icon
from kiosk.widgets.motifs import motif
from kiosk.widgets.palette import mix
from kiosk.widgets.shapes import rounded
from wire.games import GameOffer


def draw_board(canvas: Canvas, board: Board, rects: list[pygame.Rect], now_ms: int) -> None:
    """The cards as they lie now; the one that was touched last is turning."""
    for place, (rect, action) in enumerate(zip(rects, CARD_ACTIONS, strict=True)):
        if not board.is_up(place, now_ms):
            number = canvas.words.number(place + 1)
            canvas.target(action, rect, name=canvas.words.tr("Card {number}", number=number))
        _draw_card(
            canvas,
            board,
            place,
            rect,
            turned_percent=_turned(board, place, now_ms, is_calm=canvas.mode.is_calm),
            now_ms=now_ms,
        )


def _turned(board: Board, place: int, now_ms: int, *, is_calm: bool) -> int:
    """How far a card has turned to the side it shows, in percent."""
    if is_calm:
        return 100
    if place == board.turned and now_ms - board.turned_ms < TURN_MS:
        return (now_ms - board.turned_ms) * 100 // TURN_MS
    since_back_ms = now_ms - board.turned_ms - UNLIKE_SHOWN_MS
    if len(board.open) == 2 and place in board.open and 0 <= since_back_ms < TURN_MS:
        return since_back_ms * 100 // TURN_MS
    return 100


def _draw_card(
    canvas: Canvas, board: Board, place: int, rect: pygame.Rect, *, turned_percent: int, now_ms: int
) -> None:
    is_up = board.is_up(place, now_ms)
    if turned_percent < 50:
        is_up = not is_up
    is_found = place in board.found and turned_percent == 100
    is_pressed = canvas.pressed is CARD_ACTIONS[place]
    width = rect.width
    if turned_percent < 100:
        width = max(6, round(rect.width * abs(math.cos(math.pi * turned_percent / 100))))
    shown = pygame.Rect(rect.centerx - width // 2, rect.top, width, rect.height)
    if is_up:
        _draw_front(canvas, board.pictures[place], shown, is_found=is_found)
    else:
        _draw_back(canvas, shown, is_pressed=is_pressed)


def _draw_front(canvas: Canvas, picture: int, rect: pygame.Rect, *, is_found: bool) -> None:
    m, p = canvas.metrics, canvas.palette
    border = p.brand_text if is_found else p.outline
    canvas.panel(
        rect, fill=p.tint if is_found else p.card, border=border, radius=m.radius * 3 // 4,
        thickness=(3 if is_found else 2) * m.line,
    )  # fmt: skip
    size = min(rect.height, rect.width) * 66 // 100
    if rect.width * 3 < rect.height:  # seen nearly from its edge
        return
    drawn = motif(picture, rect.height * 66 // 100 if size > 8 else 8, p, sprites=canvas.kit.sprites)
    if drawn.get_width() > rect.width - 8:
        drawn = pygame.transform.smoothscale(drawn, (max(2, rect.width * 66 // 100), drawn.get_height()))
    canvas.surface.blit(drawn, drawn.get_rect(center=rect.center))


def _draw_back(canvas: Canvas, rect: pygame.Rect, *, is_pressed: bool) -> None:
    m, p = canvas.metrics, canvas.palette
    fill = p.brand_pressed if is_pressed else p.brand
    canvas.panel(rect, fill=fill, radius=m.radius * 3 // 4)
    light = mix(fill, p.on_brand, 72)
    arm = rect.height * 9 // 100
    size = rect.height * 34 // 100
    width = size * rect.width // max(1, rect.height * 12 // 10)
    width = min(size, width)
    upright = pygame.Rect(0, 0, max(2, arm * width // max(1, size)), size)
    across = pygame.Rect(0, 0, width, arm)
    for bar in (upright, across):
        bar.center = rect.center
        rounded(canvas.surface, bar, arm // 3, light, sprites=canvas.kit.sprites)


def places(canvas: Canvas) -> tuple[list[pygame.Rect], pygame.Rect]:
    """Where the cards lie, and the room beside them: three rows of four, upright four of three."""
    m, room = canvas.metrics, content_rect(canvas)
    columns, rows = (3, 4) if m.is_portrait else (4, 3)
    gap = m.gap * (7 if m.is_small else 8) // 10
    if m.is_portrait:
        beside = m.bar * (18 if canvas.is_grown else 16) // 10 * m.growth // 100
        room_for = pygame.Rect(room.left, room.top, room.width, room.height - beside - m.gap)
        rest = pygame.Rect(room.left, room_for.bottom + m.gap, room.width, beside)
    else:
        beside = room.width * 34 // 100
        room_for = pygame.Rect(room.left, room.top, room.width - beside - m.gap * 3 // 2, room.height)
        rest = pygame.Rect(room.right - beside, room.top, beside, room.height)
    height = (room_for.height - (rows - 1) * gap) // rows
    width = min((room_for.width - (columns - 1) * gap) // columns, height * 13 // 10)
    left = room_for.left + (room_for.width - columns * width - (columns - 1) * gap) // 2
    if not m.is_portrait:
        left = room_for.left
        used = columns * width + (columns - 1) * gap
        rest = pygame.Rect(left + used + m.gap * 3 // 2, rest.top, 0, rest.height)
        rest.width = room.right - rest.left
    rects = [
        pygame.Rect(
            left + place % columns * (width + gap), room_for.top + place // columns * (height + gap),
            width, height,
        )
        for place in range(columns * rows)
    ]  # fmt: skip
    return rects, rest


def draw_beside(canvas: Canvas, game: GameOffer, board: Board, rect: pygame.Rect) -> None:
    """How many pairs are found; that the prize does not depend on it."""
    m, p, tr, number = canvas.metrics, canvas.palette, canvas.words.tr, canvas.words.number
    canvas.panel(rect)
    pairs = canvas.words.trn(
        "{found} of {all} pair", "{found} of {all} pairs", PAIRS,
        found=number(len(board.found) // 2), all=number(PAIRS),
    )  # fmt: skip
    strong = Style(size=m.title * 13 // 10, weight=700, colour=p.ink, line_percent=120)
    quiet = Style(size=m.note, colour=p.muted, line_percent=140)
    text = (
        tr("Take your time. The prize is drawn at the end and does not depend on your turns.")
        if game.prizes
        else tr("Take your time. This game is for fun.")
    )
    width = rect.width - 2 * m.pad
    upper = canvas.block(pairs, strong, width, lines=2)
    turns = canvas.words.trn("{count} turn", "{count} turns", board.turns, count=number(board.turns))
    middle = canvas.block(turns, Style(size=m.body, colour=p.muted, line_percent=130), width)
    lower = canvas.block(text, quiet, width, lines=7, is_even=True)
    size = m.icon * 3 // 2 if not m.is_portrait else 0
    gap = m.gap if not m.is_portrait else m.gap // 2
    total = size + (gap if size else 0) + upper.height + middle.height + gap + lower.height
    top = rect.centery - total // 2
    if size:
        at = (rect.left + m.pad + size // 2, top + size // 2)
        draw_icon(canvas.surface, "cards", at, size, p.brand_text, sprites=canvas.kit.sprites)
        top += size + gap
    top = canvas.put(upper, rect.left + m.pad, top)
    top = canvas.put(middle, rect.left + m.pad, top) + gap
    canvas.put(lower, rect.left + m.pad, top)


def draw_sample(canvas: Canvas, room: pygame.Rect) -> None:
    """A few cards, before the play: three open, the others closed."""
    m = canvas.metrics
    side = min(room.width, room.height)
    gap = m.gap * 7 // 10
    size = (side - 2 * gap) // 3
    left, top = room.centerx - (3 * size + 2 * gap) // 2, room.centery - (3 * size + 2 * gap) // 2
    open_cards = {1: 0, 3: 3, 8: 1}
    for place in range(9):
        rect = pygame.Rect(left + place % 3 * (size + gap), top + place // 3 * (size + gap), size, size)
        if place in open_cards:
            _draw_front(canvas, open_cards[place], rect, is_found=False)
        else:
            _draw_back(canvas, rect, is_pressed=False)

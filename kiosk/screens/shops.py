"""Our pharmacy and its neighbours: a list with what is open now, and a map drawn from their positions."""

from typing import Final

import pygame

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.shops import SHOPS_PER_PAGE, ShopsPage
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_idle_header, draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.screens.shop_words import distance, standing_words
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import draw_icon
from loyalty.programme.places import length_m
from wire.shop_pages import ShopPage

_SCALES_M: Final = (100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 50_000, 100_000, 200_000)


def draw(canvas: Canvas, model: Model) -> None:
    """The list left, the map right; upright the map above."""
    page = page_of(model.state, ShopsPage)
    draw_header(canvas, model)
    if not page.shops:
        _draw_nothing(canvas, model, page)
    else:
        _draw_shops(canvas, model, page)
    tr = canvas.words.tr
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    if page.number > 0:
        buttons.append(Button(action=Action.NEWER, label=tr("Nearer"), icon="newer"))
    if (page.number + 1) * SHOPS_PER_PAGE < len(page.shops):
        buttons.append(Button(action=Action.OLDER, label=tr("Farther"), icon="older"))
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def draw_header(canvas: Canvas, model: Model) -> None:
    """Of a member's page, or of a visitor's."""
    if model.state.session is None:
        draw_idle_header(canvas, model)
    else:
        draw_member_header(canvas, model)


def _draw_nothing(canvas: Canvas, model: Model, page: ShopsPage) -> None:
    tr = canvas.words.tr
    title, text = tr("One moment…"), tr("We are looking up our pharmacies.")
    if page.is_unknown:
        title = tr("Not known here yet")
        text = tr("Our opening hours cannot be shown just now. The counter tells you gladly.")
    draw_message(
        canvas,
        model,
        title=title,
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "pin", tone="brand"),
        bottom=content_rect(canvas).bottom,
    )


def _draw_shops(canvas: Canvas, model: Model, page: ShopsPage) -> None:
    m, room = canvas.metrics, content_rect(canvas)
    first = page.number * SHOPS_PER_PAGE
    shown = page.shops[first : first + SHOPS_PER_PAGE]
    has_map = any(shop.east_m is not None for shop in page.shops[1:])
    rows = room
    if has_map and m.is_portrait:
        height = room.height - SHOPS_PER_PAGE * (m.bar + m.gap)
        _draw_map(canvas, page, pygame.Rect(room.left, room.top, room.width, height))
        rows = pygame.Rect(room.left, room.top + height + m.gap, room.width, room.height - height - m.gap)
    elif has_map:
        width = room.width * 40 // 100
        _draw_map(canvas, page, pygame.Rect(room.right - width, room.top, width, room.height))
        rows = pygame.Rect(room.left, room.top, room.width - width - m.gap, room.height)
    gap = m.gap // 2
    height = max(m.touch, (rows.height - (SHOPS_PER_PAGE - 1) * gap) // SHOPS_PER_PAGE)
    if m.is_small:
        gap = (rows.height - SHOPS_PER_PAGE * height) // (SHOPS_PER_PAGE - 1)
    for index, shop in enumerate(shown):
        rect = pygame.Rect(rows.left, rows.top + index * (height + gap), rows.width, height)
        _draw_row(canvas, model, shop, first + index, CHOICES[index], rect)


def _draw_row(
    canvas: Canvas, model: Model, shop: ShopPage, place: int, action: Action, rect: pygame.Rect
) -> None:
    """Its number on the map, name, and what is now; how far on the right."""
    m, p, words = canvas.metrics, canvas.palette, canvas.words
    canvas.target(action, rect)
    fill = p.tint if canvas.pressed is action else p.card
    canvas.panel(rect, fill=fill, border=p.hairline, radius=m.radius * 7 // 10, thickness=max(1, m.line * 2))
    size = m.bar * 46 // 100
    badge = pygame.Rect(rect.left + m.pad * 6 // 10, rect.centery - size // 2, size, size)
    _draw_number(canvas, place, badge)
    left = badge.right + m.pad * 6 // 10
    right = rect.right - m.pad * 6 // 10 - m.note
    draw_icon(
        canvas.surface,
        "more",
        (right + m.note // 2, rect.centery),
        m.note,
        p.muted,
        sprites=canvas.kit.sprites,
    )
    away = _away(canvas, shop, place)
    quiet = Style(size=m.note, colour=p.muted, line_percent=126)
    width = canvas.kit.fonts.width(away, 400, m.note) if away else 0
    strong = Style(size=m.title * 94 // 100, weight=600, colour=p.ink, line_percent=120)
    said, is_open = standing_words(words, model, shop)
    state = Style(size=m.note, weight=600, colour=p.brand_text if is_open else p.muted, line_percent=126)
    room = right - left - m.gap // 2
    name = canvas.block(shop.name, strong, room - width - (m.gap if width else 0), may_cut=True)
    now = canvas.block(said, state, room)
    top = rect.centery - (name.height + now.height) // 2
    if away:
        place_of = pygame.Rect(right - m.gap // 2 - width, top, width, name.height)
        canvas.text(away, quiet, place_of, align="right", is_middle=True)
    canvas.put(now, left, canvas.put(name, left, top))


def _away(canvas: Canvas, shop: ShopPage, place: int) -> str:
    if place == 0:
        return canvas.words.tr("You are here")
    if shop.east_m is None or shop.north_m is None:
        return ""
    return distance(canvas.words, length_m(shop.east_m, shop.north_m))


def _draw_number(canvas: Canvas, place: int, badge: pygame.Rect) -> None:
    p = canvas.palette
    is_here = place == 0
    canvas.panel(badge, fill=p.brand if is_here else p.tint, radius=badge.height // 2)
    style = Style(
        size=badge.height * 52 // 100,
        weight=700,
        colour=p.on_brand if is_here else p.brand_text,
        line_percent=110,
    )
    canvas.text(str(place + 1), style, badge, align="centre", is_middle=True)


def _draw_map(canvas: Canvas, page: ShopsPage, rect: pygame.Rect) -> None:
    """Each shop at its place, north above; a scale, because nothing else tells how far."""
    m, p = canvas.metrics, canvas.palette
    canvas.panel(rect, fill=p.tint, border=p.hairline)
    size = m.bar * 42 // 100
    inner = rect.inflate(-size * 2, -size * 2)
    inner.height -= m.note * 2
    known = [
        (place, shop.east_m, shop.north_m)
        for place, shop in enumerate(page.shops)
        if shop.east_m is not None and shop.north_m is not None
    ]
    west, east = min(one[1] for one in known), max(one[1] for one in known)
    south, north = min(one[2] for one in known), max(one[2] for one in known)
    metres = max(1, *(-(-(far * 1000) // most) for far, most in (
        (east - west, inner.width), (north - south, inner.height))))  # fmt: skip
    middle = (west + east) // 2, (south + north) // 2
    _draw_rings(canvas, _at(inner, middle, metres, (0, 0)), rect)
    placed: list[pygame.Rect] = []
    for place, to_east, to_north in known:
        at = _at(inner, middle, metres, (to_east, to_north))
        badge = pygame.Rect(at[0] - size // 2, at[1] - size // 2, size, size)
        _keep_apart(badge, placed, rect)
        placed.append(badge)
        canvas.panel(badge.inflate(m.line * 4, m.line * 4), fill=p.card, radius=size)
        _draw_number_on_map(canvas, place, badge)
    taken = [*placed, _draw_scale(canvas, metres, rect)]
    _draw_north(canvas, rect, taken)
    for (place, _, _), badge in zip(known, placed, strict=True):
        here = canvas.words.tr("You are here") if place == 0 else page.shops[place].name
        _draw_name(canvas, here, badge, rect, taken, is_here=place == 0)


def _draw_rings(canvas: Canvas, here: tuple[int, int], rect: pygame.Rect) -> None:
    """Quiet rings around here, so that the eye has something to measure by."""
    m, clip = canvas.metrics, canvas.surface.get_clip()
    canvas.surface.set_clip(rect.inflate(-m.radius // 2, -m.radius // 2))
    for step in range(1, 5):
        radius = step * min(rect.width, rect.height) * 20 // 100
        pygame.draw.aacircle(canvas.surface, canvas.palette.tint_deep, here, radius, max(2, m.line * 2))
    canvas.surface.set_clip(clip)


def _draw_north(canvas: Canvas, rect: pygame.Rect, taken: list[pygame.Rect]) -> None:
    """Where north is, at the upper left, or right where a pharmacy stands there."""
    m, p = canvas.metrics, canvas.palette
    size = m.note
    place = pygame.Rect(rect.left + m.pad * 7 // 10, rect.top + m.pad * 7 // 10, size * 3 // 2, size * 2)
    if place.inflate(m.gap, m.gap).collidelist(taken) >= 0:
        place.right = rect.right - m.pad * 7 // 10
    if place.inflate(m.gap, m.gap).collidelist(taken) >= 0:
        return
    taken.append(place)
    x, y = place.centerx, place.top
    arrow = [(x, y), (x + size // 3, y + size * 7 // 10), (x - size // 3, y + size * 7 // 10)]
    pygame.draw.polygon(canvas.surface, p.muted, arrow)
    letter = "北" if canvas.words.language == "zh" else "N"
    style = Style(size=size * 9 // 10, weight=700, colour=p.ink, line_percent=110)
    canvas.text(letter, style, pygame.Rect(place.left, y + size, place.width, size), align="centre")


def _draw_name(
    canvas: Canvas,
    name: str,
    badge: pygame.Rect,
    rect: pygame.Rect,
    taken: list[pygame.Rect],
    *,
    is_here: bool,
) -> None:
    """Beside its number, where nothing else stands; without a free side the list says it."""
    m, p = canvas.metrics, canvas.palette
    ink = p.brand_text if is_here else p.ink
    style = Style(size=m.note * 9 // 10, weight=700 if is_here else 600, colour=ink, line_percent=120)
    width = canvas.kit.fonts.width(name, style.weight, style.size)
    height = style.size * style.line_percent // 100
    place, gap = pygame.Rect(0, 0, width, height), m.gap // 3
    room = rect.inflate(-m.pad, -m.pad)
    for side in ("right", "left", "below", "above"):
        place.center = badge.center
        if side == "right":
            place.left = badge.right + gap
        elif side == "left":
            place.right = badge.left - gap
        elif side == "below":
            place.top = badge.bottom + gap
        else:
            place.bottom = badge.top - gap
        if room.contains(place) and place.inflate(gap, gap).collidelist([
            each for each in taken if each is not badge
        ]) < 0:  # fmt: skip
            canvas.text(name, style, place)
            taken.append(place)
            return


def _at(
    inner: pygame.Rect, middle: tuple[int, int], metres_per_1000: int, place: tuple[int, int]
) -> tuple[int, int]:
    east = (place[0] - middle[0]) * 1000 // metres_per_1000
    north = (place[1] - middle[1]) * 1000 // metres_per_1000
    return inner.centerx + east, inner.centery - north


def _keep_apart(badge: pygame.Rect, placed: list[pygame.Rect], room: pygame.Rect) -> None:
    """Neighbours of one street would hide each other: the later one steps aside, within the map."""
    for _ in range(24):
        hit = badge.inflate(6, 6).collidelist(placed)
        if hit < 0:
            return
        other = placed[hit]
        step = badge.width // 2
        badge.x += step if badge.centerx >= other.centerx else -step
        badge.y += step // 2 if badge.centery > other.centery else -step // 2
        badge.clamp_ip(room.inflate(-8, -8))


def _draw_number_on_map(canvas: Canvas, place: int, badge: pygame.Rect) -> None:
    p = canvas.palette
    canvas.panel(badge, fill=p.brand if place == 0 else p.ink, radius=badge.height // 2)
    colour = p.on_brand if place == 0 else p.card
    style = Style(size=badge.height * 52 // 100, weight=700, colour=colour, line_percent=110)
    canvas.text(str(place + 1), style, badge, align="centre", is_middle=True)


def _draw_scale(canvas: Canvas, metres_per_1000: int, rect: pygame.Rect) -> pygame.Rect:
    """A length and how far that is; returns what it takes."""
    m, p = canvas.metrics, canvas.palette
    most = rect.width * 40 // 100
    fitting = [scale for scale in _SCALES_M if scale * 1000 // metres_per_1000 <= most] or [_SCALES_M[0]]
    length = min(fitting[-1] * 1000 // metres_per_1000, most)
    left, bottom = rect.left + m.pad, rect.bottom - m.pad * 7 // 10
    tick = m.note // 3
    width = max(2, m.line * 2)
    pygame.draw.line(canvas.surface, p.muted, (left, bottom), (left + length, bottom), width)
    for x in (left, left + length):
        pygame.draw.line(canvas.surface, p.muted, (x, bottom - tick), (x, bottom + tick), width)
    style = Style(size=m.note * 9 // 10, weight=600, colour=p.ink, line_percent=110)
    place = pygame.Rect(left + length + m.gap // 2, bottom - m.note, most, m.note * 2)
    said = distance(canvas.words, fitting[-1])
    canvas.text(said, style, place, is_middle=True)
    width = canvas.kit.fonts.width(said, style.weight, style.size)
    return pygame.Rect(left, place.top, length + m.gap // 2 + width, place.height)

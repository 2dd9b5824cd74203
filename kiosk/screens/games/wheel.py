"""The wheel of fortune: drawn once, then turned; its areas are the odds."""

import math
from typing import Final

import pygame

from kiosk.flow.games.wheel import Sector, sectors
from kiosk.screens.games.pieces import face_colours
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.fontbook import CAP_HEIGHT_PERMILLE
from kiosk.widgets.palette import Colour, mix
from kiosk.widgets.shapes import Point, disc
from wire.games import GameOffer

_SCALE: Final = 3
"""The wheel is drawn so much larger, then scaled down: its edges are smooth."""

Faces = dict[str, tuple[Colour, Colour]]


def draw_wheel(
    canvas: Canvas, game: GameOffer, room: pygame.Rect, rotation: float, *, is_fast: bool = False
) -> tuple[Point, int]:
    """The wheel in the middle of a room, turned clockwise by `rotation` degrees; its centre and radius.

    is_fast: its edges need not be smooth, which takes a quarter of the time.
    """
    p, m = canvas.palette, canvas.metrics
    pointer = max(14, m.gap)
    above = pointer + m.gap // 3  # the pointer stays clear of what stands above the room
    radius = (min(room.width, room.height) - above) // 2 - 2 * m.line
    centre = (room.centerx, room.top + (room.height - 2 * radius - above) // 2 + above + radius)
    rim = radius + max(2, radius // 40)
    edge = mix(p.brand, p.ink, 82)
    canvas.surface.blit(_disc(canvas, rim, edge), (centre[0] - rim, centre[1] - rim))
    wheel = _wheel(canvas, game, radius)
    if rotation and is_fast:
        turned = pygame.transform.rotate(wheel, -rotation)
    else:
        turned = pygame.transform.rotozoom(wheel, -rotation, 1) if rotation else wheel
    canvas.surface.blit(turned, turned.get_rect(center=centre))
    hub = radius * 15 // 100
    disc(canvas.surface, centre, hub, edge, sprites=canvas.kit.sprites)
    disc(canvas.surface, centre, hub - max(2, hub // 6), p.card, sprites=canvas.kit.sprites)
    _draw_pointer(canvas, (centre[0], centre[1] - radius), pointer)
    return centre, radius


def draw_stopped(canvas: Canvas, game: GameOffer, room: pygame.Rect, place: float) -> None:
    """The wheel where it was told to stand, and the field under its pointer outlined."""
    p = canvas.palette
    centre, radius = draw_wheel(canvas, game, room, -place % 360)
    sector = next(each for each in sectors(game) if each.start <= place <= each.start + each.sweep)
    begins = sector.start - place
    steps = max(2, int(sector.sweep))
    left, top = centre[0] - radius, centre[1] - radius
    rim = (_on(radius, begins + sector.sweep * step / steps, radius) for step in range(steps + 1))
    hub = radius * 15 // 100
    sides = (_on(radius, begins + sector.sweep, hub), _on(radius, begins, hub))
    outline = [(round(left + x), round(top + y)) for x, y in (*rim, *sides)]
    wide = max(5, radius // 24)
    for colour, thickness in ((p.card, wide + 2 * max(2, wide // 3)), (p.ink, wide)):
        pygame.draw.lines(canvas.surface, colour, True, outline, thickness)
        for corner in (outline[0], *outline[-3:]):
            disc(canvas.surface, corner, thickness // 2, colour, sprites=canvas.kit.sprites)
    tip = round(centre[0]), round(centre[1] - radius)
    _draw_pointer(canvas, tip, max(14, canvas.metrics.gap))


def _disc(canvas: Canvas, radius: int, colour: Colour) -> pygame.Surface:
    """A large disc, drawn once: the canvas's own smooth circles take longer than a frame may."""

    def draw() -> pygame.Surface:
        surface = pygame.Surface((2 * radius + 1, 2 * radius + 1), pygame.SRCALPHA)
        surface.fill((*colour, 0))
        pygame.draw.aacircle(surface, colour, (radius, radius), radius)
        return surface

    return canvas.kit.pictures.get(("rim", radius, colour), draw)


def _draw_pointer(canvas: Canvas, at: tuple[int, int], size: int) -> None:
    """It hangs from above and reaches a little into the wheel: what is under its tip is told."""
    p = canvas.palette
    x, y = at
    width, tip = size * 3 // 4, y + size * 8 // 10
    shape = [(x - width, y - size), (x + width, y - size), (x, tip)]
    grown = [(x - width - 3, y - size), (x + width + 3, y - size), (x, tip + 6)]
    pygame.draw.polygon(canvas.surface, p.card, grown)
    pygame.draw.aalines(canvas.surface, p.card, True, grown)
    pygame.draw.polygon(canvas.surface, p.ink, shape)
    pygame.draw.aalines(canvas.surface, p.ink, True, shape)


def _wheel(canvas: Canvas, game: GameOffer, radius: int) -> pygame.Surface:
    faces = face_colours(canvas, game)
    what = tuple((face.face_id, face.odds, face.kind, face.is_left) for face in game.prizes)
    key = ("wheel", radius, game.game_id, game.out_of, what, tuple(faces.values()), canvas.palette.card)
    return canvas.kit.pictures.get(key, lambda: _paint(canvas, game, radius, faces))


def _paint(canvas: Canvas, game: GameOffer, radius: int, faces: Faces) -> pygame.Surface:
    large = radius * _SCALE
    surface = pygame.Surface((2 * large, 2 * large), pygame.SRCALPHA)
    surface.fill((*faces[""][0], 0))
    wheel = sectors(game)
    for each in wheel:
        _fan(surface, each, large, faces[each.face_id][0])
    for each in wheel:
        edge = _on(large, each.start, large)
        pygame.draw.line(surface, canvas.palette.card, (large, large), edge, max(3, large // 90))
    number_of = {face.face_id: str(number) for number, face in enumerate(game.prizes, start=1)}
    for each in wheel:
        if each.face_id:
            _put_number(canvas, surface, each, large, number_of[each.face_id], faces[each.face_id])
        else:
            middle = _on(large, each.start + each.sweep / 2, large * 78 / 100)
            pygame.draw.circle(surface, faces[""][1], middle, large // 45)
    return pygame.transform.smoothscale(surface, (2 * radius, 2 * radius))


def _on(radius: float, degrees: float, distance: float) -> Point:
    """A point of the wheel: degrees clockwise from its mark, at a distance from its centre."""
    angle = math.radians(degrees)
    return radius + distance * math.sin(angle), radius - distance * math.cos(angle)


def _fan(surface: pygame.Surface, sector: Sector, radius: int, fill: Colour) -> None:
    steps = max(2, int(sector.sweep))
    rim = [_on(radius, sector.start + sector.sweep * step / steps, radius) for step in range(steps + 1)]
    pygame.draw.polygon(surface, fill, [(radius, radius), *rim])


def _put_number(
    canvas: Canvas,
    surface: pygame.Surface,
    sector: Sector,
    radius: int,
    number: str,
    colours: tuple[Colour, Colour],
) -> None:
    """The face's number, upright when it is under the pointer; on a disc where its part is small."""
    distance = radius * 80 / 100
    room = 2 * distance * math.sin(math.radians(min(sector.sweep, 90) / 2))
    least = radius * 13 // 100
    size = round(min(radius * 20 / 100, room * 62 / 100))
    centre = _on(radius, sector.start + sector.sweep / 2, distance)
    if size < least:
        size = least
        pygame.draw.circle(surface, canvas.palette.card, centre, least * 92 // 100)
        pygame.draw.circle(surface, colours[0], centre, least * 80 // 100)
    size = max(8, size // 8 * 8)  # few sizes: each opens a font
    text = pygame.Surface((size * 2, size * 2), pygame.SRCALPHA)
    text.fill((*colours[1], 0))
    fonts = canvas.kit.fonts
    width = fonts.width(number, 700, size)
    baseline = size + size * CAP_HEIGHT_PERMILLE // 2000
    fonts.draw(text, number, size - width // 2, baseline, weight=700, size=size, colour=colours[1])
    turned = pygame.transform.rotozoom(text, -(sector.start + sector.sweep / 2), 1)
    surface.blit(turned, turned.get_rect(center=centre))

"""The scratch card: foil that a finger takes off, over what central drew before the first touch."""

from typing import Final

import pygame

from kiosk.flow.games.page import LIFT_MS, GamesPage
from kiosk.flow.games.scratch import BRUSH, HEIGHT, Point
from kiosk.flow.state import Action
from kiosk.screens.games.pieces import FACE_ICONS, face_colours, ink_on, said
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.icons import draw_icon
from kiosk.widgets.palette import Colour, mix
from wire.games import GameOffer

_SCALE: Final = 2


def card_rect(room: pygame.Rect) -> pygame.Rect:
    """The largest card that fits in the middle of a room."""
    width = min(room.width, room.height * 1000 // HEIGHT)
    height = width * HEIGHT // 1000
    return pygame.Rect(
        room.left + (room.width - width) // 2, room.top + (room.height - height) // 2, width, height
    )


def draw_sample(canvas: Canvas, room: pygame.Rect) -> None:
    """A whole card, before the play."""
    rect = card_rect(room)
    canvas.surface.blit(_foil(canvas, rect.size), rect)
    _draw_spark(canvas, rect)


def draw_card(canvas: Canvas, page: GamesPage, room: pygame.Rect, now_ms: int) -> None:
    """What was drawn, and what is left of the foil over it."""
    rect, tr = card_rect(room), canvas.words.tr
    gone = min(1000, (now_ms - page.lifted_ms) * 1000 // LIFT_MS) if page.lifted_ms else 0
    if page.told is None:
        canvas.surface.blit(_foil(canvas, rect.size), rect)
        _say_on_foil(canvas, rect, tr("One moment…"))
        return
    if not page.lifted_ms:
        canvas.target(Action.RUB, rect, is_rubbed=True)
    if canvas.pressed is Action.RUB:
        m, edge = canvas.metrics, max(4, canvas.metrics.line * 4)
        canvas.panel(rect.inflate(2 * edge, 2 * edge), fill=canvas.palette.brand, radius=m.radius + edge)
    if page.foil.points or gone:
        _draw_under(canvas, page.game, page, rect)
    if gone >= 1000:
        return
    rubbed = _Rubbed.of(canvas, page.told.play_id, rect.size)
    picture = rubbed.rubbed_at(page.foil.points)
    picture.set_alpha(255 * (1000 - gone) // 1000)
    canvas.surface.blit(picture, rect)
    if not page.foil.points and not gone:
        _say_on_foil(canvas, rect, tr("Rub here with your finger"))


def _say_on_foil(canvas: Canvas, rect: pygame.Rect, text: str) -> None:
    m, p = canvas.metrics, canvas.palette
    style = Style(size=m.title, weight=600, colour=ink_on(p.brand), line_percent=130)
    pill = pygame.Rect(0, 0, canvas.kit.fonts.width(text, 600, m.title) + 2 * m.pad, m.title * 24 // 10)
    pill.center = rect.center
    canvas.panel(pill, fill=p.brand, radius=pill.height // 2)
    canvas.text(text, style, pill, align="centre", is_middle=True)


def _draw_under(canvas: Canvas, game: GameOffer, page: GamesPage, rect: pygame.Rect) -> None:
    """The prize, or none: said plainly."""
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    told = page.told
    assert told is not None
    canvas.panel(rect, fill=p.card, border=p.outline, thickness=2 * m.line)
    prize = told.prize
    text = said(canvas, prize.names) if prize is not None else tr("No prize this time")
    style = Style(size=m.headline, weight=700, colour=p.ink if prize else p.muted, line_percent=112)
    block = canvas.block(text, style, rect.width - 3 * m.pad, lines=2, is_even=True, may_cut=True)
    size = min(m.bar * 12 // 10, rect.height * 34 // 100) if prize is not None else 0
    gap = m.gap if prize is not None else 0
    top = rect.centery - (size + gap + block.height) // 2
    if prize is not None:
        centre = (rect.centerx, top + size // 2)
        fill, ink = face_colours(canvas, game)[told.face_id]
        pygame.draw.aacircle(canvas.surface, fill, centre, size // 2)
        icon = FACE_ICONS[prize.kind]
        draw_icon(canvas.surface, icon, centre, size * 56 // 100, ink, sprites=canvas.kit.sprites)
    canvas.put(block, rect.centerx - block.width // 2, top + size + gap, align="centre")


# The foil ---------------------------------------------------------------------------------------------------


def _foil(canvas: Canvas, size: tuple[int, int]) -> pygame.Surface:
    p = canvas.palette
    light, dark = mix(p.brand, p.card, 26), mix(p.brand, p.card, 44)
    key = ("foil", size, light, dark)
    return canvas.kit.pictures.get(key, lambda: _paint_foil(size, canvas.metrics.radius, light, dark))


def _paint_foil(size: tuple[int, int], radius: int, light: Colour, dark: Colour) -> pygame.Surface:
    """A soft metal with small crosses, round at the corners."""
    width, height = size[0] * _SCALE, size[1] * _SCALE
    surface = pygame.Surface((width, height), pygame.SRCALPHA)
    reach = width + height // 2
    for x in range(reach):
        share = abs(x * 4 % (2 * reach) - reach) * 100 // reach
        shade = mix(light, dark, 40 + share * 60 // 100)
        pygame.draw.line(surface, shade, (x, 0), (x - height // 2, height), 2)
    step, arm = height // 6, height // 42
    for row in range(8):
        for column in range(-1, 14):
            x, y = column * step + (row % 2) * step // 2, row * step
            pygame.draw.rect(surface, light, (x - arm, y - arm // 3, 2 * arm, 2 * arm // 3))
            pygame.draw.rect(surface, light, (x - arm // 3, y - arm, 2 * arm // 3, 2 * arm))
    mask = pygame.Surface((width, height), pygame.SRCALPHA)
    pygame.draw.rect(mask, (255, 255, 255, 255), mask.get_rect(), border_radius=radius * _SCALE)
    surface.blit(mask, (0, 0), special_flags=pygame.BLEND_RGBA_MULT)
    return pygame.transform.smoothscale(surface, size)


def _draw_spark(canvas: Canvas, rect: pygame.Rect) -> None:
    p = canvas.palette
    size = rect.height * 40 // 100
    pygame.draw.aacircle(canvas.surface, p.card, rect.center, size * 8 // 10)
    draw_icon(canvas.surface, "gift", rect.center, size, p.brand_text, sprites=canvas.kit.sprites)


class _Rubbed(pygame.Surface):
    """The foil of one play as far as it is rubbed: only new points are taken off it."""

    count: int
    first: Point | None

    @classmethod
    def of(cls, canvas: Canvas, play_id: str, size: tuple[int, int]) -> "_Rubbed":
        """The foil of a play; drawn whole when it is first asked for."""

        def whole() -> pygame.Surface:
            made = cls(size, pygame.SRCALPHA)
            made._whole = _foil(canvas, size)
            made._clean()
            return made

        kept = canvas.kit.pictures.get(("rubbed", play_id, size, canvas.palette.brand), whole)
        assert isinstance(kept, cls)
        return kept

    _whole: pygame.Surface

    def _clean(self) -> None:
        self.fill((0, 0, 0, 0))
        self.blit(self._whole, (0, 0), special_flags=pygame.BLEND_RGBA_MAX)
        self.count = 0

    def rubbed_at(self, points: tuple[Point, ...]) -> pygame.Surface:
        """The foil without what these points took off."""
        if len(points) < self.count:
            self._clean()
        width = self.get_width()
        brush = _brush(width * BRUSH // 1000)
        for x, y in points[self.count :]:
            at = x * width // 1000 - brush.get_width() // 2, y * width // 1000 - brush.get_height() // 2
            self.blit(brush, at, special_flags=pygame.BLEND_RGBA_SUB)
        self.count = len(points)
        return self


def _brush(radius: int) -> pygame.Surface:
    """What one point takes off: soft at its edge."""
    brush = pygame.Surface((2 * radius, 2 * radius), pygame.SRCALPHA)
    for ring in range(8):
        alpha = 255 * (ring + 1) // 8
        pygame.draw.circle(brush, (0, 0, 0, alpha), (radius, radius), radius - ring)
    return brush

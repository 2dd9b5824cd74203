"""A poster of the group beside a message: its picture, its title, and in words what it shows."""

from collections.abc import Callable
from dataclasses import dataclass

import pygame

from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from loyalty.limits.pictures import POSTER_TURN_S
from wire.face import POSTER_PIXELS, Poster

_WIDE, _HIGH = 3, 2
_AS_LARGE_AS = 90
"""A caption that would shrink below so many percent takes a second line instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """What stands beside a message instead of its picture: as wide as it says, drawn into its place."""

    width: int
    height: int
    draw: Callable[[pygame.Rect], None]


def poster_panel(canvas: Canvas, model: Model, *, top: int, bottom: int) -> Panel | None:
    """The poster whose turn it is, as large as the room lets it be; None where none can be shown."""
    agent = model.agent
    posters = model.posters
    if agent is None or not posters:
        return None
    picture_size = _picture_size(canvas, bottom - top)
    first = model.turn(POSTER_TURN_S) % len(posters)
    for poster in (*posters[first:], *posters[:first]):
        lines = _caption_lines(canvas, poster, picture_size[0])
        more = _caption_height(canvas, lines=lines) - _caption_height(canvas)
        size = picture_size
        if more and not canvas.metrics.is_portrait:
            size = ((picture_size[1] - more) * _WIDE // _HIGH, picture_size[1] - more)
            lines = _caption_lines(canvas, poster, size[0])
        picture = _picture(canvas, agent.pictures_dir, poster, size)
        if picture is not None:
            return _panel(canvas, poster, picture, lines)
    return None


def _picture_size(canvas: Canvas, room: int) -> tuple[int, int]:
    m = canvas.metrics
    if m.is_portrait:
        width = m.width - 2 * m.margin
        high = min(width * _HIGH // _WIDE, room * 46 // 100)
        return high * _WIDE // _HIGH, high
    high = min(room - _caption_height(canvas), m.width * 54 // 100 * _HIGH // _WIDE)
    return high * _WIDE // _HIGH, high


def _picture(canvas: Canvas, folder: str, poster: Poster, size: tuple[int, int]) -> pygame.Surface | None:
    is_small = size[0] <= POSTER_PIXELS["small"][0]
    named = poster.small if is_small else poster.large
    return canvas.kit.group_pictures.fill(folder, named, size, radius=canvas.metrics.radius)


def _styles(canvas: Canvas) -> tuple[Style, Style]:
    m, p = canvas.metrics, canvas.palette
    title = Style(size=m.title * 108 // 100, weight=600, colour=p.ink, line_percent=122)
    return title, Style(size=m.note, colour=p.muted, line_percent=128)


def _caption_height(canvas: Canvas, *, lines: tuple[int, int] = (1, 1)) -> int:
    gap, styles = canvas.metrics.gap // 2, _styles(canvas)
    return gap + sum(
        style.size * style.line_percent // 100 * count for style, count in zip(styles, lines, strict=True)
    )


def _caption_lines(canvas: Canvas, poster: Poster, width: int) -> tuple[int, int]:
    """On how many lines title and text stand below a picture so wide: one, or two for a long one."""
    language, (title, text) = canvas.words.language, _styles(canvas)

    def lines(said: str, style: Style) -> int:
        fitting, is_whole = canvas.common([(said, width)], style)
        return 1 if is_whole and fitting.size * 100 >= style.size * _AS_LARGE_AS else 2

    return lines(poster.titles[language], title), lines(poster.texts.get(language, ""), text)


def _panel(canvas: Canvas, poster: Poster, picture: pygame.Surface, lines: tuple[int, int]) -> Panel:
    language = canvas.words.language
    title, text = _styles(canvas)

    def draw(place: pygame.Rect) -> None:
        at = picture.get_rect(topleft=place.topleft)
        canvas.surface.blit(picture, at)
        canvas.panels.append(at)
        canvas.seen.append(poster.aloud.get(language, ""))
        below = at.bottom + canvas.metrics.gap // 2
        place = pygame.Rect(at.left, below, at.width, 0)
        place.top = canvas.text(poster.titles[language], title, place, lines=lines[0], may_cut=True)
        if said := poster.texts.get(language):
            canvas.text(said, text, place, lines=lines[1], may_cut=True)

    height = picture.get_height() + _caption_height(canvas, lines=lines)
    return Panel(width=picture.get_width(), height=height, draw=draw)

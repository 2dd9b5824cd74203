"""A poster of the group beside a message: its picture, its title, and in words what it shows."""

from collections.abc import Callable
from dataclasses import dataclass

import pygame

from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from loyalty.limits.pictures import POSTER_TURN_S
from wire.face import POSTER_PIXELS, Poster

_WIDE, _HIGH = 3, 2


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
        picture = _picture(canvas, agent.pictures_dir, poster, picture_size)
        if picture is not None:
            return _panel(canvas, poster, picture)
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


def _caption_height(canvas: Canvas) -> int:
    title, text = _styles(canvas)
    return (
        canvas.metrics.gap // 2
        + title.size * title.line_percent // 100
        + text.size * text.line_percent // 100
    )


def _panel(canvas: Canvas, poster: Poster, picture: pygame.Surface) -> Panel:
    language = canvas.words.language
    title, text = _styles(canvas)

    def draw(place: pygame.Rect) -> None:
        at = picture.get_rect(topleft=place.topleft)
        canvas.surface.blit(picture, at)
        canvas.panels.append(at)
        canvas.seen.append(poster.aloud.get(language, ""))
        below = at.bottom + canvas.metrics.gap // 2
        below = canvas.text(
            poster.titles[language], title, pygame.Rect(at.left, below, at.width, 0), may_cut=True
        )
        if said := poster.texts.get(language):
            canvas.text(said, text, pygame.Rect(at.left, below, at.width, 0), may_cut=True)

    return Panel(width=picture.get_width(), height=picture.get_height() + _caption_height(canvas), draw=draw)

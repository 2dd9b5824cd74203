"""A person of staff holds their card to the reader: what they may do here, each with what happens."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import NamedTuple

import pygame

from kiosk.flow.journeys import MENU
from kiosk.flow.journeys.menu import STAFF_TILES_PER_PAGE
from kiosk.flow.sharing import is_watched
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.menu import turning_tiles
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon, draw_icon
from loyalty.programme.member import staff_name


class Face(NamedTuple):
    """How an entry looks; `note` says what happens."""

    icon: Icon
    label: str
    note: str
    is_amiss: bool = False


def face_of(action: Action, tr: Callable[[str], str]) -> Face:
    """The picture and the words of an entry. Every entry of every journey has its line here."""
    faces = {
        Action.PAIR_TILL: Face("plug", tr("Connect a till"), tr("Shows a code to enter at the till")),
        Action.MEMBER_PIN: Face("lock", tr("A member's PIN"), tr("A new one, or one that is locked")),
        Action.HOW_IS_IT: Face("tool", tr("How is it?"), tr("What works and what does not, and a test page")),
        Action.COMFORT: Face("speaker", tr("Sound and light"), tr("How loud and how bright this screen is")),
        Action.SUPPORT: Face("eye", tr("Support asks"), tr("Head office would like to see this screen")),
        Action.REENROL: Face("lock", tr("Enrol anew"), tr("A new key for this terminal, with head office")),
        Action.TEST_READER: Face(
            "card", tr("Test the reader"), tr("Any card: what is read, and how quickly")
        ),
        Action.DEFAULTS: Face("globe", tr("How it begins"), tr("Language, large type, side for everybody")),
        Action.TRAINING: Face("pen", tr("Training"), tr("The tills practise: nothing they do is booked")),
        Action.DAY_TOTALS: Face(
            "receipt", tr("Totals of the day"), tr("What each till did since its day was closed")
        ),
    }
    return faces[action]


def draw(canvas: Canvas, model: Model) -> None:
    """Who it is, the entries of this page in two columns (upright: one), more and finish below."""
    tr, state = canvas.words.tr, model.state
    draw_idle_header(canvas, model, title=tr("Hello {name}", name=_name(canvas, model)))
    tiles = MENU.shown(state)
    faces = []
    for tile in tiles:
        face = face_of(tile.action, tr)
        if tile.action is Action.SUPPORT and is_watched(state):
            face = face._replace(label=tr("Support is watching"), note=tr("Head office sees this screen now"))
        if tile.action is state.wish and state.is_wish_refused:
            refused = tr("It did not work. Hold the card to the reader again.")
            face = face._replace(icon="notice", note=refused, is_amiss=True)
        faces.append(face)
    placed = list(zip(faces, _places(canvas), strict=False))
    styles = _styles(canvas, placed)
    for (face, rect), action in zip(placed, CHOICES, strict=False):
        _draw_entry(canvas, face, action, rect, styles, is_enabled=not state.request_id)
    _draw_actions(canvas, model)


def _name(canvas: Canvas, model: Model) -> str:
    """Who is greeted, as the screen's language addresses people, whatever head office wrote."""
    session = model.state.session
    return staff_name(session.staff.name, canvas.words.language) if session and session.staff else ""


def _places(canvas: Canvas) -> list[pygame.Rect]:
    """Where the entries stand, in reading order."""
    m, room, gap = canvas.metrics, content_rect(canvas), canvas.metrics.gap // 2
    columns = 1 if m.is_portrait else 2
    lines = STAFF_TILES_PER_PAGE // columns
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.height - gap * (lines - 1)) // lines, m.bar * 15 // 10)
    return [
        pygame.Rect(room.left + column * (width + gap), room.top + line * (height + gap), width, height)
        for line in range(lines)
        for column in range(columns)
    ]


def _words(canvas: Canvas, rect: pygame.Rect) -> pygame.Rect:
    """Where the words of an entry stand, right of its picture."""
    m = canvas.metrics
    left = rect.left + m.pad // 2 + m.icon * 9 // 5 + m.pad // 2
    return pygame.Rect(left, rect.top, rect.right - m.pad // 2 - left, rect.height)


def _styles(canvas: Canvas, placed: Sequence[tuple[Face, pygame.Rect]]) -> tuple[Style, Style]:
    """How the names and the notes of all entries look: as large as the longest of them allows."""
    m, p = canvas.metrics, canvas.palette
    widths = [(face, _words(canvas, rect).width) for face, rect in placed]
    name = Style(size=m.title, weight=600, colour=p.ink, line_percent=118)
    note = Style(size=m.note, colour=p.muted, line_percent=122)
    name, _ = canvas.common(((face.label, width) for face, width in widths), name, lines=2)
    note, _ = canvas.common(((face.note, width) for face, width in widths), note, lines=2)
    return name, note


def _draw_entry(
    canvas: Canvas,
    face: Face,
    action: Action,
    rect: pygame.Rect,
    styles: tuple[Style, Style],
    *,
    is_enabled: bool,
) -> None:
    m, p = canvas.metrics, canvas.palette
    is_pressed = is_enabled and canvas.pressed is action
    if is_enabled:
        canvas.target(action, rect)
    fill = p.tint if is_pressed else p.card if is_enabled else p.ground
    canvas.panel(rect, fill=fill, border=p.hairline, thickness=max(1, m.line * 2))
    size = m.icon * 9 // 5
    badge = pygame.Rect(rect.left + m.pad // 2, rect.centery - size // 2, size, size)
    tint, mark = (p.soon_tint, p.soon_text) if face.is_amiss else (p.tint, p.brand_text)
    canvas.panel(badge, fill=p.card if is_pressed else tint, radius=size // 3)
    draw_icon(canvas.surface, face.icon, badge.center, m.icon, mark, sprites=canvas.kit.sprites)
    words = _words(canvas, rect)
    name = replace(styles[0], colour=p.ink if is_enabled else p.muted)
    said = replace(styles[1], colour=p.soon_text if face.is_amiss else p.muted)
    label = canvas.block(face.label, name, words.width, lines=2)
    note = canvas.block(face.note, said, words.width, lines=2)
    top = canvas.put(label, words.left, rect.centery - (label.height + note.height) // 2)
    canvas.put(note, words.left, top)


def _draw_actions(canvas: Canvas, model: Model) -> None:
    finish = Button(action=Action.FINISH, label=canvas.words.tr("Finish"), kind="primary", icon="check")
    draw_bar(canvas, finish, *turning_tiles(canvas.words, model.state))

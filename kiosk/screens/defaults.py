"""How this kiosk begins for everybody: its language, and how the screen is shown; seen at once."""

import pygame

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.comfort import comfort_of
from kiosk.flow.journeys.defaults import LANGUAGES_MAX, PARTS, DefaultsPage, offered
from kiosk.flow.state import CHOICES, Action
from kiosk.locales.words import OWN_NAMES
from kiosk.screens.access import draw_tile
from kiosk.screens.frame import draw_brand
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from kiosk.widgets.icons import Icon

_ICONS: dict[str, Icon] = {"is_large": "type", "is_contrast": "contrast", "is_left_handed": "hand_left"}


def draw(canvas: Canvas, model: Model) -> None:
    """A tile for each language, then for each way to be shown; what became of the last touch below."""
    m, p, tr = canvas.metrics, canvas.palette, canvas.words.tr
    page, comfort = page_of(model.state, DefaultsPage), comfort_of(model.state)
    draw_brand(canvas, model, right=m.width - m.margin, title=tr("How should this kiosk begin?"))
    names = {"is_large": tr("Large type"), "is_contrast": tr("High contrast")}
    begins = comfort.language or model.state.default_language
    tiles: list[tuple[Action, Icon, str, bool]] = [
        (action, "globe", OWN_NAMES[language], language == begins)
        for action, language in zip(CHOICES, offered(model.state), strict=False)
    ]
    tiles += [
        (action, _ICONS[part], names.get(part, tr("For the left hand")), getattr(comfort, part))
        for action, part in zip(CHOICES[LANGUAGES_MAX:], PARTS, strict=True)
    ]
    said = tr("For whoever chooses nothing. It is kept when the terminal starts anew.")
    if page.is_refused:
        said = tr("It did not work. Hold the card to the reader again.")
    note = Style(size=m.note, colour=p.soon_text if page.is_refused else p.muted, line_percent=130)
    room = content_rect(canvas)
    foot = canvas.block(said, note, room.width, lines=2, is_even=True)
    canvas.put(foot, room.left, room.bottom - foot.height)
    room.height -= foot.height + m.gap
    columns = 2 if m.is_portrait else 4
    rows, gap = -(-len(CHOICES) // columns), m.gap * 2 // 3
    width = (room.width - gap * (columns - 1)) // columns
    height = min((room.height - gap * (rows - 1)) // rows, m.bar * 5 // 2)
    top = room.bottom - rows * height - (rows - 1) * gap
    for index, (action, icon, name, is_on) in enumerate(tiles):
        row, column = divmod(index, columns)
        place = pygame.Rect(room.left + column * (width + gap), top + row * (height + gap), width, height)
        draw_tile(canvas, action, icon, name, is_on=is_on, rect=canvas.sided(place))
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left"),
        Button(action=Action.FINISH, label=tr("Finish")),
    )

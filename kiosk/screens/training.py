"""Over every screen: head office sees it, or a till's staff practise and nothing of it is booked."""

from dataclasses import replace

import pygame

from kiosk.flow.rest import Rest
from kiosk.flow.sharing import is_watched, support_of
from kiosk.flow.state import IDLE_SCREENS, STAFF_SCREENS
from kiosk.locales.days import local_time
from kiosk.locales.words import Words, words
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.metrics import Metrics
from wire.tills import ALL_TILLS


def strip_height(model: Model, size: tuple[int, int]) -> int:
    """What the strip takes of a screen of this size: every screen stands below it. 0: there is none."""
    if model.rest is not Rest.AWAKE or not strip_says(words(model.state.language), model):
        return 0
    return Metrics.of(size).header // 4


def draw_strip(canvas: Canvas, model: Model, height: int) -> None:
    """A strip along the upper edge; a frame while somebody looks, or practises."""
    said = strip_says(canvas.words, model)
    m, p = canvas.metrics, canvas.palette
    strip = pygame.Rect(0, 0, m.width, height)
    pygame.draw.rect(canvas.surface, p.soon, strip)
    if is_watched(model.state) or (model.agent is not None and model.agent.training):
        pygame.draw.rect(canvas.surface, p.soon, canvas.surface.get_rect(), max(3, m.gap // 4))
    style = Style(size=strip.height * 88 // 100, weight=600, colour=p.on_soon, line_percent=110)
    place = strip.inflate(-2 * m.margin, 0)
    plain = replace(canvas, metrics=replace(m, growth=100))  # it does not grow, and may shrink as in no mode
    plain.text(said, style, place, align="centre", may_cut=True, is_middle=True)


def strip_says(words: Words, model: Model) -> str:
    """What the strip says, if it is there. Who looks comes first: it concerns whoever stands there."""
    state = model.state
    support, tills = support_of(state), model.agent.training if model.agent else ()
    if support is not None and support.state == "granted":
        zone = model.agent.time_zone if model.agent else "UTC"
        until = local_time(support.until_ms, zone)
        return words.tr("Support sees this screen until {time}", time=until)
    if support is not None and state.screen in (IDLE_SCREENS | STAFF_SCREENS):
        return words.tr("Support asks to see this screen: hold a card of staff to the reader")
    if tills == (ALL_TILLS,):
        return words.tr("Training: nothing is booked")
    return words.tr("Training at till {tills}: nothing is booked", tills=words.listed(tills)) if tills else ""

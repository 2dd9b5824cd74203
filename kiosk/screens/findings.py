"""What was found of each part of the terminal, as a line of a list."""

from kiosk.locales.days import local_day
from kiosk.locales.finding_words import name_of, said_of
from kiosk.screens.facts import Fact
from kiosk.screens.model import Model
from kiosk.screens.moments import moment
from kiosk.widgets.canvas import Canvas
from wire.looking_after import Finding


def fact_of(canvas: Canvas, model: Model, found: Finding) -> Fact:
    """The words of a finding. A code of another release is told by its condition alone."""
    words, zone = canvas.words, model.agent.time_zone if model.agent else "UTC"
    at = moment(canvas, model, found.at_ms) if found.at_ms else ""
    day = words.day_of_year(local_day(found.at_ms, zone), today=model.today)
    said, do = said_of(words, found, at=at, day=day)
    state = words.tr("Not fitted") if found.code == "not_fitted" else ""
    return Fact(name=name_of(words, found.part), said=said, condition=found.condition, state=state, do=do)

"""A moment as staff reads it: the time of today, with the day before it on any other."""

from kiosk.locales.days import local_day, local_time
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas


def moment(canvas: Canvas, model: Model, at_ms: int) -> str:
    """When it was (UTC milliseconds), in the shop's time."""
    zone = model.agent.time_zone if model.agent else "UTC"
    day, time = local_day(at_ms, zone), local_time(at_ms, zone)
    return time if day == model.today else f"{canvas.words.day_of_year(day, today=model.today)} {time}"

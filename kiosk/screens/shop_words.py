"""What a shop's hours come to in words: open now until 18:30, opens tomorrow at 8:30."""

from datetime import date, timedelta

from babel.dates import get_day_names

from kiosk.locales.words import NO_BREAK, Words
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from loyalty.programme.opening_hours import standing_at, write_minute
from wire.shop_pages import ShopPage, Texts


def in_language(canvas: Canvas, texts: Texts) -> str:
    """The text in the spoken language, or in any it has; empty without any."""
    return texts.get(canvas.words.language) or next(iter(texts.values()), "")


def standing_words(words: Words, model: Model, shop: ShopPage) -> tuple[str, bool]:
    """What to say of now, and whether it is open."""
    if shop.hours is None:
        return words.tr("Opening hours: please ask"), False
    standing = standing_at(shop.hours, model.today, model.minute)
    if standing.day is None:
        return (
            words.tr("Open day and night") if standing.is_open else words.tr("Closed for now")
        ), standing.is_open
    at = write_minute(standing.minute)
    if standing.is_open:
        return words.tr("Open until {time}", time=at), True
    if standing.day == model.today:
        return words.tr("Closed, opens at {time}", time=at), False
    if standing.day == model.today + timedelta(days=1):
        return words.tr("Closed, opens tomorrow at {time}", time=at), False
    return words.tr("Closed, opens {day} at {time}", day=weekday(words, standing.day), time=at), False


def weekday(words: Words, day: date) -> str:
    """Monday, as the language writes it within a sentence."""
    return str(get_day_names("wide", locale=words.locale)[day.weekday()])


def weekday_at_start(words: Words, day: date) -> str:
    """Monday, at the beginning of a line."""
    name = str(get_day_names("wide", "stand-alone", locale=words.locale)[day.weekday()])
    return name[:1].upper() + name[1:]


def distance(words: Words, metres: int) -> str:
    """350 m or 1.2 km."""
    if metres < 1000:
        return f"{words.number(metres // 10 * 10)}{NO_BREAK}m"
    if metres >= 10_000:
        return f"{words.number(metres // 1000)}{NO_BREAK}km"
    mark = "." if words.language in ("en", "zh", "de") else ","
    tenths = metres % 1000 // 100
    part = f"{mark}{tenths}" if tenths else ""
    return f"{metres // 1000}{part}{NO_BREAK}km"

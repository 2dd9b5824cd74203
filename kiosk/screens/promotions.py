"""Today's offers for me: each by the group's name, with why I see it and until when."""

from datetime import date

from kiosk.flow.journeys.promotions import PromotionsPage
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.my_value import draw_sorry, trouble_words
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.rows import Row, draw_rows
from kiosk.screens.turning import pages_of, turning
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from loyalty.limits.my_value import KIOSK_PROMOTIONS_PER_PAGE
from wire.promotions import Because, Promotion

_SOON_DAYS = 7


def draw(canvas: Canvas, model: Model) -> None:
    """The offers, the member's own first."""
    m, tr = canvas.metrics, canvas.words.tr
    page = model.state.journey
    assert isinstance(page, PromotionsPage), "the screen of offers without its page"
    draw_member_header(canvas, model, has_languages=page.told is not None)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    current = [each for each in page.rows if not is_over(model.today, each)]
    if page.told is None:
        draw_quiet(canvas, room, "hourglass", tr("One moment, we are looking it up…"))
    elif page.told.trouble:
        draw_sorry(canvas, model, room, *trouble_words(canvas, page.told.trouble))
    elif not current:
        draw_quiet(canvas, room, "spark", tr("There is no offer for you today."))
    else:
        rows = [_row(canvas, model, each) for each in current]
        draw_rows(
            canvas, room, tr("For you today, in this pharmacy"), rows, per_page=KIOSK_PROMOTIONS_PER_PAGE
        )
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    pages = pages_of(len(page.promotions), KIOSK_PROMOTIONS_PER_PAGE)
    buttons += turning(canvas.words, number=page.number, pages=pages)
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _row(canvas: Canvas, model: Model, offer: Promotion) -> Row:
    words = canvas.words
    name = offer.names.get(words.language) or offer.names.get("en") or next(iter(offer.names.values()), "")
    why = _because(canvas, offer.because[0]) if offer.because else words.tr("for every member")
    if not offer.last_day:
        return Row(upper=name, may_cut=True, lower=why)
    last = date.fromisoformat(offer.last_day)
    until = words.tr("until {day}", day=words.day_of_year(last, today=model.today))
    return Row(
        upper=name,
        may_cut=True,
        lower=f"{why} · {until}",
        is_soon=(last - model.today).days < _SOON_DAYS,
    )


def is_over(today: date, offer: Promotion) -> bool:
    """A screen that stands there over midnight promises nothing that has ended."""
    return bool(offer.last_day) and date.fromisoformat(offer.last_day) < today


def _because(canvas: Canvas, reason: Because) -> str:
    tr = canvas.words.tr
    words = {
        "tier": tr("because of your tier"),
        "birthday": tr("because your birthday is near"),
        "family_birthday": tr("because a birthday in your family is near"),
        "age": tr("because of your age"),
        "purchases": tr("because of your purchases so far"),
        "points": tr("because of your points"),
        "new": tr("because you are new here"),
        "back": tr("because we have not seen you for a while"),
        "sponsored": tr("because somebody recommended us to you"),
        "home_shop": tr("because this is your pharmacy"),
        "chosen": tr("chosen for you"),
    }
    return words[reason]

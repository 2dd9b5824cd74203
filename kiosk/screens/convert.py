"""Points into a voucher: what they come to, in rows to choose of; the question, or what came between."""

from collections.abc import Callable
from datetime import date

from kiosk.flow.journeys.converting import ConvertPage
from kiosk.flow.state import CHOICES, Action
from kiosk.screens.frame import draw_member_header
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.moving import Question, draw_question
from kiosk.screens.my_value import draw_sorry, trouble_words
from kiosk.screens.quiet import draw_quiet
from kiosk.screens.rows import Row, draw_rows
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from loyalty.limits.my_value import CONVERSION_CHOICES_MAX
from wire.conversions import ConversionsTold


def _page(model: Model) -> ConvertPage:
    page = model.state.journey
    assert isinstance(page, ConvertPage), "a screen of conversions without its page"
    return page


def draw(canvas: Canvas, model: Model) -> None:
    """What there is to choose of, the least first, with the rate below."""
    told = _page(model).told
    title = canvas.words.tr("What would you like to turn into a voucher?")
    draw_choices(canvas, model, told, title, foot=_rate)


def draw_choices(
    canvas: Canvas,
    model: Model,
    told: ConversionsTold | None,
    title: str,
    *,
    foot: Callable[[Canvas, Model, ConversionsTold], str],
) -> None:
    """What points come to, as rows to choose of; or why there are none. `foot`: the words below the rows."""
    m, tr = canvas.metrics, canvas.words.tr
    draw_member_header(canvas, model, has_languages=told is not None)
    room = content_rect(canvas).move(0, (1000 - model.entering_per_mille) * m.gap // 1000)
    if told is None:
        draw_quiet(canvas, room, "hourglass", tr("One moment, we are looking it up…"))
    elif told.trouble:
        draw_sorry(canvas, model, room, *trouble_words(canvas, told.trouble))
    elif not told.choices:
        draw_quiet(canvas, room, "points", _too_few(canvas, told))
    else:
        rows = _rows_of(canvas, model, told)
        draw_rows(canvas, room, title, rows, per_page=CONVERSION_CHOICES_MAX, foot=foot(canvas, model, told))
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def _rows_of(canvas: Canvas, model: Model, told: ConversionsTold) -> list[Row]:
    """A row for each choice: points, and what they are worth."""
    words = canvas.words
    return [
        Row(
            upper=words.trn(
                "{points} point", "{points} points", each.points, points=words.number(each.points)
            ),
            lower=words.tr("{points} are left", points=words.number(told.points - each.points)),
            figure=words.money(each.worth_minor, model.currency),
            action=action,
        )
        for each, action in zip(told.choices, CHOICES, strict=False)
    ]


def _too_few(canvas: Canvas, told: ConversionsTold) -> str:
    """From how many points on it works."""
    words = canvas.words
    if not told.step_points:
        return words.tr("This cannot be shown here. Please ask at the counter.")
    return words.tr(
        "It works from {points} points on. You have {has}.",
        points=words.number(told.step_points),
        has=words.number(told.points),
    )


def _rate(canvas: Canvas, model: Model, told: ConversionsTold) -> str:
    words = canvas.words
    day = words.day_of_year(date.fromisoformat(told.last_day), today=model.today)
    return words.tr(
        "{points} points are worth {worth}. The voucher is good until {day}.",
        points=words.number(told.step_points),
        worth=words.money(told.step_minor, model.currency),
        day=day,
    )


def draw_confirm(canvas: Canvas, model: Model) -> None:
    """What one gets, for what, and until when; then what came between."""
    words, tr, page = canvas.words, canvas.words.tr, _page(model)
    assert page.told is not None, "a question without a rate"
    assert page.choice is not None, "a question about nothing"
    question = Question(
        title=tr("A voucher of {worth}?", worth=words.money(page.choice.worth_minor, model.currency)),
        text=words.rich(
            "For {points} of your points; {left} are left. It is good until {day}, and does not turn back"
            " into points.",
            points=words.number(page.choice.points),
            left=words.number(page.told.points - page.choice.points),
            day=words.day_of_year(date.fromisoformat(page.told.last_day), today=model.today),
        ),
        refuse=tr("Keep my points"),
        agree=tr("Yes, make it"),
        icon="voucher",
        booking=tr("One moment, your voucher is being made…"),
        not_known=tr("It is not known yet whether it was made. Try again: nothing is made twice."),
    )
    draw_question(canvas, model, page, question)

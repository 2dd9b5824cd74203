"""The day's totals for staff: what was done, its money and points, till by till; printed where one can."""

from kiosk.flow.journeys.base import page_of
from kiosk.flow.journeys.day_totals import TotalsPage, may_print_totals
from kiosk.flow.printing import has_a_printer
from kiosk.flow.state import Action
from kiosk.locales.words import Words
from kiosk.screens.frame import draw_idle_header
from kiosk.screens.how_is_it import ended
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.moments import moment
from kiosk.screens.not_told import draw_not_told
from kiosk.screens.rows import Row, draw_rows
from kiosk.screens.turning import turning
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from loyalty.limits.kiosk import KIOSK_TILL_SUMS_PER_PAGE
from wire.day_totals import DayTotalsTold, TillAct, TillSum


def draw(canvas: Canvas, model: Model) -> None:
    """The figures; or that they are looked up, that there are none, or that nobody told them."""
    tr, page = canvas.words.tr, page_of(model.state, TotalsPage)
    sheets = page.sheets
    if page.told is not None and sheets:
        draw_idle_header(canvas, model, title=tr("Totals of the day"))
        sheet = sheets[page.number]
        draw_rows(
            canvas,
            content_rect(canvas),
            _heading(canvas, model, page.told, sheet),
            [_row(model, canvas.words, each) for each in sheet],
            per_page=KIOSK_TILL_SUMS_PER_PAGE,
            foot=_foot(canvas, page, page.told),
        )
    else:
        draw_idle_header(canvas, model)
        _draw_none(canvas, model, page)
    _draw_actions(canvas, model, page, pages=len(sheets))


def _draw_actions(canvas: Canvas, model: Model, page: TotalsPage, *, pages: int) -> None:
    tr = canvas.words.tr
    is_free = not page.request_id
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=is_free)]
    buttons += turning(canvas.words, number=page.number, pages=pages, is_round=True, is_enabled=is_free)
    if has_a_printer(model.state):
        is_enabled = may_print_totals(model.state)
        buttons.append(
            Button(
                action=Action.PRINT, label=tr("Print"), kind="primary", icon="printer", is_enabled=is_enabled
            )
        )
    draw_bar(canvas, *buttons, Button(action=Action.FINISH, label=tr("Finish")))


def _draw_none(canvas: Canvas, model: Model, page: TotalsPage) -> None:
    tr = canvas.words.tr
    title, text = tr("Totals of the day"), tr("One moment, we are looking it up…")
    if page.told is not None:
        text = tr("Nothing was done at the tills since the day was closed.")
    is_asked = page.told is not None or not page.is_unanswered
    waiting = (title, text) if is_asked else None
    draw_not_told(canvas, model, waiting, icon="receipt", chip=_printing(canvas, page))


def _heading(canvas: Canvas, model: Model, told: DayTotalsTold, sheet: tuple[TillSum, ...]) -> str:
    """Whose figures these are, and since when."""
    tr = canvas.words.tr
    till = sheet[0].sale_id
    name = tr("Till {till}", till=till) if till else tr("All tills")
    if told.since_ms is None:
        return name
    since = tr("since {moment}", moment=moment(canvas, model, told.since_ms))
    return f"{name} · {since}"


def _row(model: Model, words: Words, told: TillSum) -> Row:
    points = words.trn("{points} point", "{points} points", told.points, points=words.number(told.points))
    money = words.money(told.amount_minor, model.currency)
    upper = f"{act_words(words, told.act)} ({words.number(told.count)})"
    if told.amount_minor:
        return Row(upper=upper, figure=money, lower=points if told.points else "")
    return Row(upper=upper, figure=points if told.points else "")


def act_words(words: Words, act: TillAct) -> str:
    """What tills do, as the paper calls it."""
    tr = words.tr
    match act:
        case "Award":
            return tr("Tickets")
        case "Debit":
            return tr("Paid by stored value")
        case "Credit":
            return tr("Loaded")
        case "Rebate":
            return tr("Rebates")
        case "Redemption":
            return tr("Points redeemed")
        case "ReverseAward":
            return tr("Returns")
        case "ReverseDebit":
            return tr("Payments undone")
        case "ReverseRebate":
            return tr("Rebates undone")
        case "ReverseRedemption":
            return tr("Points given back")


def _printing(canvas: Canvas, page: TotalsPage) -> str:
    if page.printing == "asked":
        return canvas.words.tr("It is being printed…")
    return (
        ended(canvas, page.printing, done=canvas.words.tr("The totals are printed")) if page.printing else ""
    )


def _foot(canvas: Canvas, page: TotalsPage, told: DayTotalsTold) -> str:
    """How the paper ended; else what the figures leave out, and that the day stays open."""
    words = canvas.words
    if page.printing:
        return _printing(canvas, page)
    if told.is_cut:
        return words.tr("There are more tills than can be shown here: print them.")
    if told.waiting:
        return words.trn(
            "{count} ticket is not sent yet: its points are missing here.",
            "{count} tickets are not sent yet: their points are missing here.",
            told.waiting,
            count=words.number(told.waiting),
        )
    return words.tr("The day stays open until the till closes it.")

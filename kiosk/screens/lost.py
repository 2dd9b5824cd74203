"""The three losses, each with its own screen: the central service, the card reader, the terminal's agent."""

from kiosk.screens.frame import draw_idle_header, visitor_entrance
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import draw_message
from kiosk.screens.model import Model
from kiosk.screens.moments import moment
from kiosk.widgets.canvas import Canvas, Style


def draw_link(canvas: Canvas, model: Model) -> None:
    """The central service is out of reach: purchases still count, and the screen says how many wait."""
    words = canvas.words
    waiting = model.agent.outbox_depth if model.agent else 0
    chip = (
        words.trn(
            "{count} purchase noted, will be credited",
            "{count} purchases noted, will be credited",
            waiting,
            count=words.number(waiting),
        )
        if waiting
        else ""
    )
    draw_idle_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=words.tr("Your purchases still count"),
        text=words.tr(
            "The connection is down just now. Put your card down as usual: points are credited later."
        ),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "no_link", tone="soon"),
        chip=chip,
        chip_tone="soon",
        bottom=_draw_ages(canvas, model),
        button=visitor_entrance(canvas),
    )


def _draw_ages(canvas: Canvas, model: Model) -> int:
    """At the foot, small, for the counter: of when prices and blocked cards are. Returns where it begins."""
    m = canvas.metrics
    agent = model.agent
    if agent is None or agent.offline is None:
        return m.height - m.margin
    told, words = agent.offline, canvas.words
    lines = (
        words.tr("Prices as of {moment}", moment=moment(canvas, model, told.bundle_ms))
        if told.is_bundle_usable
        else words.tr("Prices here are too old: purchases are only noted"),
        words.tr("Blocked cards as of {moment}", moment=moment(canvas, model, told.hot_list_ms))
        if told.may_redeem
        else words.tr("The list of blocked cards is too old: no points are redeemed"),
    )
    style = Style(size=m.note, colour=canvas.palette.muted, line_percent=130)
    bar = canvas.bar
    block = canvas.block(
        " · ".join(lines), style, bar.width, lines=2 if bar.width > 8 * bar.height else 3, is_even=True
    )
    top = bar.centery - block.height // 2
    canvas.put(block, bar.left, top)
    return bar.top - m.gap


def draw_reader(canvas: Canvas, model: Model) -> None:
    """Cards cannot be read."""
    tr = canvas.words.tr
    text = (
        tr("We are trying again. At the counter we can help you at once.")
        if model.state.may_reader_return
        else tr("Please tell the counter: we can help you there at once.")
    )
    draw_idle_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=tr("The card reader does not work just now"),
        text=text,
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "plug", tone="soon"),
        button=visitor_entrance(canvas),
    )


def draw_agent(canvas: Canvas, model: Model) -> None:
    """The terminal's own service is down: nothing can be asked."""
    tr = canvas.words.tr
    draw_idle_header(canvas, model)
    draw_message(
        canvas,
        model,
        title=tr("Back in a moment"),
        text=tr("This screen is restarting its service. At the counter we can help you at once."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "hourglass", tone="soon"),
    )

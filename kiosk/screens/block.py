"""Blocking the card of this session: asked twice, then confirmed (P-37)."""

from kiosk.flow.journeys.blocking import BlockPage
from kiosk.flow.state import Action
from kiosk.screens.frame import draw_idle_header, draw_member_header
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_answer, draw_bar


def draw_confirm(canvas: Canvas, model: Model) -> None:
    """The question; the answer that destroys nothing comes first."""
    tr, page = canvas.words.tr, model.state.journey
    assert isinstance(page, BlockPage), "a question about blocking without its page"
    is_waiting = bool(page.request_id)
    draw_member_header(canvas, model, has_languages=not is_waiting)
    chip = tr("Not blocked yet: please try again or ask at the counter.") if page.is_failed else ""
    draw_message(
        canvas,
        model,
        title=tr("Block this card?"),
        text=tr("Nobody can use it any more. Your points stay yours: the counter gives you a new card."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "lock", tone="stop"),
        chip=tr("One moment, the card is being blocked…") if is_waiting else chip,
        chip_tone="brand" if is_waiting else "soon",
        bottom=content_rect(canvas).bottom,
    )
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Keep the card"), icon="left", is_enabled=not is_waiting),
        Button(
            action=Action.CONFIRM_BLOCK,
            label=tr("Yes, block it"),
            kind="stop_primary",
            icon="lock",
            is_enabled=not is_waiting,
        ),
    )


def draw_done(canvas: Canvas, model: Model) -> None:
    """It is done, and what comes next."""
    draw_idle_header(canvas, model)
    draw_blocked(canvas, model)


def draw_blocked(canvas: Canvas, model: Model) -> None:
    """Blocked for good, with the card or without it: what that means, and how it is undone."""
    tr = canvas.words.tr
    draw_message(
        canvas,
        model,
        title=tr("The card is blocked"),
        text=tr("Nobody can use it now. Your points are safe: the counter gives you a new card."),
        picture=lambda at, radius: draw_icon_picture(canvas, at, radius, "check"),
        chip=tr("Changed your mind? The counter unblocks it."),
        bottom=content_rect(canvas).bottom,
    )
    draw_answer(canvas, Button(action=Action.FINISH, label=tr("Finish"), kind="primary"))

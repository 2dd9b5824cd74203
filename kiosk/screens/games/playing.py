"""The play itself: what moves here was told before, and only shows it."""

import pygame

from kiosk.flow.games.page import GamesPage
from kiosk.flow.games.wheel import told_face
from kiosk.flow.state import Action
from kiosk.screens.games import memory, quiz, scratch
from kiosk.screens.games.offer import draw_card
from kiosk.screens.games.pieces import divided, draw_header, page_of, said, shift_of
from kiosk.screens.games.wheel import draw_stopped, draw_wheel
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.screens.quiet import draw_quiet
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, draw_bar
from wire.games import PlayTrouble


def draw(canvas: Canvas, model: Model) -> None:
    """The game of this play; or why there is none, and what to do."""
    page = page_of(model)
    draw_header(canvas, model, said(canvas, page.game.names), "")
    if page.trouble:
        _draw_trouble(canvas, model, page)
        return
    match page.game.kind:
        case "wheel":
            _draw_wheel(canvas, model, page)
        case "scratch":
            _draw_scratch(canvas, model, page)
        case "memory":
            _draw_memory(canvas, model, page)
        case "quiz":
            _draw_quiz(canvas, model, page)


def _draw_wheel(canvas: Canvas, model: Model, page: GamesPage) -> None:
    tr = canvas.words.tr
    stage, card = divided(canvas)
    assert page.spin is not None
    spin, now_ms = page.spin, model.now_ms
    if page.told is not None and page.stands_ms and now_ms >= page.stands_ms:
        draw_stopped(canvas, page.game, stage, spin.place)
        face_id = told_face(page.told)
        draw_card(canvas, model, page.game, card, number=page.number, marked=face_id)
        draw_bar(canvas, Button(action=Action.SKIP, label=tr("Go on"), icon="check"))
        return
    if model.state.mode.is_calm:
        draw_wheel(canvas, page.game, stage, 0.0)
    else:
        draw_wheel(canvas, page.game, stage, spin.rotation(now_ms), is_fast=spin.is_fast(now_ms))
    draw_card(canvas, model, page.game, card, number=page.number)
    if page.told is None:
        draw_bar(canvas, Button(action=Action.SKIP, label=tr("One moment…"), is_enabled=False))
    else:
        draw_bar(canvas, Button(action=Action.SKIP, label=tr("Show it at once"), icon="eye"))


def _draw_scratch(canvas: Canvas, model: Model, page: GamesPage) -> None:
    tr = canvas.words.tr
    room = content_rect(canvas).move(0, shift_of(canvas, model) if page.told is None else 0)
    scratch.draw_card(canvas, page, room, model.now_ms)
    can_reveal = page.told is not None and not page.lifted_ms
    label = tr("Uncover it for me") if can_reveal or page.lifted_ms else tr("One moment…")
    draw_bar(
        canvas,
        Button(action=Action.REVEAL, label=label, kind="primary", icon="eye", is_enabled=can_reveal),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def _draw_memory(canvas: Canvas, model: Model, page: GamesPage) -> None:
    tr = canvas.words.tr
    if page.board is None:
        draw_quiet(canvas, content_rect(canvas), "hourglass", tr("One moment, the draw is made…"))
        draw_bar(canvas, Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
        return
    rects, rest = memory.places(canvas)
    memory.draw_board(canvas, page.board, rects, model.now_ms)
    memory.draw_beside(canvas, page.game, page.board, rest)
    label = tr("Straight to the draw") if page.game.prizes else tr("End the game")
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=tr("Back"), icon="left", is_enabled=not page.is_playing),
        Button(action=Action.REVEAL, label=label, icon="star", is_enabled=not page.is_playing),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def _draw_quiz(canvas: Canvas, model: Model, page: GamesPage) -> None:
    tr = canvas.words.tr
    if len(page.answers) >= len(page.game.questions) or page.is_playing:
        draw_quiet(canvas, content_rect(canvas), "hourglass", tr("One moment, your answers are looked at…"))
        draw_bar(canvas, Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
        return
    quiz.draw_question(canvas, model, page)
    back = tr("Previous question") if page.answers else tr("Back")
    draw_bar(
        canvas,
        Button(action=Action.BACK, label=back, icon="left"),
        Button(action=Action.FINISH, label=tr("Finish"), icon="check"),
    )


def _draw_trouble(canvas: Canvas, model: Model, page: GamesPage) -> None:
    tr = canvas.words.tr
    room: pygame.Rect = content_rect(canvas).move(0, shift_of(canvas, model))
    is_unsure = page.trouble == "central_unreachable"
    draw_quiet(canvas, room, "no_link" if is_unsure else "question", _why(canvas, page.trouble))
    buttons = [Button(action=Action.BACK, label=tr("Back to the games"), icon="left")]
    if is_unsure:
        again = Button(action=Action.TRY_AGAIN, label=tr("Ask again"), kind="primary", icon="star")
        buttons.insert(0, again)
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), icon="check"))
    draw_bar(canvas, *buttons)


def _why(canvas: Canvas, trouble: PlayTrouble) -> str:
    """Why there is no outcome, as a sentence that says what to do."""
    tr = canvas.words.tr
    match trouble:
        case "central_unreachable":
            return tr(
                "No answer came, and the connection may be down. Your play counts once at most:"
                " ask again, or look at your account later."
            )
        case "changed":
            return tr("This game was changed a moment ago. Nothing was played: look at it again.")
        case "played_out":
            return tr("You have played this game as often as it may be today. It goes on tomorrow.")
        case "over":
            return tr("This game has just ended. Nothing was played.")
        case "no_prizes":
            return tr("The last prize was just won. Nothing was played.")
        case "needs_card":
            return tr("For this game your card has to lie on the reader. Nothing was played.")
    return tr("Nothing was played. Put your card on the reader again, or ask at the counter.")

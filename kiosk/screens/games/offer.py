"""A game before it is played: how it looks, every prize with its odds, and how the draw can be checked."""

from datetime import date

import pygame

from kiosk.flow.state import Action
from kiosk.screens.games import memory, scratch
from kiosk.screens.games.pieces import divided, draw_header, page_of, plays_left, said, shift_of, why_not
from kiosk.screens.games.prizes import draw_prizes, height_of, pages_of
from kiosk.screens.games.wheel import draw_wheel
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.model import Model
from kiosk.screens.quiet import draw_quiet
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Button, draw_bar
from wire.games import GameKind, GameOffer


def draw(canvas: Canvas, model: Model) -> None:
    """The stage left, the prizes right, the way in below."""
    page, tr = page_of(model), canvas.words.tr
    game = page.game
    chip = plays_left(canvas, game.plays_left) if game.is_open else why_not(canvas, game)
    draw_header(canvas, model, said(canvas, game.names), chip, tone="brand" if game.is_open else "soon")
    stage, card = divided(canvas)
    shift = shift_of(canvas, model)
    draw_stage(canvas, game, stage.move(0, shift))
    pages = draw_card(canvas, model, game, card.move(0, shift), number=page.number)
    buttons = [Button(action=Action.BACK, label=tr("Back"), icon="left")]
    if pages > 1:
        buttons.append(Button(action=Action.OLDER, label=tr("More prizes"), icon="older"))
    if game.commitment and game.prizes:
        buttons.append(Button(action=Action.PROOF, label=tr("Is it fair?"), icon="shield"))
    if page.unsure_play is not None:
        label = tr("Ask for my play again")
        buttons.insert(0, Button(action=Action.TRY_AGAIN, label=label, kind="primary", icon="star"))
    elif game.is_open:
        buttons.insert(
            0, Button(action=Action.PLAY, label=_begin(canvas, game.kind), kind="primary", icon="star")
        )
    draw_bar(canvas, *buttons)


def _begin(canvas: Canvas, kind: GameKind) -> str:
    tr = canvas.words.tr
    match kind:
        case "wheel":
            return tr("Turn the wheel")
        case "scratch":
            return tr("Take a card")
        case "memory":
            return tr("Deal the cards")
        case "quiz":
            return tr("Begin the quiz")


def draw_stage(canvas: Canvas, game: GameOffer, stage: pygame.Rect) -> None:
    """The game as it looks before it is touched."""
    match game.kind:
        case "wheel":
            draw_wheel(canvas, game, stage, 0.0)
        case "scratch":
            scratch.draw_sample(canvas, stage)
        case "memory":
            memory.draw_sample(canvas, stage)
        case "quiz":
            radius = min(stage.width, stage.height) * 40 // 100
            draw_icon_picture(canvas, stage.center, radius, "question")


def draw_card(
    canvas: Canvas,
    model: Model,
    game: GameOffer,
    rect: pygame.Rect,
    *,
    number: int,
    marked: str | None = None,
) -> int:
    """The prizes and what else is to be known before one plays; how many pages they take.

    marked: the face that was drawn, "" for nothing.
    """
    m = canvas.metrics
    notes = _notes(canvas, model, game)
    if not game.prizes:
        draw_quiet(canvas, rect, "star", " ".join(notes))
        return 1
    style = Style(size=m.note, colour=canvas.palette.muted, line_percent=124, least_percent=70)
    width = rect.width - 2 * m.pad
    text = canvas.block(" ".join(notes), style, width, lines=3, may_cut=True, is_even=True) if notes else None
    foot = text.height + m.gap * 2 // 3 if text else 0
    room = pygame.Rect(rect.left, rect.top, rect.width, rect.height - foot)
    height = height_of(canvas, game, room)
    above = pygame.Rect(rect.left, rect.top + (room.height - height) // 2, rect.width, height)
    draw_prizes(canvas, game, above, number, marked)
    if text:
        canvas.put(text, rect.left + m.pad, above.bottom + m.gap * 2 // 3)
    return pages_of(canvas, game, room)


def _notes(canvas: Canvas, model: Model, game: GameOffer) -> list[str]:
    words, tr = canvas.words, canvas.words.tr
    notes = []
    if not game.prizes:
        notes.append(tr("This game is for fun: nothing is at stake, and there are no prizes."))
    elif game.kind == "memory":
        notes.append(tr("The prize is drawn at the end, whatever your turns were."))
    elif game.kind == "quiz" and game.right_needed:
        needed = words.number(game.right_needed)
        notes.append(
            words.trn(
                "From {count} right answer on, a prize is drawn.",
                "From {count} right answers on, a prize is drawn.",
                game.right_needed,
                count=needed,
            )
        )
    fallback = next((face for face in game.prizes if face.face_id == game.fallback_id), None)
    if fallback is not None:
        notes.append(tr("Where a prize is used up, you get: {prize}.", prize=said(canvas, fallback.names)))
    if game.last_day:
        day = words.day_of_year(date.fromisoformat(game.last_day), today=model.today)
        notes.append(tr("Until {day}.", day=day))
    return notes

"""How a play ended: the prize large, with its code and where it is; or plainly that there is none."""

from datetime import date
from typing import Final

import pygame

from kiosk.flow.games.chance import shuffled
from kiosk.flow.games.page import FESTIVE_MS, GamesPage
from kiosk.flow.state import Action
from kiosk.screens.games.pieces import FACE_ICONS, draw_header, face_colours, page_of, plays_left, said
from kiosk.screens.illustration import draw_icon_picture
from kiosk.screens.message import content_rect, draw_message
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.controls import Button, Kind, Tone, draw_bar
from kiosk.widgets.icons import draw_icon
from kiosk.widgets.qr import draw_qr
from wire.games import PlayTold, PrizeWon
from wire.printing import PrintOutcome

_CONFETTI: Final = 36
_BUTTONS_MAX: Final = 4


def draw(canvas: Canvas, model: Model) -> None:
    """What was won, what to do with it, and how to go on."""
    page = page_of(model)
    told = page.told
    assert told is not None
    beside, tone = _beside(canvas, page, told)
    draw_header(canvas, model, said(canvas, page.game.names), beside, tone=tone)
    draw_message(
        canvas,
        model,
        title=_title(canvas, page, told),
        text=_text(canvas, model, page, told),
        picture=lambda at, radius: _draw_picture(canvas, page, told, at, radius),
        chip=told.prize.code if told.prize is not None else "",
        bottom=content_rect(canvas).bottom,
        says_more=told.prize is not None and bool(told.prize.payload),
    )
    if told.prize is not None and not model.state.mode.is_calm:
        _draw_confetti(canvas, page, model.now_ms)
    _draw_actions(canvas, model, page, told)


def _title(canvas: Canvas, page: GamesPage, told: PlayTold) -> str:
    tr, number = canvas.words.tr, canvas.words.number
    if told.prize is not None:
        return said(canvas, told.prize.names)
    if page.game.kind == "quiz" and not _is_drawn(told):
        return tr("{right} of {all} right", right=number(told.right), all=number(len(page.game.questions)))
    if not page.game.prizes:
        return tr("Well played!")
    return tr("No prize this time")


def _is_drawn(told: PlayTold) -> bool:
    return told.draw is not None


def _text(canvas: Canvas, model: Model, page: GamesPage, told: PlayTold) -> str:
    tr = canvas.words.tr
    said_first = _about_draw(canvas, page, told)
    prize = told.prize
    if prize is None:
        return said_first or tr("Thank you for playing. Every play is drawn anew.")
    match prize.kind:
        case "points":
            where = tr("The points are on your account already.")
        case "voucher":
            where = tr("Show this code at the till.") if prize.code else tr("It is on your account.")
        case "gift":
            where = tr("Show this code at the counter: the gift is handed to you there.")
    until = ""
    if prize.last_day:
        day = canvas.words.day_of_year(date.fromisoformat(prize.last_day), today=model.today)
        until = tr("Until {day}.", day=day)
    return " ".join(each for each in (said_first, where, until) if each)


def _about_draw(canvas: Canvas, page: GamesPage, told: PlayTold) -> str:
    """What has to be said first: that the face drawn is used up, or that nothing was drawn."""
    tr, words, game = canvas.words.tr, canvas.words, page.game
    if told.draw is None and game.kind == "quiz" and game.prizes:
        return words.trn(
            "From {count} right answer on, a prize is drawn.",
            "From {count} right answers on, a prize is drawn.",
            game.right_needed,
            count=words.number(game.right_needed),
        )
    if told.draw is not None and told.draw.face_id and told.draw.face_id != told.face_id:
        drawn = next((face for face in game.prizes if face.face_id == told.draw.face_id), None)
        name = said(canvas, drawn.names) if drawn else ""
        return tr("The number fell on “{prize}”, of which none is left.", prize=name)
    if not game.prizes and page.board is not None:
        return words.trn(
            "All pairs found in {count} turn.", "All pairs found in {count} turns.", page.board.turns,
            count=words.number(page.board.turns),
        )  # fmt: skip
    return ""


def _beside(canvas: Canvas, page: GamesPage, told: PlayTold) -> tuple[str, Tone]:
    """How the printing of the slip goes, or ended; else how often one may still play."""
    if page.slip:
        return print_in_words(canvas, page.slip), "brand" if page.slip == "printed" else "soon"
    if page.request_id and page.asked == "slip":
        return canvas.words.tr("It is being printed…"), "brand"
    return (plays_left(canvas, told.plays_left) if page.game.prizes else ""), "brand"


def print_in_words(canvas: Canvas, outcome: PrintOutcome) -> str:
    """How a printing ended, and what to do."""
    tr = canvas.words.tr
    match outcome:
        case "printed":
            return tr("Printed: take your slip")
        case "uncertain":
            return tr("Look whether the slip came out")
        case "paper_out":
            return tr("The paper has run out: tell the counter")
        case "cover_open":
            return tr("The printer is open: tell the counter")
        case "busy":
            return tr("The printer is busy: try again in a moment")
        case "central_unreachable":
            return tr("The connection is down: try again in a moment")
        case "offline" | "no_printer" | "not_here" | "not_now":
            return tr("It cannot be printed here: note the code")


def _draw_picture(
    canvas: Canvas, page: GamesPage, told: PlayTold, centre: tuple[int, int], radius: int
) -> None:
    """The prize's code for a scanner; or what kind it is; or the game."""
    prize = told.prize
    if prize is not None and prize.payload:
        room = pygame.Rect(0, 0, radius * 17 // 10, radius * 17 // 10)
        room.center = centre
        draw_qr(canvas, prize.payload, room)
    elif prize is not None:
        _draw_prize(canvas, page, prize, centre, radius)
    else:
        draw_icon_picture(canvas, centre, radius, "cards" if page.game.kind == "memory" else "star")


def _draw_prize(
    canvas: Canvas, page: GamesPage, prize: PrizeWon, centre: tuple[int, int], radius: int
) -> None:
    p = canvas.palette
    fill, ink = face_colours(canvas, page.game).get(prize.face_id, (p.brand, p.on_brand))
    pygame.draw.aacircle(canvas.surface, p.tint, centre, radius)
    pygame.draw.aacircle(canvas.surface, fill, centre, radius * 74 // 100)
    icon = FACE_ICONS[prize.kind]
    draw_icon(
        canvas.surface, icon, centre, radius * 8 // 10, ink, sprites=canvas.kit.sprites, thickness_percent=85
    )


def _draw_actions(canvas: Canvas, model: Model, page: GamesPage, told: PlayTold) -> None:
    tr = canvas.words.tr
    printer = model.agent.printer if model.agent else None
    can_print = printer is not None and printer.may_print and told.prize is not None and bool(told.prize.code)
    buttons: list[Button] = []
    if can_print and page.slip != "printed":
        is_free = not page.request_id
        label = tr("Print the slip")
        buttons.append(
            Button(action=Action.PRINT, label=label, kind="primary", icon="printer", is_enabled=is_free)
        )
    if page.game.kind == "quiz" and told.right_answers:
        kind = "plain" if buttons else "primary"
        buttons.append(
            Button(
                action=Action.ANSWERS, label=tr("The answers"), icon="check",
                kind="primary" if kind == "primary" else "plain",
            )
        )  # fmt: skip
    has_proof = told.draw is not None
    if told.plays_left > 0 and len(buttons) + has_proof + 3 <= _BUTTONS_MAX:
        buttons.append(Button(action=Action.PLAY_AGAIN, label=tr("Play again"), icon="star"))
    buttons.append(Button(action=Action.BACK, label=tr("Other games"), icon="left"))
    if has_proof:
        buttons.append(Button(action=Action.PROOF, label=tr("Check the draw"), icon="shield"))
    is_last = told.plays_left < 1 and all(each.kind != "primary" for each in buttons)
    last: Kind = "primary" if is_last else "plain"  # nothing is left to do here: what comes next is filled
    buttons.append(Button(action=Action.FINISH, label=tr("Finish"), kind=last, icon="check"))
    draw_bar(canvas, *buttons)


def _draw_confetti(canvas: Canvas, page: GamesPage, now_ms: int) -> None:
    """Paper that falls once, from above, and is gone: nothing loops, nothing flashes."""
    elapsed = now_ms - page.shown_ms
    if not 0 <= elapsed < FESTIVE_MS or page.play is None:
        return
    m, p = canvas.metrics, canvas.palette
    colours = (p.brand, p.soon, p.tint_deep, p.brand_text)
    order = shuffled(page.play.client_seed, tuple(range(_CONFETTI)))
    size = max(6, m.note * 6 // 10)
    for index, place in enumerate(order):
        start = index * FESTIVE_MS // (3 * _CONFETTI)
        share = (elapsed - start) * 1000 // (FESTIVE_MS - FESTIVE_MS // 3)
        if not 0 <= share < 1000:
            continue
        left = m.width * (2 * place + 1) // (2 * _CONFETTI) + (place % 5 - 2) * share * m.gap // 1000
        top = m.header * 6 // 10 + share * share * (m.bar_top - m.header) // 1_000_000
        piece = _piece(canvas, size, colours[index % len(colours)], place * 37 + share // 6)
        piece.set_alpha(255 - max(0, share - 600) * 255 // 400)
        canvas.surface.blit(piece, (left, top))


def _piece(canvas: Canvas, size: int, colour: tuple[int, int, int], turn: int) -> pygame.Surface:
    """A scrap of paper at one of twelve turns."""
    angle = turn % 180 // 15 * 15

    def draw() -> pygame.Surface:
        flat = pygame.Surface((size * 4, size * 2), pygame.SRCALPHA)
        flat.fill((*colour, 0))
        pygame.draw.rect(flat, colour, (size // 2, size // 2, size * 3, size), border_radius=size // 4)
        return pygame.transform.rotozoom(flat, angle, 0.5)

    return canvas.kit.sprites.get(("confetti", size, colour, angle), draw)

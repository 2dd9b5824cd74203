"""What the screens of the games share: words for odds and prizes, colours of the faces, header and rooms."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import pygame

from kiosk.flow.games.odds import Odds, odds_of
from kiosk.flow.games.page import GamesPage
from kiosk.locales.words import words
from kiosk.screens.frame import draw_brand
from kiosk.screens.message import content_rect
from kiosk.screens.model import Model
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import Tone, chip_size, draw_chip
from kiosk.widgets.icons import Icon, draw_icon
from kiosk.widgets.palette import Colour, contrast, mix
from kiosk.widgets.shapes import disc
from wire.games import FaceKind, GameKind, GameOffer
from wire.messages import Language

ICONS: Final[Mapping[GameKind, Icon]] = {
    "wheel": "wheel",
    "scratch": "scratch",
    "memory": "cards",
    "quiz": "question",
}
FACE_ICONS: Final[Mapping[FaceKind, Icon]] = {"points": "star", "voucher": "voucher", "gift": "gift"}


def page_of(model: Model) -> GamesPage:
    """What the journey keeps."""
    assert isinstance(model.state.journey, GamesPage), "a screen of the games without its page"
    return model.state.journey


def said(canvas: Canvas, names: Mapping[str, str]) -> str:
    """A name or text of the group in the spoken language, or in any it has."""
    return names.get(canvas.words.language) or next(iter(names.values()), "")


def shift_of(canvas: Canvas, model: Model) -> int:
    """How far a screen that comes in still stands below its place."""
    return (1000 - model.entering_per_mille) * canvas.metrics.gap // 1000


# Words ------------------------------------------------------------------------------------------------------


def odds_in_words(canvas: Canvas, wins: int, out_of: int) -> str:
    """1 in 20."""
    return _odds_in_words(canvas.words.language, wins, out_of)


@lru_cache(maxsize=256)
def _odds_in_words(language: Language, wins: int, out_of: int) -> str:
    """Kept: while a wheel turns they are drawn thirty times a second."""
    odds: Odds = odds_of(wins, out_of)
    tr, number = words(language).tr, words(language).number
    if odds.is_about:
        return tr("about {wins} in {all}", wins=number(odds.wins), all=number(odds.out_of))
    return tr("{wins} in {all}", wins=number(odds.wins), all=number(odds.out_of))


def plays_left(canvas: Canvas, count: int) -> str:
    """How often one may play today."""
    if count < 1:
        return canvas.words.tr("No play left today")
    return canvas.words.trn(
        "{count} play left today", "{count} plays left today", count, count=canvas.words.number(count)
    )


def why_not(canvas: Canvas, game: GameOffer) -> str:
    """Why a game cannot be played, as a sentence that says what to do."""
    tr = canvas.words.tr
    match game.why_not:
        case "not_here":
            return tr("Not played in this shop: the law or the group says so")
        case "played_out":
            return tr("Played for today. Tomorrow it goes on")
        case "offline":
            return tr("No prizes while the connection is down")
        case "over":
            return tr("This game is over")
        case "not_yet":
            return tr("This game has not begun yet")
        case "no_prizes":
            return tr("All prizes are won")
        case "needs_card":
            return tr("Needs your card on the reader")
        case "":
            return tr("Cannot be played just now")


# The frame --------------------------------------------------------------------------------------------------


def draw_header(canvas: Canvas, model: Model, title: str, chip: str, *, tone: Tone = "brand") -> None:
    """The game's name, and what stands beside it."""
    m = canvas.metrics
    right = m.width - m.margin
    if chip:
        widest = (m.width - 2 * m.margin) // 2
        _, width, height = chip_size(canvas, chip, max_width=widest)
        place = canvas.sided(pygame.Rect(right - width, (m.header - height) // 2, width, height))
        draw_chip(canvas, chip, place.left, place.top, tone=tone, max_width=widest)
        right -= width + m.gap
    draw_brand(canvas, model, right=right, title=title)


def divided(canvas: Canvas) -> tuple[pygame.Rect, pygame.Rect]:
    """The stage of the game, and the card beside it: side by side, upright one above the other."""
    m, room = canvas.metrics, content_rect(canvas)
    if m.is_portrait:
        height = min(room.width, room.height * 52 // 100)
        stage = pygame.Rect(room.left, room.top, room.width, height)
        return stage, pygame.Rect(room.left, stage.bottom + m.gap, room.width, room.height - height - m.gap)
    width = min(room.height, room.width * 46 // 100)
    stage = pygame.Rect(room.left, room.top, width, room.height)
    left = stage.right + m.gap * (2 if not m.is_small else 1)
    return canvas.sided(stage), canvas.sided(pygame.Rect(left, room.top, room.right - left, room.height))


# Faces ------------------------------------------------------------------------------------------------------


def face_colours(canvas: Canvas, game: GameOffer) -> dict[str, tuple[Colour, Colour]]:
    """Fill and ink of each face, and of nothing (""): neighbours differ, and are numbered too."""
    p = canvas.palette
    fills: tuple[Colour, ...] = (
        p.brand,
        p.soon,
        mix(p.brand, p.card, 30),
        mix(p.brand, p.ink, 45),
        mix(p.soon, p.card, 42),
        mix(p.brand, p.card, 62),
    )
    colours = {"": (mix(p.tint, p.card, 55), p.muted)}
    for index, face in enumerate(game.prizes):
        fill = fills[index % len(fills)]
        colours[face.face_id] = (fill, ink_on(fill))
    return colours


def ink_on(fill: Colour) -> Colour:
    """The ink that is read best on a colour."""
    inks: tuple[Colour, ...] = ((255, 255, 255), (15, 36, 28), (0, 0, 0))
    return max(inks, key=lambda ink: contrast(ink, fill))


def draw_mark(
    canvas: Canvas, mark: str, centre: tuple[int, int], size: int, colours: tuple[Colour, Colour]
) -> None:
    """A disc in the colour of a face, with its number on the wheel, or with what it is."""
    fill, ink = colours
    disc(canvas.surface, centre, size // 2, fill, sprites=canvas.kit.sprites)
    if not mark:
        return
    if not mark.isdecimal():
        draw_icon(
            canvas.surface, _icon(mark), centre, size * 58 // 100, ink, sprites=canvas.kit.sprites,
            thickness_percent=110,
        )  # fmt: skip
        return
    style = Style(size=size * 52 // 100, weight=700, colour=ink, line_percent=100)
    place = pygame.Rect(centre[0] - size // 2, centre[1] - size // 2, size, size)
    canvas.text(mark, style, place, align="centre", is_middle=True)


def _icon(name: str) -> Icon:
    return next((icon for icon in FACE_ICONS.values() if icon == name), "star")

"""The wheel: its areas are the odds, and it stops where it was told; looked at as pixels too."""

import math

import msgspec
import pygame
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.flow.games.odds import Odds, nothing_of, odds_of
from kiosk.flow.games.wheel import LEAST_DEGREES, SPEED, Spin, face_at, landing, sectors
from kiosk.locales.words import words
from kiosk.scenes.games import WHEEL
from kiosk.screens.games.pieces import face_colours
from kiosk.screens.games.wheel import draw_wheel
from kiosk.widgets.canvas import Canvas
from kiosk.widgets.metrics import Metrics
from kiosk.widgets.palette import Palette
from tests.unit.kiosk.drawing import LARGE, SMALL, kit
from wire.games import Draw, GameOffer, PlayTold, PrizeFace


def a_wheel(odds: tuple[int, ...], out_of: int) -> GameOffer:
    faces = tuple(
        PrizeFace(face_id=f"p{at}", names={"fr": "Lot"}, kind="points", odds=each, points=1)
        for at, each in enumerate(odds)
    )
    return msgspec.structs.replace(WHEEL, prizes=faces, out_of=out_of, fallback_id="")


@st.composite
def wheels(draw: st.DrawFn) -> GameOffer:
    odds = tuple(draw(st.lists(st.integers(1, 5_000), min_size=1, max_size=16)))
    return a_wheel(odds, sum(odds) + draw(st.sampled_from([0, 1, 7, 100, 90_000])))


def drawn(game: GameOffer, number: int) -> PlayTold:
    """What central tells of a number of this game."""
    face_id, left = "", number
    for face in game.prizes:
        if left < face.odds:
            face_id = face.face_id
            break
        left -= face.odds
    draw = Draw(
        server_seed="", commitment="", client_seed="", play_id="p", game_id=game.game_id,
        number=number, out_of=game.out_of, face_id=face_id,
    )  # fmt: skip
    outcome = "won" if face_id else "nothing"
    return PlayTold(request_id="r", play_id="p", outcome=outcome, face_id=face_id, draw=draw)


@given(wheels())
def test_every_number_lies_on_the_wheel_once_and_the_circle_is_full(game: GameOffer) -> None:
    wheel = sectors(game)
    assert sum(each.count for each in wheel) == game.out_of
    assert math.isclose(sum(each.sweep for each in wheel), 360)
    numbers = sorted((each.first, each.count) for each in wheel)
    at = 0
    for first, count in numbers:
        assert first == at
        at += count
    assert sum(each.count for each in wheel if not each.face_id) == nothing_of(game)


@given(wheels())
def test_a_prize_is_seen_however_rare_and_the_others_keep_their_proportion(game: GameOffer) -> None:
    wheel = sectors(game)
    assert all(each.sweep >= LEAST_DEGREES - 1e-9 for each in wheel if each.face_id)
    free = [each for each in wheel if each.sweep > LEAST_DEGREES + 1e-9]
    for one in free[1:]:
        assert math.isclose(one.sweep * free[0].count, free[0].sweep * one.count, rel_tol=1e-6)


@given(wheels(), st.data())
def test_the_wheel_stops_with_the_told_face_under_the_pointer(game: GameOffer, data: st.DataObject) -> None:
    told = drawn(game, data.draw(st.integers(0, game.out_of - 1)))
    told_ms = data.draw(st.integers(1_001, 9_000))
    spin = Spin(started_ms=1_000, told_ms=told_ms, place=landing(game, told))
    for later_ms in (0, 1, 500, 60_000):
        assert face_at(sectors(game), spin.rotation(spin.stops_ms + later_ms)) == told.face_id


@given(wheels(), st.data())
def test_a_prize_given_for_one_that_is_used_up_is_what_the_wheel_shows(
    game: GameOffer, data: st.DataObject
) -> None:
    told = drawn(game, data.draw(st.integers(0, sum(face.odds for face in game.prizes) - 1)))
    given_id = game.prizes[-1].face_id
    instead = msgspec.structs.replace(told, face_id=given_id, is_fallback=True)
    assert face_at(sectors(game), -landing(game, instead)) == given_id
    nothing_left = msgspec.structs.replace(told, face_id="", outcome="nothing")
    assert told.draw is not None
    assert face_at(sectors(game), -landing(game, nothing_left)) == told.draw.face_id


@given(st.integers(0, 8_000), st.integers(0, 359))
def test_the_wheel_never_jumps_and_stands_within_three_seconds_of_the_answer(waited: int, place: int) -> None:
    spin = Spin(started_ms=1_000, told_ms=1_001 + waited, place=float(place))
    assert spin.stops_ms - spin.told_ms <= 3_100
    before = spin.rotation(1_000)
    for now_ms in range(1_016, spin.stops_ms + 64, 16):
        after = spin.rotation(now_ms)
        assert (after - before) % 360 <= 16 * SPEED + 0.01
        before = after


def _canvas(size: tuple[int, int]) -> Canvas:
    surface = pygame.Surface(size)
    canvas = Canvas(
        surface=surface, kit=kit(size), palette=Palette.of(None), words=words("fr"), metrics=Metrics.of(size)
    )
    canvas.clear()
    return canvas


@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["small", "large"])
@pytest.mark.parametrize("number", range(0, 200, 3))
def test_the_drawn_colour_under_the_pointer_is_that_of_the_told_face(
    size: tuple[int, int], number: int
) -> None:
    told, canvas = drawn(WHEEL, number), _canvas(size)
    room = pygame.Rect(10, 10, size[1] - 40, size[1] - 40)
    centre, radius = draw_wheel(canvas, WHEEL, room, -landing(WHEEL, told) % 360)
    colours = face_colours(canvas, WHEEL)
    at = round(centre[0]), round(centre[1] - radius * 45 / 100)
    seen = tuple(canvas.surface.get_at(at))[:3]

    def apart(face_id: str) -> int:
        return sum(abs(a - b) for a, b in zip(seen, colours[face_id][0], strict=True))

    nearest = min(colours, key=apart)
    assert nearest == told.face_id


@pytest.mark.parametrize(
    ("wins", "out_of", "said"),
    [
        (10, 200, Odds(1, 20)),
        (3, 20, Odds(3, 20)),
        (125, 200, Odds(5, 8)),
        (7, 1_000, Odds(1, 143, is_about=True)),
        (1, 1_000_000, Odds(1, 1_000_000)),
        (999, 1_000, Odds(100, 100, is_about=True)),
        (1, 1, Odds(1, 1)),
    ],
)
def test_odds_are_said_in_lowest_terms_or_near_enough(wins: int, out_of: int, said: Odds) -> None:
    assert odds_of(wins, out_of) == said

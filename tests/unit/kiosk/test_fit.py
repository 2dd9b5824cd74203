"""The measure itself: what an eye would mind on a screen is found, and nothing else is."""

from collections.abc import Callable

import pygame
import pytest

from kiosk.contact_sheet import MODES
from kiosk.screens.paint import paint
from kiosk.widgets.canvas import Canvas, Style
from kiosk.widgets.controls import draw_chip
from kiosk.widgets.fit import faults, fits
from tests.unit.kiosk.drawing import SMALL, drawn, model_of
from tests.unit.kiosk.drawing import kit as kit_at

INK = (15, 36, 28)
CARD = pygame.Rect(100, 150, 200, 80)


def blank() -> Canvas:
    canvas = drawn("goodbye", "fr", SMALL)
    for noted in (canvas.labels, canvas.panels, canvas.targets):
        noted.clear()
    canvas.panel(CARD)
    return canvas


def chip_over_the_edge(canvas: Canvas) -> None:
    draw_chip(canvas, "+37", CARD.left + 20, CARD.bottom - 8, max_width=200)


def chip_that_touches(canvas: Canvas) -> None:
    draw_chip(canvas, "+37", CARD.left + 20, CARD.bottom, max_width=200)


def chip_above_the_screen(canvas: Canvas) -> None:
    draw_chip(canvas, "+37", 20, -5, max_width=200)


def text_up_to_the_edge(canvas: Canvas) -> None:
    canvas.text("37", Style(size=30, colour=INK), pygame.Rect(CARD.left + 2, CARD.top + 20, 100, 40))


def text_across_the_edge(canvas: Canvas) -> None:
    canvas.text("37", Style(size=30, colour=INK), pygame.Rect(CARD.left - 10, CARD.top + 20, 100, 40))


@pytest.mark.parametrize(
    ("mistake", "found"),
    [
        (chip_over_the_edge, "surfaces on each other: '' (100, 150, 200, 80) / '+37'"),
        (chip_that_touches, "surfaces on each other: '' (100, 150, 200, 80) / '+37'"),
        (chip_above_the_screen, "a surface outside: '+37'"),
        (text_up_to_the_edge, "up to an edge: 37"),
        (text_across_the_edge, "across an edge: 37"),
    ],
)
def test_what_an_eye_would_mind_is_found(mistake: Callable[[Canvas], None], found: str) -> None:
    canvas = blank()
    mistake(canvas)
    assert [each[: len(found)] for each in faults(canvas)] == [found]
    assert not fits(canvas)


def test_a_chip_within_a_card_with_room_around_it_is_fine() -> None:
    canvas = blank()
    draw_chip(canvas, "+37", CARD.left + 20, CARD.top + 20, max_width=160)
    draw_chip(canvas, "+38", CARD.left, CARD.bottom + 20, max_width=160)
    assert list(faults(canvas)) == []
    assert fits(canvas)


def test_large_type_steps_back_from_what_is_just_not_touching() -> None:
    canvas = blank()
    draw_chip(canvas, "+37", CARD.left + 20, CARD.bottom + 3, max_width=200)
    assert list(faults(canvas)) == []
    assert not fits(canvas)


def test_another_visit_begins_with_the_size_that_the_screen_had_last_and_finds_the_same() -> None:
    kit, model = kit_at(SMALL), model_of("my_points", "fr", MODES["large"])
    surface = pygame.Surface(SMALL)
    kit.forget_growth()
    first = paint(surface, kit, model)
    assert kit.usual.items()[-1][1] == first.metrics.growth
    kit.grown.clear()  # another visit
    again = paint(surface, kit, model)
    assert again.metrics.growth == first.metrics.growth
    assert [label.rect for label in again.labels] == [label.rect for label in first.labels]


def test_a_screen_with_less_on_it_is_drawn_larger_than_the_usual() -> None:
    kit, surface = kit_at(SMALL), pygame.Surface(SMALL)
    kit.forget_growth()
    much = paint(surface, kit, model_of("my_points", "fr", MODES["large"]))
    for _ in range(3):  # a step each visit
        kit.grown.clear()
        little = paint(surface, kit, model_of("my_points_highest", "fr", MODES["large"]))
    assert much.metrics.growth < little.metrics.growth == 160

"""Posters on the attract screen: in their time and language alone, whole or not at all, read aloud."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import msgspec
import pygame
import pytest

from kiosk.scenes.demo import LARGE_PICTURE, PICTURES, POSTER, SMALL_PICTURE, an_agent_state
from kiosk.screens.paint import paint
from kiosk.speech.reading import sentences_of
from kiosk.widgets.canvas import Canvas
from loyalty.limits.pictures import (
    POSTER_READ_ALOUD_CHARS_MAX,
    POSTER_TEXT_CHARS_MAX,
    POSTER_TITLE_CHARS_MAX,
    POSTER_TURN_S,
    POSTERS_TOLD_MAX,
)
from loyalty.limits.sockets import FRAME_BYTES_MAX
from loyalty.programme.opening_hours import WeekSpan
from tests.unit.kiosk.drawing import LARGE, SMALL, kit, model_of
from wire.face import Poster
from wire.messages import Language

PARASOL = (214, 84, 68)
TITLE = POSTER.titles["fr"]


def shown(
    *posters: Poster,
    folder: str = PICTURES,
    day: date = date(2026, 11, 22),
    minute: int = 600,
    language: Language = "fr",
    later_s: int = 0,
    size: tuple[int, int] = SMALL,
) -> tuple[Canvas, pygame.Surface]:
    """The attract screen with these posters."""
    model = model_of("attract_poster", language)
    agent = msgspec.structs.replace(an_agent_state(), posters=posters, pictures_dir=folder)
    model = replace(
        model,
        state=replace(model.state, agent=agent),
        today=day,
        minute=minute,
        now_ms=model.now_ms + later_s * 1000,
    )
    surface = pygame.Surface(size)
    return paint(surface, kit(size), model), surface


def texts(canvas: Canvas) -> set[str]:
    return {label.text for label in canvas.labels}


@pytest.mark.parametrize("size", [SMALL, LARGE, (800, 1280)])
def test_a_poster_shows_its_picture_and_its_words(size: tuple[int, int]) -> None:
    canvas, surface = shown(POSTER, size=size)
    assert {TITLE, POSTER.texts["fr"]} <= texts(canvas)
    colours = {
        tuple(surface.get_at((x, y))[:3]) for x in range(0, size[0], 4) for y in range(0, size[1] // 2, 4)
    }
    assert any(all(abs(a - b) < 24 for a, b in zip(colour, PARASOL, strict=True)) for colour in colours)
    assert POSTER.aloud["fr"] in sentences_of(canvas)


@pytest.mark.parametrize(
    ("day", "minute"),
    [
        (date(2026, 10, 31), 600),
        (date(2027, 1, 1), 600),
        (date(2026, 11, 22), 479),
        (date(2026, 11, 23), 600),
    ],
)
def test_a_poster_is_not_shown_outside_its_days_and_hours(day: date, minute: int) -> None:
    on_sundays = msgspec.structs.replace(POSTER, week=(WeekSpan(6, 480, 720),))
    assert TITLE in texts(shown(on_sundays)[0])
    canvas, _ = shown(on_sundays, day=day, minute=minute)
    assert TITLE not in texts(canvas)
    assert not canvas.seen


def test_a_poster_is_shown_in_its_own_languages_alone() -> None:
    french = msgspec.structs.replace(POSTER, titles={"fr": TITLE})
    assert TITLE in texts(shown(french)[0])
    assert not shown(french, language="de")[0].seen


@pytest.mark.parametrize("broken", [b"", b"\xff\xd8\xff\xe0 not the picture of that name", None])
def test_a_file_that_is_not_what_its_name_says_is_never_shown(tmp_path: Path, broken: bytes | None) -> None:
    half = Path(PICTURES, SMALL_PICTURE).read_bytes()[:9000] if broken is None else broken
    (tmp_path / SMALL_PICTURE).write_bytes(half)
    canvas, _ = shown(POSTER, folder=str(tmp_path))
    assert TITLE not in texts(canvas)
    assert not canvas.seen
    plain, _ = shown()
    assert texts(canvas) == texts(plain)  # the group's plain invitation


def test_posters_take_turns_and_a_broken_one_is_passed_over(tmp_path: Path) -> None:
    for name in (SMALL_PICTURE, LARGE_PICTURE):
        (tmp_path / name).write_bytes(Path(PICTURES, name).read_bytes())
    second = msgspec.structs.replace(POSTER, poster_id="two", titles={"fr": "Deux"})
    gone = msgspec.structs.replace(POSTER, poster_id="gone", titles={"fr": "Rien"}, small="00", large="00")
    seen = [
        texts(shown(POSTER, gone, second, folder=str(tmp_path), later_s=turn * POSTER_TURN_S)[0])
        & {TITLE, "Deux", "Rien"}
        for turn in range(3)
    ]
    assert seen == [{TITLE}, {"Deux"}, {"Deux"}]


def test_the_most_posters_with_the_longest_words_fit_a_frame() -> None:
    long = Poster(
        poster_id="x" * 64,
        titles=dict.fromkeys(POSTER.titles, "药" * POSTER_TITLE_CHARS_MAX),
        texts=dict.fromkeys(POSTER.titles, "房" * POSTER_TEXT_CHARS_MAX),
        aloud=dict.fromkeys(POSTER.titles, "药" * POSTER_READ_ALOUD_CHARS_MAX),
        from_day="2026-01-01",
        to_day="2026-12-31",
        week=tuple(WeekSpan(day, 60 * hour, 60 * hour + 30) for day in range(7) for hour in range(8, 14)),
        small="0" * 64,
        large="0" * 64,
    )
    state = msgspec.structs.replace(an_agent_state(), posters=(long,) * POSTERS_TOLD_MAX)
    assert len(msgspec.json.encode(state)) < FRAME_BYTES_MAX * 3 // 4

"""News are shown from their first day to their last, never before, after, or empty; also without a line."""

from datetime import date, timedelta

import pygame

from kiosk.flow import State, start, step
from kiosk.flow.events import AgentChanged
from kiosk.scenes.base import idle
from kiosk.scenes.demo import an_agent_state
from kiosk.screens.model import Model
from kiosk.screens.paint import paint
from loyalty.limits.kiosk import KIOSK_NEWS_TURN_S
from tests.unit.kiosk.drawing import SMALL, kit
from wire.face import Notice

TODAY = date(2026, 11, 22)
STEPS = "Posez"
"""The three steps stand where there is no news."""


def news(title: str, from_day: str = "", to_day: str = "") -> Notice:
    return Notice(title={"fr": title}, text={"fr": "texte"}, from_day=from_day, to_day=to_day)


def texts(*notices: Notice, on: date = TODAY, now_ms: int = 5_000) -> set[str]:
    state: State = start(language="fr", now_ms=0)
    said = an_agent_state(notices=notices)
    for event in (*idle(), AgentChanged(now_ms=0, state=said)):
        state, _ = step(state, event)
    model = Model(state=state, now_ms=now_ms, today=on)
    canvas = paint(pygame.Surface(SMALL), kit(SMALL), model)
    return {label.text for label in canvas.labels}


def test_news_are_shown_on_their_days_alone() -> None:
    told = news("Soldes", "2026-11-22", "2026-11-24")
    for offset, is_shown in ((-1, False), (0, True), (2, True), (3, False)):
        drawn = texts(told, on=TODAY + timedelta(days=offset))
        assert ("Soldes" in drawn) is is_shown
        assert (STEPS in drawn) is not is_shown, "never an empty place"


def test_news_without_days_are_always_shown() -> None:
    assert "Toujours" in texts(news("Toujours"), on=date(2040, 1, 1))


def test_news_that_are_over_leave_their_place_to_the_others() -> None:
    drawn = texts(news("Vieux", to_day="2026-11-21"), news("Un"), news("Deux"))
    assert {"Un", "Deux"} <= drawn
    assert "Vieux" not in drawn


def test_news_that_say_nothing_are_never_shown() -> None:
    assert STEPS in texts(Notice(title={"fr": " "}, text={"fr": "texte"}))


def test_more_than_two_news_take_turns() -> None:
    turn_ms = KIOSK_NEWS_TURN_S * 1000
    told = [news(name) for name in ("Un", "Deux", "Trois")]
    seen = [texts(*told, now_ms=turn_ms * turn) & {"Un", "Deux", "Trois"} for turn in range(3)]
    assert seen == [{"Un", "Deux"}, {"Trois", "Un"}, {"Deux", "Trois"}]
    assert texts(*told, now_ms=turn_ms - 1) == texts(*told, now_ms=1_000), "nothing moves within a turn"

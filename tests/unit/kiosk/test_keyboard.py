"""The keyboard on the screen: what keys type, within its limit, by touch alone, and never out loud."""

from dataclasses import replace
from itertools import pairwise

import pygame
import pytest

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AnyEvent, Told, Touched
from kiosk.flow.journeys.shop_messages import MessagePage
from kiosk.flow.keyboard import Typing, a_text, rows_of, touched
from kiosk.locales.words import LANGUAGES
from kiosk.scenes.base import touch, type_text, visit, way_to
from kiosk.scenes.demo import a_member
from kiosk.screens.paint import paint
from kiosk.speech.reading import name_of, sentences_of
from kiosk.widgets.fit import faults
from loyalty.limits.shops import SHOP_MESSAGE_TEXT_CHARS_MAX
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, drawn, kit, model_of
from wire.messages import CommandResult
from wire.shop_messages import WriteToShop

OPEN = [*visit(a_member()), *touch(*way_to(Action.SHOP_MESSAGE), Action.CHOOSE_5)]


def _play(events: list[AnyEvent]) -> tuple[State, list[object]]:
    state, sent = start(language="fr", now_ms=0), []
    for event in events:
        state, effects = step(state, event)
        sent += [each.message for each in effects if isinstance(each, Send)]
    return state, sent


def _page(state: State) -> MessagePage:
    assert isinstance(state.journey, MessagePage)
    return state.journey


@pytest.mark.parametrize(
    "text", ["Straße 12, Zürich", "Où est l’infirmière? Ça va!", "a@b.ch", "Être à l’heure. Oui"]
)
def test_letters_accents_and_figures_are_typed_by_touches_alone(text: str) -> None:
    state, _ = _play([*OPEN, *type_text(OPEN, text)])
    assert _page(state).typing.typed == text
    erased, _ = step(state, Touched(now_ms=99_000, action=Action.ERASE))
    assert _page(erased).typing.typed == text[:-1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("currency", ["CHF", "EUR"])
def test_every_letter_and_digit_stands_on_one_key_of_every_keyboard(language: str, currency: str) -> None:
    for typing in (a_text(10), Typing(kind="email", most=10)):
        for sheet, wanted in (("letters", "abcdefghijklmnopqrstuvwxyz"), ("figures", "0123456789")):
            sheet_of = Typing(kind=typing.kind, most=10, sheet=sheet)  # type: ignore[arg-type]
            rows = rows_of(sheet_of, language, currency)  # type: ignore[arg-type]
            keys = [key for row in rows for key in row]
            chars = [key.char for key in keys if key.char]
            assert set(wanted) <= set(chars)
            assert len({key.action for key in keys}) == len(keys)
            assert all(sum(key.width for key in row) <= 20 for row in rows)
    signs = [key.char for row in rows_of(Typing(kind="phone", most=9), "zh", "CNY") for key in row]
    assert sorted(char for char in signs if char) == sorted("0123456789+")


def test_a_full_field_takes_no_more_and_a_blank_begins_nothing() -> None:
    typing = a_text(3)
    for _ in range(5):
        typing = touched(typing, Action.KEY_SPACE, "fr", "CHF")
    assert typing.typed == ""
    for _ in range(5):
        typing = touched(typing, Action.KEY_1, "fr", "CHF")
    assert (typing.typed, typing.is_full) == ("Qqq", True)
    state, _ = _play([*OPEN, *type_text(OPEN, "a" * (SHOP_MESSAGE_TEXT_CHARS_MAX + 9))])
    assert len(_page(state).typing.typed) == SHOP_MESSAGE_TEXT_CHARS_MAX


def test_a_message_in_own_words_is_one_though_it_is_sent_again() -> None:
    before = [*OPEN, *type_text(OPEN, "Merci")]
    send = Touched(now_ms=50_000, action=Action.SEND)
    failed = Told(now_ms=50_100, answer=CommandResult(request_id="session-1.1", is_done=False))
    state, sent = _play([*before, send, failed, send])
    first, again = [each for each in sent if isinstance(each, WriteToShop)]
    assert (first.topic, first.text, first.wish_id) == ("own_words", "Merci", "session-1.1")
    assert (again.text, again.wish_id, again.request_id) == ("Merci", "session-1.1", "session-1.2")
    done, _ = step(state, Told(now_ms=51_000, answer=CommandResult(request_id="session-1.2", is_done=True)))
    assert (done.screen, _page(done).outcome, _page(done).typing.typed) == (Screen.SHOP_MESSAGE, "sent", "")
    state, sent = _play([*before, send, failed, Touched(now_ms=50_200, action=Action.ERASE), send])
    assert [each.wish_id for each in sent if isinstance(each, WriteToShop)] == ["session-1.1", "session-1.2"]


def test_nothing_typed_is_sent_or_printed_by_accident() -> None:
    state, sent = _play([*OPEN, Touched(now_ms=9_000, action=Action.SEND)])
    assert sent == []
    state, sent = _play([*OPEN, *type_text(OPEN, "Geheim"), Touched(now_ms=50_000, action=Action.SEND)])
    assert "Geheim" not in f"{state!r} {sent!r}"
    gone, _ = _play([*OPEN, *type_text(OPEN, "Geheim"), Touched(now_ms=50_000, action=Action.BACK)])
    home, _ = step(gone, Touched(now_ms=50_100, action=Action.BACK))
    assert home.screen is Screen.MENU
    assert not isinstance(home.journey, MessagePage)


def test_keys_are_read_when_they_are_meant_and_not_with_the_page() -> None:
    canvas = drawn("shop_write_typed", "fr", SMALL)
    said = sentences_of(canvas)
    assert "Envoyer" in said
    assert not {"Q", "W", "1", "2", "Espace", "Effacer"} & set(said)
    assert name_of(canvas, Action.KEY_1) == "1"
    assert name_of(canvas, Action.ERASE) == "Effacer"


@pytest.mark.parametrize("size", [SMALL, LARGE, PORTRAIT])
def test_of_a_long_text_the_end_is_seen_and_that_nothing_more_has_room(size: tuple[int, int]) -> None:
    long = ("Nous attendons encore. " * 8)[:SHOP_MESSAGE_TEXT_CHARS_MAX]
    model = model_of("shop_write_typed", "fr")
    page = _page(model.state)
    full = replace(page, typing=replace(page.typing, typed=long))
    canvas = paint(pygame.Surface(size), kit(size), replace(model, state=replace(model.state, journey=full)))
    assert list(faults(canvas)) == []
    shown = " ".join(label.text for label in canvas.labels if not label.is_key)
    assert f"{long[-12:].strip()} " in f"{shown} "
    keys = {target.action for target in canvas.targets if target.is_key}
    assert keys <= {
        Action.ERASE,
        Action.KEY_SHIFT,
        Action.KEY_LETTERS,
        Action.KEY_FIGURES,
        Action.KEY_ACCENTS,
    }


@pytest.mark.parametrize("size", [SMALL, LARGE])
def test_keys_stand_apart_and_for_either_hand_alike(size: tuple[int, int]) -> None:
    keys = [each.rect for each in drawn("shop_write_typed", "fr", size).targets if each.is_key]
    for left, right in pairwise(keys):
        assert not left.colliderect(right)
    assert min(rect.width for rect in keys) >= (60 if size == SMALL else 90)

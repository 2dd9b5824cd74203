"""Whoever stands at the kiosk without a card: every page lets them choose their language, and go on."""

import msgspec
import pytest

from kiosk.contact_sheet import MODES
from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.events import AgentChanged, CardSeen, Ticked, Touched
from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.journeys.lost_card import LostPage
from kiosk.flow.state import SPEAKS, VISITOR_SCREENS
from kiosk.locales.words import words
from kiosk.scenes import SCENES, play
from kiosk.scenes.base import idle, visitor_way_to
from kiosk.scenes.demo import an_agent_state
from kiosk.screens.turning import pages_of, turning
from tests.unit.kiosk.drawing import LARGE, PORTRAIT, SMALL, drawn
from wire.tills import TillPrompt

OF_VISITORS = [scene.name for scene in SCENES if play(scene, "fr").state.screen in VISITOR_SCREENS]


def at(*actions: Action) -> State:
    state = start(language="fr", now_ms=0)
    touches = [Touched(now_ms=2_000 + 20 * n, action=each) for n, each in enumerate(actions)]
    for event in (*idle(), *touches):
        state, _ = step(state, event)
    return state


def typing_a_number() -> State:
    """Two digits of a lost card's number are there, and the languages stand over them."""
    return at(*visitor_way_to(Action.LOST_CARD), Action.DIGIT_2, Action.DIGIT_9, Action.LANGUAGES)


@pytest.mark.parametrize("size", [SMALL, LARGE, PORTRAIT], ids=["small", "large", "portrait"])
def test_every_page_without_a_visit_offers_the_languages(size: tuple[int, int]) -> None:
    waiting = {scene.name for scene in SCENES if is_answer_awaited(play(scene, "fr").state)}
    assert len(OF_VISITORS) > 30
    for name in OF_VISITORS:
        offered = {target.action for target in drawn(name, "fr", size, is_rehearsal=True).targets}
        assert name in waiting or Action.LANGUAGES in offered or set(SPEAKS) <= offered, name


def test_another_language_keeps_the_page_and_what_was_typed() -> None:
    state = typing_a_number()
    assert state.screen is Screen.LANGUAGES
    for action, language in ((Action.SPEAK_DE, "de"), (Action.BACK, "fr")):
        after, _ = step(state, Touched(now_ms=3_000, action=action))
        assert (after.screen, after.language) == (Screen.LOST_CARD, language)
        assert isinstance(after.journey, LostPage)
        assert after.journey.typed == "29"


def test_a_visitor_who_left_over_the_languages_is_forgotten_without_a_question() -> None:
    state = typing_a_number()
    state, _ = step(state, Ticked(now_ms=next_deadline_ms(state) or 0))
    assert (state.screen, state.journey, state.language) == (Screen.ATTRACT, None, "fr")


def test_a_card_put_down_over_the_languages_opens_its_visit() -> None:
    state, _ = step(typing_a_number(), CardSeen(now_ms=3_000, tap_id="tap-1"))
    assert (state.screen, state.journey) == (Screen.ASKING, None)


def test_a_tills_words_to_a_member_are_shown_to_no_visitor_who_chooses_a_language() -> None:
    prompt = TillPrompt(prompt_id="prompt-1", title="Utiliser 500 points ?", is_question=True)
    asked = msgspec.structs.replace(an_agent_state(), prompt=prompt)
    state, _ = step(typing_a_number(), AgentChanged(now_ms=3_000, state=asked))
    assert (state.screen, state.behind) == (Screen.LANGUAGES, Screen.LOST_CARD)


@pytest.mark.parametrize(
    ("scene", "said"),
    [("menu", "Suite\u00a01/2"), ("promotions", "Suite\u00a01/2"), ("my_vouchers", "Suite\u00a01/2")],
)
@pytest.mark.parametrize("mode", ["plain", "large"])
def test_menus_and_lists_say_alike_that_more_follows_and_how_much_on_one_line(
    scene: str, said: str, mode: str
) -> None:
    assert said in [label.text for label in drawn(scene, "fr", SMALL, MODES[mode]).labels]


def test_pages_are_turned_back_and_on_or_round() -> None:
    def said(number: int, pages: int, *, is_round: bool = False) -> list[str]:
        return [each.label for each in turning(words("en"), number=number, pages=pages, is_round=is_round)]

    on = "Next\u00a0{}/3".format
    assert (said(0, 1), said(0, 3), said(1, 3)) == ([], [on(1)], ["Previous", on(2)])
    assert said(2, 3) == ["Previous"]
    assert (said(0, 1, is_round=True), said(2, 3, is_round=True)) == ([], [on(3)])
    assert [pages_of(count, 3) for count in (0, 3, 4)] == [1, 1, 2]

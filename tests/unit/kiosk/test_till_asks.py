"""The till's words over a member's page: shown once, answered once, gone with the till or the member."""

from kiosk.flow import Action, Screen, State, start, step
from kiosk.flow.effects import Send
from kiosk.flow.events import AgentChanged, CardGone, Ticked, Told, Touched
from kiosk.flow.journeys.asking_why import WhyPage
from kiosk.scenes import SCENES
from kiosk.scenes.base import touch, visit
from kiosk.scenes.demo import a_member, a_session, an_agent_state
from loyalty.limits.kiosk import PRIVACY_TIMEOUT_S
from tests.unit.kiosk.test_flow import run
from wire.tills import AnswerPrompt, TillPrompt
from wire.why import Why

ASK = TillPrompt(prompt_id="prompt-1", title="Utiliser 500 points ?", is_question=True)


def asked() -> State:
    """A kiosk on which the till's question stands."""
    [scene] = [each for each in SCENES if each.name == "till_asks"]
    state = start(language="fr", now_ms=0)
    for event in scene.events("fr"):
        state, _ = step(state, event)
    assert state.screen is Screen.TILL_ASKS
    return state


def told(prompt: TillPrompt | None, now_ms: int = 3000, *, is_there: bool = True) -> AgentChanged:
    session = a_session(a_member(language="fr")) if is_there else None
    return AgentChanged(now_ms=now_ms, state=an_agent_state(session=session, prompt=prompt))


def test_an_answer_is_told_once_and_the_page_comes_back() -> None:
    state, effects = step(asked(), Touched(now_ms=2500, action=Action.SAY_NO))

    assert Send(AnswerPrompt(prompt_id="prompt-1", is_yes=False)) in effects
    assert state.screen is Screen.MEMBER
    again, _ = step(state, told(ASK))
    assert again.screen is Screen.MEMBER, "the agent has not heard yet: it is not asked twice"


def test_a_prompt_that_the_till_takes_back_leaves_the_members_page() -> None:
    state, _ = step(asked(), told(None))

    assert state.screen is Screen.MEMBER


def test_words_that_come_while_an_answer_is_awaited_stand_there_after_it_and_give_the_page_back() -> None:
    state, _ = run(*visit(a_member(language="fr")), *touch(Action.WHY_TODAY), told(ASK))
    assert state.screen is Screen.WHY, "the answer on its way would be lost"
    answer = Why(request_id="session-1.1", points=37, is_known=True)
    state, _ = step(state, Told(now_ms=3_100, answer=answer))
    assert state.screen is Screen.TILL_ASKS
    state, _ = step(state, Touched(now_ms=3_200, action=Action.SAY_NO))
    assert state.screen is Screen.WHY
    assert isinstance(state.journey, WhyPage)
    assert state.journey.answer == answer


def test_without_a_member_nothing_of_a_till_is_shown() -> None:
    state, _ = step(asked(), CardGone(now_ms=2500, tap_id="tap-1"))
    assert state.screen is Screen.GOODBYE

    state, _ = step(state, told(ASK, is_there=False))

    assert state.screen is Screen.GOODBYE


def test_nothing_of_a_till_is_shown_over_the_languages_of_a_visitor() -> None:
    """They stand over visitors' pages as over a member's."""
    [scene] = [each for each in SCENES if each.name == "new_card_code"]
    state, _ = run(*scene.events("fr"))
    state, _ = step(state, Touched(now_ms=3_000, action=Action.LANGUAGES))
    assert state.screen is Screen.LANGUAGES

    state, _ = step(state, told(ASK, is_there=False))

    assert state.screen is Screen.LANGUAGES


def test_a_member_who_left_without_an_answer_is_forgotten_as_on_any_page() -> None:
    waiting = asked()
    warned, _ = step(waiting, Ticked(now_ms=waiting.touched_ms + PRIVACY_TIMEOUT_S * 1000))
    assert warned.screen is Screen.PRIVACY_WARNING

    back, _ = step(warned, Touched(now_ms=warned.entered_ms + 1, action=Action.EXTEND))
    assert back.screen is Screen.TILL_ASKS
    taken_back, _ = step(warned, told(None, now_ms=warned.entered_ms + 1))
    extended, _ = step(taken_back, Touched(now_ms=warned.entered_ms + 2, action=Action.EXTEND))
    assert extended.screen is Screen.MEMBER

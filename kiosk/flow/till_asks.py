"""What the till wants the member to read or answer: over the member's pages, and only there."""

from dataclasses import replace
from typing import Final

from kiosk.flow.effects import Send
from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.sessions import Step, remember_ended
from kiosk.flow.state import MEMBER_SCREENS, Action, Screen, State
from wire.tills import AnswerPrompt, TillPrompt

_PAGES: Final = MEMBER_SCREENS - {
    Screen.PIN,
    Screen.NEW_PIN,
    Screen.PRIVACY_WARNING,
    Screen.TILL_ASKS,
    Screen.ACCESS,
}


def prompt_of(state: State) -> TillPrompt | None:
    """The prompt that waits for this member; one that was answered does not come back."""
    prompt = state.agent.prompt if state.agent else None
    return None if prompt is None or prompt.prompt_id in state.ended else prompt


def follow_prompt(state: State, *, now_ms: int) -> State:
    """Show the till's words over the member's page, or take them away again."""
    if prompt_of(state) is None:
        if state.screen is Screen.TILL_ASKS:
            return _page_back(state, now_ms)
        if state.behind is Screen.TILL_ASKS:
            return replace(state, behind=Screen.MEMBER)
        return state
    is_member_there = state.session is not None and state.session.member is not None  # languages: anybody's
    if state.screen not in _PAGES or not is_member_there or is_answer_awaited(state):
        return state
    behind = _page(state)
    state = replace(state, screen=Screen.TILL_ASKS, entered_ms=now_ms, touched_ms=now_ms)
    return replace(state, behind=behind)


def _page(state: State) -> Screen:
    """The journey's page that the till's words cover; every other page is the member's own again."""
    is_kept = state.journey is not None and state.shown in state.journey.screens
    return state.shown if is_kept else Screen.MEMBER


def _page_back(state: State, now_ms: int) -> State:
    is_kept = state.journey is not None and state.behind in state.journey.screens
    screen = state.behind if is_kept else Screen.MEMBER
    return replace(state, screen=screen, entered_ms=now_ms, touched_ms=now_ms)


def answer(state: State, action: Action, now_ms: int) -> Step:
    """Yes or no: told once; the member's page comes back."""
    prompt = prompt_of(state)
    if prompt is None:
        return state, ()
    state = remember_ended(state, prompt.prompt_id)
    state = _page_back(state, now_ms)
    return state, (Send(AnswerPrompt(prompt_id=prompt.prompt_id, is_yes=action is Action.SAY_YES)),)

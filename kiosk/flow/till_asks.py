"""What the till wants the member to read or answer: over the member's pages, and only there."""

from dataclasses import replace
from typing import Final

from kiosk.flow.effects import Send
from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.sessions import Step, remember_ended
from kiosk.flow.state import MEMBER_SCREENS, Action, Screen, State
from wire.messages import AnswerPrompt, TillPrompt

_PAGES: Final = MEMBER_SCREENS - {Screen.PIN, Screen.PRIVACY_WARNING, Screen.TILL_ASKS, Screen.ACCESS}


def prompt_of(state: State) -> TillPrompt | None:
    """The prompt that waits for this member; one that was answered does not come back."""
    prompt = state.agent.prompt if state.agent else None
    return None if prompt is None or prompt.prompt_id in state.ended else prompt


def follow_prompt(state: State, *, now_ms: int) -> State:
    """Show the till's words over the member's page, or take them away again."""
    if prompt_of(state) is None:
        if state.screen is Screen.TILL_ASKS:
            return replace(state, screen=Screen.MEMBER, entered_ms=now_ms, touched_ms=now_ms)
        if state.behind is Screen.TILL_ASKS:
            return replace(state, behind=Screen.MEMBER)
        return state
    if state.screen not in _PAGES or state.request_id or is_answer_awaited(state):
        return state
    return replace(state, screen=Screen.TILL_ASKS, entered_ms=now_ms, touched_ms=now_ms, asked=None)


def answer(state: State, action: Action, now_ms: int) -> Step:
    """Yes or no: told once; the member's page comes back."""
    prompt = prompt_of(state)
    if prompt is None:
        return state, ()
    state = remember_ended(state, prompt.prompt_id)
    state = replace(state, screen=Screen.MEMBER, entered_ms=now_ms, touched_ms=now_ms)
    return state, (Send(AnswerPrompt(prompt_id=prompt.prompt_id, is_yes=action is Action.SAY_YES)),)

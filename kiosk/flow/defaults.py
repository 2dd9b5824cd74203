"""How this kiosk begins for everybody: as staff set it, at once and after every start."""

from dataclasses import replace

from kiosk.flow.mode import Mode
from kiosk.flow.state import State


def follow_defaults(state: State, usual_before: Mode) -> State:
    """The agent told: whoever has chosen nothing sees the screen as it is set now."""
    assert state.agent is not None, "it told"
    language = state.agent.comfort.language or state.default_language
    if language != state.default_language:
        is_free = not state.is_language_chosen and state.session is None
        state = replace(state, default_language=language, language=language if is_free else state.language)
    if state.mode == usual_before and state.mode != state.usual_mode:
        state = replace(state, mode=state.usual_mode, pulled=0)
    return state

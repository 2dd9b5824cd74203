"""How the screen is shown: chosen on a panel of its own, kept for the visit, forgotten with it."""

from dataclasses import replace
from typing import Final

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.events import HeadphonesChanged
from kiosk.flow.journeys.base import is_answer_awaited
from kiosk.flow.sessions import Step, to_idle
from kiosk.flow.state import VISITOR_SCREENS, Action, Screen, State
from kiosk.flow.till_asks import follow_prompt

PARTS: Final[dict[Action, str]] = {
    Action.MODE_LARGE: "is_large",
    Action.MODE_CONTRAST: "is_contrast",
    Action.MODE_SPOKEN: "is_spoken",
    Action.MODE_LOW: "is_low",
    Action.MODE_LEFT: "is_left_handed",
    Action.MODE_SLOW: "is_slow",
    Action.MODE_CALM: "is_calm",
}
"""What each choice of the panel switches over, in the order in which they are offered."""

PULLS: Final = 3
"""So many positions has a screen that is pulled down: as it is, and two further down."""


def show_access(state: State, _action: Action, now_ms: int) -> Step:
    """Open the panel; the page that was there comes back afterwards."""
    if state.request_id or is_answer_awaited(state):
        return state, ()
    return replace(state, screen=Screen.ACCESS, entered_ms=now_ms, touched_ms=now_ms, behind=state.shown), ()


def choose(state: State, action: Action, now_ms: int) -> Step:
    """Switch one part over: seen at once on the panel itself."""
    return replace(state, mode=state.mode.toggled(PARTS[action]), touched_ms=now_ms, pulled=0), ()


def headphones_changed(state: State, event: HeadphonesChanged) -> Step:
    """Whoever plugs headphones in wants to be read to, and need not find a button for it."""
    mode = replace(state.mode, is_spoken=event.is_in)
    return replace(state, has_headphones=event.is_in, mode=mode, touched_ms=event.now_ms), ()


def reset(state: State, _action: Action, now_ms: int) -> Step:
    """As for everybody."""
    return replace(state, mode=state.usual_mode, touched_ms=now_ms, pulled=0), ()


def leave_access(state: State, _action: Action, now_ms: int) -> Step:
    """Back to the page, or to whatever is to be shown to nobody by now."""
    state = replace(state, touched_ms=now_ms)
    if state.is_without_card and state.behind not in VISITOR_SCREENS:
        return to_idle(state, now_ms=now_ms), ()
    state = replace(state, screen=state.behind, entered_ms=now_ms)
    return follow_prompt(state, now_ms=now_ms), ()


def pull(state: State, _action: Action, now_ms: int) -> Step:
    """Bring what stands high within reach, further with each touch, then back up."""
    if not state.mode.is_low:
        return replace(state, touched_ms=now_ms), ()
    return replace(state, pulled=(state.pulled + 1) % PULLS, touched_ms=now_ms), (PlaySound(Sound.TOUCH),)

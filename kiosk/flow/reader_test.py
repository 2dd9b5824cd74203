"""Staff try the reader, or enrol the terminal anew: nobody's visit, on a screen that the agent keeps up."""

from dataclasses import replace

from kiosk.flow.effects import Send
from kiosk.flow.sessions import Step, close, to_idle
from kiosk.flow.state import STAFF_SCREENS, Action, State
from wire.looking_after import AnswerReenrolment, EndReaderTest


def follow_test(state: State, *, now_ms: int) -> Step:
    """A try or a new enrolment began: the visit of the card of staff that opened it is over."""
    agent = state.agent
    is_on = agent is not None and (agent.reader_test is not None or agent.reenrolling is not None)
    if not is_on or state.screen not in STAFF_SCREENS:
        return state, ()
    state, effects = close(state)
    return to_idle(state, now_ms=now_ms), effects


def end(state: State, _action: Action, now_ms: int) -> Step:
    """Enough of it; the agent's next state takes the screen away."""
    return replace(state, touched_ms=now_ms), (Send(EndReaderTest()),)


def answer_enrolment(state: State, action: Action, now_ms: int) -> Step:
    """The second word: the new token is taken over, or all stays as it is."""
    reenrolling = state.agent.reenrolling if state.agent else None
    is_taken = action is Action.TAKE_OVER
    if reenrolling is None or (is_taken and reenrolling.step != "approved"):
        return replace(state, touched_ms=now_ms), ()
    return replace(state, touched_ms=now_ms), (Send(AnswerReenrolment(is_taken=is_taken)),)

"""A person of staff tries the reader: the entry of their menu; the try itself is the flow's own (issue 8)."""

from dataclasses import replace

from kiosk.flow.effects import Send
from kiosk.flow.ids import next_id
from kiosk.flow.journeys.base import Journey, Tile
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, State
from wire.looking_after import TestReader


def _begin(state: State, _action: Action, now_ms: int) -> Step:
    """Ask; the answer and the agent's state come to the staff page, as for a till's code."""
    if not may_look_after(state) or state.request_id:
        return replace(state, touched_ms=now_ms), ()
    request_id = next_id(state, "reader")
    state = replace(
        state,
        requests=state.requests + 1,
        request_id=request_id,
        is_wish_refused=False,
        wish=Action.TEST_READER,
        touched_ms=now_ms,
    )
    return state, (Send(TestReader(request_id=request_id, session_id=state.session_id)),)


JOURNEY = Journey(
    touches={},
    staff_tiles=(Tile(action=Action.TEST_READER, enter=_begin, is_offered=may_look_after),),
)

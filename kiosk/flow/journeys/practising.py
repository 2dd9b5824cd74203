"""A person of staff lets every till of the terminal practise, or count again (issue 7, part 5)."""

from dataclasses import dataclass, replace

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from wire.messages import CommandResult
from wire.tills import ALL_TILLS, SetTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPage(JourneyPage):
    """is_refused: what was wished was not done. Whether they practise, the agent's state says."""

    screens = frozenset({Screen.TRAINING})
    is_refused: bool = False


def does_every_till_practise(state: State) -> bool:
    """Whether all tills of this terminal are in training now."""
    return state.agent is not None and ALL_TILLS in state.agent.training


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.TRAINING, TrainingPage(), now_ms=now_ms), ()


def _switch(state: State, _action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state) or not may_look_after(state):
        return replace(state, touched_ms=now_ms), ()
    session_id, is_on = state.session_id, not does_every_till_practise(state)
    return ask(
        state,
        TrainingPage(),
        lambda asked: SetTraining(request_id=asked, sale_id=ALL_TILLS, is_on=is_on, session_id=session_id),
        now_ms=now_ms,
    )


def _told(state: State, result: CommandResult, now_ms: int) -> Step:
    page = replace(page_of(state, TrainingPage), is_refused=not result.is_done)
    sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={Screen.TRAINING: {Action.AGREE: _switch, Action.BACK: _back}},
    told={CommandResult: _told},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.TRAINING, enter=_open, is_offered=may_look_after),),
)

"""A person of staff lets every till of the terminal practise, or count again (issue 7, part 5)."""

from dataclasses import dataclass

from kiosk.flow.journeys.staff_wish import Asking, StaffWish, StaffWishPage, journey
from kiosk.flow.state import Action, Screen, State
from wire.tills import ALL_TILLS, SetTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPage(StaffWishPage):
    """Whether they practise, the agent's state says."""

    screens = frozenset({Screen.TRAINING})


def does_every_till_practise(state: State) -> bool:
    """Whether all tills of this terminal are in training now."""
    return state.agent is not None and ALL_TILLS in state.agent.training


def _switch(state: State, _action: Action) -> Asking:
    is_on = not does_every_till_practise(state)
    return lambda asked, session_id: SetTraining(
        request_id=asked, sale_id=ALL_TILLS, is_on=is_on, session_id=session_id
    )


JOURNEY = journey(
    StaffWish(screen=Screen.TRAINING, page=TrainingPage, touches=(Action.AGREE,), wish=_switch),
    tile=Action.TRAINING,
)

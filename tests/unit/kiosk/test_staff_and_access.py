from kiosk.flow import Action, Screen, next_deadline_ms, start, step
from kiosk.flow.events import Ticked, Touched
from kiosk.scenes import SCENES


def test_a_person_of_staff_who_leaves_the_panel_open_is_gone_after_a_while() -> None:
    """The warning covers a member's data; where there is no member there is nothing to warn of."""
    state = start(language="fr", now_ms=0)
    for event in next(scene for scene in SCENES if scene.name == "staff").events("fr"):
        state, _ = step(state, event)
    state, _ = step(state, Touched(now_ms=3_000, action=Action.ACCESS))
    assert state.screen is Screen.ACCESS

    due_ms = next_deadline_ms(state)
    assert due_ms is not None
    state, _ = step(state, Ticked(now_ms=due_ms))

    assert state.screen is Screen.GOODBYE
    assert state.session is None

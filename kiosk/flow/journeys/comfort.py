"""A person of staff sets how loud and how bright this screen is; the agent keeps it (issue 8)."""

from dataclasses import dataclass

import msgspec

from kiosk.flow.journeys.staff_wish import Asking, StaffWish, StaffWishPage, journey
from kiosk.flow.state import Action, Screen, State
from loyalty.limits.kiosk import KIOSK_BRIGHTNESS_MIN, KIOSK_COMFORT_STEP
from wire.comfort import USUAL, Comfort, SetComfort


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfortPage(StaffWishPage):
    """How it is, the agent's state says."""

    screens = frozenset({Screen.COMFORT})


def comfort_of(state: State) -> Comfort:
    """As it is now."""
    return state.agent.comfort if state.agent else USUAL


def changed(comfort: Comfort, action: Action) -> Comfort:
    """What one touch makes of it."""
    step = KIOSK_COMFORT_STEP if action in (Action.LOUDER, Action.BRIGHTER) else -KIOSK_COMFORT_STEP
    if action in (Action.LOUDER, Action.QUIETER):
        return msgspec.structs.replace(comfort, volume=min(max(comfort.volume + step, 0), 100))
    brightness = min(max(comfort.brightness + step, KIOSK_BRIGHTNESS_MIN), 100)
    return msgspec.structs.replace(comfort, brightness=brightness)


def _change(state: State, action: Action) -> Asking | None:
    wished = changed(comfort_of(state), action)
    if wished == comfort_of(state):
        return None
    return lambda asked, session_id: SetComfort(request_id=asked, session_id=session_id, comfort=wished)


_CHANGES = (Action.QUIETER, Action.LOUDER, Action.DARKER, Action.BRIGHTER)

JOURNEY = journey(
    StaffWish(screen=Screen.COMFORT, page=ComfortPage, touches=_CHANGES, wish=_change),
    tile=Action.COMFORT,
)

"""A person of staff sets how this kiosk begins for everybody: language, letters, side (issue 8)."""

from dataclasses import dataclass
from typing import Final

import msgspec

from kiosk.flow.journeys.base import chosen
from kiosk.flow.journeys.comfort import comfort_of
from kiosk.flow.journeys.staff_wish import Asking, StaffWish, StaffWishPage, journey
from kiosk.flow.state import CHOICES, Action, Screen, State
from wire.comfort import Comfort, SetComfort
from wire.messages import Language

LANGUAGES_MAX: Final = 5
PARTS: Final[tuple[str, ...]] = ("is_large", "is_contrast", "is_left_handed")
"""What is switched over by the choices behind the languages'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultsPage(StaffWishPage):
    """How it is, the agent's state says."""

    screens = frozenset({Screen.DEFAULTS})


def offered(state: State) -> tuple[Language, ...]:
    """The languages that this shop speaks, as they are chosen from."""
    return state.agent.languages[:LANGUAGES_MAX] if state.agent else ()


def changed(state: State, action: Action) -> Comfort:
    """What one touch makes of it."""
    comfort, place = comfort_of(state), chosen(action)
    if place < LANGUAGES_MAX:
        languages = offered(state)
        return (
            msgspec.structs.replace(comfort, language=languages[place]) if place < len(languages) else comfort
        )
    part = PARTS[place - LANGUAGES_MAX]
    return msgspec.structs.replace(comfort, **{part: not getattr(comfort, part)})


def _change(state: State, action: Action) -> Asking | None:
    wished = changed(state, action)
    if wished == comfort_of(state):
        return None
    return lambda asked, session_id: SetComfort(request_id=asked, session_id=session_id, comfort=wished)


JOURNEY = journey(
    StaffWish(screen=Screen.DEFAULTS, page=DefaultsPage, touches=CHOICES, wish=_change),
    tile=Action.DEFAULTS,
)

"""A person of staff has the terminal enrolled anew: what it means, and the first of two words (issue 8)."""

from dataclasses import dataclass

from kiosk.flow.journeys.staff_wish import Asking, StaffWish, StaffWishPage, journey
from kiosk.flow.state import Action, Screen, State
from wire.looking_after import BeginReenrolment


@dataclass(frozen=True, slots=True, kw_only=True)
class RenewingPage(StaffWishPage):
    """Once it is begun the agent's state has a screen of its own: here is only what was refused."""

    screens = frozenset({Screen.REENROL})


def _begin(_state: State, _action: Action) -> Asking:
    return lambda asked, session_id: BeginReenrolment(request_id=asked, session_id=session_id)


JOURNEY = journey(
    StaffWish(screen=Screen.REENROL, page=RenewingPage, touches=(Action.AGREE,), wish=_begin),
    tile=Action.REENROL,
)

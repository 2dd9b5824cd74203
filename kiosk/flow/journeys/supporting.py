"""Head office asks to see this screen: a person of staff reads why, and allows it or does not (issue 8)."""

from dataclasses import dataclass

from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.staff_wish import Asking, StaffWish, StaffWishPage, journey
from kiosk.flow.sharing import support_of
from kiosk.flow.state import Action, Screen, State
from wire.looking_after import AnswerSupport


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportPage(StaffWishPage):
    """Whether it is asked or goes on, the agent's state says."""

    screens = frozenset({Screen.SUPPORT})


def _is_offered(state: State) -> bool:
    return may_look_after(state) and support_of(state) is not None


def is_asked(state: State) -> bool:
    """Whether there is a question to answer."""
    support = support_of(state)
    return support is not None and support.state == "asked"


def _answer(state: State, action: Action) -> Asking | None:
    support = support_of(state)
    if support is None or not is_asked(state):
        return None
    support_id, is_allowed = support.support_id, action is Action.AGREE
    return lambda asked, session_id: AnswerSupport(
        request_id=asked, session_id=session_id, support_id=support_id, is_allowed=is_allowed
    )


JOURNEY = journey(
    StaffWish(screen=Screen.SUPPORT, page=SupportPage, touches=(Action.AGREE, Action.SAY_NO), wish=_answer),
    tile=Action.SUPPORT,
    is_offered=_is_offered,
)

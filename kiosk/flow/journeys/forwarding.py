"""A member pays points forward: what they come to, how many, asked twice; a pharmacist hands it on."""

from dataclasses import dataclass

from kiosk.flow.journeys.converting import WorthPage, ask_worth, choose_worth
from kiosk.flow.journeys.moving import Asking, Moving, journey
from kiosk.flow.state import Action, Screen, State
from wire.conversions import ConversionsTold, ForwardedTold, PayForward


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardPage(WorthPage):
    """On the way to whoever needs it."""

    screens = frozenset({Screen.FORWARD, Screen.FORWARD_CONFIRM, Screen.PIN})
    done: ForwardedTold | None = None


def may_pay_forward(state: State) -> bool:
    """Whether this card proves enough, or can, and points come to anything."""
    member = state.session.member if state.session else None
    return member is not None and member.may_donate and member.has_worth


def _act(page: ForwardPage, act_id: str) -> Asking | None:
    choice = page.choice
    if choice is None:
        return None
    return lambda request_id, session_id: PayForward(
        request_id=request_id,
        session_id=session_id,
        act_id=act_id,
        points=choice.points,
        worth_minor=choice.worth_minor,
    )


_MOVING = Moving(
    page=ForwardPage,
    first=Screen.FORWARD,
    before=Screen.FORWARD,
    question=Screen.FORWARD_CONFIRM,
    lists=ask_worth,
    listed=ConversionsTold,
    act=_act,
    name="fwd",
    acted=ForwardedTold,
)
JOURNEY = journey(
    _MOVING,
    {Screen.FORWARD: choose_worth(ForwardPage, Screen.FORWARD_CONFIRM)},
    tile=Action.FORWARD,
    is_offered=may_pay_forward,
)

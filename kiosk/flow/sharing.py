"""What head office may see of this screen, once staff agreed: never a member's, nothing typed, no code."""

from typing import Final

from kiosk.flow.effects import Send
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, Screen, State
from wire.looking_after import EndSupport, SupportShown

SHARED: Final = frozenset(
    {
        Screen.STARTING,
        Screen.ATTRACT,
        Screen.HOLD_CARD,
        Screen.LINK_LOST,
        Screen.READER_LOST,
        Screen.AGENT_LOST,
        Screen.VISITOR_MENU,
        Screen.VISITOR_SHOPS,
        Screen.VISITOR_SHOP,
        Screen.HOW_IS_IT,
        Screen.DAY_TOTALS,
        Screen.TRAINING,
        Screen.COMFORT,
        Screen.DEFAULTS,
    }
)
"""Screens that name nobody and on which nothing is typed; every other one is not sent, new ones neither."""


def may_share(state: State) -> bool:
    """Whether this screen may be seen from afar: one of those, and no member is known or asked for."""
    if state.screen not in SHARED or state.refusal is not None:
        return False
    if state.session is None:
        return not state.tap_id
    return state.session.staff is not None and state.session.member is None


def support_of(state: State) -> SupportShown | None:
    """Who asks to see this screen, or sees it."""
    return state.agent.support if state.agent else None


def is_watched(state: State) -> bool:
    """Whether head office sees this screen now."""
    support = support_of(state)
    return support is not None and support.state == "granted"


def end(state: State, _action: Action, _now_ms: int) -> Step:
    """Whoever stands there wants nobody to see it any more: no card is needed for that."""
    support = support_of(state)
    if support is None or support.state != "granted":
        return state, ()
    return state, (Send(EndSupport(support_id=support.support_id)),)

"""A person of staff sets how loud and how bright this screen is; the agent keeps it (issue 8)."""

from dataclasses import dataclass, replace

import msgspec

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, go, is_answer_awaited, page_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import Action, JourneyPage, Screen, State
from loyalty.limits.kiosk import KIOSK_BRIGHTNESS_MIN, KIOSK_COMFORT_STEP
from wire.comfort import USUAL, Comfort, SetComfort
from wire.messages import CommandResult


@dataclass(frozen=True, slots=True, kw_only=True)
class ComfortPage(JourneyPage):
    """is_refused: what was wished was not kept. How it is, the agent's state says."""

    screens = frozenset({Screen.COMFORT})
    is_refused: bool = False


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


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.COMFORT, ComfortPage(), now_ms=now_ms), ()


def _change(state: State, action: Action, now_ms: int) -> Step:
    wished, session_id = changed(comfort_of(state), action), state.session_id
    if is_answer_awaited(state) or not may_look_after(state) or wished == comfort_of(state):
        return replace(state, touched_ms=now_ms), ()
    return ask(
        state,
        ComfortPage(),
        lambda asked: SetComfort(request_id=asked, session_id=session_id, comfort=wished),
        now_ms=now_ms,
    )


def _told(state: State, result: CommandResult, now_ms: int) -> Step:
    """Heard at the loudness that was set: the agent's state came before its answer."""
    page = replace(page_of(state, ComfortPage), is_refused=not result.is_done)
    sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


_CHANGES = (Action.QUIETER, Action.LOUDER, Action.DARKER, Action.BRIGHTER)

JOURNEY = Journey(
    touches={Screen.COMFORT: {**dict.fromkeys(_CHANGES, _change), Action.BACK: _back}},
    told={CommandResult: _told},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.COMFORT, enter=_open, is_offered=may_look_after),),
)

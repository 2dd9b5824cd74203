"""A person of staff sets how this kiosk begins for everybody: language, letters, side (issue 8)."""

from dataclasses import dataclass, replace
from typing import Final

import msgspec

from kiosk.flow.effects import PlaySound, Sound
from kiosk.flow.journeys.base import Journey, Tile, ask, chosen, go, is_answer_awaited, page_of
from kiosk.flow.journeys.comfort import comfort_of
from kiosk.flow.journeys.looking_after import may_look_after
from kiosk.flow.journeys.menu import open_staff_menu
from kiosk.flow.sessions import Step
from kiosk.flow.state import CHOICES, Action, JourneyPage, Screen, State
from wire.comfort import Comfort, SetComfort
from wire.messages import CommandResult, Language

LANGUAGES_MAX: Final = 5
PARTS: Final[tuple[str, ...]] = ("is_large", "is_contrast", "is_left_handed")
"""What is switched over by the choices behind the languages'."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DefaultsPage(JourneyPage):
    """is_refused: what was wished was not kept. How it is, the agent's state says."""

    screens = frozenset({Screen.DEFAULTS})
    is_refused: bool = False


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


def _open(state: State, _action: Action, now_ms: int) -> Step:
    return go(replace(state, is_wish_refused=False), Screen.DEFAULTS, DefaultsPage(), now_ms=now_ms), ()


def _change(state: State, action: Action, now_ms: int) -> Step:
    wished, session_id = changed(state, action), state.session_id
    if is_answer_awaited(state) or not may_look_after(state) or wished == comfort_of(state):
        return replace(state, touched_ms=now_ms), ()
    return ask(
        state,
        DefaultsPage(),
        lambda asked: SetComfort(request_id=asked, session_id=session_id, comfort=wished),
        now_ms=now_ms,
    )


def _told(state: State, result: CommandResult, now_ms: int) -> Step:
    page = replace(page_of(state, DefaultsPage), is_refused=not result.is_done)
    sound = Sound.SUCCESS if result.is_done else Sound.REFUSAL
    return replace(state, journey=page, touched_ms=now_ms), (PlaySound(sound),)


def _unanswered(state: State, now_ms: int) -> Step:
    return _told(state, CommandResult(request_id="", is_done=False), now_ms)


def _back(state: State, action: Action, now_ms: int) -> Step:
    if is_answer_awaited(state):
        return replace(state, touched_ms=now_ms), ()
    return open_staff_menu(state, action, now_ms)


JOURNEY = Journey(
    touches={Screen.DEFAULTS: {**dict.fromkeys(CHOICES, _change), Action.BACK: _back}},
    told={CommandResult: _told},
    unanswered=_unanswered,
    staff_tiles=(Tile(action=Action.DEFAULTS, enter=_open, is_offered=may_look_after),),
)

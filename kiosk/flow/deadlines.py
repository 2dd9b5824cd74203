"""Until when a screen stays as it is: the one place that knows every time-out."""

from collections.abc import Mapping
from typing import Final

from kiosk.flow.state import MEMBER_SCREENS, STAFF_SCREENS, VISITOR_SCREENS, WITHOUT_VISIT, Screen, State
from loyalty.limits.details import KIOSK_CODE_WAIT_S
from loyalty.limits.kiosk import (
    KIOSK_ANSWER_MAX_S,
    KIOSK_ASKING_MAX_S,
    KIOSK_CARD_BLOCKED_S,
    KIOSK_GOODBYE_S,
    KIOSK_LANGUAGE_IDLE_S,
    KIOSK_REFUSED_AFTER_REMOVAL_S,
    KIOSK_REFUSED_S,
    KIOSK_STARTING_MAX_S,
    KIOSK_VISITOR_IDLE_S,
    PRIVACY_TIMEOUT_S,
    PRIVACY_WARNING_S,
)
from loyalty.limits.replacements import KIOSK_NEW_CARD_WAIT_S

_SHOWN_FOR_S: Final[Mapping[Screen, int]] = {
    Screen.STARTING: KIOSK_STARTING_MAX_S,
    Screen.ASKING: KIOSK_ASKING_MAX_S,
    Screen.REFUSED: KIOSK_REFUSED_S,
    Screen.CARD_BLOCKED: KIOSK_CARD_BLOCKED_S,
    Screen.GOODBYE: KIOSK_GOODBYE_S,
    Screen.PRIVACY_WARNING: PRIVACY_WARNING_S,
}
_UNTOUCHED_FOR_S: Final[Mapping[Screen, int]] = {
    **dict.fromkeys(STAFF_SCREENS, PRIVACY_TIMEOUT_S),
    **dict.fromkeys(VISITOR_SCREENS, KIOSK_VISITOR_IDLE_S),
    **dict.fromkeys(MEMBER_SCREENS - {Screen.PRIVACY_WARNING}, PRIVACY_TIMEOUT_S),
    Screen.DETAIL_CODE: KIOSK_CODE_WAIT_S,
    Screen.NEW_CARD: KIOSK_NEW_CARD_WAIT_S,
    Screen.CARER_CARD: KIOSK_NEW_CARD_WAIT_S,
}
UNTOUCHED_LONGEST_S: Final = max(_UNTOUCHED_FOR_S.values())
"""So long any screen waits for a hand at most, before more time is asked for."""


def next_deadline_ms(state: State) -> int | None:
    """When `Ticked` must come (monotonic ms); None where time changes nothing."""
    deadline_ms, wakes_ms = _deadline_ms(state), woken_ms(state)
    if wakes_ms is None or deadline_ms is None:
        return deadline_ms if wakes_ms is None else wakes_ms
    return min(wakes_ms, deadline_ms)


def woken_ms(state: State) -> int | None:
    """When the journey that is on the screen wants to be woken."""
    page = state.journey
    return page.wakes_ms if page is not None and page.wakes_ms and state.screen in page.screens else None


def _deadline_ms(state: State) -> int | None:
    answer_ms = _answer_deadline_ms(state)
    if answer_ms is not None:
        return answer_ms
    if state.screen in _SHOWN_FOR_S:
        read_from_ms = state.entered_ms
        if state.screen in WITHOUT_VISIT:  # a language was chosen: they begin to read anew
            read_from_ms = max(read_from_ms, state.touched_ms)
        shown_ms = read_from_ms + _given_ms(state, _SHOWN_FOR_S[state.screen])
        if state.screen is Screen.REFUSED and state.left_ms:
            alone_from_ms = max(state.left_ms, read_from_ms)
            return min(shown_ms, alone_from_ms + _given_ms(state, KIOSK_REFUSED_AFTER_REMOVAL_S))
        return shown_ms
    if state.screen in _UNTOUCHED_FOR_S:
        return state.touched_ms + _given_ms(state, _UNTOUCHED_FOR_S[state.screen])
    is_chosen = state.is_language_chosen or state.mode != state.usual_mode
    return state.touched_ms + _given_ms(state, KIOSK_LANGUAGE_IDLE_S) if is_chosen else None


def _given_ms(state: State, usual_s: int) -> int:
    """What somebody is given to read, who may have asked for more time; machines are given no more."""
    is_of_machines = state.screen in (Screen.STARTING, Screen.ASKING)
    return (usual_s if is_of_machines else state.mode.seconds(usual_s)) * 1000


def _answer_deadline_ms(state: State) -> int | None:
    """Until when the screen waits for an answer; None where it waits for none."""
    if state.journey is not None and state.journey.request_id:
        return state.journey.asked_ms + KIOSK_ANSWER_MAX_S * 1000
    return None

"""When the screen rests: dark outside the hours of the shop, and after long idleness; a touch wakes it."""

from datetime import date
from enum import StrEnum
from typing import Final

from kiosk.flow.state import Screen, State
from loyalty.limits.kiosk import KIOSK_REST_AFTER_S, KIOSK_REST_CLOSED_AFTER_S, KIOSK_SHIFT_EVERY_S
from loyalty.programme.opening_hours import spans_on, standing_at

RESTING: Final = frozenset({Screen.ATTRACT, Screen.LINK_LOST})
"""Only these rest: what needs somebody's hand (a reader, a till, a card) stays bright."""

_SHIFTS: Final = ((0, 0), (1, 0), (1, 1), (0, 1), (-1, 1), (-1, 0), (-1, -1), (0, -1), (1, -1))
"""Eighths of the margin: where a picture that stands for hours is moved to, in turn."""


class Rest(StrEnum):
    """How bright the screen is."""

    AWAKE = "awake"
    QUIET = "quiet"
    CLOSED = "closed"


def rest_of(state: State, *, now_ms: int, day: date, minute: int) -> Rest:
    """Whether the screen rests, in this minute of the shop's day."""
    if state.screen not in RESTING or state.card_on_reader or state.agent is None:
        return Rest.AWAKE
    idle_s = (now_ms - max(state.touched_ms, state.entered_ms)) // 1000
    hours = state.agent.hours
    if hours is not None and not standing_at(hours, day, minute).is_open:
        return Rest.CLOSED if idle_s >= KIOSK_REST_CLOSED_AFTER_S else Rest.AWAKE
    if hours is not None:
        opened = [start for start, end in spans_on(hours, day) if start <= minute < end]
        if opened:  # the shop has just opened: bright, however long the night was
            idle_s = min(idle_s, (minute - opened[0]) * 60)
    return Rest.QUIET if idle_s >= KIOSK_REST_AFTER_S else Rest.AWAKE


def shift_of(state: State, *, now_ms: int) -> tuple[int, int]:
    """How far the picture is moved from its place, so that nothing burns in: eighths of the margin."""
    if state.screen not in RESTING:
        return 0, 0
    return _SHIFTS[max(0, now_ms - state.entered_ms) // (KIOSK_SHIFT_EVERY_S * 1000) % len(_SHIFTS)]

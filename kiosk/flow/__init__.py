"""The kiosk's behaviour, pure: (state, event) -> (state, effects). No pygame, no sockets, no clock."""

from kiosk.flow.deadlines import next_deadline_ms
from kiosk.flow.state import Action, Count, Screen, State
from kiosk.flow.table import fall_back, start, step

__all__ = ["Action", "Count", "Screen", "State", "fall_back", "next_deadline_ms", "start", "step"]

"""Names of the kiosk's requests, which the agent and central take as keys of idempotency."""

import hashlib
from functools import lru_cache
from typing import Final

from kiosk.flow.state import State

_SESSION_CHARS: Final = 40
_RUN_CHARS: Final = 8


def next_id(state: State, what: str = "") -> str:
    """The name of the next request, for whoever counts `State.requests` up with it.

    A kiosk that was started anew meets the agent's session again and counts from the beginning: a part of its
    run's secret keeps its second play or gift from passing for its first one.
    """
    owner = state.session_id[:_SESSION_CHARS] or "visitor"
    parts = (owner, what, _run(state.chance), str(state.requests + 1))
    return ".".join(part for part in parts if part)


@lru_cache(maxsize=4)
def _run(chance: str) -> str:
    return hashlib.sha256(f"{chance}\nids".encode()).hexdigest()[:_RUN_CHARS] if chance else ""

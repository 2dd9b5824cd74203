"""What to do about a reader that does not work: one ladder of steps, from asking again to asking a person.

Pure: facts and the time in, the next step out. A driver carries the step out, then opens its reader again.
Why a ladder: readers hang in ways that only a restart of pcscd or a power cycle mends, and each of these
mends only a part of the cases (nfc-pcsc 116; PCSC 77, 93; pyscard 94).
"""

from collections.abc import Set
from dataclasses import dataclass, replace
from typing import Final, Literal

from loyalty.limits.readers import READER_FLAPS_MAX, READER_POLL_S, READER_STABLE_S

Action = Literal["reconnect", "restart_service", "power_cycle", "ask_for_help"]


@dataclass(frozen=True, slots=True)
class Rung:
    """One action, tried `tries` times (None: for ever), each followed by a wait and another opening."""

    action: Action
    tries: int | None
    wait_s: float
    text: str


UNPLUG: Final = "pull its plug, wait five seconds, put it back"
"""What helps where nothing closer is known."""
LADDER: Final = (
    Rung("reconnect", 4, 0.5, "trying again"),
    Rung("restart_service", 2, 2.0, "its service was restarted"),
    Rung("power_cycle", 2, 5.0, "its port was switched off and on"),
    Rung("ask_for_help", None, 5.0, UNPLUG),
)


@dataclass(frozen=True, slots=True)
class Recovery:
    """How far a reader's recovery has come.

    opened_s: monotonic seconds since when it works again; None while it does not.
    flaps: how often it failed again without having worked for READER_STABLE_S.
    """

    rung: int = 0
    tries: int = 0
    opened_s: float | None = None
    flaps: int = 0


def opened(recovery: Recovery, now_s: float) -> Recovery:
    """The reader works again; its recovery is kept until it has worked for READER_STABLE_S."""
    return replace(recovery, opened_s=now_s)


def failed(recovery: Recovery, now_s: float, possible: Set[Action]) -> tuple[Recovery, Rung]:
    """The next step after a failure.

    A reader that worked in between is only opened again, up to READER_FLAPS_MAX times; then it climbs on.

    Args:
        possible: actions this driver has the means for; reconnect and ask_for_help always are.
    """
    if recovery.opened_s is not None:
        is_stable = now_s - recovery.opened_s >= READER_STABLE_S
        recovery = Recovery() if is_stable else replace(recovery, opened_s=None, flaps=recovery.flaps + 1)
        if not is_stable and recovery.flaps <= READER_FLAPS_MAX:
            return recovery, LADDER[0]
    rung, tries = recovery.rung, recovery.tries
    while not _is_open(LADDER[rung], tries, possible):
        rung, tries = rung + 1, 0
    return replace(recovery, rung=rung, tries=tries + 1), LADDER[rung]


def wait_s(rung: Rung, *, is_cheap: bool) -> float:
    """How long to wait before the reader is opened again.

    Args:
        is_cheap: opening costs next to nothing: while help is asked for, it is done as often as a poll.
    """
    return READER_POLL_S if is_cheap and rung.action == "ask_for_help" else rung.wait_s


def _is_open(rung: Rung, tries: int, possible: Set[Action]) -> bool:
    is_possible = rung.action in ("reconnect", "ask_for_help") or rung.action in possible
    return is_possible and (rung.tries is None or tries < rung.tries)

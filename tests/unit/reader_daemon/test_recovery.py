"""The ladder of a reader that does not work, as a table."""

import pytest

from loyalty.limits import READER_STABLE_S
from reader_daemon.recovery import LADDER, Action, Recovery, failed, opened

EVERY: frozenset[Action] = frozenset({"restart_service", "power_cycle"})
NONE: frozenset[Action] = frozenset()
HELP = "ask_for_help"


def climb(times: int, possible: frozenset[Action], recovery: Recovery | None = None) -> list[str]:
    recovery = recovery or Recovery()
    actions = []
    for _ in range(times):
        recovery, rung = failed(recovery, 0, possible)
        actions.append(rung.action)
    return actions


@pytest.mark.parametrize(
    ("possible", "actions"),
    [
        (EVERY, ["reconnect"] * 4 + ["restart_service"] * 2 + ["power_cycle"] * 2 + [HELP] * 4),
        (frozenset({"restart_service"}), ["reconnect"] * 4 + ["restart_service"] * 2 + [HELP] * 6),
        (frozenset({"power_cycle"}), ["reconnect"] * 4 + ["power_cycle"] * 2 + [HELP] * 6),
        (NONE, ["reconnect"] * 4 + [HELP] * 8),
    ],
)
def test_each_step_is_tried_in_order_and_what_has_no_means_is_left_out(
    possible: frozenset[Action], actions: list[str]
) -> None:
    assert climb(12, possible) == actions


def test_help_is_asked_for_for_ever_and_the_reader_is_still_tried() -> None:
    assert climb(1_000, EVERY)[-1] == HELP
    assert all(rung.wait_s > 0 and rung.text for rung in LADDER)


@pytest.mark.parametrize(
    ("worked_s", "next_action"),
    [(0, "power_cycle"), (READER_STABLE_S - 1, "power_cycle"), (READER_STABLE_S, "reconnect")],
)
def test_a_reader_that_fails_again_soon_goes_on_where_it_was(worked_s: float, next_action: str) -> None:
    recovery = Recovery()
    for _ in range(6):
        recovery, _ = failed(recovery, 0, EVERY)
    recovery = opened(recovery, 100)

    _, rung = failed(recovery, 100 + worked_s, EVERY)

    assert rung.action == next_action

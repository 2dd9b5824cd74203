"""The ladder of a reader that does not work, as a table."""

import pytest

from loyalty.limits.readers import READER_FLAPS_MAX, READER_POLL_S, READER_STABLE_S
from reader_daemon.recovery import LADDER, Action, Recovery, failed, opened, wait_s

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


def test_who_waits_for_help_is_asked_as_often_as_who_works_where_that_is_cheap() -> None:
    for rung in LADDER:
        shorter = rung.action == HELP
        assert wait_s(rung, is_cheap=False) == rung.wait_s
        assert wait_s(rung, is_cheap=True) == (READER_POLL_S if shorter else rung.wait_s)
    assert LADDER[-1].wait_s > READER_POLL_S


def test_help_is_asked_for_for_ever_and_the_reader_is_still_tried() -> None:
    assert climb(1_000, EVERY)[-1] == HELP
    assert all(rung.wait_s > 0 and rung.text for rung in LADDER)


def fallen_to_power_cycle() -> Recovery:
    recovery = Recovery()
    for _ in range(7):
        recovery, _ = failed(recovery, 0, EVERY)
    return recovery


def test_a_reader_that_worked_is_first_opened_again_and_then_goes_on_where_it_was() -> None:
    recovery = opened(fallen_to_power_cycle(), 100)

    recovery, first = failed(recovery, 101, EVERY)
    _, second = failed(recovery, 102, EVERY)

    assert [first.action, second.action] == ["reconnect", "power_cycle"]


def test_a_reader_that_worked_long_enough_starts_anew() -> None:
    recovery = opened(fallen_to_power_cycle(), 100)
    assert climb(5, EVERY, opened(recovery, -READER_STABLE_S)) == ["reconnect"] * 4 + ["restart_service"]


def test_a_reader_that_comes_and_goes_all_the_time_is_not_opened_for_ever() -> None:
    recovery, actions = Recovery(), []
    for at_s in range(READER_FLAPS_MAX + 12):
        recovery, rung = failed(opened(recovery, at_s), at_s + 1, EVERY)
        actions.append(rung.action)
    assert actions[:READER_FLAPS_MAX] == ["reconnect"] * READER_FLAPS_MAX
    assert actions[-1] == HELP

"""Who waits for a store: groups in turn, a bound for each and for all."""

import threading

import pytest

from central.storage.execution.queues import FairQueue
from central.storage.interface.common import StoreBusy


def a_queue(*items: tuple[str, str], group_max: int = 10, total_max: int = 20) -> FairQueue[str]:
    queue: FairQueue[str] = FairQueue(group_max=group_max, total_max=total_max)
    for group, item in items:
        queue.put(group, item)
    return queue


def test_groups_are_served_in_turn_and_each_in_its_own_order() -> None:
    queue = a_queue(("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"), ("c", "c1"), ("b", "b2"))
    assert queue.take(4) == ["a1", "b1", "c1", "a2"]
    assert queue.take(4) == ["b2", "a3"]
    assert queue.depth() == 0


def test_a_group_that_sends_too_much_is_refused_and_the_others_are_not() -> None:
    queue = a_queue(("a", "a1"), ("a", "a2"), group_max=2)
    with pytest.raises(StoreBusy):
        queue.put("a", "a3")
    queue.put("b", "b1")
    assert queue.take(10) == ["a1", "b1", "a2"]


def test_all_together_have_a_bound_too() -> None:
    queue = a_queue(("a", "1"), ("b", "2"), ("c", "3"), total_max=3)
    with pytest.raises(StoreBusy):
        queue.put("d", "4")


def test_a_group_that_somebody_works_on_is_not_given_out_until_it_is_finished() -> None:
    queue = a_queue(("a", "a1"), ("a", "a2"), ("a", "a3"), ("b", "b1"))
    assert queue.take_group(2) == ("a", ["a1", "a2"])
    assert queue.take_group(2) == ("b", ["b1"])
    taken: list[tuple[str, list[str]]] = []
    waiting = threading.Thread(target=lambda: taken.append(queue.take_group(2)))
    waiting.start()
    queue.finish("b")
    queue.finish("a")
    waiting.join(10)
    assert taken == [("a", ["a3"])]


def test_what_waits_at_the_close_is_still_given_out_and_nothing_new_is_taken() -> None:
    queue = a_queue(("a", "a1"))
    queue.close()
    with pytest.raises(StoreBusy):
        queue.put("a", "a2")
    assert queue.take(5) == ["a1"]
    assert queue.take(5) == []
    assert queue.take_group(5) == ("", [])

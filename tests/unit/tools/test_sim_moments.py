"""What the simulation believes of moments: when something was decided, when a ticket left alone is booked."""

from loyalty.limits.tills import TICKET_AHEAD_S, TICKET_CAPTURE_S
from tools.simulation.fold import State
from tools.simulation.kinds_shared import moments
from tools.simulation.terminal import capture_ms


def test_a_lot_that_was_emptied_and_refilled_since_held_then_what_it_held_before_both() -> None:
    state = State()
    state.seq = 69
    state.taken = [(68, "lot-1", 1), (68, "lot-2", 7)]
    state.restored = [(69, "lot-1", 2)]
    came_back = dict(moments(state, []))
    assert came_back[70] == {}, "decided after both"
    assert came_back[69] == {"lot-1": 2}, "decided between the two"
    assert came_back[68] == {"lot-1": 1}, "decided before both; a lot that nothing came back into is as it is"


def test_a_lot_that_lost_more_than_came_back_held_more_then() -> None:
    state = State()
    state.seq = 69
    state.taken = [(68, "lot-1", 5)]
    state.restored = [(69, "lot-1", 2)]
    assert dict(moments(state, []))[68] == {"lot-1": -3}


def test_a_ticket_left_alone_is_booked_when_its_time_is_over_or_at_once_where_a_wrong_clock_held_it() -> None:
    ahead_ms = TICKET_AHEAD_S * 1000
    assert capture_ms(1_000, now_ms=2_000) == 1_000 + TICKET_CAPTURE_S * 1000 + 1
    assert capture_ms(2_000 + ahead_ms, now_ms=2_000) == 2_000 + ahead_ms + TICKET_CAPTURE_S * 1000 + 1
    assert capture_ms(2_001 + ahead_ms, now_ms=2_000) == 2_000

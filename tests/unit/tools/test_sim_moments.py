"""What the recount believes of the moment at which something was decided."""

from tools.simulation.fold import State
from tools.simulation.kinds_shared import moments


def test_a_lot_that_was_emptied_and_refilled_since_held_then_what_it_held_before_both() -> None:
    state = State()
    state.seq = 69
    state.taken = [(68, "lot-1", 1), (68, "lot-2", 7)]
    state.restored = [(69, "lot-1", 2)]
    came_back = dict(moments(state, []))
    assert came_back[70] == {}, "decided after both"
    assert came_back[69] == {"lot-1": 2}, "decided between the two"
    assert came_back[68] == {"lot-1": 1}, "decided before both; a lot that nothing came back into is as it is"

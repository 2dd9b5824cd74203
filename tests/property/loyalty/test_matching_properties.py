"""Bundles whose parts overlap: a choice of units is found exactly where there is one, in whatever order."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.pricing.matching import matched
from loyalty.pricing.units import Run

RUNS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 2)), min_size=1, max_size=3)
PARTS = st.lists(st.tuples(st.integers(1, 3), st.sets(st.integers(0, 2))), min_size=1, max_size=3)


def best_by_trying_all(runs: list[Run], parts: list[tuple[int, list[Run]]]) -> int | None:
    """The dearest choice that fills every part: every unit is given to each part or to none."""
    every = [run for run in runs for _ in range(run.count)]
    best = None
    for chosen in product(range(-1, len(parts)), repeat=len(every)):
        counts = [chosen.count(no) for no in range(len(parts))]
        if counts != [wanted for wanted, _ in parts]:
            continue
        given_units = [(no, run) for no, run in zip(chosen, every, strict=True) if no >= 0]
        if all(run in parts[no][1] for no, run in given_units):
            best = max(best or 0, sum(run.price_minor for _, run in given_units))
    return best


@settings(max_examples=150, deadline=None)
@given(prices=RUNS, wanted=PARTS)
def test_a_choice_is_found_where_there_is_one_and_none_costs_more(
    prices: list[tuple[int, int]], wanted: list[tuple[int, set[int]]]
) -> None:
    runs = [Run(at, price, count) for at, (price, count) in enumerate(prices)]
    parts = [(count, [run for run in runs if run.at in may]) for count, may in wanted]
    found = matched(parts)
    best = best_by_trying_all(runs, parts)
    assert (found is None) is (best is None)
    if found is not None:
        assert sum(run.count * run.price_minor for run in found) == best
        assert sum(run.count for run in found) == sum(count for count, _ in parts)
        counts = {run.at: run.count for run in runs}
        assert all(0 < run.count <= counts[run.at] for run in found)
        assert found == matched(parts[::-1])


def test_large_counts_are_matched_without_looking_at_single_units() -> None:
    wide, narrow = Run(0, 300, 10**9), Run(1, 100, 10**9)
    assert matched([(10**9, [wide, narrow]), (10**9, [wide])]) == [wide, narrow]

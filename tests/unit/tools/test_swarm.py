"""Each seed of the simulation knows a part of the acts, often; all seeds together know all of them."""

import random
from itertools import permutations

from tools.simulation.swarm import ACTS_LEAST, HABIT_MAX, KEENNESS, Swarm

ACTS = {"sell": 16, "give": 6, "block": 2, "look": 4, "refund": 9}
SEEDS = range(400)


def swarm(seed: int) -> Swarm:
    return Swarm(random.Random(f"swarm/{seed}"))


def test_a_seed_draws_the_same_again() -> None:
    assert [swarm(seed).acts(ACTS) for seed in SEEDS] == [swarm(seed).acts(ACTS) for seed in SEEDS]


def test_some_seeds_know_all_acts_and_others_a_few() -> None:
    drawn = [swarm(seed) for seed in SEEDS]
    known = {
        each.knows_all: [other.acts(ACTS) for other in drawn if other.knows_all is each.knows_all]
        for each in drawn
    }
    assert all(acts.keys() == ACTS.keys() for acts in known[True])
    assert all(acts.keys() <= ACTS.keys() and len(acts) >= ACTS_LEAST for acts in known[False])
    assert len(known[False]) > len(known[True]) > len(SEEDS) // 10


def test_any_two_acts_meet_without_any_third_in_some_seed() -> None:
    known = [set(swarm(seed).acts(ACTS)) for seed in SEEDS]
    for one, other, third in permutations(ACTS, 3):
        assert any({one, other} <= acts and third not in acts for acts in known), (one, other, third)


def test_a_habit_is_left_out_usual_or_frequent_in_a_seed_and_stays_so() -> None:
    shares = set()
    for seed in range(40):
        each = swarm(seed)
        done = sum(each.does("repeats", 0.5) for _ in range(300))
        shares.add(round(done / 300, 1))
    assert 0.0 in shares, "some seeds never do it"
    assert 0.5 in shares, "some do it as usual"
    assert max(shares) >= HABIT_MAX - 0.1, "some nearly always"
    assert set(KEENNESS) == {0, 1, 3}

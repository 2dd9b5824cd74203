"""What one seed is about: which acts and faults there are in it, how often, and what its people are like.

Swarm testing (Groce and others, ISSTA 2012): a seed that knows a few things alone does those often and in
every order; what needs two rare things to meet is found in seeds that know little else.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

T = TypeVar("T")

ALL_SHARE: Final = 0.3
"""So many seeds know everything, and favour one act."""
ACT_SHARE, FAULT_SHARE = 0.3, 0.45
"""Of the others each act, and each fault, is in so many."""
ACTS_LEAST: Final = 2
FAVOURED: Final = 50
"""So much more often does the act happen that a seed is about."""
FAULT_RATES: Final = (0.0, 0.25, 0.45, 0.45, 0.8)
"""How often a fault follows an act."""
KEENNESS: Final = (0, 1, 1, 1, 3)
"""A habit is left out, as usual, or three times as frequent in a seed."""
HABIT_MAX: Final = 0.85
HOUR_MS: Final = 3_600_000
DESK_CLOCKS_MS: Final = (0, 0, 0, 0, 120_000, -120_000, 2 * HOUR_MS, 20 * HOUR_MS, -20 * HOUR_MS)
"""How wrong the clocks of the counters' computers are, within what central accepts."""
TROUBLE: Final = (0.0, 1.0, 1.0, 1.0, 2.0)
"""How bad the lines are."""


def some(rng: random.Random, weights: Mapping[T, int], share: float, least: int) -> dict[T, int]:
    """A part of what there is; at least so many."""
    kept = {each: weight for each, weight in weights.items() if rng.random() < share}
    for each in rng.sample(tuple(weights), least):
        kept.setdefault(each, weights[each])
    return kept


@dataclass(slots=True)
class Swarm:
    """The choices of one seed."""

    rng: random.Random
    fault_rate: float = 0.0
    desk_clock_ms: int = 0
    trouble: float = 1.0
    knows_all: bool = True
    _habits: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rng = self.rng
        self.knows_all = rng.random() < ALL_SHARE
        self.fault_rate = rng.choice(FAULT_RATES)
        self.desk_clock_ms = rng.choice(DESK_CLOCKS_MS)
        self.trouble = rng.choice(TROUBLE)

    def acts(self, weights: Mapping[T, int]) -> dict[T, int]:
        """The acts of this seed with how often each happens."""
        kept = dict(weights) if self.knows_all else some(self.rng, weights, ACT_SHARE, ACTS_LEAST)
        kept[self.rng.choice(tuple(kept))] += FAVOURED if self.knows_all else FAVOURED // 2
        return kept

    def faults(self, weights: Mapping[T, int]) -> dict[T, int]:
        """The faults of this seed."""
        return dict(weights) if self.knows_all else some(self.rng, weights, FAULT_SHARE, 1)

    def does(self, habit: str, usually: float) -> bool:
        """Whether somebody does what people do so often `usually`; each seed has its own habits."""
        if habit not in self._habits:
            self._habits[habit] = min(HABIT_MAX, usually * self.rng.choice(KEENNESS))
        return self.rng.random() < self._habits[habit]

"""What a number wins, given what is left: the prize it fell on, else the pool's fallback, else nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loyalty.programme.games.pool import Pool, Prize


@dataclass(frozen=True, slots=True)
class PoolStands:
    """What the ledger has left: units by prize, and the budget in minor units."""

    left: Mapping[str, int]
    budget_left_minor: int

    def has(self, prize: Prize) -> bool:
        """Whether one can be given."""
        return self.left.get(prize.prize_id, 0) > 0 and prize.cost_minor <= self.budget_left_minor


@dataclass(frozen=True, slots=True)
class Outcome:
    """`drawn`: whose number it was. `prize`: what is given, None: nothing."""

    drawn: Prize | None
    prize: Prize | None


NOTHING = Outcome(None, None)


def outcome_of(pool: Pool, number: int, stands: PoolStands) -> Outcome:
    """What a drawn number wins now. A number that is nobody's wins nothing, whatever is left."""
    drawn = pool.drawn(number)
    if drawn is None:
        return NOTHING
    if stands.has(drawn):
        return Outcome(drawn, drawn)
    fallback = pool.prize(pool.fallback_id)
    return Outcome(drawn, fallback if fallback is not None and stands.has(fallback) else None)


def is_empty(pool: Pool, stands: PoolStands) -> bool:
    """Whether a pool of prizes has none to give any more."""
    return pool.is_contest and not any(stands.has(each) for each in pool.prizes)


def right_answers(pool: Pool, answers: Sequence[int]) -> int:
    """How many answers of a quiz are right; those that are missing are not."""
    return sum(given == asked.right for asked, given in zip(pool.questions, answers, strict=False))

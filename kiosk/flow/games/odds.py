"""Odds as people say them: 1 in 20."""

from math import gcd
from typing import NamedTuple

from wire.games import GameOffer

EXACT_OUT_OF_MAX = 100
"""Up to here a fraction is said as it is; beyond, as about 1 in so many."""


class Odds(NamedTuple):
    """`wins` of `out_of`; `is_about`: rounded."""

    wins: int
    out_of: int
    is_about: bool = False


def odds_of(wins: int, out_of: int) -> Odds:
    """The odds in lowest terms, or near enough."""
    assert 0 < wins <= out_of
    common = gcd(wins, out_of)
    wins, out_of = wins // common, out_of // common
    if wins == 1 or out_of <= EXACT_OUT_OF_MAX:
        return Odds(wins, out_of)
    if wins * 2 <= out_of:
        return Odds(1, (out_of + wins // 2) // wins, is_about=True)
    return Odds((wins * EXACT_OUT_OF_MAX + out_of // 2) // out_of, EXACT_OUT_OF_MAX, is_about=True)


def nothing_of(game: GameOffer) -> int:
    """On how many numbers nothing is won."""
    return max(0, game.out_of - sum(face.odds for face in game.prizes))

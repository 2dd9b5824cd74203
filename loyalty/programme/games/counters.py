"""What plays are counted by: counters like those of limits, each guarded by one statement (docs/adr/0014)."""

from datetime import date
from typing import Final

GAME: Final = "game"
"""Stands for a rule's id in what games count: no rule gave it."""


def plays_of_day(game_id: str, day: date) -> str:
    """How often a member played a game on a shop's local day; the owner is the member."""
    return f"{GAME}/{game_id}/{day.isoformat()}"


def plays_of_game(game_id: str) -> str:
    """How often a game was played: by a member (it numbers the seeds), and by all (the owner is empty)."""
    return f"{GAME}/{game_id}"


def cause_of(play_id: str) -> str:
    """What a play's postings and counts stand under: no ticket can have this id."""
    return f"play/{play_id}"

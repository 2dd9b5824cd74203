"""Limits of games and their prizes."""

from typing import Final

# Games
GAME_POOLS_MAX: Final = 24
"""Pools of prizes that a group has open at a time, or will have."""
GAME_PRIZES_MAX: Final = 16
GAME_OUT_OF_MAX: Final = 1_000_000
"""Numbers that a draw can fall on."""
GAME_STOCK_MAX: Final = 100_000
GAME_PRIZE_POINTS_MAX: Final = 100_000
GAME_PLAYS_PER_DAY_MAX: Final = 20
GAME_DAYS_MAX: Final = 400
"""How long a pool may be open."""
GAME_QUESTIONS_MAX: Final = 10
GAME_ANSWERS_MAX: Final = 6
GAME_TEXT_CHARS_MAX: Final = 240
GAME_BYTES_MAX: Final = 32 * 1024
"""A game's document: a kiosk is told each game in a message of its own, which must fit a frame."""
GAME_SEED_BYTES: Final = 32
GAME_CLIENT_SEED_CHARS_MIN: Final = 16
GAME_CLIENT_SEED_CHARS_MAX: Final = 64
KIOSK_PICTURES_BYTES_MAX: Final = 16 * 1024 * 1024
"""Large pictures of games (wheels, foils, cards) that a kiosk keeps drawn: at most 2 MB each."""

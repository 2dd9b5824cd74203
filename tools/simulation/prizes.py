"""The game of the simulation, and what a play of it comes to by the simulation's own reckoning."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Final

from tools.simulation.catalogue import GAME, PRIZE_UNITS
from tools.simulation.gauges import Place

OUT_OF: Final = 100
BUDGET_MINOR: Final = 2_000
STOCK, WON, HANDED_OVER = (f"game/{GAME}/{name}" for name in ("stock", "won", "handed_over"))
BUDGET, SPENT = f"game/{GAME}/budget", f"game/{GAME}/spent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prize:
    """On `odds` of the numbers; `points` reach the member, without them it is a thing."""

    prize_id: str
    odds: int
    stock: int
    cost_minor: int
    points: int = 0

    @property
    def unit(self) -> str:
        """The unit it is counted in."""
        return f"PRZ.{self.prize_id}/0"


PRIZES: Final = (
    Prize(prize_id="cream", odds=35, stock=3, cost_minor=490),
    Prize(prize_id="many", odds=20, stock=2, cost_minor=300, points=300),
    Prize(prize_id="few", odds=30, stock=6, cost_minor=20, points=20),
)
FALLBACK: Final = PRIZES[-1]
BY_ID: Final = {prize.prize_id: prize for prize in PRIZES}
assert {prize.unit for prize in PRIZES} == PRIZE_UNITS


def plays_of_day(member_id: str, day: date) -> Place:
    """The counter of a member's plays on a day."""
    return f"game/{GAME}/{day}", f"member/{member_id}"


def plays_of(member_id: str) -> Place:
    """The counter of a member's plays in all: which seed comes next."""
    return f"game/{GAME}", f"member/{member_id}"


PLAYS: Final[Place] = (f"game/{GAME}", "")
"""The counter of all plays."""


def drawn(server_seed: str, client_seed: str, play_id: str) -> tuple[str, int]:
    """Commitment and number, from docs/games.md alone."""
    seed = bytes.fromhex(server_seed)
    fair = 2**64 - 2**64 % OUT_OF
    for number in count():
        text = f"officine-draw-1\n{GAME}\n{play_id}\n{client_seed}\n{number}"
        value = int.from_bytes(hmac.new(seed, text.encode(), hashlib.sha256).digest()[:8], "big")
        if value < fair:
            return hashlib.sha256(seed).hexdigest(), value % OUT_OF
    raise AssertionError("unreachable")


def face_of(number: int) -> Prize | None:
    """On whose numbers it lies."""
    for prize in PRIZES:
        if number < prize.odds:
            return prize
        number -= prize.odds
    return None

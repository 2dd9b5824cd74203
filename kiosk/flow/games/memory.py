"""Memory: six pairs under twelve cards, dealt from the play's seed. It decides nothing: the draw does."""

from dataclasses import dataclass, replace
from typing import Final

from kiosk.flow.games.chance import shuffled

PAIRS: Final = 6
CARDS: Final = 2 * PAIRS
UNLIKE_SHOWN_MS: Final = 1_400
"""How long two cards that are no pair stay open, unless another is touched."""
TURN_MS: Final = 220


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """The cards by place, each with its picture; which lie open, and which are found."""

    pictures: tuple[int, ...]
    open: tuple[int, ...] = ()
    found: frozenset[int] = frozenset()
    turned: int = -1
    turned_ms: int = 0
    """Which card was turned last, and when."""
    turns: int = 0
    """How often two cards were turned."""

    @property
    def is_done(self) -> bool:
        """Whether every pair is found."""
        return len(self.found) == len(self.pictures)

    def is_up(self, place: int, now_ms: int) -> bool:
        """Whether a card shows its picture."""
        return place in self.found or (place in self.open and not self._is_turned_back(now_ms))

    def _is_turned_back(self, now_ms: int) -> bool:
        return len(self.open) == 2 and now_ms - self.turned_ms >= UNLIKE_SHOWN_MS


def deal(seed: str) -> Board:
    """Twelve cards, face down."""
    return Board(pictures=shuffled(seed, tuple(place // 2 for place in range(CARDS))))


def turn(board: Board, place: int, *, now_ms: int) -> Board:
    """Turn a card: the second of two makes a pair, or both go back with the next."""
    if board.is_up(place, now_ms) or not 0 <= place < len(board.pictures):
        return board
    if len(board.open) == 2:
        board = replace(board, open=())
    if not board.open:
        return replace(board, open=(place,), turned=place, turned_ms=now_ms)
    first, turns = board.open[0], board.turns + 1
    if board.pictures[first] == board.pictures[place]:
        found = board.found | {first, place}
        return replace(board, open=(), found=found, turned=place, turned_ms=now_ms, turns=turns)
    return replace(board, open=(first, place), turned=place, turned_ms=now_ms, turns=turns)

"""Drawing by commit and reveal: neither central nor the player can choose the number alone.

Central names SHA-256 of its seed before it knows the player's; with the answer it shows the seed. Anybody
can then draw again: HMAC-SHA256 under the server's seed over a text that names game, play and the player's
seed. Its first 64 bits are the number if they lie below the last whole multiple of `out_of`; else the next
round is tried, so that every number is as likely as any other (docs/games.md: a few lines of Python).
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from itertools import count
from typing import Final

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.games import GAME_OUT_OF_MAX, GAME_SEED_BYTES

_FORMAT: Final = "officine-draw-1"
_SPAN: Final = 1 << 64
_HEX: Final = re.compile(rf"[0-9a-f]{{{2 * GAME_SEED_BYTES}}}", re.ASCII)


class DrawDiffers(LoyaltyError):
    """What was told of a draw does not fit together."""

    code = "draw_differs"
    trouble = Trouble.REFUSED
    text = "This draw does not hold: {why} Show it to head office, with the slip or the screen it came from."


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTold:
    """What a player was told. `commitment`: before the play; the rest with it. Seeds and hashes in hex."""

    commitment: str
    server_seed: str
    client_seed: str
    game_id: str
    play_id: str
    out_of: int
    number: int


def commit(server_seed: bytes) -> str:
    """What is said of a seed before it is shown, in hex."""
    assert len(server_seed) == GAME_SEED_BYTES, "a shorter seed could be found"
    return hashlib.sha256(server_seed).hexdigest()


def draw(server_seed: bytes, *, client_seed: str, game_id: str, play_id: str, out_of: int) -> int:
    """The number drawn, in [0, out_of); each as likely as any other."""
    assert 1 <= out_of <= GAME_OUT_OF_MAX
    fair = _SPAN - _SPAN % out_of
    for attempt in count():
        text = "\n".join((_FORMAT, game_id, play_id, client_seed, str(attempt)))
        digest = hmac.digest(server_seed, text.encode(), "sha256")
        value = int.from_bytes(digest[:8], "big")
        if value < fair:
            return value % out_of
    raise AssertionError("unreachable")


def verify(told: DrawTold) -> None:
    """Draw again what was told.

    Raises: DrawDiffers: the seed is not the one committed to, or it draws another number.
    """
    if not _HEX.fullmatch(told.server_seed):
        raise DrawDiffers(why="the server seed is not 64 hex digits.")
    seed = bytes.fromhex(told.server_seed)
    if commit(seed) != told.commitment:
        raise DrawDiffers(why="SHA-256 of the server seed is not the commitment.")
    if not 1 <= told.out_of <= GAME_OUT_OF_MAX:
        raise DrawDiffers(why=f"a draw out of {told.out_of} numbers is none.")
    number = draw(
        seed,
        client_seed=told.client_seed,
        game_id=told.game_id,
        play_id=told.play_id,
        out_of=told.out_of,
    )
    if number != told.number:
        raise DrawDiffers(why=f"the seeds draw {number}, not {told.number}.")

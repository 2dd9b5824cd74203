"""The player's share of the chance: from what the kiosk keeps to itself, and the moment of the touch."""

import hashlib
from typing import Final

_SEED_HEX_CHARS: Final = 32


def client_seed(chance: str, *, play_id: str, touched_ms: int) -> str:
    """A seed that nobody but this kiosk could foretell: central committed to its own before it was made."""
    return hashlib.sha256(f"{chance}\n{play_id}\n{touched_ms}".encode()).hexdigest()[:_SEED_HEX_CHARS]


def shuffled(seed: str, values: tuple[int, ...]) -> tuple[int, ...]:
    """The values in the order that a seed says: Fisher and Yates, each step by a hash of its own."""
    order = list(values)
    for at in range(len(order) - 1, 0, -1):
        digest = hashlib.sha256(f"{seed}\n{at}".encode()).digest()
        other = int.from_bytes(digest[:8], "big") % (at + 1)
        order[at], order[other] = order[other], order[at]
    return tuple(order)

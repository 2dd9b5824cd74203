"""Limits of terminals that are paired with central."""

from typing import Final

# Pairing of terminals
PAIRING_VALID_S: Final = 15 * 60
"""How long a pairing code may be used, and after that how long the terminal may fetch its token."""
PAIRING_TRIES: Final = 5
PAIRING_TRIES_WINDOW_S: Final = 15 * 60
"""Wrong pairing codes per token and window: one who guesses locks out only themselves."""
PAIRING_REQUESTS_PER_ADDRESS: Final = 200
PAIRING_REQUESTS_WINDOW_S: Final = 15 * 60
"""New pairing requests per address and window: a workshop prepares a hundred terminals behind one address."""
PAIRINGS_WAITING_MAX: Final = 10_000
"""Pairing requests that wait at once; a new one is refused, none that waits is dropped for it."""
PAIRING_KEPT_S: Final = 60 * 60
"""A pairing that is over is forgotten after this long, at the next request."""
PAIRING_FACT_CHARS_MAX: Final = 64
PAIRING_POLL_S: Final = 2
PAIRING_POLL_DOWN_S: Final = 5
"""A waiting terminal asks central this often; the second while central cannot be reached."""

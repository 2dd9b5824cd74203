"""Limits of the terminal's agent."""

from typing import Final

# Terminal
OUTBOX_ENTRIES_MAX: Final = 100_000
CARD_SESSION_LIFETIME_S: Final = 120
CARD_HANDED_WAIT_S: Final = 2
"""How long the agent waits for a tap that the kiosk has heard of: the reader tells both of them."""
CARD_ACQUISITION_WAIT_S: Final = 60
"""How long a till's CardAcquisition waits for a tap."""
CARDS_ACQUIRED_MAX: Final = 64
"""Acquired cards a terminal remembers at once; the oldest is forgotten first."""
CENTRAL_TIMEOUT_S: Final = 10
CENTRAL_ANSWER_BYTES_MAX: Final = 16 * 1024 * 1024
"""The bundle of a group with 100,000 articles is a fraction of this; more is no answer of central."""
CENTRAL_CONNECTIONS_MAX: Final = 16
"""Connections a terminal holds to central at once: the sender, the probe, and look-ups of cards."""
IDENTIFY_TIMEOUT_S: Final = 5
"""Shorter than KIOSK_ASKING_MAX_S: the screen gets an answer before it gives up."""
CENTRAL_PROBE_TIMEOUT_S: Final = 3
CENTRAL_PROBE_UP_S: Final = 2.0
CENTRAL_PROBE_DOWN_MIN_S: Final = 0.1
CENTRAL_PROBE_DOWN_MAX_S: Final = 2.0
CENTRAL_TRIES_MAX: Final = 2
"""Tries of one call: the second only when a kept connection turned out dead."""
OUTBOX_RETRY_MIN_S: Final = 0.2
OUTBOX_RETRY_MAX_S: Final = 5.0
OUTBOX_REASON_CHARS_MAX: Final = 500
OUTBOX_ENTRIES_SHOWN_MAX: Final = 200
TERMINAL_STORE_QUEUE_MAX: Final = 1_024

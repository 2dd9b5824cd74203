"""Limits of local sockets between the programs of a terminal."""

from typing import Final

# Local sockets
FRAME_BYTES_MAX: Final = 64 * 1024
PEER_QUEUE_MAX: Final = 256
PEER_CONNECTIONS_MAX: Final = 32
PEER_HELLO_DEADLINE_S: Final = 5
PEER_FLUSH_DEADLINE_S: Final = 1
"""What a peer still has queued when the conversation ends is sent within this, then dropped."""
PEER_RECONNECT_MIN_S: Final = 0.05
PEER_RECONNECT_MAX_S: Final = 1.0
CONTROL_DEADLINE_S: Final = 5
"""How long a command line waits for the answer of a running program."""
TAP_LIFETIME_MS: Final = 5_000
"""A tap is a moment: after this it is dropped, never replayed."""

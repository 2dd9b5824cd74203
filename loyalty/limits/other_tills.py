"""Limits of tills that speak nothing of ours."""

from typing import Final

# Tills that speak nothing of ours
CAISSE_AP_MESSAGE_BYTES_MAX: Final = 4_096
"""One Caisse-AP message: its longest answer has some hundred bytes, a ticket in it at most 999."""
CAISSE_AP_QUIET_MS: Final = 80
"""Caisse-AP has no end of message: one that is whole and followed by silence of this length is complete."""
CAISSE_AP_READ_S: Final = 5
"""A message that is not whole by then is answered as a format error."""
CAISSE_AP_IDLE_S: Final = 300
CAISSE_AP_CONNECTIONS_MAX: Final = 16
CAISSE_AP_CARD_WAIT_S: Final = 45
"""How long a payment waits for a card; tills wait 60 to 180 seconds for an answer."""
CAISSE_AP_REPEAT_S: Final = 120
"""The same payment by the same card without a reference of the till is a repeat for so long."""
CAISSE_AP_PAYMENTS_KEPT_MAX: Final = 100
"""Payments remembered for each till and register number: what can be repeated, told again, cancelled."""
CAPTURE_HOLD_MS: Final = 1_200
"""The cut of a printed ticket waits no longer for central; then it prints as the till sent it."""
CAPTURE_TAIL_MS: Final = 300
"""Line feeds and the beginning of a command are kept back no longer than this when a till pauses in them."""
CAPTURE_CHUNK_BYTES: Final = 4_096
CAPTURE_TICKET_BYTES_MAX: Final = 256 * 1024
"""Text of one printed ticket that is read; a longer one prints unread."""
CAPTURE_TICKET_LINES_MAX: Final = 2_000
CAPTURE_LINE_CHARS_MAX: Final = 160
CAPTURE_CONNECTIONS_MAX: Final = 4
"""Connections of one till to its printer at once; printers themselves serve one."""
CAPTURE_CONNECT_S: Final = 3
CAPTURE_LINGER_S: Final = 10
"""How long a printer may still answer after the till has ended its side."""
CAPTURE_TICKET_AGE_MAX_S: Final = 15 * 60
"""A ticket printed later than this after its own date earns nothing by itself: old paper is no purchase."""
CAPTURE_ROWS_MAX: Final = 60
LAYOUTS_MAX: Final = 64
LAYOUT_BYTES_MAX: Final = 64 * 1024
LAYOUT_TEMPLATES_MAX: Final = 40
WEDGE_TEXT_CHARS_MAX: Final = 64
WEDGE_KEY_MS: Final = 8
"""Between two keys of a keyboard wedge: tills lose keys that come all at once."""
WEDGE_RETRY_S: Final = 5

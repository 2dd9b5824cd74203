"""Limits of the terminal's own printer."""

from typing import Final

# The terminal's printer
PRINTER_DEADLINE_S: Final = 3
"""A receipt printer that says nothing for this long is not there."""
PRINTER_POLL_S: Final = 5
"""How often a printer without work is asked how it is."""
PRINT_CONFIRM_S: Final = 30
"""How long a printer may take for a slip: at 9600 baud a picture of one takes most of it."""
PRINT_QUEUE_MAX: Final = 4
"""Slips that wait for the printer at once; the next is refused, so that nobody waits without being told."""
KIOSK_ANSWERS_MAX: Final = 16
"""Questions of a kiosk that wait for central or the printer at once; the next waits for one of them."""
PRINT_JOBS_KEPT_S: Final = 48 * 3600
"""How long it is known that a request was printed: by then nobody sends it again."""
PRINT_JOBS_FORGET_S: Final = 3600
"""How often the terminal drops what is older than that."""
PRINT_DOCUMENT_LINES_MAX: Final = 600
"""Lines of one document; a till's longest has fewer."""
SLIP_TICKETS_MAX: Final = 20
"""Tickets on a printed statement."""
PRINTED_BYTES_KEPT_MAX: Final = 1024 * 1024
"""What a simulated printer remembers of what it printed."""
PAPER_PICTURE_DOTS_MAX: Final = 12_000
"""Length of a simulated roll that one picture shows, 1.5 m."""
SLIP_PICTURES_KEPT_MAX: Final = 100
"""Pictures of slips that a simulated printer keeps in its folder; the oldest goes."""

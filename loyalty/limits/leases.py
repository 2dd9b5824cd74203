"""Limits of points set aside for a terminal to burn while central cannot be reached."""

from typing import Final

# Leases: points set aside for a terminal to burn while central cannot be reached
LEASE_POINTS_MAX: Final = 1_000_000
LEASE_HOURS_MAX: Final = 168
LEASE_SEEN_DAYS_MAX: Final = 366
LEASES_PER_TERMINAL: Final = 500
"""Leases one terminal may have at once, unless the programme says another number."""
LEASES_PER_TERMINAL_MAX: Final = 5_000
LEASE_MARGIN_S: Final = 60
"""A terminal stops burning so long before its lease is over."""
LEASE_LOST_AFTER_S: Final = 72 * 3600
"""How long after its end a lease may be declared lost: a terminal that comes back settles until then."""
LEASE_REASON_CHARS_MAX: Final = 200
LEASES_WANTED_MAX: Final = 64
"""Cards that wait for a lease at a terminal; more are asked for at their next tap."""
LEASE_LOOK_S: Final = 60
"""How often a terminal looks whether it has leases to give back."""
LEASE_UNKNOWN_S: Final = 120
"""So long central must know nothing of a lease that was asked for before the terminal forgets it."""
CLOCK_DRIFT_PPM_MAX: Final = 200
"""How much slower than time a machine's counter may run: crystals keep within 100 millionths."""
TRUSTED_TIME_KEEP_S: Final = 6 * 3600
"""How often a terminal writes down what time central told, within one boot."""
TRUSTED_TIME_MAX_S: Final = 8 * 24 * 3600
"""So long after central last told the time a terminal still knows it, if it was not restarted."""

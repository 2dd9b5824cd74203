"""Limits of drafts and their simulation."""

from typing import Final

# Drafts and simulation
DRAFTS_OPEN_MAX: Final = 100
SIMULATION_TICKETS_MAX: Final = 5_000_000
SIMULATION_PAGE_TICKETS: Final = 500
SIMULATION_SHOPS_SHOWN_MAX: Final = 1_000
SIMULATION_RULES_SHOWN_MAX: Final = 1_000
SIMULATION_PAIRS_SHOWN_MAX: Final = 1_000
SIMULATION_PAIRS_KEPT_MAX: Final = 20_000
"""Pairs of rules that met on a line; of more than these a simulation counts the tickets alone."""
SIMULATION_RULES_PAIRED_MAX: Final = 20
"""Rules that did the same to one line, of which pairs are counted."""
SIMULATION_MEMBERS_MIN: Final = 10
"""So many members a simulation must cover for somebody who may not read purchase lines."""
SIMULATION_API_TICKETS_MAX: Final = 25_000
"""More tickets than this are simulated at the command line: a request must end."""

"""Limits of working without central."""

from typing import Final

from loyalty.limits.tickets import TICKET_AGE_MAX_DAYS

# Working without central
BUNDLE_AGE_MAX_S: Final = 72 * 3600
"""An older bundle prices nothing: tickets are noted, and central prices them."""
BUNDLE_MOMENTS_MAX_MS: Final = BUNDLE_AGE_MAX_S * 1000
"""How far past its making a bundle's rules may be judged, whatever the till's clock says."""
BUNDLE_KEPT_DAYS: Final = TICKET_AGE_MAX_DAYS + 5
"""How long central keeps a bundle after a newer one took its place; what is later is priced at its moment."""
BUNDLE_LOOK_S: Final = 300
"""How long central takes a content for the newest if nothing was changed: a price may be due meanwhile."""
BUNDLE_BYTES_MAX: Final = 64 * 1024 * 1024
"""A bundle's content, unpacked."""
BUNDLES_OPEN_MAX: Final = 16
"""Bundles a worker keeps compiled."""
OFFLINE_FETCH_S: Final = 60
"""How often a terminal asks for a newer bundle and hot-list."""
HOT_LIST_AGE_MAX_S: Final = 24 * 3600
"""With an older list of blocked cards nothing is redeemed offline; earning goes on."""
HOT_LIST_PAGE: Final = 5_000
"""Entries in one delta; more come in the next."""
LATE_TICKETS_LISTED_MAX: Final = 200
BUNDLE_TIMEOUT_S: Final = 60
"""A whole bundle over a slow line."""
OFFLINE_KEEP_S: Final = 600
"""How often a terminal writes down that what it has is still the newest: between, only news are written."""
OFFLINE_AGE_WARN_S: Final = 3600
"""`officine doctor` warns of older prices or an older list of blocked cards."""

"""Limits of what shops tell: other hours, services, events, neighbours, messages."""

from typing import Final

# What shops tell
SHOP_DAYS_MAX: Final = 40
"""Days with other hours that a shop tells at a time."""
SHOP_DAYS_TOLD: Final = 12
"""Of these, the coming ones that a terminal is told."""
SHOP_SERVICES_MAX: Final = 12
SHOP_EVENTS_MAX: Final = 6
SHOP_NAME_CHARS_MAX: Final = 48
SHOP_NOTE_CHARS_MAX: Final = 120
SHOP_NEIGHBOURS_MAX: Final = 7
"""Other shops of the group that a terminal is told, the nearest ones."""
SHOP_SPANS_PER_DAY_MAX: Final = 6
SHOP_MESSAGES_PER_DAY: Final = 3
"""Messages that a member sends to pharmacies of the group in 24 hours."""
SHOP_MESSAGE_TEXT_CHARS_MAX: Final = 160
"""Characters of a message that a member writes in own words."""
SHOP_PAGES_FETCH_S: Final = 300
"""How often a terminal asks what its own and the neighbouring shops tell."""
SHOP_PAGES_TIMEOUT_S: Final = 10

# Scanned packs
ARTICLE_TEXT_CHARS_MAX: Final = 240
"""Of what is told of an article on a kiosk, in one language."""
STOCK_LEVELS_MAX: Final = 1_000
"""Articles whose stock is told at a time."""
STOCK_UNITS_MAX: Final = 1_000_000
PACK_DIGITS_MIN: Final = 6
"""Of a pack's number typed at a kiosk: national numbers are shorter than a GTIN."""
PACK_DIGITS_MAX: Final = 14
PACK_REASONS_MAX: Final = 4
"""Offers that a kiosk tells of a pack; the last row sums up the rest."""

# My pharmacist
SHOWN_STAFF_MAX: Final = 400
"""Clerks of a group who may be shown to its members."""
PHARMACISTS_OFFERED_MAX: Final = 6
"""To choose from: those of the member's usual shop first, then of the one where they stand."""
STAFF_NAME_CHARS_MAX: Final = 40
"""Characters of a name as members see it."""

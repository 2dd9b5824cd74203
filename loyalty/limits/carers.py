"""Limits of cards for carers; a part of `docs/limits.md`."""

from typing import Final

# Somebody acts for a member
CARERS_PER_MEMBER: Final = 5
"""Carers of one member at once."""
CARERS_SHOWN_MAX: Final = 20
"""Carers that are listed, those that are over included."""
CARERS_EXPORTED_MAX: Final = 1_000
"""Carers of one member, of all times, in an export with personal data."""
CARER_DAYS: Final = 365
"""How long a carer's card is good where nobody says otherwise."""
CARER_DAYS_MAX: Final = 1096
CARER_DAYS_OFFERED: Final = (31, CARER_DAYS, CARER_DAYS_MAX)
"""What a member chooses from at the kiosk: a month, a year, three years."""
CARER_NAME_CHARS_MAX: Final = 30
"""A name to recognise the carer by: no more is known of them."""
CARER_CARDS_TRIED: Final = 10
"""Cards that may be held there as a carer's new one, of one member in 24 hours."""
CARER_WISH_S: Final = 180
"""How long a terminal keeps what a member's card proved while their carer's new card is fetched."""

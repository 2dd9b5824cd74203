"""Limits of baskets, tickets, quotes and receipts."""

from typing import Final

# Baskets and tickets
BASKET_LINES_MAX: Final = 1_500
LINE_QUANTITY_MAX: Final = 100_000
LINE_AMOUNT_MINOR_MAX: Final = 100_000_000_00
TICKET_AGE_MAX_DAYS: Final = 30
"""Older tickets need the permission `sales.history`."""
DECIMAL_DIGITS_MAX: Final = 18
"""Digits of a parsed amount in minor units: what fits a signed 64-bit integer."""
QUOTE_LIFETIME_S: Final = 15 * 60
COMMIT_TRIES_MAX: Final = 6
"""A sale or return whose guard fails is read and decided again this often, then answered 503."""
OCCURRED_AHEAD_MAX_S: Final = 300
"""A ticket may claim to have happened this much after it was sent: tills' and terminals' clocks differ."""
RECEIPT_COLUMNS_MIN: Final = 24
"""Characters in a row of a receipt. Narrower paper cannot show an amount beside a word."""
RECEIPT_COLUMNS_MAX: Final = 64
RECEIPT_LINES_MAX: Final = 100
"""Ticket lines explained one by one on a receipt; the rest together."""
REASON_RULES_MAX: Final = 10
"""Rules that a reason names as kept from a line; further ones are not named."""
QUOTE_ID_CHARS_MAX: Final = 20_480
"""A signed quote with the facts it stands on: MEMBER_SEGMENTS_MAX names of TRAIT_CHARS_MAX fit."""
RESERVATIONS_NAMED_MAX: Final = 16
"""Reservations of a ticket of which one may stand: so many answers of central may have been lost in turn."""

"""Limits of stored value: gift cards, purses, services."""

from typing import Final

# Stored value
STORED_VALUE_MINOR_MAX: Final = 10_000_000
"""One load or one tender, minor units."""
GIFT_CARD_MIN_MINOR: Final = 1_000
GIFT_CARD_MAX_MINOR: Final = 50_000
"""What one gift card holds; a group may choose less or more."""
PURSE_MAX_MINOR: Final = 50_000
"""What one purse holds; a group may choose less or more."""
PURSE_TOP_UP_PER_DAY_MINOR: Final = 50_000
"""What one member may pay in on one day; a group may choose less or more."""
MEAL_VOUCHERS_MAX_MINOR: Final = 100_000
GIFT_BATCH_CARDS_MAX: Final = 10_000
GIFT_NUMBER_RETOLD_S: Final = 3_600
"""Whoever made a card and lost the answer hears its number again for so long."""
GIFT_ACTIVATION_BATCH: Final = 200
"""Cards of a batch that one write activates."""
REPLACED_CARDS_MAX: Final = 100
"""Replacements in a row that are followed to the card that holds the value now."""
SERVICES_PER_GROUP_MAX: Final = 200
SERVICE_UNITS_MAX: Final = 1_000_000
TENDERS_MAX: Final = 10
"""Stored value on one ticket, points and vouchers aside."""
GUESSES_PER_TERMINAL: Final = 30
"""Numbers of gift cards and vouchers that nobody has, from one terminal in GUESS_WINDOW_S; then it waits."""
GUESS_WINDOW_S: Final = 600
GUESS_REPORT_EVERY_S: Final = 3_600
"""Head office hears at most once in this time that a terminal is being used for guessing."""

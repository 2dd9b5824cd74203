"""Limits of blocking a card without the card; a part of `docs/limits.md`."""

from typing import Final

# Blocking without the card
LOST_CARD_BLOCK_HOURS: Final = 24
"""How long a card that was reported without it is blocked, unless the code sent to the member ends it."""
LOST_CARD_TRIES_PER_KIOSK: Final = 10
LOST_CARD_TRIES_PER_NUMBER: Final = 3
"""Reports of the same number, wherever: whoever knows a number must not try its birth dates."""
LOST_CARD_TRIES_PER_MEMBER: Final = 4
"""Reports of one member in 24 hours, by whichever of their numbers; more block nothing, and look alike."""
LOST_CARD_TRIES_WINDOW_S: Final = 3600
LOST_CARD_NUMBER_WINDOW_S: Final = 86_400
LOST_CARD_CODE_DIGITS: Final = 6
LOST_CARD_CODE_TRIES: Final = 5
"""Wrong codes after which the code is dead; the block still ends by itself."""
LOST_CARD_CODES_PER_NUMBER: Final = 8
"""Codes tried for a number, known or not, in 24 hours."""
LOST_CARD_ANSWER_MS: Final = 250
"""Answers come after whole steps of this: how long central worked tells nobody who is a member."""
LOST_CARD_KEPT_DAYS: Final = 400
"""Reports are looked at by head office for so long, then forgotten."""
LOST_CARD_DIGITS_MAX: Final = 20
"""Digits of a member or card number that can be typed."""
LOST_CARD_DIGITS_MIN: Final = 3
LOST_CARD_UPKEEP_BATCH: Final = 200

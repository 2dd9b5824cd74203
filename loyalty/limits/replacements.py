"""Limits of replacing a card at the kiosk; a part of `docs/limits.md`."""

from typing import Final

# Replacing a card at the kiosk
REPLACEMENT_TRIES_PER_KIOSK: Final = 10
"""Replacements that are begun at a kiosk in an hour, right or wrong."""
REPLACEMENT_TRIES_WINDOW_S: Final = 3600
REPLACEMENT_TRIES_PER_NUMBER: Final = 3
"""Of one number typed without the card, wherever, in 24 hours."""
REPLACEMENT_TRIES_PER_MEMBER: Final = 4
"""Of one member with the card in 24 hours, and as many by whichever of their numbers without it."""
REPLACEMENT_NUMBER_WINDOW_S: Final = 86_400
REPLACEMENT_CODE_DIGITS: Final = 6
REPLACEMENT_CODE_TRIES: Final = 5
"""Wrong codes after which the code is dead: begin again."""
REPLACEMENT_CODE_VALID_S: Final = 900
"""How long the code that was sent is good, and a clerk may confirm instead."""
REPLACEMENT_CARD_WAIT_S: Final = 300
"""How long after the proof the new card may be held to the reader."""
REPLACEMENT_CARDS_TRIED: Final = 8
"""Cards that may be held there as the new one."""
REPLACEMENT_STAFF_TRIES: Final = 10
"""Cards of staff held to a kiosk in an hour to confirm, right or wrong."""
REPLACEMENT_KEPT_DAYS: Final = 400
"""How long head office can look at them."""
KIOSK_NEW_CARD_WAIT_S: Final = 120
"""How long the page that waits for a code or a card stands without a touch: somebody fetches a card."""

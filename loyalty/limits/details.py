"""Limits of what members change about themselves, and of joining at the kiosk."""

from typing import Final

# Details of members
ADDRESS_CHARS_MAX: Final = 120
"""Characters of a postal address that a member types in one line."""
CONTACT_CODE_DIGITS: Final = 6
"""Digits of the code that proves an e-mail address or a telephone number."""
CONTACT_CODE_VALID_S: Final = 900
CONTACT_CODE_TRIES_MAX: Final = 5
"""Tries of one code; then another one is sent."""
KIOSK_CODE_WAIT_S: Final = 120
"""Without a touch, while a member looks for the code on their telephone; nothing of theirs is shown then."""
CONTACT_CODES_PER_DAY: Final = 5
"""Codes that a member is sent in 24 hours."""

# Joining by an e-mail address
JOIN_LINK_VALID_DAYS: Final = 14
"""The link of the mail works once, for so long; then the address is forgotten where it was not proved."""
JOINS_PER_KIOSK: Final = 20
JOINS_WINDOW_S: Final = 3600
JOIN_MAILS_PER_ADDRESS: Final = 3
"""Mails to one address, a member's or not, in 24 hours, whichever kiosk asks: nobody's postbox is filled."""
JOIN_ADDRESS_WINDOW_S: Final = 86_400
JOIN_UPKEEP_BATCH: Final = 200
JOIN_FORM_BYTES_MAX: Final = 4_096
"""What the page's form sends."""

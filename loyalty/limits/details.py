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

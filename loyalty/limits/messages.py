"""Limits of e-mails and short messages to members."""

from typing import Final

# Messages
EMAIL_SUBJECT_CHARS_MAX: Final = 120
EMAIL_TEXT_CHARS_MAX: Final = 5_000
SMS_PARTS_MAX: Final = 3
"""Short messages one text may take: each is paid for."""
MESSAGES_PER_DAY: Final = 3
"""Messages by one way that a member gets in 24 hours, whoever sends them."""
MESSAGE_TRIES_MAX: Final = 18
"""Then it has failed, after about two days, and head office may let it be tried anew."""
MESSAGE_FIRST_WAIT_S: Final = 30
"""Before the second try; each wait is twice the last."""
MESSAGE_WAIT_MAX_S: Final = 6 * 3600
MESSAGE_HANDOVER_S: Final = 20
"""How long handing one on may take."""
MESSAGE_TAKEN_S: Final = 100
"""So long a message that a worker took is nobody else's; a worker that died is given up after it."""
MESSAGE_BATCH: Final = 20
"""Messages that a worker hands on side by side."""
MESSAGE_INTERVAL_S: Final = 2
"""How often central looks for messages that are due."""
MESSAGES_SHOWN_MAX: Final = 200
BOUNCE_BYTES_MAX: Final = 1_048_576
"""A mail that came back; a larger one is left for a person to read."""

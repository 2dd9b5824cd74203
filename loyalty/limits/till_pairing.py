"""Limits of pairing tills with a terminal, and training."""

from typing import Final

# Tills that are paired
TILL_CODE_VALID_S: Final = 300
"""How long the kiosk shows a code for a till."""
TILL_CODE_TRIES_PER_ADDRESS: Final = 5
"""Tries of one code from one address of the shop's network (IPv6: one /64); others may go on."""
TILL_CODE_TRIES_MAX: Final = 50
"""Tries of one code in all: then it is over. Who guesses meets it once in 20,000 codes."""
TILL_CHECK_S: Final = 120
"""How long a person may take to compare the check words."""
TILL_FINISH_WAIT_S: Final = 20
"""A till that asks whether it is paired is kept waiting so long for the person's answer."""
TILL_PAIRING_SHOWN_S: Final = 15
"""How long the kiosk says that a till is paired, or is not."""
TILL_PAIRING_EVEN_MS: Final = 100
"""Answers to pairing messages come this late at least: how long the arithmetic took tells of the code."""
TILL_PAIRING_BODY_BYTES_MAX: Final = 2_048
TILL_PAIRING_BODY_DEADLINE_S: Final = 5
TILL_PAIRING_REQUESTS_PER_ADDRESS: Final = 4
TILL_PAIRING_REQUESTS_MAX: Final = 64
"""Pairing messages under way at once, those that wait for a person's answer too."""
TILL_PAIRING_ANSWER_BYTES_MAX: Final = 65_536
"""What a till reads of an answer."""
TILL_PAIRING_SEALED_CHARS_MAX: Final = 49_152
TILL_CERTIFICATE_CHARS_MAX: Final = 16_384
TILL_ADDRESSES_MAX: Final = 8
TILL_TRIAL_LINES_MAX: Final = 10
TILL_ACTS_KEPT_MAX: Final = 1_000
"""Pairings that a terminal remembers for central while that is away; more go to its log alone."""
TILL_TERMINALS_MAX: Final = 64
"""Terminals that one till is paired with."""
TILL_ACTS_SHOWN_MAX: Final = 1_000
STAFF_CARDS_SHOWN_MAX: Final = 1_000

# Training
TRAINING_LOOK_S: Final = 30
"""How often a terminal looks whether the day on which training began is over, to tell so."""
TILLS_IN_TRAINING_MAX: Final = 16
PRACTISED_KEPT_MAX: Final = 200
"""Practised tickets and reservations that a terminal remembers; goods of older ones cannot come back."""

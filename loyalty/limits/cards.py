"""Limits of cards: evidence, identification, PINs, keys, proofs."""

from typing import Final

# Cards and their evidence
IDENTIFY_TRIES_PER_TERMINAL: Final = 60
IDENTIFY_TRIES_WINDOW_S: Final = 60
"""Look-ups of a *typed or scanned* number per terminal and window: number guessing must be slow."""
PIN_DIGITS_MIN: Final = 4
PIN_DIGITS_MAX: Final = 6
PIN_TRIES_MAX: Final = 3
"""Wrong PINs in a row of one card, or codes of one clerk; then it is locked."""
PIN_PROOF_S: Final = 3 * 60
"""How long a right PIN counts for the tap that it was typed for."""
PIN_WISH_CARD_S: Final = 60
"""How long a clerk's wish at the kiosk waits for the member's card."""
PIN_WISH_CLERK_S: Final = 60
"""How long a clerk may take to say that the card which came for a wish at the kiosk is the right member's."""
PIN_WISH_CODES_MAX: Final = 2
"""Wrong codes for one wish at the kiosk: fewer than lock a clerk, so nobody in the queue locks one."""
HOLDER_DIGITS_SHOWN: Final = 4
"""Last characters of a card's number that a clerk compares with the card."""
PIN_WISH_S: Final = 150
"""How long a member may take to choose a PIN that a clerk wishes, a till waiting or not."""
PIN_HASHES_AT_ONCE: Final = 2
"""Slow hashes that are worked out together: each takes 16 MiB and a core for a while."""
TAP_VALID_S: Final = 15 * 60
"""How long the terminal of a tap may come back to it: from the tap to the paid ticket."""
CARD_KEY_VERSIONS_MAX: Final = 4
"""Versions of card keys in use at once; each is tried at a tap of an older card."""
CARD_KEY_VERSIONS_LISTED_MAX: Final = 100
CARD_PROOF_ANSWER_S: Final = 20
"""How long a card may take to answer a challenge of central, over the terminal and the network."""
CARD_BATCH_MAX: Final = 100_000
"""Cards of one production file."""
LAYOUT_COLUMNS_MAX: Final = 50
"""Columns of a card maker's file."""
CARD_WRITE_WAIT_S: Final = 120
"""How long `officine card personalise` waits for the next card."""
CARD_TALK_STATE_CHARS_MAX: Final = 2_048
"""How far a talk with a card is, sealed, in hex."""
CARD_PROOF_VALID_S: Final = 120
"""How long a card that answered a challenge counts as there, from the challenge on: to take value."""
CARD_PROOF_WAIT_S: Final = 30
"""How long a till waits for the member to hold the card to the reader again."""
STRENGTH_LIMIT_MAX: Final = 1_000_000_000_000
"""Above every limit that a programme's table of strengths may set, and every amount asked for."""
CARD_UID_BYTES_MIN: Final = 4
CARD_UID_BYTES_MAX: Final = 10
"""ISO/IEC 14443-3 type A: single 4, double 7, triple 10; ISO/IEC 15693 has 8."""
CARD_NUMBER_DIGITS_MIN: Final = 4
CARD_NUMBER_DIGITS_MAX: Final = 48
EVIDENCE_CHARS_MAX: Final = 4_096
"""A QR code holds 4,296 characters at most (ISO/IEC 18004, version 40-L); ours stay within a frame."""
PHONE_CODE_S: Final = 30
"""A card in a phone shows another code every so many seconds."""
PHONE_CODE_WINDOWS: Final = 1
"""Codes of so many windows beside the present one are taken: a scan takes its time."""
PHONE_CARD_FOLLOWED_MAX: Final = 8
"""A card in a phone follows the card that it is of from replacement to replacement, so many times."""

"""Limits of cards and readers at the terminal."""

from typing import Final

# Readers
CARD_COMMANDS_MAX: Final = 64
"""Commands of one tap: the longest message allowed, read in the smallest pieces, and some more."""
CARD_ANSWER_BYTES_MAX: Final = 4_096
CARD_READ_DEADLINE_S: Final = 3
"""A card that is not read by then is refused: nobody holds one still for longer."""
CARD_TALK_COMMANDS_MAX: Final = 16
"""Commands that one message to the reader daemon may carry: writing a card needs nine at once."""
CARD_TALK_COMMANDS_PER_TAP_MAX: Final = 256
"""Commands that programs may send to a card from its tap to its removal."""
CARD_TALK_DEADLINE_S: Final = 5
"""The commands of one message end by then; writing a card takes a few tenths of a second."""
CARD_TALK_ANSWER_S: Final = 8
"""The agent waits so long for the reader daemon: the deadline above, and a reader's poll before it."""
CARD_TALK_POLL_MS: Final = 40
"""How soon a card that lies there is seen to leave; commands for it are taken at once."""
NDEF_MESSAGE_BYTES_MAX: Final = 2_048
"""A SUN message has about 100 bytes; an NTAG 424 DNA stores 256, an NTAG 216 has 888."""
NDEF_RECORDS_MAX: Final = 32
SCAN_CHARS_MAX: Final = 4_096
"""One scanned code between two line ends; more is thrown away to the next line end."""
READERS_MAX: Final = 8
"""Readers that one PC/SC driver watches at once; vpcd and hubs of readers show several."""
READER_POLL_S: Final = 0.5
"""A reader that shows nothing new is asked again after this: its service may be gone without a word."""
READER_PROOF_MAX_S: Final = 10
"""A driver that has not polled its reader for so long is stuck: the watchdog hears nothing more."""
READER_COMMAND_S: Final = 15
"""How long a command that restarts a service or switches a port may take."""
READER_STABLE_S: Final = 30
"""A reader that has worked for this long after a recovery is well: its next failure is a first one."""
READER_FLAPS_MAX: Final = 20
"""Times a reader may come back and fail again before that before it is more than opened again."""
READER_ERRORS_MAX: Final = 3
"""Cards in a row that the reader itself fails on: it is taken for lost."""
SIGNALS_QUEUE_MAX: Final = 16
CARD_TAIL_CHARS: Final = 4
"""Characters of a card's number that a try of the reader shows: enough to know it again, too few to use."""
READER_TEST_MAX_S: Final = 90
"""A try of the reader in which no card comes for so long is over: the next customer finds a working kiosk."""

"""Limits of tills and their messages."""

from typing import Final

# Tills
TRANSPORT_KEY_LIFETIME_S: Final = 48 * 3600
"""How long a till's (SaleID, ServiceID, category) answers with the stored bytes."""
TILL_FORGET_INTERVAL_S: Final = 3_600
"""How often a terminal drops what outlived TRANSPORT_KEY_LIFETIME_S."""
TILL_ANSWER_MAX_MS: Final = 2_000
"""A till never waits longer for an award; past it the answer is "noted, will be credited"."""
TILL_REQUESTS_MAX: Final = 64
"""Requests of tills under way at once; more are told to come again."""
TICKET_CAPTURE_S: Final = 12 * 60
"""A ticket that value was taken for is booked by then, award or not: before HOLD_LIFETIME_S is over."""
TILL_TICKET_AGE_MAX_S: Final = 24 * 3600
"""How old a ticket may be for which a till begins to take value: less than TRANSPORT_KEY_LIFETIME_S, so that
a recorded message means nothing once it is forgotten that it was answered."""
TICKET_CAPTURE_LOOK_S: Final = 15
TICKET_AHEAD_S: Final = 120
"""So far ahead of a terminal's clock may a ticket have been held, before it counts as held by a wrong clock:
clocks are set back by seconds. With TICKET_CAPTURE_S it is still less than HOLD_LIFETIME_S."""
CARD_AFTER_TICKET_S: Final = 5 * 60
"""How long after a ticket came without a card its award may still name one: the customer looks for it. Later
the clerk adds it, within the limits of a forgotten card."""
CARD_LATE_S: Final = 3 * 3600
"""An award that a terminal first hears of so long after the ticket, and after a ticket of so much later from
the same till, counts as a forgotten card of its member. Clocks of tills are wrong by an hour, not by more."""
TICKETS_LOOKED_BACK_MAX: Final = 1_000
"""Of the last that tills brought, whether one is so much younger: what a terminal noted stays for ever."""
NOBODYS_TICKETS_KEPT_S: Final = 48 * 3600
"""How long a terminal keeps a ticket without a card: twice what the counter takes by itself."""
NOBODYS_TICKETS_MAX: Final = 5_000
"""Tickets without a card that a terminal keeps; the oldest make room."""
MOVED_TICKETS_KEPT_S: Final = 400 * 24 * 3600
"""How long a terminal knows as what a ticket stands that changed its member: longer than goods are taken
back. After that a return of it is central's to refuse, for all of it came back when it changed."""
MOVED_TICKETS_MAX: Final = 20_000
"""Tickets that changed their member which a terminal knows; the oldest make room."""
NOBODYS_TICKETS_LISTED_MAX: Final = 20
OPEN_TICKETS_LISTED_MAX: Final = 50
TOTALS_ROWS_MAX: Final = 1_000
DAY_TOTALS_SUMS_MAX: Final = 200
"""Of a day's totals on a kiosk, so that they are one frame of its socket: some thirty tills."""
TOTALS_KEPT_DAYS: Final = 90
"""How long a closed period can be asked for again."""
TILL_OUTPUTS_MAX: Final = 50
"""Outputs of one Display, entries of one menu."""
PRINT_LINES_MAX: Final = 500
ADMIN_SERVICE_CHARS_MAX: Final = 65_536
"""What a till gives to a service of the counter: the longest is a parked ticket of BASKET_LINES_MAX lines."""
ADMIN_PAIRS_MAX: Final = 32
TILL_WORDS_MAX: Final = 64
"""Words of a list in a message: brands, capabilities, ways to read a card."""
TILL_ACCOUNTS_MAX: Final = 16
"""Cards, or acts on stored value, that one message names."""
APDU_DATA_BYTES_MAX: Final = 255
XML_DEPTH_MAX: Final = 16
XML_ELEMENTS_MAX: Final = 20_000
"""Ten for each line of the largest basket, and then some."""
XML_ATTRIBUTES_MAX: Final = 64
TILL_TITLE_CHARS_MAX: Final = 80
TILL_TEXT_CHARS_MAX: Final = 240
TILL_INPUT_MAX_S: Final = 60
"""How long a till may let a member think, whatever MaxInputTime it names."""
TILL_DISPLAY_S: Final = 10
"""How long a till's text is shown that names no MinimumDisplayTime."""
TILL_EVENTS_QUEUE_MAX: Final = 32
TILL_EVENT_TIMEOUT_S: Final = 3
TILL_KEYS_MAX: Final = 32
"""Keys for encrypted messages of one terminal, all versions counted."""
TILL_KEY_VERSIONS_MAX: Final = 2
"""The old and the new version of a till's key, while it is rotated."""
TILL_KEYS_LOOK_S: Final = 2
"""How often a terminal looks whether its till keys changed: a removed one opens nothing after that."""
TILL_PASSPHRASE_CHARS_MIN: Final = 16
TILL_PASSPHRASE_CHARS_MAX: Final = 128
TILL_LOGINS_MAX: Final = 64

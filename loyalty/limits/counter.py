"""Limits of what happens at the counter."""

from typing import Final

# At the counter
LATITUDE_LIST_MAX: Final = 1_000
"""Acts of goodwill, and manual discounts of a role, in one list; older ones are cut off, which is said."""
PIN_SETS_PER_STAFF_DAY: Final = 60
PIN_RESETS_PER_STAFF_DAY: Final = 10
STAFF_PER_GROUP_LISTED_MAX: Final = 2_000
CLERK_PASS_S: Final = 12 * 3600
"""How long a clerk stays signed in at a terminal."""
ENROLMENTS_PER_STAFF_DAY: Final = 100
FINDS_PER_STAFF_DAY: Final = 80
FINDS_BY_NAME_PER_STAFF_DAY: Final = 30
LATE_CARDS_PER_STAFF_DAY: Final = 10
LATE_CARDS_PER_MEMBER_DAY: Final = 2
LATE_CARD_TICKET_AGE_S: Final = 24 * 3600
TICKET_MOVES_PER_STAFF_DAY: Final = 5
TICKET_MOVES_PER_MEMBER_DAY: Final = 2
TICKET_MOVE_AGE_S: Final = 24 * 3600
HANDOUTS_PER_STAFF_DAY: Final = 10
MESSAGES_PER_STAFF_DAY: Final = 60
HANDOUT_MINOR_MAX: Final = 10_000
"""The most that one person is given at once of what members paid forward."""
HANDOUT_VOUCHER_DAYS: Final = 30
"""How long a voucher of it is good for: it is for a need of today."""
UNDOS_PER_STAFF_DAY: Final = 20
UNDO_TICKET_AGE_S: Final = 15 * 60
COUNTER_ID_CHARS_MAX: Final = 48
PARKED_PER_SHOP_MAX: Final = 50
PARKED_TICKET_S: Final = 12 * 3600
"""How long a ticket may wait: half a day."""
COUNTER_REPORT_ROWS_MAX: Final = 20_000
PATTERN_SAME_MEMBER: Final = 3
"""So many tickets given to one member by one clerk are shown to head office."""
PATTERN_OFTEN_TIMES: Final = 4
"""So many times as often as the clerk in the middle is shown to head office."""
COUNTER_PER_DAY_MAX: Final = 10_000
"""The most that a group may set as a limit of an act per day."""
INCIDENT_NOTE_CHARS_MAX: Final = 2_000
INCIDENT_NOTES_MAX: Final = 100
INCIDENTS_PER_STAFF_DAY: Final = 60
FOUND_SHOWN_MAX: Final = 3
"""Members that a search at the counter shows; more means: say more of the person."""
FOUND_OPENED_MAX: Final = 40
"""Sealed records that one search opens at most."""
EARN_BY_NAME_MINOR: Final = 5_000
"""So much of a ticket earns for whom a name alone tells (50.00), unless the group says otherwise."""
EARN_BY_CONTACT_MINOR: Final = 20_000
"""The same for who is told by e-mail address, phone number, or name and birth date."""
FOUND_TICKETS_PER_STAFF_DAY: Final = 60
FOUND_TICKETS_PER_MEMBER_DAY: Final = 3
FOUND_VALID_S: Final = 10 * 60
"""How long a member who was found may be served, and the ticket may be dated."""
RENEWAL_CARDS_MAX: Final = 100_000
"""Cards that one batch renews."""

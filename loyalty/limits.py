"""Every limit of the system, by name: one module, shown in docs/limits.md.

A queue, size or time without a limit is a bug. Units are in the names.
"""

from typing import Final

# Baskets and tickets
BASKET_LINES_MAX: Final = 1_500
LINE_QUANTITY_MAX: Final = 100_000
LINE_AMOUNT_MINOR_MAX: Final = 100_000_000_00
TICKET_AGE_MAX_DAYS: Final = 30
"""Older tickets need the permission `sales.history`."""

DECIMAL_DIGITS_MAX: Final = 18
"""Digits of a parsed amount in minor units: what fits a signed 64-bit integer."""

# Rules
RULES_PER_GROUP_MAX: Final = 10_000
INDEX_SHELVES_MAX: Final = 16
"""Moments whose rules a programme keeps at hand; between two begins or ends of rules all moments are one."""
RULE_DEPTH_MAX: Final = 16
RULE_STEPS_MAX: Final = 100_000
"""Steps one rule may take on the largest basket; checked when the rule is saved, so no sale meets it."""
RULE_LIST_ITEMS_MAX: Final = 1_000
RULE_TEXT_CHARS_MAX: Final = 200
RULE_RATE_MAX: Final = 10_000
"""Points per unit of amount at most: sums stay within 64 bits."""
RATE_BP_MAX: Final = 10_000
"""100 %: no discount takes more than the price."""
MULTIPLIER_BP_MAX: Final = 100_000
"""Points are multiplied by 10 at most."""
EFFECT_PARTS_MAX: Final = 20
"""Parts of a bundle, steps of a threshold."""
BEST_OF_TRIED_MAX: Final = 50
"""Rules of one best_of group that give in several steps: each is tried on the whole ticket."""
SEGMENTS_PER_GROUP_MAX: Final = 200
BASKET_VOUCHERS_MAX: Final = 20
VOUCHER_VALID_DAYS_MAX: Final = 1_095
RULE_COUNT_MAX: Final = 1_000_000_000
"""Limits, budgets and bonuses of a rule: points, uses or minor units."""

# People
GRADE_MONTHS_MAX: Final = 120
TIER_MONTHS_MAX: Final = 36
TIERS_MAX: Final = 12
TIER_TICKETS_MAX: Final = 20_000
"""Tickets of one member that are counted for a tier, the latest first."""
STANDINGS_BATCH: Final = 20
"""Members whose facts are worked out anew together: while they are, tickets wait (docs/performance.md)."""
STANDINGS_INTERVAL_S: Final = 5
"""How often central looks for members whose facts changed, or of whom a new day has begun."""
SEGMENT_SCAN_MAX: Final = 20_000
"""Sealed records that one request opens at most; then it gives a cursor to go on from."""
HEALTH_TICKETS_MAX: Final = 2_000
"""Tickets of a member that are looked through for classes of health, the latest first."""
HEALTH_COUNT_MIN: Final = 10
"""Counts over what tells of somebody's health are told from so many members on (DESIGN 11)."""
PROFILES_PER_GROUP_MAX: Final = 50
PROFILE_FIELDS_MAX: Final = 50
PROFILE_CHOICES_MAX: Final = 100
RETENTION_MONTHS_MAX: Final = 240
SEGMENT_IMPORT_MEMBERS_MAX: Final = 100_000
MEMBER_HISTORY_MAX: Final = 500

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

SPONSOR_REWARDS_PER_MONTH: Final = 10
"""Rewards one sponsor gets in a month, unless the group's settings say another number."""
SPONSOR_REWARDS_PER_MONTH_MAX: Final = 1_000

# Ledger
ASSET_CHARS_MAX: Final = 64
RESTORED_POINTS_DAYS: Final = 30
"""Points that paid for returned goods and have expired since live this much longer."""
MATURED_POINTS_DAYS: Final = 30
"""Points that waited can be spent so long at least, whenever they were to end when they were earned."""
CORRECTION_ALONE_POINTS: Final = 500
"""A correction above this needs a second person; a group may choose less or more."""
CORRECTION_ALONE_POINTS_PER_DAY: Final = 2_000
"""What one person may correct alone in 24 hours, up and down together."""
CORRECTION_POINTS_MAX: Final = 10_000_000
MERGE_ALONE_POINTS: Final = 500
"""What the merges of members that one person does alone move in 24 hours; more needs a second person."""
MERGE_ALONE_MINOR: Final = 5_000
"""The same in minor units of stored value, vouchers and services; a group may choose less or more."""
MERGED_INTO_ONE_MAX: Final = 50
"""Duplicates of one member; more is a mistake, or an attack."""
MERGES_SHOWN_MAX: Final = 200
CORRECTIONS_SHOWN_MAX: Final = 200
HOUSEHOLD_MEMBERS_MAX: Final = 12
PENDING_DAYS_MAX: Final = 366
UPKEEP_INTERVAL_S: Final = 60
"""How often central frees expired holds and takes up due drafts."""
EXPIRY_INTERVAL_S: Final = 3_600
RECONCILE_INTERVAL_S: Final = 24 * 3600
UPKEEP_BATCH: Final = 200
"""Lots or holds that one write of the upkeep takes up."""

# Leases: points set aside for a terminal to burn while central cannot be reached
LEASE_POINTS_MAX: Final = 1_000_000
LEASE_HOURS_MAX: Final = 168
LEASE_SEEN_DAYS_MAX: Final = 366
LEASES_PER_TERMINAL: Final = 500
"""Leases one terminal may have at once, unless the programme says another number."""
LEASES_PER_TERMINAL_MAX: Final = 5_000
LEASE_MARGIN_S: Final = 60
"""A terminal stops burning so long before its lease is over."""
LEASE_LOST_AFTER_S: Final = 72 * 3600
"""How long after its end a lease may be declared lost: a terminal that comes back settles until then."""
LEASE_REASON_CHARS_MAX: Final = 200
LEASES_WANTED_MAX: Final = 64
"""Cards that wait for a lease at a terminal; more are asked for at their next tap."""
LEASE_LOOK_S: Final = 60
"""How often a terminal looks whether it has leases to give back."""
LEASE_UNKNOWN_S: Final = 120
"""So long central must know nothing of a lease that was asked for before the terminal forgets it."""
CLOCK_DRIFT_PPM_MAX: Final = 200
"""How much slower than time a machine's counter may run: crystals keep within 100 millionths."""
TRUSTED_TIME_KEEP_S: Final = 6 * 3600
"""How often a terminal writes down what time central told, within one boot."""
TRUSTED_TIME_MAX_S: Final = 8 * 24 * 3600
"""So long after central last told the time a terminal still knows it, if it was not restarted."""

# Stored value
STORED_VALUE_MINOR_MAX: Final = 10_000_000
"""One load or one tender, minor units."""
GIFT_CARD_MIN_MINOR: Final = 1_000
GIFT_CARD_MAX_MINOR: Final = 50_000
"""What one gift card holds; a group may choose less or more."""
PURSE_MAX_MINOR: Final = 50_000
"""What one purse holds; a group may choose less or more."""
PURSE_TOP_UP_PER_DAY_MINOR: Final = 50_000
"""What one member may pay in on one day; a group may choose less or more."""
MEAL_VOUCHERS_MAX_MINOR: Final = 100_000
GIFT_BATCH_CARDS_MAX: Final = 10_000
GIFT_NUMBER_RETOLD_S: Final = 3_600
"""Whoever made a card and lost the answer hears its number again for so long."""
GIFT_ACTIVATION_BATCH: Final = 200
"""Cards of a batch that one write activates."""
REPLACED_CARDS_MAX: Final = 100
"""Replacements in a row that are followed to the card that holds the value now."""
SERVICES_PER_GROUP_MAX: Final = 200
SERVICE_UNITS_MAX: Final = 1_000_000
TENDERS_MAX: Final = 10
"""Stored value on one ticket, points and vouchers aside."""
GUESSES_PER_TERMINAL: Final = 30
"""Numbers of gift cards and vouchers that nobody has, from one terminal in GUESS_WINDOW_S; then it waits."""
GUESS_WINDOW_S: Final = 600
GUESS_REPORT_EVERY_S: Final = 3_600
"""Head office hears at most once in this time that a terminal is being used for guessing."""

# Clearing
SETTLEMENT_TICKETS_MIN: Final = 5
"""A settlement that is handed out tells days of shops with so many tickets in it, of others the month."""
TRACE_TICKETS_MAX: Final = 20_000
"""So many tickets of a few days are tried to find that of one line."""
STATEMENT_LINES_MAX: Final = 5_000
"""A printed statement lists so many lines at most; more come as CSV."""
BREAKAGE_LOTS_MIN: Final = 100
"""With fewer lots whose time is over, the share that expires is not known."""

# Drafts and simulation
DRAFTS_OPEN_MAX: Final = 100
SIMULATION_TICKETS_MAX: Final = 5_000_000
SIMULATION_PAGE_TICKETS: Final = 500
SIMULATION_SHOPS_SHOWN_MAX: Final = 1_000
SIMULATION_RULES_SHOWN_MAX: Final = 1_000
SIMULATION_PAIRS_SHOWN_MAX: Final = 1_000
SIMULATION_PAIRS_KEPT_MAX: Final = 20_000
"""Pairs of rules that met on a line; of more than these a simulation counts the tickets alone."""
SIMULATION_RULES_PAIRED_MAX: Final = 20
"""Rules that did the same to one line, of which pairs are counted."""
SIMULATION_MEMBERS_MIN: Final = 10
"""So many members a simulation must cover for somebody who may not read purchase lines."""
SIMULATION_API_TICKETS_MAX: Final = 25_000
"""More tickets than this are simulated at the command line: a request must end."""

# Web
HTTP_BODY_BYTES_MAX: Final = 1024 * 1024
HTTP_BODY_DEADLINE_S: Final = 15
HTTP_KEEP_ALIVE_S: Final = 75
"""An idle connection is kept this long: longer than the pauses of a shop's terminals."""
HTTP_CONNECTIONS_MAX: Final = 16_384
"""Of one process of central; one more gets 503. Fewer where the system gives it fewer files."""
HTTP_FILES_RESERVED: Final = 512
"""Files of central beside connections: the store, its log, a little room."""
COLLECT_AFTER_OBJECTS: Final = 50_000
"""Central looks for garbage in cycles after so many new objects."""
PAGE_ROWS_MAX: Final = 200
BRANDS_LOOKED_AT_MAX: Final = 20_000
"""So many brands, and ranges, are held against those that rules name; with more nothing is said."""
UNKNOWN_ARTICLES_TOLD_MAX: Final = 20
"""So many articles that rules name and the group does not have are told, the first."""
JOURNAL_FAULTS_MAX: Final = 200
"""Records without their transaction, and as many transactions without their record, told by one proof."""
CLOCK_SKEW_MAX_S: Final = 24 * 3600
QUOTE_LIFETIME_S: Final = 15 * 60
HOLD_LIFETIME_S: Final = 15 * 60
IDENTIFY_TRIES_PER_TERMINAL: Final = 60
IDENTIFY_TRIES_WINDOW_S: Final = 60
"""Look-ups of a *typed or scanned* number per terminal and window: number guessing must be slow."""
PIN_DIGITS_MIN: Final = 4
PIN_DIGITS_MAX: Final = 6
PIN_TRIES_MAX: Final = 3
"""Wrong PINs in a row of one card, or codes of one clerk; then it is locked."""
PIN_PROOF_S: Final = 3 * 60
"""How long a right PIN counts for the tap that it was typed for."""
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
PAIRING_VALID_S: Final = 15 * 60
"""How long a pairing code may be used, and after that how long the terminal may fetch its token."""
PAIRING_TRIES: Final = 5
PAIRING_TRIES_WINDOW_S: Final = 15 * 60
"""Wrong pairing codes per token and window: one who guesses locks out only themselves."""
PAIRING_REQUESTS_PER_ADDRESS: Final = 200
PAIRING_REQUESTS_WINDOW_S: Final = 15 * 60
"""New pairing requests per address and window: a workshop prepares a hundred terminals behind one address."""
PAIRINGS_WAITING_MAX: Final = 10_000
"""Pairing requests that wait at once; a new one is refused, none that waits is dropped for it."""
PAIRING_KEPT_S: Final = 60 * 60
"""A pairing that is over is forgotten after this long, at the next request."""
PAIRING_FACT_CHARS_MAX: Final = 64
PAIRING_POLL_S: Final = 2
PAIRING_POLL_DOWN_S: Final = 5
"""A waiting terminal asks central this often; the second while central cannot be reached."""
LIMITER_KEYS_MAX: Final = 10_000
"""Tokens whose tries are remembered; the one idle longest is forgotten first."""
PROFILE_TICKETS_MAX: Final = 20
GROUPS_KEPT_MAX: Final = 64
PROGRAMMES_KEPT_MAX: Final = 64
"""Groups and compiled programmes that central keeps read; the one unused longest is read again."""
KNOWN_SHOPS_MAX: Final = 20_000
KNOWN_TOKENS_MAX: Final = 50_000
KNOWN_ARTICLES_MAX: Final = 100_000
"""Shops, tokens and article codes of a group that a worker keeps; one more, and it begins anew."""
KNOWN_TOKEN_MAX_MS: Final = 1_000
"""A token is taken from memory only if the group's events were looked at so recently."""
KNOWN_EVENTS_MAX: Final = 10_000
KNOWN_CHANGES_MAX: Final = 500
"""A worker that would have to read more events, or forget more things, forgets all it keeps of the group."""
COMMIT_TRIES_MAX: Final = 6
"""A sale or return whose guard fails is read and decided again this often, then answered 503."""
OCCURRED_AHEAD_MAX_S: Final = 300
"""A ticket may claim to have happened this much after it was sent: tills' and terminals' clocks differ."""
STREAM_HEARTBEAT_S: Final = 15
STREAMS_PER_TOKEN_MAX: Final = 4

# Storage
STORE_QUEUE_MAX: Final = 256
"""Verbs of one group that wait for the store."""
STORE_QUEUE_GROUPS: Final = 4
"""How many groups may have a full queue at once; then everybody is told to come back."""
GROUP_COMMIT_MAX: Final = 64
STORE_READ_QUEUE_MAX: Final = 256
STORE_READ_BATCH_MAX: Final = 64
"""Short reads that share one transaction of a reader, because they wait together."""
STORE_SHORT_READERS: Final = 1
STORE_LONG_READERS: Final = 3
"""Threads for what one ticket or screen needs (SQLite), and for pages, exports, proofs."""
STATEMENTS_KEPT_MAX: Final = 2_048
"""Statements that are kept translated: all of ours, and the conditions over members that were asked last."""
STORE_CHECKPOINT_PAGES: Final = 4_000
"""Pages of 4 KiB in SQLite's log from which they are copied into the database file, beside commits."""
STORE_LOG_PAGES_MAX: Final = 16_000
"""From here on commits wait a moment until the log can begin anew."""
STORE_CHECKPOINT_WAIT_MS: Final = 100
"""How long a log that begins anew lets commits wait for reads that still need it."""
STORE_CACHE_KIB: Final = 64 * 1024
"""Pages that each connection to SQLite may keep in memory."""
STORE_READ_CONNECTIONS: Final = 4
"""PostgreSQL: short reads at once in one process; long ones have `STORE_LONG_READERS`."""
STORE_WRITE_CONNECTIONS: Final = 4
"""PostgreSQL: batches of so many groups may commit at once in one process. SQLite has one writer."""
STORE_PLANS_LIFETIME_S: Final = 300
"""PostgreSQL: a connection plans its statements again after 1 s, 2 s, 4 s, and so on up to this."""
STORE_TRIES_MAX: Final = 4
"""PostgreSQL: how often a batch is run before its callers are told that the store is busy."""
STORE_BUSY_WAIT_MS: Final = 5_000
"""How long a write waits for its turn among processes, and as long for the database's write lock."""
STORE_TURN_LOOK_MS: Final = 2
"""A process that waits for its turn to write to a SQLite file looks this often."""
STORE_FOLLOW_POLL_S: Final = 1
"""A follower of events looks this often for writes made by other processes."""

# Local sockets
FRAME_BYTES_MAX: Final = 64 * 1024
PEER_QUEUE_MAX: Final = 256
PEER_CONNECTIONS_MAX: Final = 32
PEER_HELLO_DEADLINE_S: Final = 5
PEER_FLUSH_DEADLINE_S: Final = 1
"""What a peer still has queued when the conversation ends is sent within this, then dropped."""
PEER_RECONNECT_MIN_S: Final = 0.05
PEER_RECONNECT_MAX_S: Final = 1.0
CONTROL_DEADLINE_S: Final = 5
"""How long a command line waits for the answer of a running program."""
TAP_LIFETIME_MS: Final = 5_000
"""A tap is a moment: after this it is dropped, never replayed."""

# Evidence of a reader
CARD_UID_BYTES_MIN: Final = 4
CARD_UID_BYTES_MAX: Final = 10
"""ISO/IEC 14443-3 type A: single 4, double 7, triple 10; ISO/IEC 15693 has 8."""
CARD_NUMBER_DIGITS_MIN: Final = 4
CARD_NUMBER_DIGITS_MAX: Final = 48
EVIDENCE_CHARS_MAX: Final = 4_096
PHONE_CODE_S: Final = 30
"""A card in a phone shows another code every so many seconds."""
PHONE_CODE_WINDOWS: Final = 1
"""Codes of so many windows beside the present one are taken: a scan takes its time."""
PHONE_CARD_FOLLOWED_MAX: Final = 8
"""A card in a phone follows the card that it is of from replacement to replacement, so many times."""
"""A QR code holds 4,296 characters at most (ISO/IEC 18004, version 40-L); ours stay within a frame."""

# Cards and readers
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

# Terminal
OUTBOX_ENTRIES_MAX: Final = 100_000
TRANSPORT_KEY_LIFETIME_S: Final = 48 * 3600
"""How long a till's (SaleID, ServiceID, category) answers with the stored bytes."""
TILL_FORGET_INTERVAL_S: Final = 3_600
"""How often a terminal drops what outlived TRANSPORT_KEY_LIFETIME_S."""
TILL_ANSWER_MAX_MS: Final = 2_000
"""A till never waits longer for an award; past it the answer is "noted, will be credited"."""
CARD_SESSION_LIFETIME_S: Final = 120
CARD_ACQUISITION_WAIT_S: Final = 60
"""How long a till's CardAcquisition waits for a tap."""
CARDS_ACQUIRED_MAX: Final = 64
"""Acquired cards a terminal remembers at once; the oldest is forgotten first."""
TILL_REQUESTS_MAX: Final = 64
"""Requests of tills under way at once; more are told to come again."""
TICKET_CAPTURE_S: Final = 12 * 60
"""A ticket that value was taken for is booked by then, award or not: before HOLD_LIFETIME_S is over."""
TILL_TICKET_AGE_MAX_S: Final = 24 * 3600
"""How old a ticket may be for which a till begins to take value: less than TRANSPORT_KEY_LIFETIME_S, so that
a recorded message means nothing once it is forgotten that it was answered."""
TICKET_CAPTURE_LOOK_S: Final = 15
OPEN_TICKETS_LISTED_MAX: Final = 50
TOTALS_ROWS_MAX: Final = 1_000
TOTALS_KEPT_DAYS: Final = 90
"""How long a closed period can be asked for again."""
TILL_OUTPUTS_MAX: Final = 50
"""Outputs of one Display, entries of one menu."""
PRINT_LINES_MAX: Final = 500
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
CENTRAL_TIMEOUT_S: Final = 10
CENTRAL_ANSWER_BYTES_MAX: Final = 16 * 1024 * 1024
"""The bundle of a group with 100,000 articles is a fraction of this; more is no answer of central."""
CENTRAL_CONNECTIONS_MAX: Final = 16
"""Connections a terminal holds to central at once: the sender, the probe, and look-ups of cards."""
IDENTIFY_TIMEOUT_S: Final = 5
"""Shorter than KIOSK_ASKING_MAX_S: the screen gets an answer before it gives up."""
CENTRAL_PROBE_TIMEOUT_S: Final = 3
CENTRAL_PROBE_UP_S: Final = 2.0
CENTRAL_PROBE_DOWN_MIN_S: Final = 0.1
CENTRAL_PROBE_DOWN_MAX_S: Final = 2.0
CENTRAL_TRIES_MAX: Final = 2
"""Tries of one call: the second only when a kept connection turned out dead."""
OUTBOX_RETRY_MIN_S: Final = 0.2
OUTBOX_RETRY_MAX_S: Final = 5.0
OUTBOX_REASON_CHARS_MAX: Final = 500
OUTBOX_ENTRIES_SHOWN_MAX: Final = 200
TERMINAL_STORE_QUEUE_MAX: Final = 1_024

# Tills that speak nothing of ours
CAISSE_AP_MESSAGE_BYTES_MAX: Final = 4_096
"""One Caisse-AP message: its longest answer has some hundred bytes, a ticket in it at most 999."""
CAISSE_AP_QUIET_MS: Final = 80
"""Caisse-AP has no end of message: one that is whole and followed by silence of this length is complete."""
CAISSE_AP_READ_S: Final = 5
"""A message that is not whole by then is answered as a format error."""
CAISSE_AP_IDLE_S: Final = 300
CAISSE_AP_CONNECTIONS_MAX: Final = 16
CAISSE_AP_CARD_WAIT_S: Final = 45
"""How long a payment waits for a card; tills wait 60 to 180 seconds for an answer."""
CAISSE_AP_REPEAT_S: Final = 120
"""The same payment by the same card without a reference of the till is a repeat for so long."""
CAISSE_AP_PAYMENTS_KEPT_MAX: Final = 100
"""Payments remembered for each till and register number: what can be repeated, told again, cancelled."""
CAPTURE_HOLD_MS: Final = 1_200
"""The cut of a printed ticket waits no longer for central; then it prints as the till sent it."""
CAPTURE_TAIL_MS: Final = 300
"""Line feeds and the beginning of a command are kept back no longer than this when a till pauses in them."""
CAPTURE_CHUNK_BYTES: Final = 4_096
CAPTURE_TICKET_BYTES_MAX: Final = 256 * 1024
"""Text of one printed ticket that is read; a longer one prints unread."""
CAPTURE_TICKET_LINES_MAX: Final = 2_000
CAPTURE_LINE_CHARS_MAX: Final = 160
CAPTURE_CONNECTIONS_MAX: Final = 4
"""Connections of one till to its printer at once; printers themselves serve one."""
CAPTURE_CONNECT_S: Final = 3
CAPTURE_LINGER_S: Final = 10
"""How long a printer may still answer after the till has ended its side."""
CAPTURE_TICKET_AGE_MAX_S: Final = 15 * 60
"""A ticket printed later than this after its own date earns nothing by itself: old paper is no purchase."""
CAPTURE_ROWS_MAX: Final = 60
LAYOUTS_MAX: Final = 64
LAYOUT_BYTES_MAX: Final = 64 * 1024
LAYOUT_TEMPLATES_MAX: Final = 40
WEDGE_TEXT_CHARS_MAX: Final = 64
WEDGE_KEY_MS: Final = 8
"""Between two keys of a keyboard wedge: tills lose keys that come all at once."""
WEDGE_RETRY_S: Final = 5

# Kiosk
PRIVACY_TIMEOUT_S: Final = 30
PRIVACY_WARNING_S: Final = 20
"""The warning stands at least this long before private data go (EN 301 549)."""
LIVE_SCREEN_FRAMES_PER_S_MAX: Final = 12
LIVE_SCREEN_VIEWERS_MAX: Final = 8
KIOSK_STARTING_MAX_S: Final = 10
KIOSK_ASKING_MAX_S: Final = 8
"""A card whose question nobody answers is told so after this long."""
KIOSK_BLOCKING_MAX_S: Final = 8
KIOSK_REFUSED_S: Final = 15
KIOSK_REFUSED_AFTER_REMOVAL_S: Final = 6
KIOSK_CARD_BLOCKED_S: Final = 20
KIOSK_GOODBYE_S: Final = 3
KIOSK_LANGUAGE_IDLE_S: Final = 45
"""A language chosen on the idle screen falls back to the shop's after this long."""
KIOSK_SLOW_TIMES: Final = 4
"""As many times longer waits a screen for whoever asked for more time, or has it read out."""
KIOSK_ENDED_IDS_MAX: Final = 32
KIOSK_ANSWER_MAX_S: Final = 8
"""A question of the kiosk's that the agent does not answer is told to be unanswered after this long."""
KIOSK_VISITOR_IDLE_S: Final = 60
"""Somebody without a card who touches nothing for this long has left; what they typed is forgotten."""
KIOSK_WHY_RULES_MAX: Final = 8
"""Rules of an answer told by name; what is more is told together in the last."""
KIOSK_WHY_LINES_PER_FRAME: Final = 100
"""Rows of an answer in one message; a long ticket comes in several."""
KIOSK_WHY_LINES_PER_PAGE: Final = 4
KIOSK_WHY_NAME_CHARS_MAX: Final = 60
"""Of an article's name on the screen; all names of a message fit a frame."""
KIOSK_WHY_NUMBERS_MAX: Final = 4
"""Line numbers, or ranges of them, of one row; the row says how many lines there are in all."""
KIOSK_TICKETS_PER_PAGE: Final = 3
"""Each row is a touch target: on a small panel no more fit."""
KIOSK_ATTRACT_FRAMES_PER_S_MAX: Final = 2
"""At rest: a panel that is redrawn more often only warms its box."""
KIOSK_NEWS_TURN_S: Final = 15
"""How long two lines of news stand, where there are more."""
KIOSK_REST_AFTER_S: Final = 20 * 60
"""Untouched for so long, the screen goes dark in the shop's hours."""
KIOSK_REST_CLOSED_AFTER_S: Final = 60
"""Outside the shop's hours."""
KIOSK_REST_LOOK_S: Final = 30
"""How often a picture that stands is looked at anew: the hour, the small shift."""
KIOSK_SHIFT_EVERY_S: Final = 120
"""How often a picture that stands is moved by a few pixels, so that nothing burns in."""
KIOSK_TEXT_CACHE_MAX: Final = 512
LIVE_SCREEN_FRAME_BYTES_MAX: Final = 4 * 1024 * 1024

# Imports and replay
IMPORT_FILE_BYTES_MAX: Final = 256 * 1024 * 1024
"""Of one file, unpacked; whole files are read, so that a broken one is refused before anything is written."""
IMPORT_BATCH_ROWS: Final = 500
"""Rows that go to the store in one transaction."""
IMPORT_CELL_CHARS_MAX: Final = 4_000
IMPORT_CLASS_RULES_MAX: Final = 1_000
REPLAY_WORKERS_MAX: Final = 64
REPLAY_TRIES_MAX: Final = 8
"""Times one request of a replay is sent while central says it is busy."""
REPLAY_ERRORS_SHOWN_MAX: Final = 1_000

# Doctor: when a check warns or fails
DISK_FREE_WARN_BYTES: Final = 1024 * 1024 * 1024
DISK_FREE_FAIL_BYTES: Final = 128 * 1024 * 1024
CLOCK_SKEW_WARN_S: Final = 60
CERTIFICATE_WARN_DAYS: Final = 30
OUTBOX_AGE_WARN_S: Final = 24 * 3600
"""A link to central that is down longer than this is a failure, not a warning."""

SUPPORT_BUNDLE_BYTES_MAX: Final = 4 * 1024 * 1024
"""A bundle can be mailed."""
SUPPORT_JOURNAL_LINES_MAX: Final = 2_000
SUPPORT_JOURNAL_BYTES_MAX: Final = 16 * 1024 * 1024
"""Read of the journal before its lines are cut down to what may be told."""
SUPPORT_SECTION_DEADLINE_S: Final = 60
DOCTOR_CHECK_DEADLINE_S: Final = 20
"""One check of `officine doctor`; well below a section's: a slow one must not take the others along."""

# Service manager
WATCHDOG_PROOFS_PER_PERIOD: Final = 3
"""Proofs of life in one WatchdogSec: two may come late before the program is killed."""
STORE_PROOF_WRITE_EVERY_S: Final = 600
"""The terminal's proof of life reads its store each time, but writes only this often: memory cards wear."""

# Receipts
RECEIPT_COLUMNS_MIN: Final = 24
"""Characters in a row of a receipt. Narrower paper cannot show an amount beside a word."""
RECEIPT_COLUMNS_MAX: Final = 64
RECEIPT_LINES_MAX: Final = 100
"""Ticket lines explained one by one on a receipt; the rest together."""
LATITUDE_LIST_MAX: Final = 1_000
"""Acts of goodwill, and manual discounts of a role, in one list; older ones are cut off, which is said."""
REASON_RULES_MAX: Final = 10
"""Rules that a reason names as kept from a line; further ones are not named."""

# Members
MEMBER_CHILDREN_MAX: Final = 12
MEMBER_SEGMENTS_MAX: Final = 50
"""Segments one member may be put into at once: they travel, sealed, in a quote."""
TRAIT_CHARS_MAX: Final = 64
SPONSOR_CHAIN_MAX: Final = 1_000
"""Members who brought one another, in a row."""
TRAITS_SHOWN_MAX: Final = 200
QUOTE_ID_CHARS_MAX: Final = 20_480
"""A signed quote with the facts it stands on: MEMBER_SEGMENTS_MAX names of TRAIT_CHARS_MAX fit."""

# Texts
NAME_CHARS_MAX: Final = 200
ID_CHARS_MAX: Final = 64

# Working without central
BUNDLE_AGE_MAX_S: Final = 72 * 3600
"""An older bundle prices nothing: tickets are noted, and central prices them."""
BUNDLE_MOMENTS_MAX_MS: Final = BUNDLE_AGE_MAX_S * 1000
"""How far past its making a bundle's rules may be judged, whatever the till's clock says."""
BUNDLE_KEPT_DAYS: Final = TICKET_AGE_MAX_DAYS + 5
"""How long central keeps a bundle after a newer one took its place; what is later is priced at its moment."""
BUNDLE_LOOK_S: Final = 300
"""How long central takes a content for the newest if nothing was changed: a price may be due meanwhile."""
BUNDLE_BYTES_MAX: Final = 64 * 1024 * 1024
"""A bundle's content, unpacked."""
BUNDLES_OPEN_MAX: Final = 16
"""Bundles a worker keeps compiled."""
OFFLINE_FETCH_S: Final = 60
"""How often a terminal asks for a newer bundle and hot-list."""
HOT_LIST_AGE_MAX_S: Final = 24 * 3600
"""With an older list of blocked cards nothing is redeemed offline; earning goes on."""
HOT_LIST_PAGE: Final = 5_000
"""Entries in one delta; more come in the next."""
LATE_TICKETS_LISTED_MAX: Final = 200
BUNDLE_TIMEOUT_S: Final = 60
"""A whole bundle over a slow line."""
OFFLINE_KEEP_S: Final = 600
"""How often a terminal writes down that what it has is still the newest: between, only news are written."""
OFFLINE_AGE_WARN_S: Final = 3600
"""`officine doctor` warns of older prices or an older list of blocked cards."""

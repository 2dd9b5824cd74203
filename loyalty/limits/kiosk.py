"""Limits of the kiosk."""

from typing import Final

# Kiosk
PRIVACY_TIMEOUT_S: Final = 30
PRIVACY_WARNING_S: Final = 20
"""The warning stands at least this long before private data go (EN 301 549)."""
LIVE_SCREEN_FRAMES_PER_S_MAX: Final = 12
LIVE_SCREEN_VIEWERS_MAX: Final = 8
KIOSK_STARTING_MAX_S: Final = 10
KIOSK_ASKING_MAX_S: Final = 8
"""A card whose question nobody answers is told so after this long."""
KIOSK_REFUSED_S: Final = 15
KIOSK_REFUSED_AFTER_REMOVAL_S: Final = 10
"""Time to read two sentences once the card is off: whoever is refused takes it at once."""
KIOSK_CARD_BLOCKED_S: Final = 20
KIOSK_PAGE_SETTLES_MS: Final = 350
"""A finger that comes down on a page within this of its first frame meant the page before: nobody reads and
aims as quickly, and the second touch of a double touch is over by then."""
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
"""Texts whose breaks into lines a kiosk keeps."""
KIOSK_WIDTHS_MAX: Final = 32_768
"""Widths of words by weight and size, 300 bytes each: those of all pages in large type, in every language."""
KIOSK_LINES_BYTES_MAX: Final = 16 * 1024 * 1024
"""Pixels of the lines of text that a kiosk keeps drawn: some 400 on a screen of 1280x800."""
KIOSK_FONT_SIZES_MAX: Final = 12
"""Sizes that are open of each family (the group's, Inter, Chinese) and weight; the plain design has 5."""
KIOSK_GLYPHS_BYTES_MAX: Final = 8 * 1024 * 1024
"""Letters that the open fonts keep drawn, estimated. To draw those of a line again takes 0.3 ms."""
KIOSK_SPRITES_BYTES_MAX: Final = 16 * 1024 * 1024
"""Small pictures that are kept: icons and corners, by size and colour. All that is drawn ahead fits."""
LIVE_SCREEN_FRAME_BYTES_MAX: Final = 4 * 1024 * 1024
KIOSK_BRIGHTNESS_MIN: Final = 30
"""Percent: whoever set it lower could not find the button that makes it brighter."""
KIOSK_COMFORT_STEP: Final = 10
"""Percent that one touch makes louder or brighter."""
KIOSK_FINDINGS_PER_PAGE: Final = 4
"""Of a terminal's parts: each with its state in words, and what to do about it."""
KIOSK_TILL_SUMS_PER_PAGE: Final = 4
"""Of what a till did today: each act with its money and its points."""
KIOSK_DIAGNOSIS_EVERY_S: Final = 3
"""How often a page that shows how the terminal is looks again: a roll that was put in is seen at once."""
READER_SLOW_MS: Final = 1_200
"""A card that takes longer to be read is not held still, or something disturbs the reader."""

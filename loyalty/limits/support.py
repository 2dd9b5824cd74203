"""Limits of remote support: how long, how often and how much of a kiosk's screen head office sees."""

from typing import Final

SUPPORT_MINUTES_MAX: Final = 30
"""A look at a kiosk's screen ends by itself after so long at the latest."""
SUPPORT_ASK_MAX_S: Final = 300
"""A question that staff have not answered by then is over."""
SUPPORT_FRAME_EVERY_S: Final = 2
"""How often a picture of the screen goes out at most: to read it, not to film it."""
SUPPORT_FRAME_BYTES_MAX: Final = 256 * 1024
"""One picture; a larger one is not sent, and said to be too large."""
SUPPORT_PART_BYTES: Final = 24 * 1024
"""Of a picture in one message between kiosk and agent: their frames are bounded."""
SUPPORT_PARTS_MAX: Final = -(-SUPPORT_FRAME_BYTES_MAX // SUPPORT_PART_BYTES)
SUPPORT_SILENT_MAX_S: Final = 20
"""A terminal from which nothing came for so long is cut off: the look is over, and is asked for anew."""
SUPPORT_VISITS_MAX: Final = 200
"""Looks that one central remembers at once, over ones among them."""
SUPPORT_REASON_CHARS_MIN: Final = 3
"""The staff read it before they agree, so that one letter is none."""
SUPPORT_REASON_CHARS_MAX: Final = 120
SUPPORT_TERMINALS_TOLD_MAX: Final = 12
"""Terminals that are named to whoever asks for one that is not there."""

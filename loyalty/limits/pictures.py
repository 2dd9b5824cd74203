"""Limits of pictures: posters on the attract screen, the group's logo."""

from typing import Final

# Posters and logos
PICTURE_BYTES_MAX: Final = 8 * 1024 * 1024
"""A picture as it is handed in. Over the API a request's body is shorter: larger ones go by the command."""
PICTURE_SIDE_PX_MAX: Final = 8_000
PICTURE_PIXELS_MAX: Final = 8_000_000
"""Read from the file's head, before anything is decoded: a small file can be a large picture in memory."""
PICTURES_MADE_AT_ONCE: Final = 1
"""Pictures that central decodes and makes at the same time; more wait for their turn."""
POSTER_WIDTH_PX_MIN: Final = 960
POSTER_HEIGHT_PX_MIN: Final = 640
"""As large as the largest kiosk shows a poster; a smaller picture would be blurred."""
POSTERS_MAX: Final = 40
"""Posters of a group, those that are over included."""
POSTERS_TOLD_MAX: Final = 6
"""Posters that one terminal shows in turns, the first to end first: all of their words fit one frame."""
POSTER_DAYS_MAX: Final = 366
"""From its first to its last day: nothing hangs for ever."""
POSTER_TITLE_CHARS_MAX: Final = 48
POSTER_TEXT_CHARS_MAX: Final = 60
POSTER_READ_ALOUD_CHARS_MAX: Final = 160
POSTER_TURN_S: Final = 12
"""How long the attract screen shows one poster."""
LOGO_SIDE_PX_MIN: Final = 96
"""Height of a logo as it is handed in, without its empty edges; less is blurred in the bar and on paper."""
LOGO_RATIO_MAX: Final = 8
"""How many times longer one side may be than the other."""
LOGO_INK_PERCENT_MIN: Final = 8
"""How much of a logo must stand out from the pale ground by 3:1 (WCAG 2.2, 1.4.11)."""
PICTURES_FETCH_S: Final = 60
"""How often a terminal asks which posters there are."""
PICTURES_TIMEOUT_S: Final = 20
PICTURES_DISK_BYTES_MAX: Final = 32 * 1024 * 1024
"""What pictures take of a terminal's disk; what is shown no more makes room first."""
PICTURES_SWEEP_S: Final = 30
"""How often a terminal looks which posters are over."""
KIOSK_POSTERS_BYTES_MAX: Final = 24 * 1024 * 1024
"""Decoded pictures of the group that a kiosk keeps in memory: six that fill a screen of 1280x800."""

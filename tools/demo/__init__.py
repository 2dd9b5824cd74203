"""A pharmacy group in miniature: generated data, all programs on one machine, a desk to play with them."""

import os

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # what machines read begins with the answer

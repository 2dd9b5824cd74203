"""Limits of names and ids."""

from typing import Final

# Texts
NAME_CHARS_MAX: Final = 200
ID_CHARS_MAX: Final = 64

"""Limits of what a worker of central keeps in memory."""

from typing import Final

# What a worker keeps in memory
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

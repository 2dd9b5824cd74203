"""A member who was found without a card: the word that stands in a card's place for one ticket (C-02)."""

from typing import Final

from loyalty.errors import LoyaltyError, Trouble

FOUND_PREFIX: Final = "found."
"""Before the word that a search at the counter gave; no card's number begins so."""


class FoundOver(LoyaltyError):
    """Too long ago, somewhere else, or used."""

    code = "found_over"
    trouble = Trouble.FORBIDDEN
    text = (
        "The member was found too long ago, at another terminal, or for another ticket."
        " Find the member again."
    )


def is_found(text: str) -> bool:
    """Whether this stands for a member who was found, not for a card."""
    return text.startswith(FOUND_PREFIX)

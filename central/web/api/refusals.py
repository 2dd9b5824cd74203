"""Errors that many operations share."""

from typing import Final

from central.services import identify
from loyalty.programme import card, identification

CARD_REFUSED: Final = (
    card.UnknownCard,
    card.BlockedCard,
    card.ReplacedCard,
    card.ExpiredCard,
    card.CardNotActive,
    identify.UnreadableCard,
    identify.TooManyTries,
    identification.StrengthTooLow,
)
"""Why a card was not taken."""

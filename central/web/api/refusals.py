"""Errors that many operations share."""

from typing import Final

from central.chips import sun
from central.services import chip_messages, identify
from loyalty.programme import card, identification

CARD_REFUSED: Final = (
    card.UnknownCard,
    card.BlockedCard,
    card.ReplacedCard,
    card.ExpiredCard,
    card.CardNotActive,
    identify.UnreadableCard,
    sun.CardMessageInvalid,
    chip_messages.CardMessageReplayed,
    identify.TooManyTries,
    identification.StrengthTooLow,
)
"""Why a card was not taken."""

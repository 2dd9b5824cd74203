"""Errors that many operations share."""

from typing import Final

from central.chips import sun
from central.services.cards import chip_messages
from central.services.members import identify
from central.services.tickets.tenders import paying
from loyalty.programme import card, carer, found, identification, phone_card
from loyalty.value import gift_card, tenders

CARD_REFUSED: Final = (
    card.UnknownCard,
    card.BlockedCard,
    card.ReplacedCard,
    card.ExpiredCard,
    card.CardNotActive,
    identify.UnreadableCard,
    sun.CardMessageInvalid,
    chip_messages.CardMessageReplayed,
    phone_card.PhoneCodeInvalid,
    phone_card.PhoneCodeOver,
    found.FoundOver,
    identify.TooManyTries,
    identification.StrengthTooLow,
    identification.CardProofNeeded,
    carer.CarerMayNot,
)
"""Why a card was not taken."""

TENDER_REFUSED: Final = (
    paying.TenderNeedsMember,
    paying.TenderTwice,
    paying.TenderNumberMismatch,
    paying.MealVouchersDayLimit,
    tenders.TenderTooMuch,
    tenders.StoredValueTooLow,
    gift_card.GiftNumberInvalid,
    gift_card.GiftCardUnknown,
    gift_card.GiftCardNotActive,
    gift_card.GiftCardBlocked,
    gift_card.GiftCardReplaced,
    gift_card.GiftCardConverted,
    gift_card.GiftCardExpired,
)
"""Why stored value was not taken."""

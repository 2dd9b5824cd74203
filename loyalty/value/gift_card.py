"""Gift cards: what may happen to one in which state, and why one is refused."""

from enum import StrEnum

from loyalty.errors import LoyaltyError, Trouble
from loyalty.money import MoneyError


class GiftCardState(StrEnum):
    """`made` is worth nothing; `converted`: empty, its holder is a member. All but the first two are final,
    and `blocked` leads to `replaced` alone.
    """

    MADE = "made"
    ACTIVE = "active"
    BLOCKED = "blocked"
    REPLACED = "replaced"
    CONVERTED = "converted"


class GiftNumberInvalid(LoyaltyError):
    """A number that no gift card has."""

    code = "gift_number_invalid"
    text = "The gift card number {number} has a slip in it. Scan it again, or check its 20 digits."


class GiftCardUnknown(LoyaltyError):
    """No gift card of this group has the number."""

    code = "gift_card_unknown"
    trouble = Trouble.REFUSED
    text = "Gift card {number} is not one of this group. Take another tender."


class GiftCardNotActive(LoyaltyError):
    """A card that was never sold is worth nothing."""

    code = "gift_card_not_active"
    trouble = Trouble.REFUSED
    text = "Gift card {number} was not sold yet and is worth nothing. Activate it at a sale first."


class GiftCardSoldAlready(LoyaltyError):
    """A card is sold once."""

    code = "gift_card_sold_already"
    trouble = Trouble.CONFLICT
    text = "Gift card {number} was sold already. Take another card."


class GiftCardBlocked(LoyaltyError):
    """A blocked card pays nothing."""

    code = "gift_card_blocked"
    trouble = Trouble.REFUSED
    text = "Gift card {number} is blocked. Take another tender, or ask head office for its replacement."


class GiftCardReplaced(LoyaltyError):
    """Its value is on another card."""

    code = "gift_card_replaced"
    trouble = Trouble.REFUSED
    text = "Gift card {number} was replaced: its value is on the new card. Ask for that one."


class GiftCardConverted(LoyaltyError):
    """It was spent and its holder became a member."""

    code = "gift_card_converted"
    trouble = Trouble.REFUSED
    text = "Gift card {number} is spent, and its holder is a member now. Take another tender."


class GiftCardExpired(LoyaltyError):
    """Its time is over."""

    code = "gift_card_expired"
    trouble = Trouble.REFUSED
    text = "Gift card {number} has expired. Take another tender."


class GiftCardNotBlocked(LoyaltyError):
    """Only a blocked card is replaced."""

    code = "gift_card_not_blocked"
    trouble = Trouble.CONFLICT
    text = "Gift card {number} is {state}. Block it first, then replace it."


class GiftCardHeld(LoyaltyError):
    """A ticket on its way holds a part of it."""

    code = "gift_card_held"
    trouble = Trouble.CONFLICT
    text = "Gift card {number} is paying for a ticket just now. Try again in 15 minutes."


class GiftCardNotEmpty(MoneyError):
    """Its holder becomes a member when it is empty."""

    code = "gift_card_not_empty"
    trouble = Trouble.CONFLICT
    text = "Gift card {number} still holds {balance_minor}. Spend that first."


class GiftAmountOutOfRange(MoneyError):
    """An amount that the group does not sell."""

    code = "gift_amount_out_of_range"
    trouble = Trouble.REFUSED
    text = "A gift card holds from {minimum_minor} to {maximum_minor} here, not {amount_minor}."


class GiftCardFixed(LoyaltyError):
    """A prize card has the amount of its batch and is activated with it."""

    code = "gift_card_of_batch"
    trouble = Trouble.REFUSED
    text = (
        "Gift card {number} belongs to the batch {batch_id}: head office activates it. Take a card for sale."
    )


_REFUSED: dict[GiftCardState, type[LoyaltyError]] = {
    GiftCardState.MADE: GiftCardNotActive,
    GiftCardState.BLOCKED: GiftCardBlocked,
    GiftCardState.REPLACED: GiftCardReplaced,
    GiftCardState.CONVERTED: GiftCardConverted,
}


def require_may_pay(state: GiftCardState, number: str) -> None:
    """Refuse a card that is not active. Raises: one error for each state."""
    refused = _REFUSED.get(state)
    if refused is not None:
        raise refused(number=number)

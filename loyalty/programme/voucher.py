"""A voucher's number, and why one is refused."""

from loyalty.errors import LoyaltyError, Trouble
from loyalty.value.secret_numbers import plain_number, secret_number, short


class VoucherCodeInvalid(LoyaltyError):
    """A number that no voucher has."""

    code = "voucher_code_invalid"
    text = "The voucher number {number} has a slip in it. Scan it again, or check its 20 digits."


class VoucherUnknown(LoyaltyError):
    """No voucher of this group has the number."""

    code = "voucher_unknown"
    trouble = Trouble.REFUSED
    text = "Voucher {number} is not one of this group. Take it out of the basket."


class VoucherUsed(LoyaltyError):
    """A voucher is used once."""

    code = "voucher_used"
    trouble = Trouble.REFUSED
    text = "Voucher {number} was used already. Take it out of the basket."


class VoucherHeld(LoyaltyError):
    """Another ticket is about to use it."""

    code = "voucher_held"
    trouble = Trouble.REFUSED
    text = "Voucher {number} is being used on another ticket. Take it out, or try again in 15 minutes."


class VoucherExpired(LoyaltyError):
    """Its last day is over."""

    code = "voucher_expired"
    trouble = Trouble.REFUSED
    text = "Voucher {number} has expired. Take it out of the basket."


class VoucherTakenBack(LoyaltyError):
    """The goods that earned it came back."""

    code = "voucher_taken_back"
    trouble = Trouble.REFUSED
    text = "Voucher {number} ended when the goods that earned it came back. Take it out of the basket."


class VoucherOfAnother(LoyaltyError):
    """A member's voucher is for that member alone."""

    code = "voucher_of_another"
    trouble = Trouble.REFUSED
    text = "Voucher {number} belongs to another member. Ask for that member's card, or take it out."


class VoucherTwice(LoyaltyError):
    """One paper pays once."""

    code = "voucher_twice"
    text = "Voucher {number} is named twice in this basket. Name it once."


def voucher_code(secret: bytes) -> str:
    """The number that a secret of at least 16 bytes makes."""
    return secret_number(secret)


def plain_voucher_code(text: str) -> str:
    """The digits of a number as somebody typed it. Raises: VoucherCodeInvalid."""
    digits = plain_number(text)
    if digits is None:
        raise VoucherCodeInvalid(number=short(text))
    return digits

"""A voucher's number: 19 secret digits and a check digit as GS1 computes it. A slip is no guess."""

from loyalty.errors import LoyaltyError, Trouble

_SECRET_DIGITS = 19
"""63 bits: with guesses slowed, nobody finds a voucher. As long as GS1-128 takes after (21), 20 digits."""
_GROUP = 5


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


def voucher_code(secret: bytes) -> str:
    """The number that a secret of at least 16 bytes makes."""
    assert len(secret) >= 16, "fewer bits could be guessed"
    digits = f"{int.from_bytes(secret, 'big') % 10**_SECRET_DIGITS:0{_SECRET_DIGITS}}"
    return digits + _check_digit(digits)


def plain_voucher_code(text: str) -> str:
    """The digits of a number as somebody typed it. Raises: VoucherCodeInvalid."""
    digits = text.replace(" ", "").replace("-", "")
    is_number = len(digits) == _SECRET_DIGITS + 1 and digits.isascii() and digits.isdigit()
    if not is_number or _check_digit(digits[:-1]) != digits[-1]:
        raise VoucherCodeInvalid(number=short(text))
    return digits


def spaced(code: str) -> str:
    """The number in groups, as it is printed."""
    return " ".join(code[at : at + _GROUP] for at in range(0, len(code), _GROUP))


def short(code: str) -> str:
    """The end of a number: enough to find the paper, too little to use it."""
    return f"...{code.strip()[-4:]}"


def _check_digit(digits: str) -> str:
    """GS1 General Specifications, section 7.9.1: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3 if at % 2 == 0 else 1) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)

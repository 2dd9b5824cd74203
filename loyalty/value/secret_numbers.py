"""Numbers worth money: 19 secret digits and a check digit as GS1 computes it. A slip is no guess."""

from loyalty.programme.chip_numbers import HEALTH_CARE

SECRET_DIGITS = 19
"""63 bits: with guesses slowed, nobody finds one. As long as GS1-128 takes after (21), 20 digits."""
_GROUP = 5


def secret_number(secret: bytes) -> str:
    """The number that a secret of at least 16 bytes makes; never one that a health card could have.

    Those are refused wherever they are shown (`chip_numbers`): one number of ours in a hundred would be.
    """
    assert len(secret) >= 16, "fewer bits could be guessed"
    value = int.from_bytes(secret, "big")
    digits = _last_digits(value)
    if digits.startswith(HEALTH_CARE):
        digits = _last_digits(value // 10)  # what begins with 80 begins with ?8 one digit further
    return digits + _check_digit(digits)


def plain_number(text: str) -> str | None:
    """The digits of a number as somebody typed it; None where it has a slip in it."""
    digits = text.replace(" ", "").replace("-", "")
    is_number = len(digits) == SECRET_DIGITS + 1 and digits.isascii() and digits.isdigit()
    return digits if is_number and _check_digit(digits[:-1]) == digits[-1] else None


def spaced(number: str) -> str:
    """The number in groups, as it is printed."""
    return " ".join(number[at : at + _GROUP] for at in range(0, len(number), _GROUP))


def short(number: str) -> str:
    """The end of a number: enough to find the paper, too little to use it."""
    return f"...{number.strip()[-4:]}"


def _last_digits(value: int) -> str:
    return f"{value % 10**SECRET_DIGITS:0{SECRET_DIGITS}}"


def _check_digit(digits: str) -> str:
    """GS1 General Specifications, section 7.9.1: weights 3 and 1 from the right."""
    total = 3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))
    return str(-total % 10)

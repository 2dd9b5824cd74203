"""Numbers of cards and articles: as they are printed, as a GTIN of any length, check digits (GS1, modulo 10).

One GTIN is written in 8, 12, 13 or 14 digits, with zeros in front (GS1 General Specifications: in a field of
14 digits it stands to the right, after zeros). Scanners choose: a UPC-A comes as 12 digits or as 13.
What is stored and shown stays as it was issued; looked up and compared is the same number in all its lengths.
"""

from typing import Final

from loyalty.programme.chip_numbers import HealthCard, is_health_card

EAN13_DIGITS: Final = 13
GTIN_DIGITS: Final = (8, 12, 13, 14)


def plain_card_number(printed: str) -> str:
    """A card number without the blanks it is printed with.

    Raises: HealthCard: it is none of ours, and we have no right to it.
    """
    if is_health_card(printed):
        raise HealthCard
    return printed.replace(" ", "")


def gtin_check_digit(digits: str) -> str:
    """The last digit of a GTIN for those before it: weights 3 and 1 from the right."""
    assert digits.isascii()
    assert digits.isdigit()
    total = sum(int(digit) * (1 if at % 2 else 3) for at, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def is_gtin(code: str) -> bool:
    """Whether a code has a GTIN's length and the right check digit."""
    is_digits = len(code) in GTIN_DIGITS and code.isascii() and code.isdigit()
    return is_digits and gtin_check_digit(code[:-1]) == code[-1]


def plain_gtin(code: str) -> str:
    """A GTIN in the one form that is compared: 13 digits, 8 for a GTIN-8, 14 where no zero stands in front.

    Anything else stays as it is: a card's own number is no GTIN, whatever zeros it begins with.
    """
    if not is_gtin(code):
        return code
    padded = code.zfill(GTIN_DIGITS[-1])
    if padded.startswith("0" * 6):
        return padded[-8:]
    return padded.removeprefix("0")


def is_same_number(one: str, other: str) -> bool:
    """Whether two numbers of cards or articles are one, however many zeros their scanners put in front."""
    return plain_gtin(one) == plain_gtin(other)


def same_numbers(number: str) -> tuple[str, ...]:
    """The number as it stands, then the other lengths under which the same one may be stored."""
    if not is_gtin(number):
        return (number,)
    padded = number.zfill(GTIN_DIGITS[-1])
    fitting = [padded[-length:] for length in GTIN_DIGITS if not padded[:-length].strip("0")]
    return (number, *(other for other in fitting if other != number))


def is_ean13(code: str) -> bool:
    """Whether a code is thirteen digits with the right check digit."""
    return len(code) == EAN13_DIGITS and is_gtin(code)


def is_in_store(code: str) -> bool:
    """Whether an EAN-13 lies in the range 20 to 29, which every shop numbers for itself."""
    return is_ean13(code) and code.startswith("2")

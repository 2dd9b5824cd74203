"""Numbers of cards and articles: as they are printed, and the check digits of EAN-13 (in-store: 20 to 29)."""

EAN13_DIGITS = 13


def plain_card_number(printed: str) -> str:
    """A card number without the blanks it is printed with."""
    return printed.replace(" ", "")


def ean13_check_digit(digits: str) -> str:
    """The thirteenth digit for twelve digits: GS1, modulo 10, weights 1 and 3."""
    assert len(digits) == EAN13_DIGITS - 1
    assert digits.isascii()
    assert digits.isdigit()
    total = sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits))
    return str(-total % 10)


def is_ean13(code: str) -> bool:
    """Whether a code is thirteen digits with the right check digit."""
    is_digits = len(code) == EAN13_DIGITS and code.isascii() and code.isdigit()
    return is_digits and ean13_check_digit(code[:-1]) == code[-1]


def is_in_store(code: str) -> bool:
    """Whether an EAN-13 lies in the range 20 to 29, which every shop numbers for itself."""
    return is_ean13(code) and code.startswith("2")

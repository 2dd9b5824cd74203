"""Secret codes, which members add to a card and clerks sign in with: their form, and the refusals."""

from itertools import pairwise

from loyalty.errors import LoyaltyError, Trouble
from loyalty.limits.cards import PIN_DIGITS_MAX, PIN_DIGITS_MIN


class PinInvalid(LoyaltyError):
    """Not so many digits."""

    code = "pin_invalid"
    text = "A PIN has {digits_min} to {digits_max} digits. Type it again."

    def __init__(self) -> None:
        super().__init__(digits_min=PIN_DIGITS_MIN, digits_max=PIN_DIGITS_MAX)


class PinTooSimple(LoyaltyError):
    """The first that anybody would try."""

    code = "pin_too_simple"
    text = "This PIN is among the first that others would try. Choose digits that neither repeat nor count."


class PinMissing(LoyaltyError):
    """There is none."""

    code = "pin_missing"
    trouble = Trouble.REFUSED
    text = "No PIN was set here yet. Have one set: for a card at the counter, for a clerk by head office."


class PinThere(LoyaltyError):
    """There is one already."""

    code = "pin_there"
    trouble = Trouble.CONFLICT
    text = "This card has a PIN already. Change it with the old one, or have it reset at the counter."


class PinWrong(LoyaltyError):
    """Another PIN."""

    code = "pin_wrong"
    trouble = Trouble.FORBIDDEN
    text = "The PIN is not right. Tries left: {tries_left}."


class PinLocked(LoyaltyError):
    """Too many wrong ones in a row."""

    code = "pin_locked"
    trouble = Trouble.FORBIDDEN
    text = (
        "The PIN is locked after too many wrong ones. It is unlocked for a card at the counter, with card and"
        " identity, and for a clerk by head office."
    )


def parse_pin(text: str) -> str:
    """A PIN to be tried: ASCII digits, so many. Raises: PinInvalid."""
    if not (text.isascii() and text.isdigit() and PIN_DIGITS_MIN <= len(text) <= PIN_DIGITS_MAX):
        raise PinInvalid
    return text


def parse_new_pin(text: str) -> str:
    """A PIN to be set: not one digit over and over, nor digits that count up or down.

    Raises: PinInvalid, PinTooSimple.
    """
    pin = parse_pin(text)
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {9}):
        raise PinTooSimple
    return pin

"""Tills on the kiosk: one that is being paired, what one asks of the customer, training."""

from typing import Annotated, Final, Literal

import msgspec

from loyalty.limits.texts import ID_CHARS_MAX
from loyalty.limits.tills import TILL_TEXT_CHARS_MAX, TILL_TITLE_CHARS_MAX
from wire.message_base import Message

TillPairingStep = Literal["code", "check", "done", "failed"]
TillPairingFailure = Literal["", "expired", "guessed", "intercepted", "differs", "till_lost", "not_kept"]


class TillPairing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A till that is being paired: the code to enter there, then the word that must stand on both screens.

    `qr` holds the address and the code, for tills that can read one. `is_known`: this name was paired before,
    and the new pairing takes its place.
    """

    step: TillPairingStep
    code: str = ""
    qr: str = ""
    address: str = ""
    minutes_left: int = 0
    word: str = ""
    sale_id: str = ""
    is_known: bool = False
    is_tested: bool = False
    """The test ticket went through, there and back."""
    failure: TillPairingFailure = ""


class TillPrompt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the till wants the member who stands there to read, and to answer when `is_question`.

    The words are the till's own, in whatever language it speaks.
    """

    prompt_id: str
    title: Annotated[str, msgspec.Meta(max_length=TILL_TITLE_CHARS_MAX)]
    text: Annotated[str, msgspec.Meta(max_length=TILL_TEXT_CHARS_MAX)] = ""
    is_question: bool = False


class AnswerPrompt(Message, frozen=True):
    """The member's answer to what the till asked or told; others are ignored."""

    prompt_id: str
    is_yes: bool


class OpenTillPairing(Message, frozen=True):
    """Show a code for a till. `session_id`: of the staff card that opens it; empty from this machine's own
    operator, whom the socket knows by user.
    """

    request_id: str
    session_id: str = ""


class AnswerCheckWord(Message, frozen=True):
    """A person compared the words: `word` is the one seen at the till. Another one ends the pairing."""

    request_id: str
    word: str


class CancelTillPairing(Message, frozen=True):
    """Take the code, or the result, off the screen; a till that waits for its check word gets nothing."""

    request_id: str


class UnpairTill(Message, frozen=True):
    """Put a till out, now. From this machine's operator alone."""

    request_id: str
    sale_id: str


ALL_TILLS: Final = "*"
"""Stands for every till of a terminal."""


class SetTraining(Message, frozen=True):
    """A till that cannot say so itself is in training, or no more; `ALL_TILLS`: everything at this terminal.

    `session_id`: of the staff card that wishes it; empty from this machine's own operator.
    """

    request_id: str
    sale_id: Annotated[str, msgspec.Meta(min_length=1, max_length=ID_CHARS_MAX)]
    is_on: bool
    session_id: str = ""


OfTills = OpenTillPairing | AnswerCheckWord | CancelTillPairing | UnpairTill | SetTraining

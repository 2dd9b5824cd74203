"""A card is replaced by a blank one: what kiosk and agent say to each other (C-05, P-38)."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.lost_cards import LOST_CARD_DIGITS_MAX
from loyalty.limits.replacements import REPLACEMENT_CODE_DIGITS
from wire.message_base import Message

ReplacementOutcome = Literal[
    "card",
    "code",
    "staff",
    "done",
    "wrong",
    "over",
    "not_blank",
    "not_staff",
    "not_read",
    "too_many",
    "needs_card",
    "not_here",
    "central_unreachable",
]
"""card: it is proved, the new card is next. code: one was sent. staff: a clerk's card confirms. wrong: no
such code. over: its time has gone. not_blank, not_staff: what was held there is none. not_read: once more.
"""


class TakeCards(Message, frozen=True):
    """Cards that are presented from now on belong to the kiosk's page, and open no session (`is_on`)."""

    is_on: bool


class BeginReplacement(Message, frozen=True):
    """The member whose card lies there wants another one for it."""

    request_id: str
    session_id: str


class BeginReplacementWithout(Message, frozen=True):
    """Somebody without their card typed a number and a birth date (ISO): logged and kept nowhere here."""

    request_id: str
    number: Annotated[str, Meta(max_length=LOST_CARD_DIGITS_MAX)]
    birth_date: Annotated[str, Meta(max_length=10)]

    def __repr__(self) -> str:
        """Without what was typed, wherever a message is printed."""
        return f"BeginReplacementWithout(request_id={self.request_id!r})"


class ProveReplacement(Message, frozen=True):
    """They typed the code that they were sent."""

    request_id: str
    replacement_id: str
    code: Annotated[str, Meta(max_length=REPLACEMENT_CODE_DIGITS)]

    def __repr__(self) -> str:
        """Without the code, wherever a message is printed."""
        return f"ProveReplacement(request_id={self.request_id!r})"


class HandReplacement(Message, frozen=True):
    """A card was held there: the new one, or that of a clerk who confirms (`is_staff`)."""

    request_id: str
    replacement_id: str
    tap_id: str
    is_staff: bool = False


class ReplacementTold(Message, frozen=True):
    """The answer to each of them. `wait_minutes`: after too many tries."""

    request_id: str
    outcome: ReplacementOutcome
    replacement_id: str = ""
    channel: Literal["", "email", "sms"] = ""
    keeps_pin: bool = False
    wait_minutes: int = 0


OfReplacements = BeginReplacement | BeginReplacementWithout | ProveReplacement | HandReplacement | TakeCards

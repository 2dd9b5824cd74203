"""A card is blocked without the card: what kiosk and agent say to each other."""

from typing import Annotated, Literal

from msgspec import Meta

from loyalty.limits.lost_cards import LOST_CARD_CODE_DIGITS, LOST_CARD_DIGITS_MAX
from wire.message_base import Message

LostOutcome = Literal["noted", "kept", "undone", "wrong", "too_many", "central_unreachable"]
"""noted: said to everybody alike. wrong: no such code, whatever the reason. too_many: tries of this kiosk or
of this number.
"""


class ReportLost(Message, frozen=True):
    """Somebody without their card typed a number and a birth date (ISO): logged and kept nowhere here."""

    request_id: str
    number: Annotated[str, Meta(max_length=LOST_CARD_DIGITS_MAX)]
    birth_date: Annotated[str, Meta(max_length=10)]

    def __repr__(self) -> str:
        """Without what was typed, wherever a message is printed."""
        return f"ReportLost(request_id={self.request_id!r})"


class EnterLostCode(Message, frozen=True):
    """They typed the code that they were sent, and what they want."""

    request_id: str
    number: Annotated[str, Meta(max_length=LOST_CARD_DIGITS_MAX)]
    birth_date: Annotated[str, Meta(max_length=10)]
    code: Annotated[str, Meta(max_length=LOST_CARD_CODE_DIGITS)]
    wish: Literal["keep", "undo"]

    def __repr__(self) -> str:
        """Without what was typed, wherever a message is printed."""
        return f"EnterLostCode(request_id={self.request_id!r}, wish={self.wish!r})"


class LostTold(Message, frozen=True):
    """The answer to both. `hours`: how long a block stands; `wait_minutes`: after too many tries."""

    request_id: str
    outcome: LostOutcome
    hours: int = 0
    wait_minutes: int = 0

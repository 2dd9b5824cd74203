"""What a way out for messages is: it hands one on or says whether trying again makes sense."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A message that leaves now.

    `message_id`: the same at every try, so that who gets it twice sees that it is one. `address`: an e-mail
    address, or a phone number with + and country. `subject` is empty where the way has none.
    `report_word`: what a report on its delivery is told by.
    """

    message_id: str
    address: str
    subject: str
    text: str
    language: str
    report_word: str = ""


class HandoverFailed(Exception):
    """It was not handed on, and may be tried again. `reason`: a short code, without what was said."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class HandoverRefused(Exception):
    """It was not handed on, and never will be: the address is nobody's, or the other side forbids it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Outlet(Protocol):
    """One way out."""

    async def hand_over(self, letter: Letter) -> None:
        """Return when the other side has taken responsibility for it.

        Raises: HandoverFailed, HandoverRefused.
        """
        ...

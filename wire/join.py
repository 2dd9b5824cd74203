"""Somebody joins by an e-mail address at the kiosk: what kiosk and agent say to each other (C-08)."""

from typing import Annotated, Final, Literal

from msgspec import Meta

from loyalty.limits.texts import ID_CHARS_MAX
from wire.message_base import Language, Message, UsualTrouble

JOIN_TEXT: Final = "2026-11"
"""Version of the sentences on the page where one agrees to join."""
EMAIL_CHARS_MAX: Final = 80

JoinTrouble = UsualTrouble | Literal["not_set_up", "not_an_address", "too_many"]
"""not_set_up: no mail leaves central. card_gone: the card was taken away. not_here: central has another
reason. central_unreachable: after a wish nobody knows whether it arrived; the same one again is safe, also
without the card.
"""


class AskJoin(Message, frozen=True):
    """May one join here now?"""

    request_id: str


class JoinNow(Message, frozen=True):
    """The wish itself. `card_session`: of a card from stock that lies there; empty: without a card."""

    request_id: str
    join_id: Annotated[str, Meta(min_length=1, max_length=ID_CHARS_MAX)]
    email: Annotated[str, Meta(max_length=EMAIL_CHARS_MAX)]
    language: Language
    text_version: str
    card_session: str = ""

    def __repr__(self) -> str:
        """Without what was typed, wherever a message is printed."""
        return f"JoinNow(request_id={self.request_id!r}, join_id={self.join_id!r})"


class JoinTold(Message, frozen=True):
    """The answer to both. `days`: how long an address is kept that is not proved; `has_joined`: the mail is
    on its way, whoever has the address; `has_card`: the card that lay there came along.
    """

    request_id: str
    days: int = 0
    has_joined: bool = False
    has_card: bool = False
    trouble: JoinTrouble = ""
    wait_minutes: int = 0
